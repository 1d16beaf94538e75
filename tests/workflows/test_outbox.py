"""Messages: rendered from fixed texts, kept once, listed newest first."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.workflows.conftest import MORNING
from workflows.outbox import repository, texts
from workflows.outbox.model import Answer, Draft, message_id
from workflows.outbox.questions import QUESTIONS
from workflows.outbox.texts import UnknownTemplate

VALUES = {
    "salutation": "Dear Ms Huang",
    "number": "INQ-20261118-000001",
    "firm": "Lantern",
    "hotline": "400",
    "hours": "daily",
    "text": "Within four trading days.",
    "question": "Is it clear?",
    "deadline": "3 December 2026",
    "reason": "it is not ours.",
    "topic": "foreign exchange",
    "silent_days": "10",
    "task": "Explain the facts",
    "orderNumber": "O20261118-000001",
    "amount": "1,000.00",
    "shares": "997.01",
    "nav": "1.0000",
    "navDate": "18 November 2026",
    "fee": "2.99",
    "refund": "0.00",
    "quotaLeft": "500.00",
    "tradeDate": "18 November 2026",
    "confirmDate": "19 November 2026",
    "payoutLatest": "27 November 2026",
    "paidBy": "15:00",
    "until": "15:00",
    "riskClass": "C3",
    "riskLevel": "R4",
    "gap": "1",
    "about": "O20261118-000001",
    "level": "R4",
    "fund": "Dipper Demo Bond",
    "fundCode": "990004",
    "reasons": "- The value can fall.",
}


def draft(key: str = "k1", **more: object) -> Draft:
    usual: dict[str, object] = {
        "key": key,
        "case_id": "7",
        "case_number": "INQ-20261118-000001",
        "customer_id": "C000001",
        "channel": "SMS",
        "address": "19900000001",
        "template": "inquiry-answer",
        "language": "zh",
        "subject": "答复",
        "body": "正文",
        "links": (Answer(message="answer_clear", label="清楚了", url="https://x.example/answer/1"),),
    }
    return Draft(**usual | more)  # type: ignore[arg-type]


def test_a_message_is_kept_as_it_was_written(known: Connection) -> None:
    kept = repository.enqueue(known, draft(), MORNING)

    assert kept == repository.get(known, kept.id)
    assert kept.id == message_id("k1") and kept.links == draft().links
    assert (kept.created_at, kept.sent_at, kept.failed) == (MORNING, None, None)


def test_the_same_key_is_the_same_message(known: Connection) -> None:
    first = repository.enqueue(known, draft(), MORNING)
    again = repository.enqueue(known, draft(subject="other", body="other"), MORNING + timedelta(hours=1))

    assert again == first
    assert len(repository.newest(known)) == 1


def test_sent_counts_once(known: Connection) -> None:
    kept = repository.enqueue(known, draft(), MORNING)
    repository.mark_failed(known, kept.id, "the server said no")
    assert repository.newest(known)[0].failed == "the server said no"
    repository.mark_sent(known, kept.id, MORNING)
    repository.mark_sent(known, kept.id, MORNING + timedelta(hours=1))

    sent = repository.newest(known)[0]
    assert (sent.sent_at, sent.failed) == (MORNING, None)


def test_lists_are_newest_first_and_paged_by_key(known: Connection) -> None:
    for number in range(5):
        repository.enqueue(known, draft(f"k{number}"), MORNING + timedelta(minutes=number // 2))
    repository.enqueue(known, draft("s", customer_id=None, staff_id="li.na", case_id="8"), MORNING)

    everything = repository.newest(known)
    first = repository.newest(known, limit=4)
    assert first + repository.newest(known, limit=4, after=first[-1].id) == everything
    assert [message.created_at for message in everything] == sorted((m.created_at for m in everything), reverse=True)
    assert [message.key for message in repository.newest(known, case_id="8")] == ["s"]
    assert [message.key for message in repository.newest(known, to_staff=True)] == ["s"]
    assert len(repository.newest(known, to_staff=False)) == len(repository.newest(known, customer_id="C000001")) == 5


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", sorted(texts.names()))
def test_every_text_renders_in_both_languages(name: str, language: str) -> None:
    subject, body = texts.render(name, language, VALUES)

    assert subject and "\n" not in subject and len(subject) <= texts.LONGEST_SUBJECT
    assert "$" not in subject + body
    assert "\n\n\n" not in body and body.endswith("\n")
    assert VALUES["number"] in subject + body and (VALUES["hotline"] in body) == (not name.startswith("staff-"))


def test_there_is_a_text_for_what_the_diagrams_send() -> None:
    diagrams = Path(__file__).resolve().parents[2] / "bpmn_diagrams"
    named = [
        name
        for path in diagrams.rglob("*.bpmn")
        for name in re.findall(r'id="template"[^>]*value="&quot;([a-z-]+)&quot;"', path.read_text(encoding="utf-8"))
    ]
    assert len(named) > 5
    assert set(named) <= texts.names()
    assert {"staff-reminder", "staff-late", "staff-escalation"} <= texts.names()


@pytest.mark.parametrize(
    "hostile",
    [
        "$hotline ${firm} $$",
        "{{ 7 * 7 }} {% include '/etc/passwd' %}",
        "%(firm)s {firm} {0.__class__}",
        "<script>alert(1)</script>",
        "\\1 \\g<0>",
    ],
)
def test_what_a_value_holds_is_text(hostile: str) -> None:
    _, body = texts.render("inquiry-answer", "en", {**VALUES, "text": hostile})
    assert f"\n{hostile}\n" in body


def test_a_subject_is_one_line() -> None:
    subject, _ = texts.render("inquiry-answer", "en", {**VALUES, "number": "1\r\nBcc: a@b.cn " + "x" * 300})
    assert "\n" not in subject and "\r" not in subject and len(subject) == texts.LONGEST_SUBJECT


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="salutation"):
        texts.render("inquiry-answer", "en", {})


@pytest.mark.parametrize("name", ["no-such-text", "../texts", "_footer.en", "/etc/passwd", "inquiry-answer.en"])
def test_an_unknown_text_is_an_error(name: str) -> None:
    with pytest.raises((UnknownTemplate, FileNotFoundError)):
        texts.render(name, "en", VALUES)


def test_every_question_has_its_words_in_both_languages() -> None:
    for question in QUESTIONS.values():
        assert set(question.text) == set(texts.LANGUAGES)
        assert all(set(labels) == set(texts.LANGUAGES) for labels in question.answers.values())
