"""What it costs to prove a history: replaying it in memory, and verifying all that a case has in the database."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import open_engine
from engine.history.chain import step_of
from engine.history.replay import Archive, replay
from engine.proof.documents import Folder
from engine.proof.signing import Ed25519
from engine.store import files
from webapp.commands.proof import results

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
        began = time.perf_counter()
        assert all(engine.replay(case).equal for case in cases)
        replayed = time.perf_counter() - began
        by_two = steps_by_two(url)
    assert all(one.sound for one in found)
    yield Result(name="verify", value=sum(one.steps for one in found) / seconds, unit="steps/s")
    yield Result(name="verify, 2 processes", value=by_two, unit="steps/s")
    yield Result(name="verify: cases", value=len(found) / seconds, unit="cases/s")
    each, alone = (taken * 1000 / len(found) for taken in (seconds, replayed))
    yield Result(name="verify: a case", value=each, against="its replay alone, from the database", yardstick=alone)


def steps_by_two(url: str) -> float:
    """The steps that two processes verify in a second, with what it takes to start them."""
    options = Namespace(database=url, jobs=2)
    with open_engine(url) as engine:
        ids = [str(one) for one in engine.case_ids()]
        began = time.perf_counter()
        found = list(results(engine, ids, options))
        seconds = time.perf_counter() - began
    assert all(one.sound for one in found)
    return sum(one.steps for one in found) / seconds


def sealing(place: Place, size: Size) -> Iterator[Result]:
    """A checkpoint over cases that were started since the one before, with its file; and one with nothing new."""
    with place.fresh() as url, TemporaryDirectory() as outside:
        sinks = {"folder": Folder(Path(outside))}
        with open_engine(url, signing=lambda: Ed25519(b"k" * 32), sinks=sinks) as engine:
            ours = Ours(engine, line(TASKS))
            for _ in range(size.cases):
                ours.start()
            began = time.perf_counter()
            assert engine.seal() is not None
            seconds = time.perf_counter() - began
            began = time.perf_counter()
            assert engine.seal() is None
            nothing = time.perf_counter() - began
    yield Result(name="seal", value=size.cases / seconds, unit="cases/s")
    yield Result(name="seal, nothing new", value=nothing * 1000)
