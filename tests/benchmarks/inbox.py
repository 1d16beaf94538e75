"""The first page of the inbox among very many open tasks, against reading one row by its primary key."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from sqlalchemy import bindparam, select, text

from engine import Actor, Engine, open_engine
from engine.store.tables import task

from .completion import OWNER
from .diagrams import FORM, form, line
from .measure import Result, Size, at_most, timed
from .places import Place

GROUPS = [f"group{number:03d}" for number in range(400)]
PEOPLE = 20  # of each kind, so that nobody's page is the one that was just read
ONE = select(task).where(
    task.c.case_id == bindparam("case"), task.c.occurrence == 2, task.c.queue == bindparam("queue")
)


def inbox(place: Place, size: Size) -> Iterator[Result]:
    """The page of a person in 12 groups and of one in 200; 95 of 100 pages are as fast as this or faster."""
    with place.fresh() as url, open_engine(url) as engine:
        fill(engine, size.tasks)
        chance = random.Random(1)
        runs = [one_row(engine, size.tasks, chance), *(pages(engine, groups, chance) for groups in (12, 200))]
        row, few, many = (at_most(times) for times in timed(size, runs))
    yield Result(name=f"reading one of {size.tasks:,} tasks by its primary key, p95", value=row)
    against = {"against": "that", "yardstick": row}
    yield Result(name="first inbox page of a person in 12 groups, p95", value=few, **against, aim=5)
    yield Result(name="first inbox page of a person in 200 groups, p95", value=many, **against, aim=50)


def one_row(engine: Engine, tasks: int, chance: random.Random) -> Callable[[], object]:
    """Read some task by its key."""

    def run() -> None:
        number = chance.randrange(tasks)
        with engine.database.reading() as connection:
            connection.execute(ONE, {"case": number + 1, "queue": queue(number)}).one()

    return run


def pages(engine: Engine, groups: int, chance: random.Random) -> Callable[[], object]:
    """Read the first page of somebody in so many groups."""
    people = [Actor(f"person{number}", groups=chance.sample(GROUPS, groups)) for number in range(PEOPLE)]
    turns = count()
    return lambda: engine.inbox(people[next(turns) % PEOPLE])


def queue(number: int) -> str:
    """The queue that a task stands in."""
    return f"g:{GROUPS[number % len(GROUPS)]}"


def fill(engine: Engine, tasks: int) -> None:
    """Put open tasks straight into the read table."""
    made = engine.deploy({"p.bpmn": line(3), FORM: form()}, by=OWNER)
    names = [column.name for column in task.c]
    columns = ", ".join(f'"{name}"' for name in names)
    with engine.database.writing() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.database.sqlite:
            marks = ", ".join("?" * len(names))
            driver.executemany(f"INSERT INTO task ({columns}) VALUES ({marks})", rows(tasks, made, names))
        else:
            with driver.cursor().copy(f"COPY task ({columns}) FROM STDIN") as copy:
                for row in rows(tasks, made, names):
                    copy.write_row(row)
    with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE task" if engine.database.sqlite else "VACUUM ANALYZE task"))


def rows(tasks: int, made: Any, names: list[str]) -> Iterator[list[Any]]:
    """The rows, due at moments of a year in no order."""
    for number in range(tasks):
        month, day, hour = number * 7_919 % 12 + 1, number * 104_729 % 28 + 1, number * 31 % 24
        row = {
            **{"case_id": number + 1, "occurrence": 2, "queue": queue(number), "seq": 1, "element": "task1"},
            **{"groups": queue(number)[2:], "assignee": None, "claimed_at": None, "provisional": False},
            **{"due": f"2026-{month:02d}-{day:02d}T{hour:02d}:00:00.000000Z", "priority": number % 3 + 1},
            **{"offered_at": "2026-01-01T00:00:00.000000Z", "key": made.key, "bundle": made.bundle},
            **{"number": f"LIN-20260101-{number:07d}", "confidentiality": "normal"},
        }
        yield [row[name] for name in names]
