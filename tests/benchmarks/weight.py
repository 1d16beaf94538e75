"""What a step weighs on the disk: rows and indexes, of whole cases, after the log is written back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text

from engine import Engine, open_engine
from engine.store.tables import step

from .completion import Ours
from .diagrams import line
from .measure import Result, Size
from .places import Place

TASKS = 5
WEIGHED = text(
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind = 'r'"
)


def weight(place: Place, size: Size) -> Iterator[Result]:
    """Bytes for each step of cases with five tasks of ten fields; what a case itself needs is in it."""
    with place.fresh() as url, open_engine(url) as engine:
        ours = Ours(engine, line(TASKS))
        ours.go_on(TASKS * max(1, size.cases // 10))  # what is there before the first case is weighed is not counted
        before, steps = weigh(engine), counted(engine)
        for _ in range(size.cases):
            ours.start()
            ours.go_on(TASKS)
        grown, taken = weigh(engine) - before, counted(engine) - steps
    yield Result(name="bytes stored for a step with ten fields", value=grown / taken, unit="bytes", aim=1_500)


def counted(engine: Engine) -> int:
    """How many steps there are."""
    with engine.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(step)).scalar_one()


def weigh(engine: Engine) -> int:
    """The bytes of all tables and indexes, after the write-ahead log is written back and dead rows are given free."""
    if engine.database.sqlite:
        with engine.database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return Path(engine.database.url.database).stat().st_size
    with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
        return int(connection.execute(WEIGHED).scalar_one())
