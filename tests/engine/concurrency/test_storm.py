"""Everybody does everything at once: nobody waits in a ring, nothing fails but by a refusal, every answer is a step."""

import time
from collections import Counter

import pytest
from sqlalchemy import text

from tests.engine.concurrency.racing import PATIENCE
from tests.engine.concurrency.storm import LEA, OLGA, SYSTEM, Storm, Weather, hourly, loan, shout
from tests.engine.watching import rows

# Commands of which each success is one step of one kind.
STEPS = {
    "complete": "completed",
    "cancel": "cancelled",
    "suspend": "suspended",
    "resume": "resumed",
    "migrate": "migrated",
    "give_up": "given_up",
}


@pytest.mark.parametrize("number", [12, pytest.param(100, marks=pytest.mark.slow)])
def test_all_commands_at_once(crew, number):
    crew.engine.configure(by=OLGA, parameters={"LIMIT": {"value": 0}})
    for files in (loan(0), shout(), hourly(0)):
        crew.engine.deploy(files, by=OLGA)
    for _ in range(4):
        crew.begin()
    before = rings(crew.engine)
    weather = total([one.result for one in crew.race(*[Storm(seed, number) for seed in range(4)])])
    assert weather.faults == []
    assert sum(weather.done.values()) > number  # of the four times as many that were given
    crew.members.shut()
    wait_until_alone(crew.engine)
    assert rings(crew.engine) == before
    kinds = Counter(row["kind"] for row in rows(crew.engine, "step"))
    assert {kind: kinds[kind] for kind in STEPS.values()} == {kind: weather.done[name] for name, kind in STEPS.items()}
    nothing_is_left(crew)


def total(some):
    """What several storms have done together."""
    weather = Weather()
    for one in some:
        weather.done += one.done
        weather.refused += one.refused
        weather.faults += one.faults
    return weather


def nothing_is_left(crew):
    """Every job belongs to a case that goes on or is run; every task, draft and subscription to a case that goes on."""
    engine = crew.engine
    for case in engine.cases(limit=1000, status="suspended"):
        engine.resume(case.id, by=LEA, reason="the storm is over")
    engine.clock.advance(days=1)
    engine.run_due()
    for incident in engine.incidents(limit=1000):
        engine.retry(incident.id, by=LEA)
    engine.run_due()
    going_on = {int(case.id) for case in engine.cases(SYSTEM, limit=1000, status="open")}
    for table in ("task", "draft", "subscription"):
        assert {row["case_id"] for row in rows(engine, table)} <= going_on, table
    left = [row for row in rows(engine, "job") if row["case_id"] not in {0, *going_on}]
    assert [row["kind"] for row in left if row["run_at"] is not None] == []


def rings(engine):
    """How often PostgreSQL has broken up a ring of transactions that waited for each other; 0 on SQLite."""
    if engine.database.sqlite:
        return 0
    return one(engine, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def wait_until_alone(engine):
    """Wait until the sessions of all others have ended: what they have counted is seen by then."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + PATIENCE
    while not engine.database.sqlite and one(engine, others):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def one(engine, question):
    with engine.database.reading() as connection:
        return connection.execute(text(question)).scalar_one()
