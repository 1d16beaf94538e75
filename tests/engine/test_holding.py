"""Legal holds: while one stands, nothing of the case goes."""

import threading

import pytest

from engine import SYSTEM
from engine.errors import Conflict, NotAllowed, NotFound, OnHold, Refusal
from tests.engine import tiny
from tests.engine.entrusted import CARD, KIM, NAME, WHY, files, sound
from tests.engine.people import ANN, AUDREY, EVE, OLGA
from tests.engine.watching import acts, holding, kinds, rows, unguarded


def test_a_hold_is_a_step_and_a_row(ended, clock):
    clock.advance(days=2)
    case = ended.hold("1", by=KIM, reason="  a lawsuit ")
    assert case.status == "completed" and acts(ended)[-1] == ("hold_placed", "kim")
    assert ended.history("1")[-1].input == {"reason": "a lawsuit"}
    (row,) = rows(ended, "legal_hold")
    assert (row["case_id"], row["seq"], row["by"]) == (1, 3, "kim") and row["at"].startswith("2026-03-04")
    found = ended.hold_on("1", ANN)
    assert (found.by, found.seq) == ("kim", 3) and sound(ended)
    ended.release_hold("1", by=KIM, reason="it is settled")
    assert ended.hold_on("1") is None and rows(ended, "legal_hold") == []
    assert kinds(ended)[-2:] == ["hold_placed", "hold_released"] and sound(ended)


def test_nothing_is_disposed_of_while_it_stands(ended):
    ended.hold("1", by=KIM, reason="a lawsuit")
    for given in ({}, {"references": ["1.2.1"]}):
        with pytest.raises(OnHold) as refused:
            ended.dispose("1", "erased", **WHY, **given)
        assert refused.value.by == "kim" and refused.value.at.startswith("2026-03-02")
    assert holding(ended, NAME) == {"vault.value"} and kinds(ended)[-1] == "hold_placed"
    ended.release_hold("1", by=KIM, reason="it is settled")
    ended.dispose("1", "erased", **WHY)
    assert holding(ended, NAME) == set() and sound(ended)


def test_a_hold_reaches_up_to_where_the_case_came_from(engine):
    engine.deploy(files(), by=OLGA)
    engine.start("loan", {"caller": CARD}, by=ANN)
    engine.deploy(tiny.one_task("child"), by=OLGA)
    for parent in ("1", "2"):
        engine.start("child", {"caller": engine.case("1").data["caller"]}, by=SYSTEM, parent=parent)
    engine.hold("3", by=KIM, reason="a lawsuit")
    with pytest.raises(OnHold, match=engine.case("3").number):
        engine.dispose("1", "erased", **WHY)
    engine.release_hold("3", by=KIM, reason="it is settled")
    engine.dispose("1", "erased", **WHY)
    assert sound(engine, "3")


def test_who_may_and_why(ended):
    for who, error in ((ANN, NotAllowed), (AUDREY, NotAllowed), (EVE, NotFound)):
        with pytest.raises(error):
            ended.hold("1", by=who, reason="a lawsuit")
    with pytest.raises(Refusal, match="Say why"):
        ended.hold("1", by=KIM, reason=" ")
    with pytest.raises(Conflict, match="under no"):
        ended.release_hold("1", by=KIM, reason="nothing")
    ended.hold("1", by=KIM, reason="a lawsuit")
    with pytest.raises(Conflict) as refused:
        ended.hold("1", by=KIM, reason="another")
    assert refused.value.by == "kim"
    with pytest.raises(NotAllowed):
        ended.release_hold("1", by=ANN, reason="mine")


CHANGES = (
    "DELETE FROM legal_hold",
    "UPDATE legal_hold SET by = 'ann'",
    "UPDATE legal_hold SET seq = 2",
    "UPDATE legal_hold SET at = '2026-03-02T01:00:00.000001Z'",
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_hold_that_no_step_says_is_found(ended, change):
    ended.hold("1", by=KIM, reason="a lawsuit")
    with unguarded(ended) as connection:
        connection.exec_driver_sql(change.replace("SET by", 'SET "by"'))
    (problem,) = ended.verify("1").problems
    assert problem.what == "legal hold changed"


def test_hold_against_erasure(opened):
    """At once in two threads: the hold stands and the values with it, or they were erased before."""
    engine = opened()
    engine.deploy(files(), by=OLGA)
    for number in range(1, 7):
        engine.start("loan", {"caller": CARD}, by=ANN)
        case_id, barrier, seen = str(number), threading.Barrier(2), {}

        def race(name, act, barrier=barrier, seen=seen):
            barrier.wait()
            try:
                act()
                seen[name] = "done"
            except OnHold:
                seen[name] = "held"

        acts_ = {
            "hold": lambda case_id=case_id: engine.hold(case_id, by=KIM, reason="a lawsuit"),
            "erase": lambda case_id=case_id: engine.dispose(case_id, "erased", **WHY),
        }
        threads = [threading.Thread(target=race, args=one) for one in acts_.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        erased = [row["value"] is None for row in rows(engine, "vault", case_id=number)]
        assert seen["hold"] == "done" and erased == [seen["erase"] == "done"]
        assert (kinds(engine, case_id)[1:] == ["disposed", "hold_placed"]) is (seen["erase"] == "done")
        assert sound(engine, case_id)
