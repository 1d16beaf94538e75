"""Drafts: what somebody has typed into a form and not sent yet."""

from datetime import UTC, datetime

import pytest

from engine import Actor, Conflict, InvalidForm, NotFound
from tests.engine import tiny
from tests.engine.people import ANN, BEN, EVE, NOBODY, OLGA
from tests.engine.watching import acts, count

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


@pytest.fixture
def desk(engine):
    """An engine with one open task for csr."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", {"note": "old"}, by=ANN)
    return engine


def test_a_draft_is_kept_per_task_and_person(desk):
    assert desk.draft(TASK, ANN) is None
    desk.save_draft(TASK, {"note": "half a sen"}, by=ANN)
    desk.save_draft(TASK, {"note": "half a sentence", "unknown": 1}, by=ANN)
    desk.save_draft(TASK, {"approved": "not yet a boolean"}, by=BEN)
    assert desk.draft(TASK, ANN) == {"note": "half a sentence"}
    assert desk.draft(TASK, BEN) == {"approved": "not yet a boolean"}
    assert acts(desk) == [("started", "ann")]
    for who in (EVE, NOBODY):
        with pytest.raises(NotFound):
            desk.draft(TASK, who)
        with pytest.raises(NotFound):
            desk.save_draft(TASK, {"note": "x"}, by=who)


def test_a_draft_goes_with_the_task(desk):
    desk.save_draft(TASK, {"note": "x"}, by=ANN)
    with pytest.raises(InvalidForm):
        desk.complete(TASK, {"note": "x"}, by=ANN)
    assert desk.draft(TASK, ANN) == {"note": "x"}
    desk.complete(TASK, {"approved": True}, by=BEN)
    assert count(desk, "draft") == 0
    with pytest.raises(NotFound):
        desk.draft(TASK, ANN)


def test_a_draft_stays_when_somebody_else_has_claimed_the_task(desk):
    desk.save_draft(TASK, {"note": "mine"}, by=ANN)
    desk.claim(TASK, by=BEN)
    with pytest.raises(Conflict):
        desk.complete(TASK, {"approved": True}, by=ANN)
    assert desk.draft(TASK, ANN) == {"note": "mine"}


def test_a_draft_goes_with_a_case_that_is_given_up(desk):
    desk.save_draft(TASK, {"note": "x"}, by=ANN)
    desk.cancel("1", by=ANN, reason="x")
    assert count(desk, "draft") == 0


@pytest.mark.parametrize(
    "values",
    [{"note": float("nan")}, {"note": "\ud800"}, {"note": object()}, {"note": 10**5000}, {"note": "x" * 300_000}, [1]],
    ids=["nan", "surrogate", "object", "huge number", "long", "list"],
)
def test_a_draft_that_cannot_be_kept(desk, values):
    with pytest.raises(InvalidForm):
        desk.save_draft(TASK, values, by=ANN)
    assert desk.draft(TASK, ANN) is None


def test_a_draft_nested_without_end(desk):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidForm):
        desk.save_draft(TASK, {"note": deep}, by=ANN)


def begun(engine, clock, cases):
    """Cases whose only task Ann has begun, one a minute."""
    for case in range(1, cases + 1):
        clock.advance(minutes=1)
        if case > 1:
            engine.start("loan", by=ANN)
        engine.save_draft(f"{case}.1.2", {"note": "half"}, by=ANN)


def test_the_drafts_of_a_person_the_last_kept_first(desk, clock):
    assert desk.drafts(ANN) == []
    begun(desk, clock, 3)
    desk.save_draft("2.1.2", {"note": "other"}, by=BEN)
    clock.advance(minutes=1)
    desk.save_draft(TASK, {"note": "again"}, by=ANN)
    found = desk.drafts(ANN)
    assert [one.task.id for one in found] == ["1.1.2", "3.1.2", "2.1.2"]
    assert found[0].at == clock.now() and found[0].task == desk.task(TASK, ANN)
    assert [one.task.id for one in desk.drafts(BEN)] == ["2.1.2"]
    assert desk.drafts(EVE) == desk.drafts(NOBODY) == []


def test_drafts_go_by_key(desk, clock):
    begun(desk, clock, 5)
    seen, after = [], None
    while page := desk.drafts(ANN, limit=2, after=after):
        seen += [one.task.id for one in page]
        after = page[-1].task.id
    assert seen == [f"{case}.1.2" for case in (5, 4, 3, 2, 1)]


def test_a_page_after_a_draft_that_is_gone_begins_anew(desk, clock):
    begun(desk, clock, 3)
    desk.complete("2.1.2", {"approved": True}, by=ANN)
    assert [one.task.id for one in desk.drafts(ANN, after="2.1.2")] == ["3.1.2", "1.1.2"]
    with pytest.raises(NotFound):
        desk.drafts(ANN, after="nonsense")


def test_the_draft_of_a_task_that_is_somebody_elses_group_now_is_not_listed(desk):
    desk.save_draft(TASK, {"note": "x"}, by=ANN)
    elsewhere = Actor(ANN.name, groups={"pm"})
    assert desk.drafts(elsewhere) == []
    desk.claim(TASK, by=BEN)
    assert [one.task.assignee for one in desk.drafts(ANN)] == ["ben"]
