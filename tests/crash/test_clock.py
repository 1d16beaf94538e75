"""The clock is put forward and back by hours: time runs forward in every case, and timers fire once, when they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from engine import Actor, Engine, FixedClock, Operator, open_engine
from engine.jobs.leases import lease
from engine.policy import Policy
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, line, timer
from tests.support.shifted import ShiftedClock

from .ending import end_well
from .judging import goes_on
from .works import Works, running

ANN, OLGA = Actor("ann", groups={"csr"}), Actor("olga", groups={"process_owner"})
HOUR = timedelta(hours=1)
MOVES = (HOUR, -HOUR, timedelta(0), HOUR, -HOUR)  # from the machine's clock
AT_LAST = 2 * HOUR


def test_a_timer_fires_neither_early_nor_twice_when_the_clock_is_moved(engine: Engine, clock: FixedClock) -> None:
    engine.deploy(tiny.one_task(before=tiny.catch("wait", timer("&quot;PT30M&quot;"))), by=OLGA)
    begun = clock.now()
    engine.start("loan", by=ANN)
    due = begun + timedelta(minutes=30)
    for at, fires in (
        (due - timedelta(seconds=1), 0),
        (begun - HOUR, 0),
        (due + HOUR, 1),
        (begun - HOUR, 0),
        (due + HOUR, 0),
    ):
        clock.set(at)
        assert engine.run_due() == fires, at
    clock.set(begun - HOUR)
    (task,) = engine.inbox(ANN)
    engine.complete(task.id, {"approved": True}, by=ANN)
    steps = engine.history("1")
    assert [step.kind for step in steps] == ["started", "fired", "completed"]
    assert all(one.at <= other.at for one, other in pairwise(steps)) and steps[1].at == due + HOUR
    assert engine.verify("1").sound


@pytest.fixture
def letters(ready_url: str, clock: FixedClock) -> Engine:
    """An engine with one case that a remote operator is to be called for."""
    files = tiny.bundle(
        "loan", START + tiny.call("ship", "ship") + tiny.ask("last") + END + line("start", "ship", "last", "end")
    )
    operators = [Operator(name="ship", kind="remote", run=lambda call: {})]
    with open_engine(ready_url, clock=clock, operators=operators) as engine:
        engine.deploy(files, by=OLGA)
        engine.start("loan", by=ANN)
        yield engine


def test_a_lease_does_not_last_longer_because_the_clock_was_put_back(letters: Engine, clock: FixedClock) -> None:
    clock.advance(hours=1)
    assert len(lease(letters.context, 20)) == 1  # by a worker that dies with it
    clock.advance(hours=-1)
    assert letters.run_due() == 1 and letters.inbox(ANN)
    assert letters.verify("1").sound


def test_a_lease_holds_between_machines_whose_clocks_differ_by_less_than_it_lasts(
    letters: Engine, clock: FixedClock
) -> None:
    held = Policy().lease
    assert len(lease(letters.context, 20)) == 1
    for apart in (-held, timedelta(0), held - timedelta(seconds=1)):
        clock.set(clock.now() + apart)
        assert letters.run_due() == 0
        clock.set(clock.now() - apart)
    clock.advance(seconds=held.total_seconds())
    assert letters.run_due() == 1


@pytest.mark.slow
def test_time_runs_forward_in_every_case_while_the_clock_is_moved_under_load(url: str, tmp_path: Path) -> None:
    shift = tmp_path / "shift"
    clock = ShiftedClock(shift)
    clock.set(datetime.now(UTC))
    works = Works(url, tmp_path, Random(3), shift)
    works.web("web", worker=True)
    works.worker("worker")
    works.loader("loader")
    works.hire(1)
    with running(works):
        clients = {"loaderx1", *(clerk.name for clerk in works.clerks)}
        for moved in MOVES:
            clock.set(datetime.now(UTC) + moved)
            goes_on(tmp_path, clients)
        clock.set(datetime.now(UTC) + AT_LAST)  # so that nothing waits for an hour that is already over
        goes_on(tmp_path, clients)
        assert {clerk.faults for clerk in works.clerks} == {0}
    end_well(url, tmp_path, shift)
