"""Two at one case: what does not collide succeeds, at once; of what excludes each other, one happens."""

import pytest

from engine import SYSTEM
from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, the_loser
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.spiff.xmls import END, START, TERMINATE, el, line, multi, timer
from tests.engine.watching import count, kinds

YES, NO = {"approved": True}, {"approved": False}


def each(crew, tasks, by=ANN):
    """Commands that complete each of some tasks."""
    return [do("complete", task, YES, by=by) for task in tasks]


# Tokens that meet


def test_two_tasks_of_one_case_and_their_join(crew):
    crew.engine.deploy(tiny.two_tasks(), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin("both")
        left, right = crew.tasks(case)
        found = crew.race(do("complete", left, YES, by=ANN), do("complete", right, NO, by=BEN))
        assert losers(found) == []
        assert crew.engine.case(case).data == {"left": YES, "right": NO}
        assert kinds(crew.engine, case) == ["started", "completed", "completed"]
        assert crew.offered(case) == ["left", "right", "last"]


def forked():
    """Two tasks at once, each of which forks into two."""
    body = START + END + el("parallelGateway", "split") + line("start", "split")
    for side in ("left", "right"):
        inner = tiny.ask(side) + el("parallelGateway", f"{side}_fork") + el("parallelGateway", f"{side}_join")
        body += inner + tiny.ask(f"{side}_a") + tiny.ask(f"{side}_b")
        body += line("split", side, f"{side}_fork", f"{side}_a", f"{side}_join", "meet")
        body += line(f"{side}_fork", f"{side}_b", f"{side}_join")
    return tiny.bundle("loan", body + el("parallelGateway", "meet") + line("meet", "end"))


def test_forks_and_joins(crew):
    crew.engine.deploy(forked(), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        assert losers(crew.race(*each(crew, crew.tasks(case)))) == []
        assert len(crew.tasks(case)) == 4
        assert losers(crew.race(*each(crew, crew.tasks(case)))) == []
        assert crew.engine.case(case).status == "completed"
        assert kinds(crew.engine, case) == ["started"] + ["completed"] * 6
        assert len(crew.offered(case)) == 6


def test_the_last_two_tasks_of_a_case(crew):
    body = START + el("parallelGateway", "split") + tiny.ask("left") + tiny.ask("right") + END
    body += line("start", "split", "left", "end") + line("split", "right", "end")
    crew.engine.deploy(tiny.bundle("loan", body), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        found = crew.race(*each(crew, crew.tasks(case)))
        assert losers(found) == []
        assert sorted(one.result.status for one in found) == ["completed", "open"]
        assert crew.engine.case(case).outcome == "end" and count(crew.engine, "task") == 0
        assert kinds(crew.engine, case) == ["started", "completed", "completed"]


def test_a_task_against_one_that_ends_the_case(crew):
    body = START + el("parallelGateway", "split") + tiny.ask("left") + tiny.ask("right") + END
    body += el("endEvent", "stop", TERMINATE) + line("start", "split", "left", "end") + line("split", "right", "stop")
    crew.engine.deploy(tiny.bundle("loan", body), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        left, right = crew.tasks(case)
        found = crew.race(*each(crew, (left, right)))
        assert not found[1].error and crew.engine.case(case).status == "completed"
        if losers(found):
            assert the_loser(found).data["how"] == "withdrawn" and kinds(crew.engine, case)[1:] == ["completed"]
        else:
            assert kinds(crew.engine, case)[1:] == ["completed", "completed"]


def many(number, condition=""):
    loop = multi(inner=f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>", condition=condition)
    return tiny.one_task(task=tiny.ask("ask", inner=loop), after=tiny.ask("last"))


def test_the_last_instances_of_a_multi_instance(crew):
    crew.engine.deploy(many(5), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        first, *others = crew.tasks(case)
        crew.engine.complete(first, YES, by=ANN)
        assert losers(crew.race(*each(crew, others))) == []
        assert kinds(crew.engine, case) == ["started"] + ["completed"] * 5
        assert crew.offered(case) == ["ask"] * 5 + ["last"] and len(crew.tasks(case)) == 1


def test_instances_each_of_which_is_enough(crew):
    crew.engine.deploy(many(3, condition="approved"), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        found = crew.race(*each(crew, crew.tasks(case)))
        assert {(lost.error, lost.data["how"]) for lost in losers(found)} == {("Conflict", "withdrawn")}
        assert len(losers(found)) == 2 and kinds(crew.engine, case) == ["started", "completed"]
        assert crew.offered(case) == ["ask"] * 3 + ["last"]


# What interrupts a task


def interrupted(inside=False):
    """A task, or a subprocess around it, with a timer that is due in an hour, a message and a signal."""
    inner = el("startEvent", "in") + tiny.ask("ask") + el("endEvent", "out") + line("in", "ask", "out")
    host, what = ("part", el("subProcess", "part", inner)) if inside else ("ask", tiny.ask("ask"))
    events = {"late": timer("&quot;PT1H&quot;"), "stop": tiny.message("stop"), "halt": tiny.signal("halt")}
    body = START + what + END + tiny.ask("chase") + line("start", host, "end") + line("chase", "end")
    for name, definition in events.items():
        body += tiny.boundary(name, host, definition) + line(name, "chase")
    return tiny.bundle("loan", body, tiny.messages("stop") + tiny.signals("halt"))


@pytest.fixture(params=["subprocess", pytest.param("task", marks=pytest.mark.slow)])
def hurried(request, crew):
    """Cases of one task, which a timer, a message or a signal may interrupt; the last task of a subprocess, or alone."""
    crew.engine.deploy(interrupted(inside=request.param == "subprocess"), by=OLGA)
    return crew


def shout(crew):
    """Throw the signal `halt` from another case; those who hear it have a job that is due."""
    body = START + el("intermediateThrowEvent", "say", tiny.signal("halt")) + tiny.ask("rest") + END
    crew.engine.deploy(tiny.bundle("shout", body + line("start", "say", "rest", "end"), tiny.signals("halt")), by=OLGA)
    return crew.begin("shout")


def one_of(crew, case, found, other):
    """Either the task was completed, or the case went on without it and the loser can read that."""
    if found[0].error:
        assert the_loser([found[0]]).data["how"] == "withdrawn"
        assert kinds(crew.engine, case) == ["started", other] and crew.offered(case) == ["ask", "chase"]
    else:
        assert kinds(crew.engine, case) == ["started", "completed"] and crew.offered(case) == ["ask"]
        assert crew.engine.case(case).status == "completed"
    assert crew.engine.run_due() == 0 and crew.engine.incidents() == [] and count(crew.engine, "job") == 0


def test_timer_against_complete(hurried, clock):
    for _ in hurried.rounds:
        case = hurried.begin()
        clock.advance(hours=1)
        found = hurried.race(*each(hurried, hurried.tasks(case)), do("run_due"))
        one_of(hurried, case, found, "fired")
        assert found[1].result in (0, 1) and not found[1].error


def test_message_against_complete(hurried):
    for _ in hurried.rounds:
        case = hurried.begin()
        found = hurried.race(*each(hurried, hurried.tasks(case)), do("send", "stop", case=case, by=SYSTEM))
        assert len(losers(found)) == 1
        one_of(hurried, case, found, "received")
        assert count(hurried.engine, "message") == 0


def test_signal_against_complete(hurried):
    for _ in hurried.rounds:
        case = hurried.begin()
        shout(hurried)
        found = hurried.race(*each(hurried, hurried.tasks(case)), do("run_due"))
        one_of(hurried, case, found, "signalled")


def test_timer_against_message(hurried, clock):
    for _ in hurried.rounds:
        case = hurried.begin()
        clock.advance(hours=1)
        found = hurried.race(do("run_due"), do("send", "stop", case=case, by=SYSTEM))
        assert losers(found) == []  # one that comes too late for its event is kept
        assert kinds(hurried.engine, case) == ["started", "received" if found[1].result else "fired"]
        assert hurried.offered(case) == ["ask", "chase"]


def test_timer_against_timer(hurried, clock):
    for _ in hurried.rounds:
        case = hurried.begin()
        clock.advance(hours=1)
        found = hurried.race(*[do("run_due")] * 4)
        assert sum(one.result for one in found) == 1 and kinds(hurried.engine, case) == ["started", "fired"]


# Cancelling


def test_cancel_against_complete(hurried):
    for _ in hurried.rounds:
        case = hurried.begin()
        found = hurried.race(*each(hurried, hurried.tasks(case), by=BEN), do("cancel", case, by=ANN, reason="x"))
        the_loser(found)
        last = "cancelled" if found[0].error else "completed"
        assert kinds(hurried.engine, case) == ["started", last] and hurried.engine.case(case).status == last
        assert count(hurried.engine, "task") == count(hurried.engine, "job") == 0


def test_cancel_against_cancel(hurried):
    for _ in hurried.rounds:
        case = hurried.begin()
        found = hurried.race(*[do("cancel", case, by=ANN, reason=str(number)) for number in range(4)])
        assert [lost.data for lost in losers(found)] == [{"status": "cancelled"}] * 3
        assert kinds(hurried.engine, case) == ["started", "cancelled"]


def test_cancel_against_timer_and_message(hurried, clock):
    for _ in hurried.rounds:
        case = hurried.begin()
        clock.advance(hours=1)
        found = hurried.race(
            do("cancel", case, by=ANN, reason="x"), do("run_due"), do("send", "stop", case=case, by=SYSTEM)
        )
        done = kinds(hurried.engine, case)[1:]
        assert not found[0].error and done[-1] == "cancelled" and len(done) <= 2
        assert count(hurried.engine, "job") == count(hurried.engine, "subscription") == 0


def test_all_at_once(hurried, clock):
    for _ in hurried.rounds:
        case = hurried.begin()
        (task,) = hurried.tasks(case)
        clock.advance(hours=1)
        hurried.race(
            do("claim", task, by=ANN),
            do("complete", task, YES, by=BEN),
            do("send", "stop", case=case, by=SYSTEM),
            do("cancel", case, by=ANN, reason="x"),
        )
        hurried.race(
            do("run_due"),
            do("save_draft", task, {"note": "x"}, by=ANN),
            do("complete", task, YES, by=ANN),
            do("cancel", case, by=SYSTEM, reason="x"),
        )
        assert hurried.engine.incidents() == [] and hurried.engine.case(case).status != "open"
