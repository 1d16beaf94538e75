"""Pages of very many queues: what they hold is held against a plain sort, and what they read is little."""

import random

import pytest
from sqlalchemy import insert

from engine import Actor
from engine.cases import queues
from engine.model import SYSTEM
from engine.store.tables import task
from tests.engine import tiny
from tests.engine.people import OLGA
from tests.engine.watching import statements

pytestmark = pytest.mark.databases

GROUPS = [f"g{number}" for number in range(60)]


def filled(engine, count, most=3):
    """Put tasks for one to `most` groups, due at few different moments, straight into the read table."""
    made, chance = engine.deploy(tiny.one_task(), by=OLGA), random.Random(1)
    shared = {"occurrence": 2, "seq": 1, "element": "ask", "assignee": None, "claimed_at": None, "provisional": False}
    shared |= {"offered_at": "2026-01-01T00:00:00.000000Z", "key": "loan", "bundle": made.bundle}
    found = []
    for number in range(1, count + 1):
        groups = chance.sample(GROUPS, min(most, chance.choice((1, 1, 2, 3))))
        due = chance.choice(("9999", *(f"2026-03-0{day}T01:00:00.000000Z" for day in range(1, 5))))
        said = {**shared, "case_id": number, "groups": ",".join(groups), "due": due, "priority": chance.randint(1, 3)}
        said |= {"number": f"LOA-20260101-{number:06d}", "confidentiality": chance.choice(("normal", "normal", "aml"))}
        found += [{**said, "queue": f"g:{group}"} for group in groups]
    with engine.database.writing() as connection:
        connection.execute(insert(task), found)
    return found


def expected(found, actor, classes=("normal",)):
    """The cases in the order of the inbox, worked out without it."""
    mine = [row for row in found if row["queue"][2:] in actor.groups and row["confidentiality"] in classes]
    return [case for _, _, case in sorted({(row["due"], row["priority"], row["case_id"]) for row in mine})]


@pytest.mark.parametrize("groups", [1, 2, 12, 60])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_pages_are_what_a_plain_sort_gives(engine, groups, limit):
    found, actor = filled(engine, 120), Actor("ann", groups=GROUPS[:groups])
    seen, after = [], None
    for _ in range(200):
        page = engine.inbox(actor, limit=limit, after=after)
        assert len(page) <= limit
        seen += [int(one.case_id) for one in page]
        if len(page) < limit:
            break
        after = page[-1]
    assert seen == expected(found, actor)
    assert engine.count(actor) == len(seen)


def test_the_pages_of_a_person_in_all_groups_show_a_task_once(engine):
    found, actor = filled(engine, 300), Actor("ann", groups=GROUPS)
    first = [int(one.case_id) for one in engine.inbox(actor, limit=40)]
    assert first == expected(found, actor)[:40] and len(set(first)) == 40


def test_a_thousand_is_the_most_that_is_counted(engine, monkeypatch):
    monkeypatch.setattr(queues, "MOST_COUNTED", 10)
    filled(engine, 60)
    assert engine.count(Actor("ann", groups=GROUPS)) == 10


def test_the_system_has_a_queue_of_its_own(engine):
    filled(engine, 20)
    assert engine.inbox(SYSTEM) == [] and engine.count(SYSTEM) == 0


def test_a_page_of_sixty_queues_is_one_statement_that_sorts_no_queue(engine):
    filled(engine, 400, most=1)
    actor = Actor("ann", groups=GROUPS)
    engine.inbox(actor, limit=5)
    with statements(engine) as seen:
        engine.inbox(actor, limit=5)
    assert len(seen) == 1, seen
    if engine.database.sqlite:
        plan = explained(engine, actor)
        assert sum("ix_task_queue" in line for line in plan) == len(GROUPS) + 1
        assert not any("TEMP B-TREE" in line or "SCAN" in line for line in plan), plan


def explained(engine, actor):
    """How SQLite reads a page."""
    shape, given = queues.asked(engine.context, actor, "all", None)
    given |= {"most": 5}
    source = queues.page_of(shape).compile(engine.database.engine).string
    names = queues.page_of(shape).compile(engine.database.engine).positiontup
    with engine.database.reading() as connection:
        values = tuple(given.get(name, 0) for name in names)
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {source}", values)]


def test_statements_are_built_once_for_each_shape(engine):
    filled(engine, 10)
    queues.page_of.cache_clear()
    for name in ("ann", "ben", "eve"):
        engine.inbox(Actor(name, groups=GROUPS[:7]))
    assert queues.page_of.cache_info().misses == 1


def test_tasks_are_rows_of_their_table_in_order(engine):
    """A row of tasks is read by place: the page has to have the columns of the table, first and in their order."""
    shape, _ = queues.asked(engine.context, Actor("ann", groups=("csr",)), "all", None)
    assert [column.name for column in queues.page_of(shape).selected_columns] == [column.name for column in task.c]
