"""Two workers: each job is run once, and a person who decides on it meets whoever runs it."""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial

from engine import SYSTEM, FixedClock, Operator
from engine.jobs.run import lease
from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, race
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import count, kinds, rows

YES = {"approved": True}
LOOP = '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>12</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'


# Leases


def test_each_job_is_run_by_one_of_four_workers(crew):
    crew.engine.deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
    for _ in crew.rounds:
        cases = [crew.begin() for _ in range(6)]
        found = crew.race(*[do("run_due")] * 4)
        assert losers(found) == [] and sum(one.result for one in found) == len(cases)
        assert {tuple(kinds(crew.engine, case)) for case in cases} == {("started", "answered")}
        assert count(crew.engine, "job") == 0 and crew.engine.incidents() == []


def test_each_timer_fires_once_with_four_workers(crew, clock):
    wait = tiny.catch("wait", timer("&quot;PT1H&quot;"))
    crew.engine.deploy(tiny.one_task(before=wait), by=OLGA)
    for _ in crew.rounds:
        cases = [crew.begin() for _ in range(6)]
        clock.advance(hours=1)
        found = crew.race(*[do("run_due")] * 4)
        assert sum(one.result for one in found) == len(cases)
        assert {tuple(kinds(crew.engine, case)) for case in cases} == {("started", "fired")}


def test_leases_do_not_overlap(opened):
    operators = [Operator(name="mail/send", kind="remote", run=lambda call: None)]
    engines = [opened(operators=operators) for _ in range(4)]
    engines[0].deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
    for _ in range(30):
        engines[0].start("loan", by=ANN)
    found = race(*[partial(lease, engine.context, 10) for engine in engines])
    taken = Counter(job["case_id"] for batch in found for job in batch)
    assert all(len(batch) <= 10 for batch in found) and set(taken.values()) == {1}
    if engines[0].database.sqlite:
        assert len(taken) == 30


def test_a_worker_against_cancel(crew):
    crew.engine.deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        found = crew.race(do("run_due"), do("cancel", case, by=SYSTEM, reason="x"))
        assert losers(found) == []
        assert kinds(crew.engine, case) in (["started", "cancelled"], ["started", "answered", "cancelled"])
        assert count(crew.engine, "job") == 0 and crew.engine.incidents() == []


def test_a_linked_case_is_started_once(crew, clock):
    link = tiny.call("link", "case/start", process="&quot;loan&quot;")
    crew.engine.deploy(tiny.one_task(), by=OLGA)
    wait = tiny.catch("wait", timer("&quot;PT1H&quot;"))
    body = START + wait + link + END + line("start", "wait", "link", "end")
    crew.engine.deploy(tiny.bundle("outer", body), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin("outer")
        clock.advance(hours=1)
        assert losers(crew.race(*[do("run_due")] * 4)) == []
        (child,) = crew.engine.linked(case)
        assert child.parent == case and kinds(crew.engine, child.id) == ["started"]


# Incidents


def test_incidents_that_open_at_once_are_one(opened):
    def fails(call):
        raise ConnectionError("no route")

    operators = [Operator(name="mail/send", kind="remote", run=fails, retries=0)]
    engines = [opened(operators=operators) for _ in range(3)]
    body = START + tiny.call("mail", "mail/send", inner=LOOP) + END + line("start", "mail", "end")
    engines[0].deploy(tiny.bundle("loan", body), by=OLGA)
    engines[0].start("loan", by=ANN)
    for engine in engines:
        assert len(lease(engine.context, 4)) == 4
    later = [FixedClock(engines[0].clock.now() + timedelta(minutes=3)) for _ in engines]
    again = [opened(clock=at, operators=operators) for at in later]
    found = race(*[partial(engine.run_due, limit=4) for engine in again])
    (incident,) = again[0].incidents()
    assert incident.count == sum(found) and len(rows(again[0], "incident")[0]["jobs"].split(",")) == sum(found)


# Threads that press on one database


def test_no_thread_starves(engine):
    """Five threads complete tasks as fast as they can: nobody gets much less done than the others."""
    engine.deploy(tiny.one_task(), by=OLGA)
    done, stop = [0] * 5, threading.Event()

    def work(number):
        while not stop.is_set():
            case = engine.start("loan", by=ANN).id
            engine.complete(f"{case}.1.2", YES, by=ANN)
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    threading.Event().wait(1.5)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert min(done) > 0 and min(done) * 3 >= max(done), done
