"""The judge finds what was lost, doubled or forgotten: on a load without any breakage, and on one that was tampered with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import delete, select, text, update

from engine import Engine
from engine.canonical import moment
from engine.store import files
from engine.store.tables import draft, job, message, subscription

from . import diagrams
from .judging import finish, judge, nothing_is_without_owner, settle
from .ledger import Ledger
from .load import Mover
from .stand_in import BOOK, CALLS, LEASE, note
from .waiting import until
from .works import beside

MOVES = 40
NAME = "cases.db"
TAMPERED = {
    "a draft is lost": delete(draft),
    "nobody waits for a message any more": delete(subscription),
    "jobs are held for ever": update(job).values(leased_until="2999"),
    "a process does not begin by the clock any more": delete(job).where(job.c.kind == "plan"),
    "a local operator has written twice": text("INSERT INTO crash_book SELECT * FROM crash_book"),
    "the id of a message is forgotten": delete(message).where(message.c.status == "taken"),
}


@pytest.fixture(scope="module")
def worked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that somebody has worked on, and all that he was answered; and one from just before."""
    folder = tmp_path_factory.mktemp("worked")
    shutil.copyfile(sqlite_template, folder / NAME)
    with opened(folder) as engine:
        with engine.database.writing() as connection:
            connection.execute(text(BOOK))
        diagrams.deploy(engine)
        mover = Mover(engine, Ledger(folder, "somebody"), "somebody", Random(5))
        for _ in range(MOVES):
            mover.move()
        until(lambda: worked_on(engine, mover), "there is something of all that can be lost", patience=120)
        engine.database.close()
        shutil.copyfile(folder / NAME, folder / "before.db")
        mover.watch()
    return folder


def worked_on(engine: Engine, mover: Mover) -> bool:
    """Work on until nothing is left to do now; whether every tampering finds something to tamper with then."""
    for move in (mover.start, mover.send, mover.complete, mover.complete, mover.complete, mover.draft):
        move()
    settle(engine, engine.run_due)
    taken = select(message.c.id).where(message.c.status == "taken")
    rows = (select(draft.c.case_id), select(subscription.c.case_id), select(job.c.case_id), taken)
    with engine.database.reading() as connection:
        found = [connection.execute(kind.limit(1)).first() for kind in (*rows, select(text("1 FROM crash_book")))]
    return all(found)


@pytest.fixture
def copied(worked: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(worked, tmp_path / "copied")


@contextmanager
def opened(folder: Path) -> Iterator[Engine]:
    """An engine on the database of a folder."""
    with beside(f"sqlite:///{folder / NAME}", folder) as engine:
        yield engine


@pytest.mark.slow
def test_all_is_well_without_a_breakage(copied: Path) -> None:
    with opened(copied) as engine:
        counts = judge(engine, copied)
        assert all(counts[kind] for kind in ("start answered", "complete answered", "send answered", "answered"))
        finish(engine)


@pytest.mark.slow
@pytest.mark.parametrize("how", TAMPERED)
def test_rows_that_are_lost_held_or_doubled_are_found_out(copied: Path, how: str) -> None:
    with opened(copied) as engine:
        with engine.database.writing() as connection:
            assert connection.execute(TAMPERED[how]).rowcount
        with pytest.raises(AssertionError):
            judge(engine, copied)


def test_what_a_killed_worker_held_is_waited_for(copied: Path) -> None:
    """Be it of a case or not: a checkpoint that it was about to bring to its places."""
    with opened(copied) as engine:
        now = engine.context.now()
        with engine.database.writing() as connection:
            files.add_job_beside(connection, "publish", now, {"checkpoint": 1, "sink": "folder"})
            held = update(job).where(job.c.kind == "publish").values(leased_until=moment(now + LEASE))
            assert connection.execute(held).rowcount == 1
        settle(engine, engine.run_due)
        assert engine.context.now() > now + LEASE
        nothing_is_without_owner(engine)


def test_steps_that_are_lost_are_found_out(copied: Path) -> None:
    shutil.copyfile(copied / "before.db", copied / NAME)
    with opened(copied) as engine, pytest.raises(AssertionError, match="somebody"):
        judge(engine, copied)


@pytest.mark.slow
def test_what_was_done_in_spite_of_a_refusal_is_found_out(copied: Path) -> None:
    Ledger(copied, "somebody").refused("somebody-1", "somebody was told that it has not happened")
    with opened(copied) as engine, pytest.raises(AssertionError, match="somebody-1"):
        judge(engine, copied)


@pytest.mark.slow
def test_a_call_of_an_operator_with_another_key_is_found_out(copied: Path) -> None:
    note(copied / CALLS, "1.999.1")
    with opened(copied) as engine, pytest.raises(AssertionError, match=r"1\.999\.1"):
        judge(engine, copied)
