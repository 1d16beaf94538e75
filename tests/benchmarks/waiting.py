"""Very many cases that wait for a moment: a look when nothing is due, and all of them due at once."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, func, select

from engine import Engine, FixedClock, open_engine
from engine.store.tables import case, job, step
from tests.engine.watching import statements

from .completion import OWNER, STAFF
from .copies import multiply
from .diagrams import FORM, form, waits
from .measure import Result, Size, medians
from .places import Place

LONG_AGO = "2020-01-06T01:00:00+00:00"
ONE = select(case).where(case.c.id == bindparam("id"))
SAMPLE = 20  # cases that are verified afterwards
PATIENCE = 4 * 3600  # seconds, before workers that hang are given up


def waiting_cases(engine: Engine, count: int) -> None:
    """So many cases, each with a timer of an hour."""
    engine.deploy({"p.bpmn": waits(), FORM: form()}, by=OWNER)
    multiply(engine, engine.start("waits", by=STAFF).id, count - 1)


def poll(place: Place, size: Size) -> Iterator[Result]:
    """The worker's look at many open cases of which none has anything due, against reading one by its key."""
    with place.fresh() as url, open_engine(url, clock=FixedClock(LONG_AGO)) as engine:
        waiting_cases(engine, size.open_cases)
        with statements(engine) as seen:
            assert engine.run_due() == 0

        def one() -> None:
            with engine.database.reading() as connection:
                connection.execute(ONE, {"id": size.open_cases}).one()

        look, row = medians(size, (engine.run_due, one))
    name = f"worker's poll, {size.open_cases:,} open cases and nothing due"
    yield Result(name=name, value=len(seen), unit="SQL", aim=1)
    yield Result(name=f"{name}: time", value=look, against="a primary-key read", yardstick=row)


def timers(place: Place, size: Size) -> Iterator[Result]:
    """All timers due at once, worked off by several processes: how many a second, and whether each was fired once."""
    with place.fresh() as url:
        with open_engine(url, clock=FixedClock(LONG_AGO)) as engine:
            waiting_cases(engine, size.timers)
        seconds, fired = worked_off(url, size.workers)
        with open_engine(url) as engine:
            wrong = abs(fired - size.timers) + misfired(engine, size.timers)
            sampled = range(1, size.timers + 1, max(1, size.timers // SAMPLE))
            wrong += sum(not engine.verify(str(number)).sound for number in sampled)
    name = f"{size.timers:,} due timers, {size.workers} worker processes"
    yield Result(name=name, value=size.timers / seconds, unit="timers/s")
    yield Result(name=f"{name}: not fired exactly once", value=wrong, unit="wrong", aim=0)


def misfired(engine: Engine, timers: int) -> int:
    """How many cases have not exactly one firing in their history, and how many jobs are left."""
    fired = select(step.c.case_id).where(step.c.kind == "fired")
    with engine.database.reading() as connection:
        all_of_them = connection.execute(select(func.count()).select_from(fired.subquery())).scalar_one()
        cases = connection.execute(select(func.count()).select_from(fired.distinct().subquery())).scalar_one()
        left = connection.execute(select(func.count()).select_from(job)).scalar_one()
    return (timers - cases) + (all_of_them - cases) + left


def worked_off(url: str, workers: int) -> tuple[float, int]:
    """Let processes run what is due; the seconds from the moment when all are there, and how many jobs were run."""
    spawn = multiprocessing.get_context("spawn")
    ready, said = spawn.Barrier(workers + 1), spawn.SimpleQueue()
    processes = [spawn.Process(target=work, args=(url, ready, said)) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        ready.wait(120)
        began = time.perf_counter()
        for process in processes:
            process.join(PATIENCE)
        seconds = time.perf_counter() - began
    finally:
        for process in processes:
            process.kill()
    return seconds, sum(0 if said.empty() else said.get() for _ in processes)


def work(url: str, ready: Any, said: Any) -> None:
    """Run what is due in this process until nothing is."""
    with open_engine(url) as engine:
        ready.wait(120)
        said.put(engine.run_due())
