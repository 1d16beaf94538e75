"""What it costs to purge a case: against the growth of the history, and against deleting its rows and nothing more."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sqlalchemy import text

from engine import SYSTEM, Engine, FixedClock, Policy, open_engine
from engine.retention.purging import TABLES
from engine.retention.rules import Rule

from .completion import Ours
from .diagrams import line
from .measure import Result, Size
from .places import Place

TASKS = 5
A_DAY = 39_000  # cases that a distributor of middle size begins on a day
BETWEEN = 86_400_000 / A_DAY  # milliseconds between two of them
BEGAN = "2026-03-02T01:00:00+00:00"
POLICY = Policy(retention=(Rule(name="all", years="KEEP"),))


def purging(place: Place, size: Size) -> Iterator[Result]:
    """Cases with five tasks of ten fields, half of them purged, half deleted row by row without a record."""
    clock = FixedClock(BEGAN)
    with place.fresh() as url, open_engine(url, clock=clock, policy=POLICY) as engine:
        engine.configure(by=SYSTEM, parameters={"KEEP": {"value": 20}})
        ours, half = Ours(engine, line(TASKS)), max(1, size.cases // 2)
        ours.go_on(TASKS)
        for _ in range(2 * half - 1):
            ours.start()
            ours.go_on(TASKS)
        clock.advance(days=366 * 21)
        began = time.perf_counter()
        assert engine.retain(limit=half).done == half
        ours_ms = (time.perf_counter() - began) * 1000 / half
        plain_ms = plainly(engine) * 1000 / half
    name = f"purge of a case of {TASKS} tasks"
    yield Result(
        name=name, value=ours_ms, against="time between two new cases, 39,000 a day", yardstick=BETWEEN, aim=0.1
    )
    yield Result(
        name=name, value=ours_ms, against="deleting its rows, one transaction a case", yardstick=plain_ms, aim=4
    )


def plainly(engine: Engine) -> float:
    """The seconds that deleting the rows of all cases takes that are left, with no trigger in the way."""
    sqlite = engine.database.sqlite
    ids = engine.case_ids()
    if sqlite:
        with engine.database.writing() as connection:
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
    began = time.perf_counter()
    for case_id in ids:
        with engine.database.writing() as connection:
            if not sqlite:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in (*(table.name for table in TABLES), "case_file"):
                key = "id" if table == "case_file" else "case_id"
                connection.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": case_id})
    return time.perf_counter() - began
