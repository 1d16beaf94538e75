"""One durable completion with ten declared fields, against the yardstick Y: bare SpiffWorkflow + one bare transaction."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event

from engine import Actor, Engine, open_engine

from .diagrams import FORM, GIVEN, form, line, loop
from .measure import Result, medians, milliseconds
from .yardsticks import BareSpiff, bare_transaction

STAFF = Actor("ann", groups={"staff"})
OWNER = Actor("olga", groups={"process_owner"})
ROUNDS_OF_THE_LOOP = 1_000


class Ours:
    """Completions of our engine, each of a task that waits already."""

    def __init__(self, engine: Engine, source: str) -> None:
        self.engine = engine
        self.key = engine.deploy({"p.bpmn": source, FORM: form()}, by=OWNER).key
        self.case = engine.start(self.key, by=STAFF)

    def prepare(self) -> None:
        """Have a task waiting."""
        if self.case.status != "open":
            self.case = self.engine.start(self.key, by=STAFF)
        (self.task,) = self.engine.tasks(self.case.id)

    def complete(self) -> None:
        """Complete it."""
        self.case = self.engine.complete(self.task.id, GIVEN, by=STAFF)


def completion(url: str, name: str, rounds: int) -> Iterator[Result]:
    """The completion and its yardstick, its statements, a long line against a short one, a late round of a loop."""
    with open_engine(url) as engine:
        ours, bare = Ours(engine, line(5)), BareSpiff()

        def prepare() -> None:
            ours.prepare()
            bare.prepare()

        whole, memory, disk = medians(rounds, prepare, (ours.complete, bare.complete, bare_transaction(url)))
        yield Result(name=f"{name}: bare SpiffWorkflow, in memory", value=memory)
        yield Result(name=f"{name}: one bare transaction of five statements", value=disk)
        against = {"against": "Y", "yardstick": memory + disk}
        yield Result(name=f"{name}: one durable completion, ten fields", value=whole, **against)
        ours.prepare()
        yield Result(name=f"{name}: statements of a completion", value=statements(engine, ours), unit="SQL", aim=10)
        yield long_line(engine, name, rounds)
        yield late_round(engine, name)


def statements(engine: Engine, ours: Ours) -> int:
    """How many SQL statements a completion executes; BEGIN and COMMIT are not counted."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(engine.database.engine, "before_cursor_execute", note)
    ours.complete()
    event.remove(engine.database.engine, "before_cursor_execute", note)
    return sum(not statement.startswith("BEGIN") for statement in seen)


def long_line(engine: Engine, name: str, rounds: int) -> Result:
    """The first completion in a line of a hundred tasks against one of three."""
    short, long = Ours(engine, line(3)), Ours(engine, line(100))

    def first_again() -> None:
        for one in (short, long):
            one.case = engine.start(one.key, by=STAFF)
            one.prepare()

    of_long, of_short = medians(rounds // 2, first_again, (long.complete, short.complete))
    title = f"{name}: first completion in a line of 100 tasks"
    return Result(name=title, value=of_long, against="a line of 3", yardstick=of_short)


def late_round(engine: Engine, name: str) -> Result:
    """A completion late in a loop against an early one."""
    ours, times = Ours(engine, loop()), []
    for _ in range(ROUNDS_OF_THE_LOOP):
        ours.prepare()
        times.append(milliseconds(ours.complete))
    early, late = statistics.median(times[10:60]), statistics.median(times[-50:])
    title = f"{name}: completion at loop iteration {ROUNDS_OF_THE_LOOP}"
    return Result(name=title, value=late, against="the first fifty", yardstick=early)
