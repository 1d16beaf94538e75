"""What it costs to try a draft on finished cases: by one process, by two, and as a batch; against their replay alone."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert

from engine import Engine, open_engine
from engine.bundles import Bundle
from engine.history.chain import FIRST, hash_of
from engine.store.tables import case, step
from webapp.commands.backtest import One, one, results

from .completion import OWNER, Ours
from .copies import BATCH, HASHED, called, found
from .diagrams import FORM, form, line
from .measure import Result, Size
from .places import Place

TASKS = 5


def backtesting(place: Place, size: Size) -> Iterator[Result]:
    """Finished cases of five tasks of ten fields, and a draft with another name for its last task."""
    with place.fresh() as url, open_engine(url) as engine:
        ours = Ours(engine, line(TASKS))
        ours.go_on(TASKS)
        copy(engine, ours.case.id, size.finished - 1)
        draft = engine.drafted({"p.bpmn": line(TASKS).replace('name="t5"', 'name="last"'), FORM: form()})
        ids = engine.past(draft, by=OWNER).ids
        assert len(ids) == size.finished
        began = time.perf_counter()
        assert all(engine.replay(str(case_id)).equal for case_id in ids)
        replayed = time.perf_counter() - began
        began = time.perf_counter()
        checked([one(engine, draft, str(case_id)) for case_id in ids], size)
        alone = time.perf_counter() - began
        together = by_two(engine, draft, ids, url, size)
        batch = as_a_batch(engine, draft, size)
    yield Result(name="backtest", value=size.finished / alone, unit="cases/s")
    yield Result(name="backtest, 2 processes", value=size.finished / together, unit="cases/s")
    yield Result(name="backtest as a batch, 1 worker", value=size.finished / batch, unit="cases/s")
    each, yardstick = (taken * 1000 / size.finished for taken in (alone, replayed))
    yield Result(
        name="backtest: a case", value=each, against="its replay alone, from the database", yardstick=yardstick
    )
    if size.finished > BATCH:  # to start two processes takes longer than a few cases
        each = together * 1000 / size.finished
        yield Result(name="backtest: a case, 2 processes", value=each, against="the same replay", yardstick=yardstick)


def checked(found: list[One], size: Size) -> None:
    """Every case came out the same."""
    assert [one.outcome for one in found] == ["same"] * size.finished


def by_two(engine: Engine, draft: Bundle, ids: tuple[int, ...], url: str, size: Size) -> float:
    """The seconds that two processes take, with what it takes to start them."""
    began = time.perf_counter()
    checked(list(results(engine, draft, ids, Namespace(database=url, jobs=2))), size)
    return time.perf_counter() - began


def as_a_batch(engine: Engine, draft: Bundle, size: Size) -> float:
    """The seconds that one worker takes with every result stored."""
    began = time.perf_counter()
    batch = engine.backtest(dict(draft.files), by=OWNER)
    engine.run_due()
    seconds = time.perf_counter() - began
    assert dict(engine.batch_progress(batch.id, OWNER).outcomes) == {"same": size.finished}
    return seconds


def copy(engine: Engine, case_id: str, times: int) -> None:
    """Add so many finished cases like one, each with a chain of its own."""
    with engine.database.reading() as connection:
        (own,) = found(connection, case, "id", case_id)
        steps = found(connection, step, "case_id", case_id)
    numbers = iter(range(int(case_id) + 1, int(case_id) + 1 + times))
    while batch := list(islice(numbers, BATCH)):
        chains = [chain(steps, number) for number in batch]
        cases = [
            {**own, "id": number, "number": called(number), "head": rows[-1]["hash"]}
            for number, rows in zip(batch, chains, strict=True)
        ]
        with engine.database.writing() as connection:
            connection.execute(insert(step), [row for rows in chains for row in rows])
            connection.execute(insert(case), cases)


def chain(steps: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The steps of a case as those of another one."""
    before, rows = FIRST, []
    for given in sorted(steps, key=lambda row: row["seq"]):
        row = {**{name: given[name] for name in HASHED}, "case_id": number, "prev_hash": before}
        before = hash_of(**row)
        rows.append({**row, "hash": before})
    return rows
