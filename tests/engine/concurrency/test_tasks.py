"""Two at one task: exactly one wins, and the other reads who was first."""

import pytest

from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, the_loser
from tests.engine.people import ANN, BEN, OLGA, SUE
from tests.engine.watching import acts, count, kinds, rows

YES = {"approved": True}


@pytest.fixture
def loans(crew):
    """Cases of one task."""
    crew.engine.deploy(tiny.one_task(), by=OLGA)
    return crew


def test_complete_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(
            do("complete", task, {**YES, "note": "a"}, by=ANN), do("complete", task, {**YES, "note": "b"}, by=BEN)
        )
        lost = the_loser(found)
        winner = {"a": "ann", "b": "ben"}[loans.engine.case(case).data["note"]]
        assert (lost.by, lost.data["how"]) == (winner, "completed")
        assert acts(loans.engine, case) == [("started", "ann"), ("completed", winner)]


def test_one_person_submits_four_times(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(*[do("complete", task, YES, by=ANN)] * 4)
        assert [(lost.error, lost.by) for lost in losers(found)] == [("Conflict", "ann")] * 3
        assert kinds(loans.engine, case) == ["started", "completed"]


def test_claim_against_claim(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        lost = the_loser(loans.race(do("claim", task, by=ANN), do("claim", task, by=BEN)))
        assert lost.by == loans.engine.tasks(case)[0].assignee in ("ann", "ben")
        assert acts(loans.engine, case) == [("started", "ann"), ("claimed", lost.by)]
        assert len(rows(loans.engine, "task", case_id=int(case))) == 1


def test_claim_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(do("claim", task, by=ANN), do("complete", task, YES, by=BEN))
        lost = the_loser(found)
        if lost is found[0]:
            assert lost.by == "ben" and kinds(loans.engine, case) == ["started", "completed"]
        else:
            assert lost.by == "ann" and kinds(loans.engine, case) == ["started", "claimed"]


def test_release_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        loans.engine.claim(task, by=ANN)
        found = loans.race(do("release", task, by=ANN), do("complete", task, YES, by=ANN))
        done = kinds(loans.engine, case)[2:]
        if done == ["completed"]:
            assert the_loser(found) is found[0]
        else:  # whoever completes a task that is nobody's claims it by that
            assert losers(found) == [] and done == ["released", "completed"]


def test_assign_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(do("complete", task, YES, by=ANN), do("assign", task, to="ben", by=SUE))
        lost = the_loser(found)
        assert lost.by == ("ben" if lost is found[0] else "ann")
        assert kinds(loans.engine, case) == ["started", "assigned" if lost is found[0] else "completed"]


def test_assign_against_assign(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        assert losers(loans.race(do("assign", task, to="ann", by=SUE), do("assign", task, to="ben", by=SUE))) == []
        assert kinds(loans.engine, case) == ["started", "assigned", "assigned"]
        last = loans.engine.history(case)[-1].input["assignee"]
        (row,) = rows(loans.engine, "task", case_id=int(case))
        assert (row["assignee"], row["queue"]) == (last, f"u:{last}")


def test_drafts_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(
            do("save_draft", task, {"note": "1"}, by=ANN),
            do("save_draft", task, {"note": "2"}, by=ANN),
            do("complete", task, YES, by=BEN),
        )
        assert {lost.error for lost in losers(found)} <= {"NotFound"} and not found[2].error
        assert count(loans.engine, "draft") == 0 and kinds(loans.engine, case) == ["started", "completed"]


def test_drafts_of_one_person(loans):
    for _ in loans.rounds:
        (task,) = loans.tasks(loans.begin())
        found = loans.race(*[do("save_draft", task, {"note": str(number)}, by=ANN) for number in range(4)])
        assert losers(found) == [] and loans.engine.draft(task, ANN)["note"] in "0123"
    assert count(loans.engine, "draft") == len(loans.rounds)
