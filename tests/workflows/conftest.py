"""The domain's tables on a real database, sample people on them, and calls as the engine makes them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection

import workflows
from engine.calendars import default
from engine.model import CaseId
from engine.operators import Call
from engine.store.database import Database
from tests.support.copies import copied
from workflows.calendar import business_date
from workflows.demo import seed_base

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

MORNING = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)  # a Wednesday, nine o'clock in Shanghai


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    """A database with the tables of the engine and of the domain."""
    with opened(ready_url) as database:
        yield database


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database, open for as long as it is needed."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def people(url: str) -> None:
    """Put the sample funds, staff and customers into a database."""
    with opened(url) as database, database.writing() as connection:
        seed_base(connection, today=business_date(MORNING))


@pytest.fixture(scope="session")
def peopled_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample people, to be copied: seeding takes longer than most tests."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("peopled") / "cases.db")
    people(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def peopled_postgres(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the sample people, to be copied."""
    with postgres.database(postgres_template) as name:
        people(postgres.url(name))
        yield name


@pytest.fixture(params=["sqlite", "postgres"])
def peopled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the sample funds, staff and customers."""
    with (
        copied(request, tmp_path, sqlite="peopled_sqlite", postgres="peopled_postgres") as url,
        opened(url) as database,
    ):
        yield database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection to write on."""
    with database.writing() as opened:
        yield opened


@pytest.fixture
def known(peopled: Database) -> Iterator[Connection]:
    """A connection to write on, to a database with the sample people."""
    with peopled.writing() as opened:
        yield opened


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call: `call("customer/lookup", {"customerId": "C000001"}, connection=connection)`."""
    values = {name: said["value"] for name, said in workflows.parameters().items()}
    calendars = default()

    def made(operator: str, parameters: dict[str, Any] | None = None, **more: Any) -> Call:
        at = more.get("at", MORNING)
        usual: dict[str, Any] = {
            "element": "Element",
            "occurrence": 1,
            "case_id": CaseId("7"),
            "case_number": "INQ-20261118-000001",
            "process": "inquiry",
            "by": "system",
            "parent": None,
            "at": at,
            "data": {},
            "parameter": values.__getitem__,
            "moment": lambda term: calendars.due(term, at).at,
            "calendars": calendars,
            "post": lambda name, payload, *, at, message_id: POSTED.append((name, payload, at, message_id)),
            "reveal": lambda reference: VAULT[reference["$vault"]],
            "key": "7.1.1",
        }
        return Call(operator=operator, parameters=parameters or {}, **usual | more)

    return made


POSTED: list[tuple[str, Any, datetime, str]] = []  # the messages that operators have posted
VAULT: dict[str, Any] = {}


@pytest.fixture
def posted() -> Iterator[list[tuple[str, Any, datetime, str]]]:
    """The messages that operators post: name, content, when they are to come, and their ids."""
    POSTED.clear()
    yield POSTED
    POSTED.clear()


@pytest.fixture
def kept() -> Iterator[Callable[[Any], dict[str, str]]]:
    """Keep a personal value and give the reference to it, as the engine does."""

    def keep(value: Any) -> dict[str, str]:
        name = f"7.1.{len(VAULT) + 1}"
        VAULT[name] = value
        return {"$vault": name, "sha256": "0" * 64}

    yield keep
    VAULT.clear()
