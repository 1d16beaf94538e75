"""Locks that are fair: in the order in which they were asked for, within a process and between processes on SQLite."""

import signal
import sqlite3
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from engine.errors import Unavailable
from engine.store import database as database_module
from engine.store.database import Database, FairLock

pytestmark = pytest.mark.databases


def test_a_fair_lock_is_given_in_the_order_it_was_asked_for():
    lock, order, started = FairLock(), [], threading.Semaphore(0)

    def wait(number):
        started.release()
        with lock:
            order.append(number)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(8)]
    with lock:
        for number, thread in enumerate(threads):
            thread.start()
            started.acquire()
            deadline = time.monotonic() + 10
            while len(lock._waiting) <= number and time.monotonic() < deadline:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_a_fair_lock_lets_nobody_starve():
    lock, counts, stop = FairLock(), [0] * 5, threading.Event()

    def greedy(number):
        while not stop.is_set():
            with lock:
                counts[number] += 1
                time.sleep(0.001)

    threads = [threading.Thread(target=greedy, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert min(counts) > 0 and max(counts) - min(counts) <= max(3, max(counts) // 10)


def interrupt(*_):
    raise KeyboardInterrupt


def test_a_thread_that_is_interrupted_while_it_waits_blocks_nobody():
    lock, held, release = FairLock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            release.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            lock.__enter__()
    finally:
        signal.signal(signal.SIGALRM, before)
    release.set()
    thread.join(20)
    others = [threading.Thread(target=lambda: lock.__enter__() or lock.__exit__()) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join(20)
    assert not any(other.is_alive() for other in (thread, *others))


def test_a_thread_does_not_wait_for_itself(ready_sqlite_url):
    database = Database(ready_sqlite_url)
    with pytest.raises(RuntimeError, match="open in this thread"), database.writing(), database.writing():
        pass
    with database.writing():
        pass
    database.close()


@pytest.fixture
def neighbour(ready_sqlite_url):
    """A connection beside the engine's, as another process would have it."""
    connection = sqlite3.connect(make_url(ready_sqlite_url).database, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


@pytest.fixture
def database(ready_sqlite_url):
    opened = Database(ready_sqlite_url)
    yield opened
    opened.close()


def patience(database):
    with database.reading() as connection:
        return connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()


def test_a_writer_waits_for_another_process_as_long_as_it_has_patience(database, neighbour, monkeypatch):
    before = patience(database)
    neighbour.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("engine.store.database.PATIENCE", 0.05)
    with pytest.raises(Unavailable, match="locked"), database.writing():
        pass
    neighbour.execute("COMMIT")
    with database.writing():
        pass
    assert patience(database) == before >= 1_000, "who reads waits as long as before"


def test_a_writer_looks_again_as_soon_after_a_hundred_looks_as_after_the_first(database, neighbour, monkeypatch):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 100:
            neighbour.execute("COMMIT")

    neighbour.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("engine.store.database.sleep", pause)
    with database.writing() as connection:
        assert connection.execute(text("SELECT count(*) FROM job")).scalar_one() == 0
    assert len(pauses) == 100 and sum(pauses[:10]) > 0 and max(pauses) < 5 * sum(pauses[:10]) / 10


def test_what_is_no_lock_is_not_waited_for(database, monkeypatch):
    monkeypatch.setattr("engine.store.database.sleep", lambda seconds: pytest.fail("nothing will change"))
    with database.reading() as connection, pytest.raises(OperationalError, match="within a transaction"):
        database_module._begin_to_write(connection)
