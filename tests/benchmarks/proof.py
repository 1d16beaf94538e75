"""What it costs to prove a history: replaying it in memory, and verifying all that a case has in the database."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine import open_engine
from engine.history.chain import step_of
from engine.history.replay import Archive, replay
from engine.store import files

from .completion import Ours
from .diagrams import line
from .measure import Result, Size, medians
from .places import Place
from .yardsticks import BareSpiff

TASKS = 5


def replaying(place: Place, size: Size) -> Iterator[Result]:
    """A case of five tasks from its steps, each state read from its bytes and hashed, against stock SpiffWorkflow."""
    with place.fresh() as url, open_engine(url) as engine:
        ours, bare = Ours(engine, line(TASKS)), BareSpiff(TASKS)
        ours.go_on(TASKS)
        with engine.database.reading() as connection:
            shelf = engine.context.shelf
            archive = Archive(
                bundle=lambda key: shelf.bundle(connection, key),
                configuration=lambda key: shelf.configuration(connection, key),
            )
            steps = [step_of(row) for row in files.steps_of(connection, int(ours.case.id))]
            assert replay(ours.case.id, steps, archive).equal
            again, plain = medians(size, (lambda: replay(ours.case.id, steps, archive), lambda: bare.whole(TASKS)))
    name = f"replay of a case of {TASKS} tasks, start to end"
    yield Result(name=name, value=again, against="bare SpiffWorkflow, in memory", yardstick=plain, aim=4)


def verifying(place: Place, size: Size) -> Iterator[Result]:
    """Chain, replay, state and read tables of cases with five tasks of ten fields."""
    with place.fresh() as url, open_engine(url) as engine:
        ours = Ours(engine, line(TASKS))
        cases = [ours.case.id]
        for _ in range(size.cases):
            ours.go_on(TASKS)
            ours.start()
            cases.append(ours.case.id)
        began = time.perf_counter()
        found = [engine.verify(case) for case in cases]
        seconds = time.perf_counter() - began
    assert all(one.sound for one in found)
    yield Result(name="verify", value=sum(one.steps for one in found) / seconds, unit="steps/s")
