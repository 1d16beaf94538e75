"""Surveys on real tables: who is asked, what is kept, what becomes feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.model import CaseId
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, complained, ordinary, run
from workflows.feedback import repository
from workflows.surveys import repository as surveys
from workflows.surveys.model import badness, telling

KNOWN = {"customer": {"customerId": "C000001"}}


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((5, None, None), ("CSAT", 5)),
        ((2, None, 0), ("CSAT", 2)),
        ((3, None, 0), ("NPS", 0)),
        ((4, 7, None), ("CES", 7)),
        ((5, 1, 10), ("CSAT", 5)),
        ((1, 7, 0), ("CSAT", 1)),
    ],
)
def test_which_score_speaks(scores: tuple[int, int | None, int | None], said: tuple[str, int]) -> None:
    csat, ces, nps = scores
    assert telling(csat=csat, ces=ces, nps=nps) == said


def test_the_ends_of_the_scales() -> None:
    assert [badness(*one) for one in (("CSAT", 5), ("CSAT", 1), ("NPS", 10), ("NPS", 0), ("CES", 1), ("CES", 7))] == [
        0,
        1,
    ] * 3


def sample(call: Make, connection: Connection, whose: str = "C000007", number: int = 7, **more: Any) -> dict[str, Any]:
    given = {"about": "CMP-90", "process": "complaint", "customerId": whose}
    found: dict[str, Any] = run(
        call("survey/sample", given, connection=connection, case_id=CaseId(str(number)), **more)
    )
    return found


@pytest.mark.parametrize(("days", "ask"), [(0, False), (29, False), (30, True)])
def test_nobody_is_asked_twice_within_thirty_days(known: Connection, call: Make, days: int, ask: bool) -> None:
    ordinary(known)
    assert sample(call, known) == sample(call, known) == {"ask": True, "why": ""}
    assert sample(call, known, number=8, at=MORNING + timedelta(days=days))["ask"] is ask


def test_who_was_not_asked_may_be_asked(known: Connection, call: Make) -> None:
    ordinary(known)
    sample(call, known)
    run(call("survey/note", {"status": "NOT_ASKED", "why": "DT-08-6"}, connection=known))
    assert sample(call, known, number=8)["ask"]


def test_who_is_not_asked(known: Connection, call: Make) -> None:
    changes: list[dict[str, Any]] = [{"status": "RESTRICTED"}, {"status": "DECEASED"}, {"service_consent": False}]
    for number, changed in enumerate(changes, 7):
        assert sample(call, known, ordinary(known, **changed), number) == {"ask": False, "why": "NOT_REACHABLE"}
    assert sample(call, known, "", number=80)["why"] == "UNKNOWN"


@pytest.mark.parametrize("excluded", [{"category": "AML_MEASURE"}, {"source": "COURT"}])
def test_what_is_never_asked_about(known: Connection, call: Make, excluded: dict[str, Any]) -> None:
    ordinary(known)
    complained(known, "SEV2", **excluded)
    assert sample(call, known) == {"ask": False, "why": "EXCLUDED"}


def test_answers_are_kept_masked(known: Connection, call: Make, kept: Any) -> None:
    ordinary(known)
    sample(call, known)
    answers = {"csat": 2, "nps": 5, "reasons": ["SPEED"], "comment": kept("请打 13812345678")}
    for late in (False, True):
        said = run(call("survey/record", {"late": late}, connection=known, data={"answers": answers}))
        found = surveys.get(known, "7")
        assert found is not None and (found.csat, found.ces, found.comment) == (2, None, "请打 138****5678")
        assert (found.counted, found.status) == ((False, "LATE") if late else (True, "ANSWERED"))
        assert said == {"instrument": "CSAT", "score": 2}


def test_a_survey_without_satisfaction_or_in_no_state_is_refused(known: Connection, call: Make) -> None:
    with pytest.raises(ValueError, match="csat"):
        run(call("survey/record", connection=known, data={"answers": {"nps": 5}}))
    with pytest.raises(ValueError, match="ANSWERED"):
        run(call("survey/note", {"status": "ANSWERED"}, connection=known))


def test_the_comment_of_a_survey_becomes_the_text_of_the_feedback(known: Connection, call: Make, kept: Any) -> None:
    ordinary(known)
    sample(call, known, number=6)
    run(
        call(
            "survey/record",
            connection=known,
            case_id=CaseId("6"),
            data={"answers": {"csat": 2, "comment": kept("太慢")}},
        )
    )
    data = {"received": {"source": "SURVEY", "instrument": "CSAT", "score": 2, "contactAllowed": True}} | KNOWN
    said = run(call("feedback/capture", connection=known, data=data, parent=CaseId("6")))
    kept_item = repository.get(known, "7")
    assert kept_item is not None and said["text"] == kept_item.text == "太慢"
