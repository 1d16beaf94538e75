"""Every way through the risk assessment, walked with the real domain: from the wish to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine import InvalidForm
from tests.workflows.answers import answers, customer_of
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.customers import repository as customers
from workflows.suitability import assessments
from workflows.suitability.tables import risk_assessment
from workflows.tables import outbox


def begun(house: House, **changed: Any) -> Walk:
    """An assessment of a customer whose last one was in spring."""
    identity = customer_of(house, **changed)
    moved = {"taken_at": house.clock.now().replace(year=2026, month=3, day=1)}
    with house.engine.database.writing() as connection:
        mine = risk_assessment.c.customer_id == identity
        connection.execute(
            update(risk_assessment).where(mine).values(risk_class=changed.get("risk_class", "C3"), **moved)
        )
    walk = house.walk("risk-assess", customerId=identity, reason="SELF")
    assert walk.waits_for == {"assessment_answered", "assessment_refused"} and walk.open == []
    assert walk.letters == ["assessment-invitation"]
    return walk


def on_record(walk: Walk) -> tuple[str | None, bool, date | None]:
    """Class, lowest class and validity in the customer's row."""
    with walk.house.engine.database.reading() as connection:
        found = customers.get(connection, walk.case.data["customerId"])
    assert found is not None
    return found.risk_class, found.lowest_class, found.assessment_valid_to


def statuses(walk: Walk) -> list[str]:
    """What became of the customer's assessments, newest first."""
    with walk.house.engine.database.reading() as connection:
        return [one.status for one in assessments.of_customer(connection, walk.case.data["customerId"])]


def confirmed(house: House) -> Walk:
    walk = begun(house).hears("assessment_answered", **answers(3))
    assert walk.waits_for == {"result_confirmed", "result_disputed"}
    assert on_record(walk)[2] == date(2027, 6, 1) and statuses(walk)[0] == "TAKEN"
    walk.hears("result_confirmed", confirmed=True)
    assert on_record(walk) == ("C4", False, date(2027, 11, 18)) and statuses(walk)[:2] == ["IN_FORCE", "SUPERSEDED"]
    assert walk.data["assessment"] == {
        "done": True,
        "class": "C4",
        "lowest": False,
        "validTo": "2027-11-18",
        "reason": "",
    }
    return walk.ended("EndInForce")


def nothing_of_the_answers_is_in_the_history(house: House) -> Walk:
    walk = begun(house).hears("assessment_answered", **answers(2, income="UNDER_1M", debt="CONSUMER"))
    told = str(walk.history) + str(walk.data)
    assert "UNDER_1M" not in told and "CONSUMER" not in told
    assert len(walk.data["result"]["answersHash"]) == 64
    return walk.hears("result_confirmed", confirmed=True).ended("EndInForce")


def the_lowest_class(house: House) -> Walk:
    walk = begun(house, risk_class="C1").hears("assessment_answered", **answers(0, bearsLoss="NO"))
    walk.hears("result_confirmed", confirmed=True)
    assert on_record(walk)[:2] == ("C1", True)
    with house.engine.database.reading() as connection:
        bodies = connection.execute(outbox.select().where(outbox.c.case_id == walk.case.id)).all()
    letter = next(row.body for row in bodies if row.template == "assessment-result")
    assert "最低类别" in letter and "R1\n" in letter
    return walk.ended("EndInForce")


def reminded_and_answered(house: House) -> Walk:
    walk = begun(house).later(days=6)
    assert walk.letters == ["assessment-invitation", "assessment-reminder"]
    walk.hears("assessment_answered", **answers(2)).hears("result_confirmed", confirmed=True)
    assert on_record(walk)[0] == "C3"
    return walk.ended("EndInForce")


def never_answered(house: House) -> Walk:
    walk = begun(house).later(days=6)
    walk.later(days=11)
    assert walk.waits_for
    walk.later(days=2)
    assert walk.data["assessment"]["reason"] == "EXPIRED" and statuses(walk)[0] == "IN_FORCE"
    return walk.ended("EndExpired")


def refused(house: House) -> Walk:
    walk = begun(house).hears("assessment_refused", comment="I will not say what I earn.")
    assert (walk.data["assessment"]["done"], walk.data["assessment"]["reason"]) == (False, "REFUSED")
    assert "what I earn" not in str(walk.history)
    return walk.ended("EndRefused")


def never_confirmed(house: House) -> Walk:
    walk = begun(house).hears("assessment_answered", **answers(3)).later(days=15, hours=10)
    assert walk.data["assessment"]["reason"] == "UNCONFIRMED" and statuses(walk)[:2] == ["UNCONFIRMED", "IN_FORCE"]
    assert on_record(walk)[0] == "C3"
    return walk.ended("EndUnconfirmed")


def disputed_until_the_day_is_full(house: House) -> Walk:
    walk = begun(house)
    for _ in range(2):
        walk.hears("assessment_answered", **answers(1)).hears("result_disputed", comment="I am bolder than that.")
    assert statuses(walk)[:2] == ["DISPUTED", "DISPUTED"] and "TAKEN" not in statuses(walk)
    assert walk.letters[-1] == "assessment-quota" and walk.data["quota"]["nextDate"].startswith("2026-11-19")
    assert walk.data["assessment"]["reason"] == "QUOTA"
    return walk.ended("EndQuota")


def risen_too_fast(house: House) -> Walk:
    """C1 four weeks ago, C3 now: compliance lets it stand."""
    walk = begun(house, risk_class="C1")
    before = house.clock.now() - timedelta(days=29)
    with house.engine.database.writing() as connection:
        mine = risk_assessment.c.customer_id == walk.case.data["customerId"]
        connection.execute(update(risk_assessment).where(mine).values(taken_at=before))
    walk.hears("assessment_answered", **answers(2))
    task = walk.task("ReviewResult")
    assert walk.data["result"]["doubts"] == ["RISEN_TOO_FAST"] and task.groups == ("co",) and task.due is not None
    walk.does("ReviewResult", verdict="STANDS", reason="He has sold his company.")
    return walk.hears("result_confirmed", confirmed=True).ended("EndInForce")


def contradicting_the_record(house: House) -> Walk:
    """Another age than the recorded one: compliance wants it answered once more."""
    walk = begun(house).hears("assessment_answered", **answers(2, ageBand="18_34"))
    assert walk.data["result"]["doubts"] == ["AGE_DIFFERS"]
    walk.does("ReviewResult", verdict="REPEAT", reason="The age is not that of the record.")
    assert statuses(walk)[0] == "VOID" and walk.letters == ["assessment-invitation"] * 2
    walk.hears("assessment_answered", **answers(2)).hears("result_confirmed", confirmed=True)
    return walk.ended("EndInForce")


PATHS = {
    path.__name__: path
    for path in (
        confirmed,
        nothing_of_the_answers_is_in_the_history,
        the_lowest_class,
        reminded_and_answered,
        never_answered,
        refused,
        never_confirmed,
        disputed_until_the_day_is_full,
        risen_too_fast,
        contradicting_the_record,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("assessment")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("RAS-20261118-")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("risk-assess")
    assert set().union(*(walk.ends for walk in walks)) == end_events("risk-assess")


def test_every_question_must_be_answered_and_the_result_confirmed(walked: Walked) -> None:
    walk = begun(walked.house)
    without = {name: value for name, value in answers(2).items() if name != "debt"}
    with pytest.raises(InvalidForm, match="debt"):
        walk.hears("assessment_answered", **without)
    walk.hears("assessment_answered", **answers(2))
    for ticked in ({}, {"confirmed": False}):
        with pytest.raises(InvalidForm):
            walk.hears("result_confirmed", **ticked)
    assert walk.waits_for == {"result_confirmed", "result_disputed"}


def test_staff_are_offered_nothing_before_the_customer_has_answered(walked: Walked) -> None:
    walk = begun(walked.house)
    assert walk.open == [] and not {effect.kind for step in walk.history for effect in step.effects} & {"offered"}
