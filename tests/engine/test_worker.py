"""The worker: runs what is due, waits when nothing is, and goes on whatever happens."""

import logging
import threading
import time

from engine.errors import Unavailable
from engine.jobs.worker import Worker
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import timer


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_worker_runs_what_becomes_due(engine, clock):
    engine.deploy(tiny.one_task(before=tiny.catch("wait", timer("&quot;PT1H&quot;"))), by=OLGA)
    engine.start("loan", by=ANN)
    worker = Worker(engine.run_due, pause=0.01).start()
    assert not until(lambda: engine.inbox(ANN), seconds=0.1)
    clock.advance(hours=1)
    assert until(lambda: engine.inbox(ANN))
    worker.stop()
    assert [step.kind for step in engine.history("1")] == ["started", "fired"]


def test_two_workers_share_the_work(posted, opened):
    remote = Remote({})
    engine = posted(remote)
    other = opened(operators=[remote.operator()])
    for number in range(2, 12):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    workers = [Worker(one.run_due, pause=0.01, batch=2).start() for one in (engine, other)]
    assert until(lambda: len(engine.inbox(ANN)) == 11)
    for worker in workers:
        worker.stop()
    assert len({call.key for call in remote.calls}) == len(remote.calls) == 11


def test_a_fault_is_logged_and_waited_out(caplog):
    faults, done = [Unavailable(), ValueError("odd"), 1, 0], threading.Event()

    def run_due(batch):
        if not faults:
            done.set()
            return 0
        said = faults.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    with caplog.at_level(logging.WARNING, "engine.jobs.worker"):
        worker = Worker(run_due, pause=0.001).start()
        assert done.wait(20)
        worker.stop()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def test_a_worker_that_is_stopped_finishes_the_job_in_hand():
    begun, finished = threading.Event(), []

    def run_due(batch):
        begun.set()
        time.sleep(0.1)
        finished.append(batch)
        return 1

    worker = Worker(run_due, pause=0.01, batch=7).start()
    begun.wait(20)
    worker.stop()
    count = len(finished)
    assert count >= 1 and set(finished) == {7}
    time.sleep(0.15)
    assert len(finished) == count
