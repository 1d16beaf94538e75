"""Cases that somebody lets rest, and what becomes of what comes meanwhile."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from tests.engine import tiny
from tests.engine.paid import ORDER, begun, waiting
from tests.engine.people import ANN, BEN, EVE, LEA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import acts, kinds, rows


@pytest.fixture
def resting(engine):
    """A suspended case with a task for csr."""
    engine.deploy(tiny.one_task(), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.suspend("1", by=LEA, reason="the court has asked us to wait")
    return engine


def test_a_suspended_case_rests(resting):
    case = resting.case("1")
    assert case.status == "suspended" and case.ended_at is None
    assert acts(resting) == [("started", "ann"), ("suspended", "lea")]
    step = resting.history("1")[-1]
    assert step.input["reason"] == "the court has asked us to wait" and step.effects == ()
    assert step.state_hash == resting.history("1")[0].state_hash
    assert resting.inbox(ANN) == [] and resting.count(ANN) == 0
    (task,) = resting.tasks("1")
    assert task.status == "suspended"
    assert resting.verify("1").problems == () and resting.replay("1").equal


def test_nobody_does_its_tasks(resting):
    (task,) = resting.tasks("1")
    for command in (
        lambda: resting.complete(task.id, {"approved": True}, by=ANN),
        lambda: resting.claim(task.id, by=BEN),
        lambda: resting.assign(task.id, to="ben", by=LEA),
        lambda: resting.suspend("1", by=LEA, reason="again"),
        lambda: resting.migrate("1", by=SYSTEM, reason="now"),
    ):
        with pytest.raises(Conflict, match="is suspended"):
            command()
    assert kinds(resting) == ["started", "suspended"]


def test_a_resumed_case_is_as_it_was(resting):
    case = resting.resume("1", by=LEA, reason="the court has decided")
    assert case.status == resting.case("1").status == "open"
    assert acts(resting)[-1] == ("resumed", "lea")
    (task,) = resting.inbox(ANN)
    assert task.status == "open" and resting.complete(task.id, {"approved": True}, by=ANN).status == "completed"


def test_a_claimed_task_is_still_claimed(engine):
    engine.deploy(tiny.one_task(), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.claim("1.1.2", by=ANN)
    engine.suspend("1", by=LEA, reason="wait")
    assert engine.inbox(ANN) == [] and engine.tasks("1")[0].assignee == "ann"
    assert engine.verify("1").problems == ()
    engine.resume("1", by=LEA, reason="go on")
    assert [task.assignee for task in engine.inbox(ANN)] == ["ann"] and engine.inbox(BEN) == []


def test_who_may_and_why(resting):
    with pytest.raises(NotAllowed):
        resting.resume("1", by=ANN, reason="mine")
    with pytest.raises(NotFound):
        resting.resume("1", by=EVE, reason="not mine")
    with pytest.raises(Refusal, match="Say why"):
        resting.resume("1", by=LEA, reason="  ")
    resting.resume("1", by=LEA, reason="go on")
    with pytest.raises(Conflict, match="is open"):
        resting.resume("1", by=LEA, reason="go on")


def test_a_suspended_case_can_be_given_up(resting):
    assert resting.cancel("1", by=LEA, reason="withdrawn").status == "cancelled"
    assert resting.verify("1").problems == ()
    with pytest.raises(Conflict, match="is cancelled"):
        resting.resume("1", by=LEA, reason="go on")


def test_what_is_due_meanwhile_happens_when_it_is_resumed(engine, clock):
    wait = tiny.catch("wait", timer("&quot;PT1H&quot;"))
    engine.deploy(tiny.one_task(before=wait), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.suspend("1", by=LEA, reason="wait")
    clock.advance(hours=2)
    assert engine.next_due() is None and engine.run_due() == 0 and engine.load().jobs_due == 0
    engine.resume("1", by=LEA, reason="go on")
    assert engine.run_due() == 1 and kinds(engine) == ["started", "suspended", "resumed", "fired"]


def test_a_job_that_is_leased_when_its_case_is_suspended_is_kept(engine, clock):
    from engine.jobs import run

    engine.deploy(tiny.one_task(before=tiny.catch("wait", timer("&quot;PT1H&quot;"))), by=SYSTEM)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    (row,) = run.lease(engine.context, 1)
    engine.suspend("1", by=LEA, reason="wait")
    assert run.run(engine.context, row) == ()
    assert len(rows(engine, "job")) == 1 and engine.run_due() == 0
    engine.resume("1", by=LEA, reason="go on")
    assert engine.run_due() == 1 and kinds(engine)[-1] == "fired"


def test_a_job_whose_case_was_suspended_and_resumed_while_it_was_leased_is_due_again(engine, clock):
    from engine.jobs import run

    engine.deploy(tiny.one_task(before=tiny.catch("wait", timer("&quot;PT1H&quot;"))), by=SYSTEM)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    (row,) = run.lease(engine.context, 1)
    run.hold(engine.context, row)
    assert engine.run_due() == 1 and kinds(engine)[-1] == "fired"


def test_a_remote_operator_is_not_called_meanwhile(opened, clock):
    remote = Remote(RuntimeError("down"), {"id": 7})
    engine = opened(operators=[remote.operator()])
    body = START + tiny.call("mail", "mail/send", variable="sent") + tiny.ask("last") + END
    engine.deploy(tiny.bundle("loan", body + line("start", "mail", "last", "end")), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.run_due()
    engine.suspend("1", by=LEA, reason="wait")
    clock.advance(hours=2)
    engine.run_due()
    assert len(remote.calls) == 1
    engine.resume("1", by=LEA, reason="go on")
    engine.run_due()
    assert len(remote.calls) == 2 and engine.case("1").data["sent"] == {"id": 7}


@pytest.mark.parametrize("said", [{"correlate": {"order": "42"}}, {"case": "1"}], ids=["by key", "by case"])
def test_messages_wait_with_their_case(engine, said):
    engine.deploy(waiting(start=ORDER, correlationKey="order"), by=SYSTEM)
    begun(engine, {"order": "42"})
    engine.suspend("1", by=LEA, reason="wait")
    assert engine.send("paid", {"paid": 7}, by=SYSTEM, **said) is None
    assert engine.case("1").status == "suspended" and kinds(engine)[-1] == "suspended"
    engine.resume("1", by=LEA, reason="go on")
    assert kinds(engine)[-2:] == ["resumed", "received"] and engine.case("1").status == "completed"


def test_a_suspended_case_can_be_read_and_is_listed(resting):
    assert [case.id for case in resting.cases(LEA, status="suspended")] == ["1"]
    assert resting.cases(ANN, status="open") == []
    assert resting.task("1.1.2", ANN).status == "suspended"
