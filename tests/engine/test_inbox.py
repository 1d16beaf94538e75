"""The inbox: one queue for each person that is always right, most urgent first."""

from datetime import UTC, datetime

import pytest

from engine import Actor
from tests.engine import tiny
from tests.engine.people import ANN, EVE, NOBODY, OLGA
from tests.engine.watching import rows

pytestmark = pytest.mark.databases

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


@pytest.fixture
def desk(engine):
    """An engine with one open task for csr."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", {"note": "old"}, by=ANN)
    return engine


def test_the_inbox_is_most_urgent_first_and_paged(engine, clock):
    task = tiny.ask("ask", dueIn="= term", priority="= rank")
    fields = {"term": {"type": ["string", "null"]}, "rank": {"type": "integer"}}
    engine.deploy(tiny.one_task(task=task, start=fields), by=OLGA)
    for term, rank in (("PT3H", 2), (None, 1), ("PT1H", 3), ("PT1H", 1), (None, 1)):
        engine.start("loan", {"term": term, "rank": rank}, by=ANN)
    expected = ["4", "3", "1", "2", "5"]
    assert [task.case_id for task in engine.inbox(ANN)] == expected
    assert engine.count(ANN) == 5
    seen, after = [], None
    while page := engine.inbox(ANN, limit=2, after=after):
        seen += [task.case_id for task in page]
        after = page[-1]
    assert seen == expected
    soon = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert [task.case_id for task in engine.inbox(ANN, due_before=soon)] == ["4", "3"]
    assert engine.count(ANN, due_before=soon) == 2


def test_a_task_of_two_groups_is_there_once(engine):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", candidateGroups="csr, pm")), by=OLGA)
    engine.start("loan", by=ANN)
    both = Actor("kim", groups={"csr", "pm"})
    assert len(engine.inbox(both)) == len(engine.inbox(EVE)) == len(engine.inbox(ANN)) == 1
    assert engine.count(both) == 1
    (task,) = engine.inbox(both)
    assert task.groups == ("csr", "pm")
    engine.claim(task.id, by=both)
    assert engine.inbox(EVE) == engine.inbox(ANN) == [] and engine.count(both) == 1
    assert len(rows(engine, "task")) == 1
    engine.release(task.id, by=both)
    assert len(engine.inbox(EVE)) == len(engine.inbox(ANN)) == 1


def test_who_has_no_groups_has_an_empty_inbox(desk):
    assert desk.inbox(NOBODY) == [] and desk.count(NOBODY) == 0
    assert desk.inbox(NOBODY, view="groups") == [] and desk.count(NOBODY, view="groups") == 0


def test_a_name_is_no_group_and_a_group_no_name(engine):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", assignee="csr")), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.inbox(ANN) == []
    assert len(engine.inbox(Actor("csr"))) == 1
