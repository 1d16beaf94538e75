"""Every way through a call-back, walked with the real domain: from the request to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from engine.errors import InvalidForm
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.callbacks import repository
from workflows.outbox import repository as outbox

FIVE = ("identityOk", "ownDecision", "knowsRisk", "readDocuments", "nobodyPromised")
YES = dict.fromkeys(FIVE, "YES")


def begun(house: House, **said: Any) -> Walk:
    """A call-back about an order."""
    usual = {"customerId": next(house.customers), "reason": "REVIEWED", "withinDays": 3, "about": "O20261118-000009"}
    return house.walk("callback", by="csl", **usual | said)


def record(walk: Walk) -> Any:
    """The row of a call-back."""
    with walk.house.engine.database.reading() as connection:
        found = repository.get(connection, walk.case.id)
    assert found is not None
    return found


def restricted_from(walk: Walk) -> int:
    """The risk level from which on nothing is sold to the customer of a case."""
    with walk.house.engine.database.reading() as connection:
        return repository.restricted_from(connection, walk.data["customerId"])


def all_yes(house: House) -> Walk:
    walk = begun(house, seller="li.na")
    task = walk.task("Call")
    assert task.assignee == record(walk)["caller"] != "li.na"
    assert task.due == datetime.fromisoformat("2026-11-23T18:00:00+08:00")  # 3 BD from a Wednesday
    with pytest.raises(InvalidForm):
        walk.does("Call", reached=True, **dict.fromkeys(FIVE[1:], "YES"))
    walk.does("Call", reached=True, **YES, recordingId="REC-7").ended("EndConfirmed")
    row = record(walk)
    assert (row["outcome"], row["answers"]) == ("CONFIRMED", YES)
    assert [(one["part"], one["reached"]) for one in row["attempts"]] == [("MORNING", True)]
    return walk


def not_reached(house: House) -> Walk:
    """Three attempts on three days in three parts of the day, then a letter and a restriction."""
    walk = begun(house).does("Call", reached=False)
    assert walk.open == []
    until(walk, "2026-11-19T13:59:59")
    assert walk.open == []
    until(walk, "2026-11-19T14:00:00").does("Call", reached=False)
    until(walk, "2026-11-20T18:29:59")
    assert walk.open == []
    until(walk, "2026-11-20T18:30:00").does("Call", reached=False).ended("EndNotReached")
    row = record(walk)
    assert [one["part"] for one in row["attempts"]] == ["MORNING", "AFTERNOON", "EVENING"]
    assert (row["outcome"], restricted_from(walk), walk.letters) == ("NOT_REACHED", 4, ["callback-not-reached"])
    with house.engine.database.reading() as connection:
        (letter,) = outbox.newest(connection, case_id=walk.case.id)
    assert "R4" in letter.body
    return walk


def reached_at_last(house: House) -> Walk:
    """Who was restricted and is reached later may buy again."""
    lost = not_reached(house)
    walk = begun(house, customerId=lost.data["customerId"]).does("Call", reached=False)
    assert restricted_from(walk) == 4
    until(walk, "2026-11-19T14:00:00").does("Call", reached=True, **YES).ended("EndConfirmed")
    assert restricted_from(walk) == 6
    return walk


def unsure(house: House, verdict: str, **answers: str) -> Walk:
    """A customer who does not say yes five times; compliance decides."""
    walk = begun(house, reason="R5", withinDays=5).does("Call", reached=True, **YES | answers)
    task = walk.task("Review")
    assert task.groups == ("co",) and task.due == datetime.fromisoformat("2026-11-19T18:00:00+08:00")
    walk.does("Review", verdict=verdict, reviewText="The recording was heard.").ended("EndReviewed")
    assert record(walk)["outcome"] == verdict
    return walk


def complains(house: House) -> Walk:
    walk = unsure(house, "COMPLAINT", nobodyPromised="NO")
    assert [case.key for case in walk.linked] == ["complaint"]
    assert record(walk)["answers"]["nobodyPromised"] == "NO"
    return walk


def remedied(house: House) -> Walk:
    walk = unsure(house, "REMEDY", ownDecision="UNSURE")
    assert [case.key for case in walk.linked] == ["trade"]
    return walk


def cleared_up(house: House) -> Walk:
    walk = unsure(house, "NOTHING", readDocuments="UNSURE")
    assert walk.linked == []
    return walk


def until(walk: Walk, when: str) -> Walk:
    """Let time pass until a moment in Shanghai."""
    walk.house.clock.set(f"{when}+08:00")
    return walk.settled()


PATHS = {way.__name__: way for way in (all_yes, not_reached, reached_at_last, complains, remedied, cleared_up)}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    with opened_house(tmp_path_factory.mktemp("callback")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].ends


def test_every_flow_and_every_end_was_walked(walked: Walked) -> None:
    walks = walked.all()
    assert all_flows("callback") <= {flow for walk in walks for flow in walk.flows}
    assert end_events("callback") <= {end for walk in walks for end in walk.ends}


@pytest.mark.parametrize("name", FIVE)
def test_one_answer_that_is_no_yes_is_enough(walked: Walked, name: str) -> None:
    walk = begun(walked.house).does("Call", reached=True, **YES | {name: "UNSURE"})
    assert walk.open == ["Review"]


def test_a_call_back_is_entered_once(walked: Walked) -> None:
    walk = walked["all_yes"]
    with walk.house.engine.database.writing() as connection:
        repository.begin(connection, {"case_id": walk.case.id, "case_number": "CBK-x", "reason": "R5"})
    assert record(walk)["reason"] == "REVIEWED"
