"""One durable completion with ten declared fields, against the yardstick Y: bare SpiffWorkflow + one bare transaction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from engine import Actor, Engine, open_engine
from tests.engine.watching import statements

from .diagrams import FORM, GIVEN, form, line, loop
from .measure import Result, Size, medians
from .places import Place
from .yardsticks import BareSpiff, bare_transaction

STAFF = Actor("ann", groups={"staff"})
OWNER = Actor("olga", groups={"process_owner"})
Y = {"SQLite": 2.0, "PostgreSQL": 1.7}  # the most that a completion may be
EARLY = 10  # the iteration of the loop that a late one is held against


class Ours:
    """Completions of our engine, each of a task that waits already."""

    def __init__(self, engine: Engine, source: str) -> None:
        self.engine = engine
        self.key = engine.deploy({"p.bpmn": source, FORM: form()}, by=OWNER).key
        self.start()

    def start(self) -> None:
        """Begin a new case."""
        self.case = self.engine.start(self.key, by=STAFF)

    def prepare(self) -> None:
        """Have a task waiting."""
        if self.case.status != "open":
            self.start()
        (self.task,) = self.engine.tasks(self.case.id)

    def complete(self) -> None:
        """Complete it."""
        self.case = self.engine.complete(self.task.id, GIVEN, by=STAFF)

    def go_on(self, times: int) -> None:
        """Complete so many tasks."""
        for _ in range(times):
            self.prepare()
            self.complete()


def completion(place: Place, size: Size) -> Iterator[Result]:
    """The completion against its yardstick, and its statements and commits."""
    with place.fresh() as url, open_engine(url) as engine, bare_transaction(url) as transaction:
        ours, bare = Ours(engine, line(5)), BareSpiff()

        def prepare() -> None:
            ours.prepare()
            bare.prepare()

        whole, memory, disk = medians(size, (ours.complete, bare.complete, transaction), prepare)
        ours.start()
        ours.prepare()
        with statements(engine) as seen:
            ours.complete()
    yield Result(name="bare SpiffWorkflow, in memory", value=memory)
    yield Result(name="one bare transaction of five statements", value=disk)
    against = {"against": "Y, the sum of both", "yardstick": memory + disk}
    yield Result(name="one durable completion, ten fields", value=whole, **against, aim=Y[place.name])
    yield Result(name="its statements, without BEGIN and COMMIT", value=len(seen), unit="SQL", aim=8)
    yield Result(name="its commits", value=seen.commits, unit="commits", aim=1)


def long_line(place: Place, size: Size) -> Iterator[Result]:
    """The first completion in a line of a hundred tasks against one of three."""
    with place.fresh() as url, open_engine(url) as engine:
        short, long = Ours(engine, line(3)), Ours(engine, line(size.line))

        def first_again() -> None:
            for one in (short, long):
                one.start()
                one.prepare()

        of_long, of_short = medians(size, (long.complete, short.complete), first_again)
    name = f"first completion in a diagram of {size.line} tasks"
    yield Result(name=name, value=of_long, against="a diagram of 3", yardstick=of_short, aim=1.2)


def late_round(place: Place, size: Size) -> Iterator[Result]:
    """A completion late in a loop against an early one of another case, in turn."""
    with place.fresh() as url, open_engine(url) as engine:
        late, early = Ours(engine, loop()), Ours(engine, loop())
        late.go_on(size.iterations)
        rounds = count()

        def prepare() -> None:
            if next(rounds) % EARLY == 0:
                early.start()
                early.go_on(EARLY // 2)
            for one in (late, early):
                one.prepare()

        of_late, of_early = medians(size, (late.complete, early.complete), prepare)
    name = f"completion at loop iteration {size.iterations:,}"
    yield Result(name=name, value=of_late, against=f"iteration {EARLY}", yardstick=of_early, aim=1.2)
