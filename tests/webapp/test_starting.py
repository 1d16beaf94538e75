"""A start form that is sent twice starts one case: by a double click, or because nobody knows what became of the first."""

import pytest

from engine.errors import Unavailable
from tests.webapp.desk import START

FORM = "/cases/new/inquiry"


def hidden(visitor):
    """What a start form carries beside its fields."""
    names = ("_coin", "_shown", "_ticket")
    return {name: visitor.page.xpath(f"//input[@name='{name}']/@value")[0] for name in names}


def hidden_of(sent):
    """What is sent with a form and was not typed."""
    return [value for name, value in sent.items() if name.startswith("_")]


@pytest.fixture
def started(engine):
    """The cases of the process that were started here, the oldest first."""
    before = {case.id for case in engine.cases(limit=1000)}
    return lambda: [case for case in reversed(engine.cases(limit=1000)) if case.id not in before]


def test_one_form_sent_twice_starts_one_case(visit, started):
    li = visit("li.na").open(FORM)
    sent = START | hidden(li)
    first, again = (li.open("/inbox").post(FORM, sent).path for _ in range(2))
    (case,) = started()
    assert first == again and li.sees(case.number)
    assert first.startswith(f"/tasks/{case.id}.")


def test_each_form_has_a_ticket_of_its_own(visit, started):
    li = visit("li.na")
    tickets = {hidden(li.open(FORM))["_ticket"] for _ in range(3)}
    assert len(tickets) == 3
    for _ in range(2):
        li.post(FORM, START | hidden(li.open(FORM)))
    assert len(started()) == 2


def test_what_is_sent_with_other_words_is_another_case(visit, started):
    li = visit("li.na").open(FORM)
    sent = START | hidden(li)
    li.post(FORM, sent).open("/inbox").post(FORM, sent | {"customerId": "C000002"})
    assert [case.customer for case in started()] == ["C000001", "C000002"]


def test_a_form_that_was_refused_keeps_its_ticket(visit, started):
    li = visit("li.na").open(FORM)
    before = hidden(li)
    assert li.post(FORM, before | START | {"channel": "PIGEON"}).status == 422
    assert hidden(li) == before and started() == []
    li.post(f"{FORM}/form", before | START)
    assert hidden(li) == before
    for _ in range(2):
        li.post(FORM, START | before)
    assert len(started()) == 1


def test_the_ticket_of_somebody_else_finds_nothing(visit, started):
    li, xu = visit("li.na").open(FORM), visit("xu.kai").open(FORM)
    sent = START | hidden(li)
    li.post(FORM, sent)
    xu.post(FORM, sent)
    assert [case.started_by for case in started()] == ["li.na", "xu.kai"]


@pytest.mark.parametrize(("lang", "said"), [("en", "starts one case"), ("zh", "只会发起一张工单")])
def test_an_answer_that_was_lost_is_asked_for_again(visit, started, engine, monkeypatch, lang, said):
    real = type(engine).start

    def lost(*arguments, **named):
        real(*arguments, **named)
        raise Unavailable("The connection is gone.", unsure=True)

    li = visit("li.na", lang).open(FORM)
    sent = START | hidden(li)
    with monkeypatch.context() as patched:
        patched.setattr(type(engine), "start", lost)
        li.post(FORM, sent)
    assert li.status == 503 and li.sees(said)
    assert not [value for value in hidden_of(sent) if value in li.text]  # nobody has typed these
    assert li.open("/inbox").post(FORM, sent).status == 200
    (case,) = started()
    assert li.path.startswith(f"/tasks/{case.id}.")
