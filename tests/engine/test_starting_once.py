"""Whoever asks for a case again by the same idempotency key is answered with the one that he has started."""

import pytest

from engine import NotFound, Refusal
from engine.errors import InvalidForm
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.proof.test_whole import purge
from tests.engine.watching import statements


@pytest.fixture
def loans(engine):
    engine.deploy(tiny.one_task(start={"amount": {"type": "integer"}}), by=OLGA)
    engine.deploy(tiny.one_task("gift"), by=OLGA)
    return engine


def test_the_same_key_is_the_same_case_as_it_stands_by_then(loans):
    case = loans.start("loan", {"amount": 1}, by=ANN, idempotency_key="k")
    assert loans.start("loan", {"amount": 1}, by=ANN, idempotency_key="k") == case
    (task,) = loans.tasks(case.id)
    loans.complete(task.id, {"approved": True}, by=ANN)
    again = loans.start("loan", {"amount": 2}, by=ANN, idempotency_key="k")
    assert (again.id, again.status, again.data["amount"]) == (case.id, "completed", 1)
    assert [one.id for one in loans.cases()] == [case.id]
    assert len([one for one in loans.history(case.id) if one.kind == "started"]) == 1


def test_another_key_another_person_another_process_and_no_key_are_other_cases(loans):
    first = loans.start("loan", {"amount": 1}, by=ANN, idempotency_key="k")
    others = [
        loans.start("loan", {"amount": 1}, by=ANN, idempotency_key="l"),
        loans.start("loan", {"amount": 1}, by=BEN, idempotency_key="k"),
        loans.start("gift", by=ANN, idempotency_key="k"),
        loans.start("loan", {"amount": 1}, by=ANN),
        loans.start("loan", {"amount": 1}, by=ANN),
    ]
    assert len({first.id, *(one.id for one in others)}) == 6


def test_what_was_refused_has_started_nothing_and_may_be_sent_again(loans):
    with pytest.raises(InvalidForm):
        loans.start("loan", {"amount": "much"}, by=ANN, idempotency_key="k")
    with pytest.raises(NotFound):
        loans.start("nothing", by=ANN, idempotency_key="k")
    assert loans.cases() == []
    assert loans.start("loan", {"amount": 1}, by=ANN, idempotency_key="k").data["amount"] == 1


@pytest.mark.parametrize("key", ["", "k" * 201, "\ud800"])
def test_a_key_that_is_none(loans, key):
    with pytest.raises(Refusal, match="1 to 200"):
        loans.start("loan", {"amount": 1}, by=ANN, idempotency_key=key)


def test_a_case_that_was_purged_is_not_found_again(loans):
    case = loans.start("gift", by=ANN, idempotency_key="k")
    purge(loans, int(case.id))
    assert loans.start("gift", by=ANN, idempotency_key="k").id != case.id


def test_a_key_costs_one_look_and_one_lock(loans):
    loans.start("gift", by=ANN)
    with statements(loans) as plain:
        loans.start("gift", by=ANN)
    with statements(loans) as keyed:
        loans.start("gift", by=ANN, idempotency_key="k")
    assert len(keyed) - len(plain) == (1 if loans.database.sqlite else 2), keyed
