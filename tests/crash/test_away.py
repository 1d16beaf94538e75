"""The database is away, a stand-by, or loses its patience: that is Unavailable, and a worker waits it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from engine import SYSTEM, open_engine
from engine.errors import Unavailable
from engine.jobs.worker import LONGEST_PAUSE, Worker
from engine.store.database import Database
from tests.engine import tiny
from tests.support.postgres import Postgres

from .waiting import until

IDLE = "SHOW idle_in_transaction_session_timeout"
MANY = 1_100  # failures in a row: a database that is away for some hours


@pytest.fixture
def shared(postgres: Postgres, postgres_template: str) -> Iterator[Callable[[str], str]]:
    """The address of a PostgreSQL database with all tables, with a setting for those who connect."""
    with postgres.database(postgres_template) as name:
        yield lambda setting="": postgres.url(name) + (f"&options=-c%20{setting}" if setting else "")


def test_a_stand_by_is_no_database_to_write_to(shared: Callable[..., str]) -> None:
    with open_engine(shared()) as engine:
        engine.deploy(tiny.one_task(), by=SYSTEM)
    with open_engine(shared("default_transaction_read_only%3Don")) as engine:
        with pytest.raises(Unavailable, match="read-only"):
            engine.start("loan", by=SYSTEM)
        assert engine.cases() == []


def test_who_stands_still_within_a_transaction_loses_it(shared: Callable[..., str]) -> None:
    database, watching = Database(shared("idle_in_transaction_session_timeout%3D100")), Database(shared())
    with pytest.raises(Unavailable), database.writing() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        there = text(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {process}")

        def gone() -> bool:
            with watching.reading() as other:
                return not other.execute(there).scalar_one()

        until(gone, "the server has ended the session")
        connection.execute(text("SELECT 1"))
    with database.reading() as connection:  # the next one has a connection of its own
        assert connection.execute(text(IDLE)).scalar_one() == "100ms"
    with watching.reading() as connection:
        assert connection.execute(text(IDLE)).scalar_one() == "2min"
    database.close()
    watching.close()


def test_a_worker_waits_out_any_number_of_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    failures, waits = iter(range(MANY)), list[float]()

    def run_due(most: int) -> int:
        if next(failures, None) is None:
            worker.stop(0)
            return 0
        raise Unavailable

    worker = Worker(run_due)
    monkeypatch.setattr(worker._stop, "wait", waits.append)
    worker.run()
    assert waits[:3] == [1, 2, 4] and max(waits) == waits[MANY - 1] == LONGEST_PAUSE
