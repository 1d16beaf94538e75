"""Two at one message: it is taken once, and one that comes while a case begins to wait for it is not lost."""

import threading

import pytest

from engine import SYSTEM
from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, race, the_loser
from tests.engine.paid import ORDER, begun, waiting
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, line, timer
from tests.engine.watching import count, kinds, rows

YES = {"approved": True}
PAID = {"paid": 1}


@pytest.fixture
def payments(crew):
    """Cases that wait for `paid` after a task."""
    crew.engine.deploy(waiting(), by=OLGA)
    return crew


def test_two_senders_to_one_case(payments):
    for _ in payments.rounds:
        case = begun(payments.engine)
        found = payments.race(*[do("send", "paid", PAID, case=case, by=SYSTEM)] * 2)
        assert the_loser(found).data == {"status": "completed"}
        assert kinds(payments.engine, case) == ["started", "completed", "received"]
        assert count(payments.engine, "message") == 0


def test_two_senders_by_a_key(crew):
    crew.engine.deploy(waiting(start=ORDER, correlationKey="order"), by=OLGA)
    for number in crew.rounds:
        order = {"order": str(number)}
        case = begun(crew.engine, order)
        found = crew.race(*[do("send", "paid", PAID, order, by=SYSTEM)] * 2)
        assert losers(found) == []
        assert sorted(one.result.id if one.result else "kept" for one in found) == [case, "kept"]
        assert kinds(crew.engine, case) == ["started", "completed", "received"]
        assert len(rows(crew.engine, "message", status="waiting")) == number + 1


def test_one_message_sent_by_many(payments):
    for number in payments.rounds:
        case = begun(payments.engine)
        found = payments.race(*[do("send", "paid", PAID, case=case, by=SYSTEM, message_id=f"m-{number}")] * 4)
        assert losers(found) == [] and {one.result.id for one in found} == {case}
        assert kinds(payments.engine, case) == ["started", "completed", "received"]
    assert count(payments.engine, "message") == len(payments.rounds)


def test_one_message_kept_for_many(payments):
    for number in payments.rounds:
        found = payments.race(*[do("send", "paid", PAID, by=SYSTEM, message_id=f"m-{number}")] * 4)
        assert losers(found) == [] and {one.result for one in found} == {None}
    assert count(payments.engine, "message") == count(payments.engine, "vault") == len(payments.rounds)


def test_a_message_that_comes_while_the_case_begins_to_wait_is_never_lost(payments):
    for _ in payments.rounds:
        case = begun(payments.engine, ready=False)
        (task,) = payments.tasks(case)
        found = payments.race(do("complete", task, YES, by=ANN), do("send", "paid", PAID, case=case, by=SYSTEM))
        assert losers(found) == []
        assert kinds(payments.engine, case) == ["started", "completed", "received"]
        assert payments.engine.case(case).status == "completed"


def test_a_message_that_comes_after_the_last_look_for_it_is_not_lost(opened, monkeypatch):
    from engine.store import files

    one, two = opened(), opened()
    one.deploy(waiting(), by=OLGA)
    case = begun(one, ready=False)
    looked, real = threading.Event(), files.came_early

    def look_and_dawdle(*given):
        found = real(*given)
        looked.set()
        threading.Event().wait(0.3)
        return found

    def send():
        looked.wait(20)
        two.send("paid", PAID, case=case, by=SYSTEM)

    monkeypatch.setattr(files, "came_early", look_and_dawdle)
    found = race(lambda: one.complete(f"{case}.1.2", YES, by=ANN), send)
    assert not any(isinstance(each, Exception) for each in found)
    assert kinds(one, case) == ["started", "completed", "received"]


def test_a_kept_message_goes_to_one_of_two_that_begin_to_wait(payments):
    engine = payments.engine
    for _ in payments.rounds:
        cases = [begun(engine, ready=False) for _ in range(2)]
        engine.send("paid", PAID, by=SYSTEM)
        payments.race(*[do("complete", payments.tasks(case)[0], YES, by=ANN) for case in cases])
        taken = sum(kinds(engine, case).count("received") for case in cases)
        assert taken <= 1  # where both waited before it was handed over it is ambiguous, and stays
        assert len(rows(engine, "message", status="waiting")) == 1 - taken
        for case in cases:
            if engine.case(case).status == "open":
                engine.send("paid", PAID, case=case, by=SYSTEM)
        with engine.database.writing() as connection:
            connection.exec_driver_sql("UPDATE message SET status = 'expired' WHERE status = 'waiting'")


def test_a_message_that_two_wait_for_is_ambiguous_for_every_sender(payments):
    cases = [begun(payments.engine) for _ in range(2)]
    found = payments.race(*[do("send", "paid", PAID, by=SYSTEM)] * 2)
    assert [lost.error for lost in found] == ["AmbiguousMessage"] * 2 and found[0].data["cases"] == sorted(cases)


def test_two_who_begin_by_message(crew):
    start = el("startEvent", "start", tiny.message("applied"))
    body = start + tiny.ask("ask") + END + line("start", "ask", "end")
    crew.engine.deploy(tiny.bundle("loan", body, tiny.messages("applied")), by=OLGA)
    for number in crew.rounds:
        found = crew.race(*[do("send", "applied", {}, by=ANN, message_id=f"m-{number}")] * 4)
        assert losers(found) == [] and len({one.result.id for one in found}) == 1
    assert len(crew.engine.cases()) == len(crew.rounds)


def test_message_against_timer_at_an_event_based_gateway(crew, clock):
    body = START + el("eventBasedGateway", "which") + tiny.catch("heard", tiny.message("paid"))
    body += tiny.catch("late", timer("&quot;PT1H&quot;")) + tiny.ask("thank") + tiny.ask("chase") + END
    body += line("start", "which", "heard", "thank", "end") + line("which", "late", "chase", "end")
    crew.engine.deploy(tiny.bundle("loan", body, tiny.messages("paid")), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        clock.advance(hours=1)
        found = crew.race(do("run_due"), do("send", "paid", PAID, by=SYSTEM, message_id=f"m-{case}"))
        assert losers(found) == [] and crew.engine.run_due() == 0
        if found[1].result is None:  # it came too late, and is kept
            assert kinds(crew.engine, case) == ["started", "fired"] and crew.offered(case) == ["chase"]
        else:
            assert kinds(crew.engine, case) == ["started", "received"] and crew.offered(case) == ["thank"]
        with crew.engine.database.writing() as connection:
            connection.exec_driver_sql("UPDATE message SET status = 'expired' WHERE status = 'waiting'")


def test_messages_that_expire_are_expired_once(payments, clock):
    for number in payments.rounds:
        for _ in range(8):
            payments.engine.send("paid", PAID, by=SYSTEM)
        clock.advance(days=400)
        assert losers(payments.race(*[do("run_due")] * 4)) == []
        assert len(rows(payments.engine, "message", status="expired")) == 8 * (number + 1)
        assert count(payments.engine, "vault") == 0
