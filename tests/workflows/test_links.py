"""Links to the customer's answer: signed, for one question, for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.links import Broken, Expired, Link, Links

AT = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
SECRET = "a secret of the tests"


def links(now: datetime = AT, secret: str = SECRET) -> Links:
    return Links(secret, "https://fundcase.example/", timedelta(days=10), now=lambda: now)


def token(message: str = "answer_clear", question: str = "q1") -> str:
    url = links().make("7", message, "C000001", question=question, at=AT)
    base, _, found = url.rpartition("/")
    assert base == "https://fundcase.example/answer"
    return found


def test_a_link_says_what_was_put_in() -> None:
    assert links().read(token()) == Link(
        id="q1", case_id="7", message="answer_clear", customer="C000001", expires=AT + timedelta(days=10)
    )


def test_a_link_expires() -> None:
    last = links(AT + timedelta(days=10)).read(token())
    late = links(AT + timedelta(days=10, seconds=1)).read(token())

    assert isinstance(last, Link)
    assert isinstance(late, Expired) and late.link.case_id == "7"


def test_every_changed_letter_breaks_it() -> None:
    whole = token()
    for place, letter in enumerate(whole):
        changed = whole[:place] + ("A" if letter != "A" else "B") + whole[place + 1 :]
        found = links().read(changed)
        assert isinstance(found, Broken) or found == links().read(whole), place  # the last letter has spare bits


@pytest.mark.parametrize("text", ["", "x", ".", "a.b", "你好", "%00", "W10.abc", "a" * 100_000, token()[:-5]])
def test_what_is_no_link_is_broken(text: str) -> None:
    assert links().read(text) == Broken()


def test_another_secret_breaks_it() -> None:
    assert links(secret="another secret of the tests").read(token()) == Broken()


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Links("short", "https://fundcase.example")


def test_both_answers_to_a_question_have_its_id() -> None:
    yes, no = (links().read(token(message)) for message in ("answer_clear", "answer_unclear"))
    other = links().read(token(question="q2"))

    assert isinstance(yes, Link) and isinstance(no, Link) and isinstance(other, Link)
    assert yes.id == no.id != other.id
    assert (yes.message, no.message) == ("answer_clear", "answer_unclear")
