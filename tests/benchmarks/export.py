"""What it costs to write event logs, against reading the same rows by plain SQL and their JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from engine import SYSTEM, Engine, open_engine
from engine.export import Format
from engine.store.tables import step

from .completion import Ours
from .diagrams import line
from .measure import Result, Size, medians
from .places import Place
from .proof import TASKS

KEY = b"a key of 32 bytes for pseudonyms"
ROUNDS = 5  # each of which writes the whole log


def exporting(place: Place, size: Size) -> Iterator[Result]:
    """Both formats, of cases with five tasks of ten fields."""
    with place.fresh() as url, open_engine(url) as engine:
        ours = Ours(engine, line(TASKS))
        for _ in range(size.cases):
            ours.go_on(TASKS)
            ours.start()
        few = replace(size, rounds=min(size.rounds, ROUNDS), warm=1)
        xes, ocel, plain = medians(
            few, (lambda: written(engine, "xes"), lambda: written(engine, "ocel"), lambda: read(engine))
        )
        events = len(json.loads(b"".join(engine.export_log("ocel", by=SYSTEM, key=KEY)))["events"])
    for name, taken in (("XES", xes), ("OCEL 2.0", ocel)):
        yield Result(name=f"event log as {name}", value=events / taken * 1000, unit="events/s")
        against = "the same rows by plain SQL, with their JSON"
        yield Result(name=f"event log as {name}: time", value=taken, against=against, yardstick=plain)


def written(engine: Engine, format: Format) -> int:
    """Write a log; its bytes."""
    return sum(map(len, engine.export_log(format, by=SYSTEM, key=KEY)))


def read(engine: Engine) -> int:
    """Read what a log is made from; the effects in it."""
    with engine.database.reading() as connection:
        rows = connection.execute(select(step.c.at, step.c.actor, step.c.kind, step.c.input, step.c.effects)).all()
    return sum(len(json.loads(row.effects)) + len(json.loads(row.input)) for row in rows)
