"""Two at one message, one job, one deployment; threads and processes that press on one database."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from engine import SYSTEM, AmbiguousMessage, Conflict, FixedClock, Operator, open_engine
from engine.jobs.run import lease
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.racing import ROUNDS, losers, race, sound
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.test_store import outputs, python
from tests.engine.watching import count, kinds, rows

TASK = "1.1.2"


# Messages and those who wait for them


def waiting():
    body = START + tiny.ask("first") + tiny.catch("wait", tiny.message("paid")) + END
    return tiny.bundle("loan", body + line("start", "first", "wait", "end"), tiny.messages("paid"))


def test_a_message_that_comes_while_the_case_begins_to_wait_is_never_lost(opened):
    one, two = opened(), opened()
    one.deploy(waiting(), by=OLGA)
    for _ in range(3 * ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(
            lambda: one.complete(task, {"approved": True}, by=ANN),
            lambda: two.send("paid", {"paid": 1}, case=case, by=SYSTEM),
        )
        assert losers(found) == []
        assert kinds(one, case) == ["started", "completed", "received"]
        assert one.case(case).status == "completed"
        sound(one, case)


def test_a_message_that_comes_after_the_last_look_for_it_is_not_lost(opened, monkeypatch):
    from engine.store import files

    one, two = opened(), opened()
    one.deploy(waiting(), by=OLGA)
    case = one.start("loan", by=ANN).id
    looked, real = threading.Event(), files.came_early

    def look_and_dawdle(*given):
        found = real(*given)
        looked.set()
        threading.Event().wait(0.3)
        return found

    def send():
        looked.wait(20)
        two.send("paid", {"paid": 1}, case=case, by=SYSTEM)

    monkeypatch.setattr(files, "came_early", look_and_dawdle)
    assert losers(race(lambda: one.complete(TASK, {"approved": True}, by=ANN), send)) == []
    assert kinds(one, case) == ["started", "completed", "received"]


def test_a_kept_message_goes_to_one_of_two_that_begin_to_wait(opened):
    one, two = opened(), opened()
    one.deploy(waiting(), by=OLGA)
    for _ in range(ROUNDS):
        cases = [one.start("loan", by=ANN).id for _ in range(2)]
        tasks = [one.tasks(case)[0].id for case in cases]
        one.send("paid", {"paid": 1}, by=SYSTEM)
        race(
            *[
                lambda e=e, task=task: e.complete(task, {"approved": True}, by=ANN)
                for e, task in zip((one, two), tasks, strict=True)
            ]
        )
        taken = sum(kinds(one, case).count("received") for case in cases)
        assert taken <= 1  # where both waited before it was handed over it is ambiguous, and stays
        for case in cases:
            sound(one, case)
            if one.case(case).status == "open":
                one.send("paid", {"paid": 1}, case=case, by=SYSTEM)
        for row in rows(one, "message", status="waiting"):
            with one.database.writing() as connection:
                connection.exec_driver_sql(f"UPDATE message SET status = 'expired' WHERE id = {row['id']}")


# Jobs


def mailing(remote):
    return [Operator(name="mail/send", kind="remote", run=remote)]


def test_each_job_is_run_once_by_many_workers(opened):
    calls = []
    engines = [opened(operators=mailing(lambda call: calls.append(call.key))) for _ in range(3)]
    engines[0].deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
    for _ in range(40):
        engines[0].start("loan", by=ANN)
    found = race(*[engine.run_due for engine in engines for _ in range(2)])
    assert losers(found) == [] and sum(found) == 40
    assert len(calls) == len(set(calls)) == 40
    assert len(engines[0].inbox(ANN, limit=100)) == 40
    assert count(engines[0], "job") == 0 and engines[0].incidents() == []


def test_leases_do_not_overlap(opened):
    engines = [opened(operators=mailing(lambda call: None)) for _ in range(4)]
    engines[0].deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
    for _ in range(30):
        engines[0].start("loan", by=ANN)
    found = race(*[lambda e=e: lease(e.context, 10) for e in engines])
    assert losers(found) == [] and all(len(batch) <= 10 for batch in found)
    taken = Counter(job["case_id"] for batch in found for job in batch)
    assert set(taken.values()) == {1}
    if engines[0].database.sqlite:
        assert len(taken) == 30


def test_incidents_that_open_at_once_are_one(opened):
    def fails(call):
        raise ConnectionError("no route")

    loop = '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>12</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    engines = [opened(operators=[Operator(name="mail/send", kind="remote", run=fails, retries=0)]) for _ in range(3)]
    body = START + tiny.call("mail", "mail/send", inner=loop) + END + line("start", "mail", "end")
    engines[0].deploy(tiny.bundle("loan", body), by=OLGA)
    engines[0].start("loan", by=ANN)
    for engine in engines:
        assert len(lease(engine.context, 4)) == 4
    later = [FixedClock(engines[0].clock.now() + timedelta(minutes=3)) for _ in engines]
    again = [
        opened(clock=at, operators=[Operator(name="mail/send", kind="remote", run=fails, retries=0)]) for at in later
    ]
    found = race(*[lambda e=e: e.run_due(limit=4) for e in again])
    assert losers(found) == []
    (incident,) = again[0].incidents()
    assert incident.count == sum(found) and len(rows(again[0], "incident")[0]["jobs"].split(",")) == sum(found)


# Deploying and starting


def test_starts_at_once_are_numbered_without_gaps(opened):
    engines = [opened() for _ in range(3)]
    engines[0].deploy(tiny.one_task(), by=OLGA)
    found = race(*[lambda e=e: e.start("loan", by=ANN) for e in engines * 4])
    assert losers(found) == []
    assert sorted(case.number for case in found) == [f"LOA-20260302-{number:06d}" for number in range(1, 13)]
    assert len({case.id for case in found}) == 12


def test_deployments_at_once_are_versions_in_a_row(opened):
    engines = [opened() for _ in range(3)]
    files = [tiny.one_task(task=tiny.ask("ask", priority=str(number))) for number in (1, 2, 3, 4, 5, 6)]
    found = race(*[lambda e=e, f=f: e.deploy(f, by=OLGA) for e, f in zip(engines * 2, files, strict=True)])
    assert losers(found) == []
    assert sorted(deployment.version for deployment in found) == [1, 2, 3, 4, 5, 6]


def test_one_deployment_at_once_is_one_version(opened):
    engines = [opened() for _ in range(3)]
    found = race(*[lambda e=e: e.deploy(tiny.one_task(), by=OLGA) for e in engines * 2])
    assert losers(found) == [] and {deployment.version for deployment in found} == {1}
    assert len(engines[0].deployments()) == 1


def test_deploy_against_start(opened):
    one, two = opened(), opened()
    one.deploy(tiny.one_task(), by=OLGA)
    for number in range(ROUNDS):
        files = tiny.one_task(task=tiny.ask("ask", priority=str(number + 3)))
        found = race(lambda: one.deploy(files, by=OLGA), lambda: two.start("loan", by=ANN))
        assert losers(found) == []
        assert found[1].version in (number + 1, number + 2)
        assert found[1].bundle == one.deployments("loan")[number + 2 - found[1].version].bundle
        sound(one, found[1].id)


def test_configurations_at_once_are_versions_in_a_row(opened):
    engines = [opened() for _ in range(3)]
    said = [{"LIMIT": {"value": number}} for number in range(6)]
    found = race(*[lambda e=e, p=p: e.configure(by=OLGA, parameters=p) for e, p in zip(engines * 2, said, strict=True)])
    assert losers(found) == []
    assert [row["version"] for row in rows(engines[0], "configuration")] == list(range(1, 8))


def test_two_who_decide_on_one_proposal(opened):
    from engine import Actor, Policy

    policy = Policy(second_approval=True)
    one, two = opened(policy=policy), opened(policy=policy)
    bob, kim = Actor("bob", groups={"process_owner"}), Actor("kim", groups={"process_owner"})
    proposal = one.propose(tiny.one_task(), by=OLGA, reason="better")
    found = race(lambda: one.approve(proposal.id, by=bob), lambda: two.reject(proposal.id, by=kim))
    (lost,) = losers(found)
    assert isinstance(lost, Conflict)
    assert len(one.deployments()) == (0 if lost is found[0] else 1)


def test_two_who_begin_by_message(opened):
    start = el("startEvent", "start", tiny.message("applied"))
    one, two = opened(), opened()
    one.deploy(
        tiny.bundle("loan", start + tiny.ask("ask") + END + line("start", "ask", "end"), tiny.messages("applied")),
        by=OLGA,
    )
    found = race(*[lambda e=e: e.send("applied", {}, by=ANN, message_id="m-1") for e in (one, two) * 2])
    assert losers(found) == [] and len({case.id for case in found}) == 1
    assert len(one.cases()) == 1


def test_a_message_that_two_wait_for_is_ambiguous_for_every_sender(opened):
    one, two = opened(), opened()
    one.deploy(waiting(), by=OLGA)
    for _ in range(2):
        case = one.start("loan", by=ANN).id
        one.complete(one.tasks(case)[0].id, {"approved": True}, by=ANN)
    found = race(*[lambda e=e: e.send("paid", {}, by=SYSTEM) for e in (one, two)])
    assert all(isinstance(lost, AmbiguousMessage) for lost in found)


# Threads that press on one database


def test_no_thread_starves(engine):
    """Five threads complete tasks as fast as they can: nobody gets much less done than the others."""
    engine.deploy(tiny.one_task(), by=OLGA)
    done, stop = [0] * 5, threading.Event()

    def work(number):
        while not stop.is_set():
            case = engine.start("loan", by=ANN).id
            engine.complete(f"{case}.1.2", {"approved": True}, by=ANN)
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    threading.Event().wait(1.5)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert min(done) > 0 and min(done) * 3 >= max(done), done


# Processes


SUBMIT = """
    import time
    engine = open_engine(sys.argv[1])
    engine.inbox(ANN)
    print("ready", flush=True)
    sys.stdin.readline()
    for task in sys.argv[3:]:
        try:
            engine.complete(task, {"approved": True, "note": sys.argv[2]}, by=Actor(sys.argv[2], groups={"csr"}))
            print("won", flush=True)
        except Conflict as lost:
            print("lost to", lost.by, flush=True)
"""


@pytest.mark.slow
def test_double_submit_by_processes(ready_url):
    import subprocess

    with open_engine(ready_url) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        tasks = [f"{engine.start('loan', by=ANN).id}.1.2" for _ in range(10)]
        people = ["ann", "ben", "cat"]
        processes = [python(SUBMIT, ready_url, name, *tasks, stdin=subprocess.PIPE) for name in people]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [found.splitlines() for found in outputs(processes)]
        for number, task in enumerate(tasks):
            case = task.split(".")[0]
            winner = engine.history(case)[-1].actor
            assert kinds(engine, case) == ["started", "completed"]
            for name, said in zip(people, answers, strict=True):
                assert said[number] == ("won" if name == winner else f"lost to {winner}")
            sound(engine, case)
