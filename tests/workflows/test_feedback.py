"""Feedback on real tables: captured, tagged, assigned, closed; a second call doubles nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from engine.canonical import moment
from engine.model import CaseId
from engine.store.tables import case
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, counted, run
from workflows.feedback import repository
from workflows.feedback.tables import feedback as feedback_table
from workflows.interactions import repository as interactions
from workflows.staff import repository as staff

KNOWN = {"customer": {"customerId": "C000001"}}


def capture(
    call: Make, connection: Connection, *, data: Any = None, number: int = 7, **received: Any
) -> dict[str, Any]:
    said = {"source": "APP", "contactAllowed": True} | received
    more = {"case_id": CaseId(str(number)), "case_number": f"FBK-{number}", "process": "feedback"}
    found: dict[str, Any] = run(
        call("feedback/capture", connection=connection, data={"received": said} | (data or KNOWN), **more)
    )
    return found


def test_an_item_is_kept_masked(known: Connection, call: Make, kept: Any) -> None:
    text = kept("990001 的说明不清楚，请打 13812345678")
    said = capture(call, known, text=text, instrument="CSAT", score=2, agent="li.na")
    item = repository.get(known, "7")
    assert item is not None and item.text == said["text"] == "990001 的说明不清楚,请打 138****5678"
    assert (item.customer_id, item.instrument, item.score, item.product) == ("C000001", "CSAT", 2, "990001")
    assert (item.agent, item.team, item.captured_at, item.contact_allowed) == ("li.na", "service-1", MORNING, True)
    assert (said["known"], said["textPresent"], said["answered"], said["duplicate"]) == (True, True, True, False)
    assert capture(call, known, text=text, instrument="CSAT", score=2) == said and counted(known, feedback_table) == 1


def test_an_item_knows_the_case_that_it_is_about(known: Connection, call: Make) -> None:
    at = moment(MORNING)
    row = {"id": 5, "number": "INQ-5", "key": "inquiry", "version": 3, "bundle": "b", "status": "completed", "seq": 1}
    row |= {
        "confidentiality": "normal",
        "started_at": at,
        "started_by": "li.na",
        "last_at": at,
        "head": b"",
        "state": b"",
    }
    known.execute(insert(case).values(**row))
    interactions.record(known, key="1", channel="WECOM", direction="IN", at=MORNING, case_id="5", case_number="INQ-5")
    said = capture(call, known, instrument="NPS", score=9, relatedCase="INQ-5")
    item = repository.get(known, "7")
    assert item is not None and (item.process, item.process_version, item.channel) == ("inquiry", 3, "WECOM")
    assert said["channel"] == "WECOM"


def test_an_anonymous_item(known: Connection, call: Make) -> None:
    said = capture(call, known, data={"customer": {"customerId": ""}}, instrument="CSAT", score=1)
    assert (said["known"], said["tier"], said["channel"]) == (False, "", "APP")


def test_nothing_said_is_no_answer(known: Connection, call: Make) -> None:
    assert capture(call, known)["answered"] is False


@pytest.mark.parametrize(("days", "repeated"), [(6, "FBK-7"), (7, "")])
def test_the_same_words_within_a_week_are_one_item(
    known: Connection, call: Make, kept: Any, days: int, repeated: str
) -> None:
    capture(call, known, text=kept("很好，谢谢"))
    known.execute(update(feedback_table).values(captured_at=MORNING - timedelta(days=days)))
    assert capture(call, known, text=kept("很好 谢谢！"), number=8)["duplicateOf"] == repeated


def test_what_is_not_the_same(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("很好，谢谢"))
    other = {"customer": {"customerId": "C000002"}}
    assert not capture(call, known, text=kept("很好，谢谢"), data=other, number=8)["duplicate"]
    assert not capture(call, known, text=kept("不好"), number=9)["duplicate"]
    assert not capture(call, known, instrument="CSAT", score=5, number=10)["duplicate"]
    assert not capture(call, known, instrument="CSAT", score=5, number=11)["duplicate"]


def test_what_nobody_said_is_the_same_from_one_source_about_one_case(known: Connection, call: Make, kept: Any) -> None:
    nobody = {"customer": {"customerId": ""}}
    capture(call, known, text=kept("太慢"), data=nobody)
    assert capture(call, known, text=kept("太慢"), data=nobody, number=8)["duplicateOf"] == "FBK-7"
    assert not capture(call, known, text=kept("太慢"), data=nobody, source="CALLBACK", number=9)["duplicate"]
    known.execute(update(feedback_table).where(feedback_table.c.case_id == "7").values(related_case="INQ-5"))
    assert not capture(call, known, text=kept("太慢"), data=nobody, number=10)["duplicate"]


def test_a_complaint_does_not_become_one_again(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("Root cause PROCESS: the complaint shows it"), source="COMPLAINT")
    assert run(call("feedback/tag", connection=known))["complaintIntent"] is False


def test_tagging_is_kept(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("客服态度粗鲁，我要投诉"))
    said = run(call("feedback/tag", connection=known))
    item = repository.get(known, "7")
    assert item is not None and item.topics == ("ATTITUDE",) and item.complaint_intent
    assert item.sentiment == said["sentiment"] < 0 and said["complaintIntent"]


def test_who_follows_up(known: Connection, call: Make) -> None:
    capture(call, known, instrument="NPS", score=1)
    expected = {("csr", "li.na"): "csl", ("csl", ""): "csl", ("csl", "li.na"): "csl", ("chs", "li.na"): "chs"}
    for (role, agent), group in expected.items():
        said = run(call("feedback/assign", {"role": role, "agent": agent}, connection=known))
        assert said["group"] == group and said["person"] != "li.na"
        assert bool(said["person"]) == (role == "csr")


def test_whoever_it_is_about_is_never_asked(known: Connection, call: Make) -> None:
    for role in ("csr", "csl", "chs"):
        for person in staff.people(known, role):
            assert run(call("feedback/assign", {"role": role, "agent": person.id}, connection=known))["person"] not in (
                "",
                person.id,
            )


def test_the_only_one_of_a_role_is_passed_over(known: Connection, call: Make) -> None:
    only, *others = [one.id for one in staff.people(known, "csl")]
    for other in others:
        staff.set_active(known, other, False)
    said = run(call("feedback/assign", {"role": "csl", "agent": only}, connection=known))
    assert said["group"] == "chs" and said["person"] not in ("", only)


def test_the_work_is_spread(known: Connection, call: Make) -> None:
    people = []
    for number in (7, 8, 9):
        capture(call, known, instrument="NPS", score=number - 6, number=number)
        more = {"case_id": CaseId(str(number))}
        people.append(
            run(call("feedback/assign", {"role": "csr", "agent": "li.na"}, connection=known, **more))["person"]
        )
    assert len(set(people)) == 3


def test_closing_keeps_what_it_turned_out_to_be(known: Connection, call: Make) -> None:
    capture(call, known, instrument="CSAT", score=5)
    given = {
        "class": "PROMOTER",
        "rule": "DT-04-8a",
        "topics": ["ATTITUDE"],
        "sentiment": Decimal("0.5"),
        "skillGap": "打 13812345678",
    }
    assert run(call("feedback/close", given, connection=known)) == {"closedAt": moment(MORNING)}
    later = {"at": MORNING + timedelta(days=1)}
    run(call("feedback/close", given, connection=known, **later))
    item = repository.get(known, "7")
    assert item is not None and (item.judged, item.praise, item.closed_at) == ("PROMOTER", True, MORNING)
    assert (item.topics, item.sentiment, item.skill_gap) == (("ATTITUDE",), Decimal("0.5"), "打 138****5678")
