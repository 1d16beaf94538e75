"""Connections and locks: one fair writer on SQLite, row locks on PostgreSQL; durability is set, not assumed."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from ..errors import Raced, Refusal, Unavailable

PATIENCE = 15.0  # seconds that a writer of SQLite waits for those of other processes
LOOK_AGAIN = 0.0005, 0.002  # seconds between two looks whether the lock is free
WAITS, NEVER_WAITS = f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}", "PRAGMA busy_timeout=0"
PRAGMAS = (
    WAITS,  # first: the others may have to wait for another process
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
)
# A process that stands still within a transaction holds its locks; whoever has set another patience keeps it.
LONGEST_IDLE = (
    "SELECT set_config('idle_in_transaction_session_timeout', '2min', false)"
    " WHERE current_setting('idle_in_transaction_session_timeout') = '0'"
)
TAKEN_BACK = frozenset({"40001", "40P01"})  # PostgreSQL: cannot be put in a row with others; waited in a ring
AFTER = "after_commit"
LOST = "The database was lost while this was being stored; look whether it has happened before you do it again."
READ_ONLY = "25006"  # PostgreSQL: a stand-by, or a primary that is becoming one


class FairLock:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._holder: int | None = None

    def __enter__(self) -> None:
        me, turn = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return
            if self._holder == me:
                raise RuntimeError("a write transaction is open in this thread already")
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:  # interrupted while waiting: who comes next must not wait for this thread
            with self._guard:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                else:
                    self._pass_on()
            raise
        self._holder = me

    def __exit__(self, *exception: object) -> None:
        with self._guard:
            self._pass_on()

    def _pass_on(self) -> None:
        if self._waiting:
            self._holder = -1  # handed over; nobody can take it in between
            self._waiting.popleft().release()
        else:
            self._holder = None


class Database:
    """One database: `reading()` and `writing()` give a connection within a transaction."""

    def __init__(self, url: str | URL) -> None:
        given = make_url(url)
        if given.drivername == "postgresql":
            given = given.set(drivername="postgresql+psycopg")
        self.url = given
        self.sqlite = given.get_backend_name() == "sqlite"
        self.in_memory = self.sqlite and given.database in (None, "", ":memory:")
        self.engine = create_engine(given, **self._options())
        self._lock = FairLock()
        self._open = threading.local()  # the connection that this thread reads on
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)
        else:
            event.listen(self.engine, "connect", _make_durable)

    def _options(self) -> dict[str, Any]:
        if not self.sqlite:
            # Whoever waited for a row reads what it has become, whatever the server's default is.
            return {"isolation_level": "READ COMMITTED", "pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}
        shared = {"poolclass": StaticPool} if self.in_memory else {}
        return {"connect_args": {"check_same_thread": False}, **shared}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read on; what it reads is of one moment, and whoever reads within that joins it."""
        if (joined := getattr(self._open, "connection", None)) is not None:
            yield joined
            return
        if self.in_memory:  # one connection for all: nobody reads while somebody writes
            with self.writing() as connection:
                yield connection
            return
        with self._reached(), self.engine.connect() as connection:
            if not self.sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                self._open.connection = connection
                try:
                    yield connection
                finally:
                    self._open.connection = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection to write on: all of it or, after an exception, nothing."""
        began, calls = perf_counter(), list[Callable[[float], None]]()
        with self._transaction() as connection:
            connection.info[AFTER] = calls
            yield connection
        for call in calls:
            call(perf_counter() - began)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if not self.sqlite:
            with self._reached(), self.engine.connect() as connection, connection.begin() as transaction:
                yield connection
                with _storing():
                    transaction.commit()
            return
        with self._lock, self._reached(), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except DataError as error:
            raise Refusal(f"The database cannot keep this: {error.orig}") from error
        except DBAPIError as error:
            if not is_away(error):
                raise
            if getattr(error.orig, "sqlstate", None) in TAKEN_BACK:
                raise Raced(f"{Raced.__doc__} {error.orig}") from error
            raise Unavailable(f"{Unavailable.__doc__} {error.orig}") from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _storing() -> Iterator[None]:
    """A commit: where a server is lost in the middle of it, only the server knows whether it has taken place."""
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise Unavailable(f"{LOST} {error.orig}", unsure=True) from error


def is_away(error: DBAPIError) -> bool:
    """Whether a database could not do something because of itself: it is gone, full, locked, or a stand-by."""
    gone = isinstance(error, OperationalError) or error.connection_invalidated
    return gone or getattr(error.orig, "sqlstate", None) == READ_ONLY


def after_commit(connection: Connection, call: Callable[[float], None]) -> None:
    """Call something once the transaction is committed, with the seconds that it took; never if it is not."""
    connection.info[AFTER].append(call)


def alone(connection: Connection, what: str) -> None:
    """Do something alone until the transaction ends: on SQLite it is, on PostgreSQL others wait who want the same."""
    _lock(connection, "pg_advisory_xact_lock", what)


def beside(connection: Connection, what: str) -> None:
    """Let nobody be alone with something until the transaction ends; others beside it do not wait."""
    _lock(connection, "pg_advisory_xact_lock_shared", what)


def _lock(connection: Connection, function: str, what: str) -> None:
    if connection.dialect.name != "sqlite":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        connection.execute(text(f"SELECT {function}(:key)"), {"key": key})


def _make_durable(connection: Any, record: object) -> None:
    connection.execute("SET synchronous_commit = on")
    connection.execute(LONGEST_IDLE)
    connection.commit()


def _prepare(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; see _begin
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        _begin_to_write(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """Look often whether the lock of SQLite is free, each time as soon as everybody else who waits for it.

    SQLite itself would look ever more rarely, up to a tenth of a second apart: whoever comes later is served before,
    and of four workers one did ten times as much as another.
    """
    driver, until = connection.connection, perf_counter() + PATIENCE
    driver.cursor().execute(NEVER_WAITS)
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if not _is_taken(error) or perf_counter() > until:
                    raise
            sleep(random.uniform(*LOOK_AGAIN))
    finally:
        driver.cursor().execute(WAITS)


def _is_taken(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY
