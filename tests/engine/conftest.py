"""Databases that are ready at once: made anew for each test from tables that are made once in a run."""

import shutil

import pytest

from engine import open_engine
from engine.store import schema
from engine.store.database import Database
from engine.store.tables import metadata
from tests.engine.entrusted import CARD, GIVEN, TASK, files
from tests.engine.paid import ORDER, waiting
from tests.engine.people import ANN, OLGA
from tests.engine.remote import mailing
from tests.engine.watching import TAMPERED


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory):
    """A SQLite file with the tables of the engine and nothing in them."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    database = Database(f"sqlite:///{path}")
    schema.prepare(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres):
    """The name of a PostgreSQL database with the tables of the engine."""
    with postgres.database() as name:
        database = Database(postgres.url(name))
        schema.prepare(database)
        database.close()
        yield name


@pytest.fixture
def ready_sqlite_url(sqlite_tables, tmp_path):
    """The address of a SQLite database with empty tables."""
    shutil.copy(sqlite_tables, tmp_path / "cases.db")
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def ready_postgres_url(postgres, postgres_tables):
    """The address of a PostgreSQL database with empty tables."""
    postgres.empty(postgres_tables, list(metadata.tables))
    yield postgres.url(postgres_tables)
    off = postgres.ask(postgres_tables, "SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'")
    assert off == [], "the next test needs the guards that this one took away"


@pytest.fixture(params=["sqlite", "postgres"])
def ready_url(request):
    """The address of a database with empty tables, once of each kind."""
    return request.getfixturevalue(f"ready_{request.param}_url")


@pytest.fixture
def opened(ready_url, clock):
    """Open an engine on the test's database: `opened(operators=...)`; the clock stands unless another is given.

    Whatever the test did, every case must verify afterwards, its replay included, unless the test tampered with it.
    """
    engines = []
    TAMPERED.clear()

    def open_one(**options):
        engines.append(open_engine(ready_url, **{"clock": clock, **options}))
        return engines[-1]

    yield open_one
    try:
        if engines and engines[0].database.url not in TAMPERED:
            found = {case_id: engines[0].verify(str(case_id)).problems for case_id in engines[0].case_ids()}
            assert {case_id: problems for case_id, problems in found.items() if problems} == {}
    finally:
        for engine in engines:
            engine.close()


@pytest.fixture
def engine(opened):
    """An engine on empty tables, once on each kind of database."""
    return opened()


@pytest.fixture
def posted(opened):
    """Start a case of `mailing` with a remote operator, and complete its task: `engine = posted(remote)`."""

    def begin(remote, files=None, policy=None, **more):
        engine = opened(operators=[remote.operator(**more)], policy=policy)
        engine.deploy(files or mailing(), by=OLGA)
        engine.start("loan", by=ANN)
        engine.complete("1.1.2", {"approved": True, "note": "hello"}, by=ANN)
        return engine

    return begin


@pytest.fixture
def orders(engine):
    """An engine whose cases wait for the message `paid` with the key `order`."""
    engine.deploy(waiting(start=ORDER, correlationKey="order"), by=OLGA)
    return engine


@pytest.fixture
def ended(engine):
    """A case that has ended, full of personal values."""
    engine.deploy(files(), by=OLGA)
    engine.start("loan", {"caller": CARD}, by=ANN)
    assert engine.complete(TASK, GIVEN, by=ANN).status == "completed"
    return engine
