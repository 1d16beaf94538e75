"""Tokens that somebody lets go on elsewhere: what goes with them, what comes, and what would break and is refused."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, NotAllowed, NotFound, NotJumpable, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, BEN, EVE, LEA, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, TERMINATE, cycle, el, flow, line, multi, timer
from tests.engine.unchecked import deploy_unchecked
from tests.engine.watching import acts, kinds, rows

YES = {"approved": True}
WHY = "the wrong branch was taken"
HOUR = timer("&quot;PT1H&quot;")
THREE = (
    START + tiny.ask("first") + tiny.ask("ask", dueIn="PT8H") + tiny.ask("last") + END
    + line("start", "first", "ask", "last", "end")
)  # fmt: skip


def begun(engine, body, roots="", done=(), **more):
    """A case of a diagram, with some of its tasks done."""
    engine.deploy(tiny.bundle("loan", body, roots, **more), by=SYSTEM)
    engine.start("loan", by=ANN)
    for element in done:
        engine.complete(task(engine, element), YES, by=ANN)
    return engine


def task(engine, element):
    return next(one.id for one in engine.tasks("1") if one.element == element)


def tasks(engine):
    return sorted(one.element for one in engine.tasks("1"))


def at(engine, element):
    """The number of the token at an element."""
    return next(one.occurrence for one in engine.marking("1").tokens if one.element == element)


def jump(engine, element, to, by=LEA):
    assert to in offered(engine, element)
    return engine.jump("1", at(engine, element), to=to, by=by, reason=WHY)


def offered(engine, element):
    """Where the engine says that the token at an element may go on; for an event after a gateway, that of the gateway."""
    tokens = {one.occurrence: one for one in engine.marking("1").tokens}
    here = tokens[at(engine, element)]
    ways = {one.token: one.targets for one in engine.jumps("1", by=LEA)}
    gateway = here.host and tokens[here.host].state == "waiting"
    return ways.get(here.host if gateway else here.occurrence, ())


def refused(engine, element, to):
    """Why a jump is refused; nothing has happened then."""
    before = engine.marking("1").sha256, len(engine.history("1"))
    with pytest.raises(NotJumpable) as caught:
        engine.jump("1", at(engine, element), to=to, by=LEA, reason=WHY)
    assert (engine.marking("1").sha256, len(engine.history("1"))) == before
    assert to not in offered(engine, element)
    return caught.value.why, caught.value.join


def test_back_to_an_earlier_task(engine):
    begun(engine, THREE, done=["first"])
    engine.claim(task(engine, "ask"), by=ANN)
    assert len(rows(engine, "job", kind="term")) == 3
    before = engine.history("1")
    case = jump(engine, "ask", "first")
    assert case.status == "open" and acts(engine)[-1] == ("jumped", "lea") and engine.history("1")[:-1] == before
    step = engine.history("1")[-1]
    assert {name: step.input[name] for name in ("token", "element", "target", "reason")} == {
        "token": 3, "element": "ask", "target": "first", "reason": WHY,
    }  # fmt: skip
    assert [(one.kind, one.element) for one in step.effects] == [
        ("jumped", "ask"), ("cancelled", "ask"), ("entered", "first"), ("offered", "first"),
    ]  # fmt: skip
    assert step.effects[0].detail == {"to": "first"}
    (fresh,) = engine.tasks("1")
    assert (fresh.element, fresh.assignee) == ("first", None) and rows(engine, "job") == []
    engine.complete(fresh.id, YES, by=BEN)
    engine.complete(task(engine, "ask"), YES, by=ANN)
    assert engine.complete(task(engine, "last"), YES, by=ANN).outcome == "end"


def test_on_to_a_later_task_and_to_the_end(engine):
    begun(engine, THREE)
    assert engine.jump("1", task(engine, "first"), to="last", by=OLGA, reason=WHY).status == "open"
    assert tasks(engine) == ["last"]
    case = jump(engine, "last", "end")
    assert (case.status, case.outcome) == ("completed", "end") and engine.case("1") == case


def test_to_itself_is_a_fresh_offer(engine, clock):
    begun(engine, THREE, done=["first"])
    (before,) = engine.tasks("1")
    clock.advance(hours=2)
    jump(engine, "ask", "ask")
    (after,) = engine.tasks("1")
    assert after.id != before.id and (after.due - before.due).total_seconds() == 7200


def test_what_belongs_to_a_task_goes_with_it(engine, clock):
    body = THREE + tiny.ask("chase") + tiny.boundary("late", "ask", HOUR) + line("late", "chase", "end")
    body += tiny.boundary("stop", "ask", tiny.message("stop"), interrupting=False) + line("stop", "chase")
    begun(engine, body, tiny.messages("stop"), done=["first"])
    engine.save_draft(task(engine, "ask"), {"note": "x"}, by=ANN)
    jump(engine, "ask", "last")
    assert [rows(engine, name) for name in ("job", "subscription", "draft")] == [[], [], []]
    marking = engine.marking("1")
    assert (marking.timers, marking.subscriptions) == ((), ())
    said = [one.kind for one in engine.history("1")[-1].effects]
    assert said.count("disarmed") == said.count("unsubscribed") == said.count("cancelled") == 1
    clock.advance(hours=2)
    assert engine.run_due() == 0
    jump(engine, "last", "ask")
    clock.advance(hours=2)
    assert engine.run_due() >= 1 and "chase" in tasks(engine)


def test_from_an_event_and_from_one_of_a_gateway(engine):
    waits = tiny.catch("paid", tiny.message("paid")) + tiny.catch("late", HOUR) + el("eventBasedGateway", "either")
    body = START + tiny.catch("wait", HOUR) + waits + tiny.ask("ask") + END
    body += line("start", "wait", "either", "paid", "ask", "end") + line("either", "late", "ask")
    begun(engine, body, tiny.messages("paid"))
    jump(engine, "wait", "either")
    assert [one.element for one in engine.marking("1").subscriptions] == ["paid"]
    jump(engine, "paid", "wait")
    marking = engine.marking("1")
    assert [one.element for one in marking.tokens] == ["wait"] and marking.subscriptions == ()
    jump(engine, "wait", "late")
    assert [one.element for one in engine.marking("1").timers] == ["late"]
    jump(engine, "late", "ask")
    assert engine.complete(task(engine, "ask"), YES, by=ANN).status == "completed"


def test_from_an_operator_that_does_not_answer(opened):
    remote = Remote(RuntimeError("down"))
    engine = opened(operators=[remote.operator(retries=0)])
    body = START + tiny.call("mail", "mail/send") + tiny.ask("last") + END + line("start", "mail", "last", "end")
    begun(engine, body)
    engine.run_due()
    assert [one.element for one in engine.case("1").incidents] == ["mail"]
    jump(engine, "mail", "last")
    assert tasks(engine) == ["last"] and rows(engine, "job") == [] and engine.case("1").incidents == ()
    jump(engine, "last", "mail")
    engine.run_due()
    assert len(remote.calls) == 2


def test_out_of_what_is_inside_as_a_whole(engine):
    inner = el("startEvent", "begin") + tiny.ask("inner") + tiny.ask("again") + el("endEvent", "done")
    sub = el("subProcess", "sub", inner + line("begin", "inner", "again", "done"))
    begun(engine, START + sub + tiny.ask("last") + END + line("start", "sub", "last", "end"))
    assert refused(engine, "inner", "last") == ("elsewhere", "")
    jump(engine, "inner", "again")
    assert tasks(engine) == ["again"]
    jump(engine, "sub", "last")
    assert tasks(engine) == ["last"]
    assert refused(engine, "last", "inner") == ("elsewhere", "")
    jump(engine, "last", "sub")
    assert tasks(engine) == ["inner"]


def test_one_of_many_stays_where_it_is(engine):
    many = tiny.ask("many", inner=multi())
    body = START + tiny.script("fill", "funds = [1, 2]") + many + tiny.ask("last") + END
    begun(engine, body + line("start", "fill", "many", "last", "end"))
    instance = engine.tasks("1")[0].occurrence
    with pytest.raises(NotJumpable, match="instance"):
        engine.jump("1", instance, to="last", by=LEA, reason=WHY)
    jump(engine, "many", "last")
    assert tasks(engine) == ["last"] and engine.marking("1").counters == ()


def test_within_a_branch_and_over_the_whole_of_a_split(engine):
    begun(engine, parallel(), done=["before", "left"])
    jump(engine, "left2", "left")
    jump(engine, "left", "left2")
    engine.complete(task(engine, "left2"), YES, by=ANN)
    engine.complete(task(engine, "right"), YES, by=ANN)
    assert tasks(engine) == ["last"]
    jump(engine, "last", "split")
    assert tasks(engine) == ["left", "right"]


def parallel(kind="parallelGateway", condition=""):
    split, join = el(kind, "split"), el(kind, "join")
    asked = tiny.ask("left") + tiny.ask("left2") + tiny.ask("right") + tiny.ask("last") + tiny.ask("before")
    body = (
        START
        + split
        + join
        + asked
        + END
        + line("start", "before", "split")
        + line("left", "left2", "join", "last", "end")
    )
    ways = flow("to_left", "split", "left", condition) + flow("to_right", "split", "right", condition)
    return body + ways + line("right", "join")


@pytest.mark.parametrize(
    ("done", "element", "to", "why"),
    [
        ((), "before", "left", "missing"),
        ((), "before", "join", "join"),
        (("before",), "left", "last", "missing"),
        (("before",), "left", "right", "missing"),
        (("before",), "left", "before", "missing"),
        (("before", "right"), "left", "split", "doubled"),
        (("before", "right"), "left", "last", "missing"),
        (("before", "right"), "join", "right", None),
        (("before", "left", "left2", "right"), "last", "right", "missing"),
        (("before", "left", "left2", "right"), "last", "before", None),
    ],
)
def test_what_would_leave_a_join_without_its_tokens(engine, done, element, to, why):
    begun(engine, parallel(), done=done)
    if why is None:
        jump(engine, element, to)
    else:
        found = refused(engine, element, to)
        assert found in ((why, "join" if why != "join" else ""), ("doubled", "join"), ("missing", "join"))
        assert (found[1] == "") == (why == "join")


def test_an_inclusive_join_is_kept_from_two_tokens_of_one_branch(engine):
    begun(engine, parallel("inclusiveGateway", "approved"), done=["before", "right"])
    assert refused(engine, "left", "split") == ("doubled", "join")
    jump(engine, "left", "left2")


def test_what_stood_still_already_may_be_freed(engine):
    """A diagram that gets stuck is not made worse by moving on what is stuck."""
    split, join = el("exclusiveGateway", "split", default="f_split_left"), el("parallelGateway", "join")
    asked = tiny.ask("left") + tiny.ask("right") + tiny.ask("last")
    body = START + split + join + asked + END + line("start", "split", "left", "join", "last", "end")
    body += flow("f_split_right", "split", "right", "false") + line("right", "join")
    deploy_unchecked(engine, tiny.bundle("loan", body))
    engine.start("loan", by=ANN)
    engine.complete(task(engine, "left"), YES, by=ANN)
    assert [one.element for one in engine.case("1").incidents] == ["join"]
    jump(engine, "join", "last")
    assert tasks(engine) == ["last"] and engine.case("1").incidents == ()


def test_where_no_token_can_be_put(engine):
    handler = el("startEvent", "rung", tiny.message("ring")) + tiny.ask("hear") + el("endEvent", "heard")
    bell = el("subProcess", "bell", handler + line("rung", "hear", "heard"), triggeredByEvent="true")
    body = THREE + tiny.boundary("late", "ask", HOUR) + line("late", "last") + bell
    begun(engine, body, tiny.messages("ring"), done=["first"])
    for to, why in {
        "start": "start", "late": "boundary", "bell": "boundary", "hear": "elsewhere", "nothing": "elsewhere",
        "(start)": "elsewhere", "": "elsewhere", "f_ask_last": "elsewhere",
    }.items():  # fmt: skip
        assert refused(engine, "ask", to) == (why, "")
    assert refused(engine, "late", "last") == ("beside", "")
    assert refused(engine, "bell", "last") == ("beside", "")


def test_a_cycle_beside_and_a_terminating_end_do_not_stand_in_the_way(engine):
    body = THREE + tiny.boundary("chase", "ask", cycle("&quot;R/PT1H&quot;"), interrupting=False)
    body += tiny.ask("remind") + el("endEvent", "stop", TERMINATE) + line("chase", "remind", "stop")
    begun(engine, body, done=["first"])
    jump(engine, "ask", "last")
    jump(engine, "last", "ask")
    assert jump(engine, "ask", "stop").outcome == "stop"


def test_who_may_and_why(engine):
    begun(engine, THREE)
    here = at(engine, "first")
    with pytest.raises(NotAllowed):
        engine.jump("1", here, to="last", by=ANN, reason=WHY)
    with pytest.raises(NotFound):
        engine.jump("1", here, to="last", by=EVE, reason=WHY)
    with pytest.raises(Refusal, match="Say why"):
        engine.jump("1", here, to="last", by=LEA, reason=" ")
    for wrong in (99, "2.1.2", "1.1.99", "nonsense"):
        with pytest.raises(NotFound):
            engine.jump("1", wrong, to="last", by=LEA, reason=WHY)
    jump(engine, "first", "last")
    with pytest.raises(Conflict, match="does not stand there"):
        engine.jump("1", here, to="first", by=LEA, reason=WHY)
    with pytest.raises(NotAllowed):
        engine.jumps("1", by=ANN)
    there = at(engine, "last")
    engine.suspend("1", by=LEA, reason=WHY)
    assert engine.jumps("1", by=LEA) == []
    with pytest.raises(Conflict, match="is suspended"):
        engine.jump("1", there, to="first", by=LEA, reason=WHY)
    assert kinds(engine) == ["started", "jumped", "suspended"]


def test_four_eyes_are_not_jumped_by_one_pair(engine):
    body = START + tiny.ask("make") + tiny.ask("check", fourEyes="make") + tiny.ask("last") + END
    begun(engine, body + line("start", "make", "check", "last", "end"))
    engine.complete(task(engine, "make"), YES, by=LEA)
    with pytest.raises(NotAllowed, match="four eyes"):
        jump(engine, "check", "last")
    jump(engine, "check", "last", by=OLGA)


def test_where_the_diagram_cannot_go_on(engine):
    sum_up = tiny.script("sum", "total = number(note)")
    begun(engine, START + tiny.ask("ask") + sum_up + END + line("start", "ask", "sum", "end"))
    with pytest.raises(Refusal, match="cannot go on like that: sum"):
        jump(engine, "ask", "sum")
    assert engine.incidents() == [] and kinds(engine) == ["started"]


def test_inside_a_called_process(engine):
    inner = START + tiny.ask("inner") + tiny.ask("again") + END + line("start", "inner", "again", "end")
    engine.deploy(tiny.bundle("check", inner), by=SYSTEM)
    call = el("callActivity", "call", calledElement="check")
    begun(engine, START + call + tiny.ask("last") + END + line("start", "call", "last", "end"))
    jump(engine, "inner", "again")
    (found,) = engine.tasks("1")
    assert found.element == "again" and found.bundle != engine.case("1").bundle
    jump(engine, "call", "last")
    assert tasks(engine) == ["last"]
