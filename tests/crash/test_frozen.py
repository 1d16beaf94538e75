"""A worker stands still past its lease and goes on later: what it had begun, another has done, and it happens once."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine import SYSTEM, Engine, FixedClock, Operator, open_engine
from engine.jobs.leases import lease
from engine.model import Step
from engine.operators import Call
from engine.policy import Policy
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, line
from tests.engine.watching import rows

from .judging import every_case_is_sound, nothing_is_without_owner, settle
from .stand_in import BOOKING, CALLS, SHIPPING, notes
from .waiting import until
from .works import Process, Works, beside, running

MANY = 5
IMPATIENT = "&options=-c%20idle_in_transaction_session_timeout%3D2000"


@pytest.mark.slow
def test_a_worker_that_is_frozen_past_its_lease_does_nothing_twice(url: str, tmp_path: Path) -> None:
    with two_workers(url, tmp_path) as (engine, workers):
        (tmp_path / SHIPPING).touch()
        cases = [engine.start("letter", {"token": f"{number}"}, by=SYSTEM).id for number in range(MANY)]
        frozen, other = stood_still(workers)
        until(lambda: all(answers(engine, case) for case in cases), "the other worker has answered all")
        pid = other.process.pid
        thaw(engine, frozen, other)
        calls = Counter(notes(tmp_path / CALLS))
        asked_twice = [key for key, count in calls.items() if count == 2]
        assert sorted(calls.values()) == [1] * MANY + [2]  # those of the beginning, and the one after
        (case,) = (key.split(".")[0] for key in asked_twice)
        (answer,) = answers(engine, case)
        assert answer.input["result"] == {"key": asked_twice[0], "by": pid}
        assert all(len(answers(engine, one)) == 1 for one in cases)


@pytest.mark.slow
def test_a_worker_that_is_frozen_within_a_transaction_blocks_its_case_no_longer_than_the_database_lets_it(
    durable_url: str, tmp_path: Path
) -> None:
    with two_workers(durable_url + IMPATIENT, tmp_path) as (engine, workers):
        (tmp_path / BOOKING).touch()
        case = engine.start("entry", {"token": "one"}, by=SYSTEM).id
        frozen, other = stood_still(workers)
        until(lambda: engine.tasks(case), "the other worker has done it")
        pid = other.process.pid
        thaw(engine, frozen, other)
        fired = [step for step in engine.history(case) if step.kind == "fired"]
        assert [step.input["answers"][0][2]["result"]["by"] for step in fired] == [pid]


@contextmanager
def two_workers(url: str, folder: Path) -> Iterator[tuple[Engine, list[Process]]]:
    """Two workers, and an engine to look at what they do; in the end everything has to be whole."""
    works = Works(url, folder, Random(1))
    workers = [works.worker("one"), works.worker("other")]
    with running(works), beside(url, folder) as engine:
        yield engine, workers
        every_case_is_sound(engine)
    with beside(url, folder) as engine:
        settle(engine, engine.run_due)
        nothing_is_without_owner(engine)


def stood_still(workers: list[Process]) -> tuple[Process, Process]:
    """The worker that stands still, and the other one."""
    frozen = until(lambda: next((one for one in workers if one.frozen), None), "a worker stands still")
    return frozen, next(one for one in workers if one is not frozen)


def thaw(engine: Engine, frozen: Process, other: Process) -> None:
    """Let a worker go on; it has done what it still had in hand as soon as it does something new, alone.

    The other is killed for that time: one that stood still within a transaction would keep the one lock of SQLite.
    """
    other.kill()
    frozen.send(signal.SIGCONT)
    case = engine.start("letter", {"token": "after"}, by=SYSTEM).id
    until(lambda: answers(engine, case), "the worker that stood still works again")
    other.start()
    other.ready()


def answers(engine: Engine, case: str) -> list[Step]:
    """The steps that answers of operators have become."""
    return [step for step in engine.history(case) if step.kind == "answered"]


def test_a_worker_that_comes_too_late_leaves_the_job_to_its_new_holder(ready_url: str, clock: FixedClock) -> None:
    held: list[Mapping[str, Any]] = []

    def too_slow(call: Call) -> None:
        clock.advance(seconds=Policy().lease.total_seconds())
        held.extend(lease(engine.context, 20))
        raise ConnectionError("the connection was lost while this worker stood still")

    operator = Operator(name="ship", kind="remote", run=too_slow, retries=0)
    body = START + tiny.call("ship", "ship") + tiny.ask("last") + END + line("start", "ship", "last", "end")
    with open_engine(ready_url, clock=clock, operators=[operator]) as engine:
        engine.deploy(tiny.bundle("loan", body), by=SYSTEM)
        engine.start("loan", by=SYSTEM)
        engine.run_due()
        (there,) = rows(engine, "job")
        assert there == held[0] and engine.incidents() == []
