"""Gateways, loops, scripts and splits: where tokens part and meet."""

from decimal import Decimal

import pytest

from engine.errors import StepFailed
from engine.spiff import Marking, NotWaiting
from tests.engine.spiff.play import AT, Play
from tests.engine.spiff.xmls import END, MESSAGE, START, el, error, flow, guarded, line, multi, operator, timer, xml


def test_sequence_and_effects():
    p = Play(xml(START + el("userTask", "a") + el("userTask", "b") + END + line("start", "a", "b", "end")))
    assert [(e.kind, e.element, e.detail) for e in p.effects] == [
        ("entered", "start", None),
        ("left", "start", None),
        ("taken", "start", "f_start_a"),
        ("entered", "a", None),
        ("offered", "a", {"groups": [], "priority": 2}),
    ]
    assert p.do("a", x=1).seen("taken") == ["f_a_b"] and p.tasks == ["b"]
    assert p.do("b").marking.over and p.seen("ended") == ["p"] and p.marking.data == {"x": 1}
    with pytest.raises(NotWaiting):
        p.stepper.complete(p.marking, 2, {}, AT)


EXCLUSIVE = xml(
    START
    + el("userTask", "a")
    + el("exclusiveGateway", "x", default="f3")
    + el("userTask", "big")
    + el("userTask", "mid")
    + el("userTask", "small")
    + line("start", "a", "x")
    + flow("f1", "x", "big", "amount &gt; 100")
    + flow("f2", "x", "mid", "amount &gt; 10")
    + flow("f3", "x", "small")
    + '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"/>'.join(["", ""])
)


@pytest.mark.parametrize("amount, task", [(500, "big"), (50, "mid"), (5, "small")])
def test_exclusive_in_document_order(amount, task):
    assert Play(EXCLUSIVE).do("a", amount=amount).tasks == [task]


def test_a_condition_that_is_no_condition_fails_the_step_and_changes_nothing():
    p = Play(EXCLUSIVE)
    before = p.marking
    with pytest.raises(StepFailed, match=r"x: .*unknown name amount"):
        p.do("a")
    assert p.marking == before and p.do("a", amount=1).tasks == ["small"]


def test_parallel_join_in_a_loop_waits_for_each_round():
    p = Play(
        xml(
            START
            + el("exclusiveGateway", "m")
            + el("parallelGateway", "s")
            + el("userTask", "a")
            + el("userTask", "b")
            + el("parallelGateway", "j")
            + el("userTask", "again")
            + el("exclusiveGateway", "x", default="out")
            + END
            + line("start", "m", "s")
            + line("s", "a", "j")
            + line("s", "b", "j")
            + line("j", "again", "x")
            + flow("back", "x", "m", "more = true")
            + flow("out", "x", "end")
        )
    )
    for _ in range(3):
        assert p.tasks == ["a", "b"]
        assert p.do("a").tasks == ["b"]
        assert p.do("b").tasks == ["again"]
        p.do("again", more=True)
    p.do("b"), p.do("a"), p.do("again", more=False)
    assert p.marking.over


def test_two_flows_between_the_same_two_gateways_are_two_tokens():
    p = Play(
        xml(
            START
            + el("parallelGateway", "s")
            + el("parallelGateway", "j")
            + el("userTask", "a")
            + END
            + line("start", "s")
            + flow("one", "s", "j")
            + flow("two", "s", "j")
            + line("j", "a", "end")
        )
    )
    assert p.tasks == ["a"] and p.do("a").marking.over


def test_inclusive_waits_only_for_what_can_come():
    doc = xml(
        START
        + el("userTask", "ask")
        + el("inclusiveGateway", "i", default="none")
        + el("userTask", "a")
        + el("userTask", "b")
        + el("userTask", "c")
        + el("inclusiveGateway", "j")
        + el("userTask", "after")
        + END
        + line("start", "ask", "i")
        + flow("fa", "i", "a", "a = true")
        + flow("fb", "i", "b", "b = true")
        + flow("none", "i", "c")
        + line("a", "j")
        + line("b", "j")
        + line("c", "j", "after", "end")
    )
    assert Play(doc).do("ask", a=True, b=True).do("a").tasks == ["b"]
    assert Play(doc).do("ask", a=True, b=True).do("a").do("b").tasks == ["after"]
    assert Play(doc).do("ask", a=True, b=False).do("a").tasks == ["after"]
    assert Play(doc).do("ask", a=False, b=False).tasks == ["c"]


def test_inclusive_goes_on_when_the_other_token_has_gone_elsewhere():
    doc = xml(
        START
        + el("parallelGateway", "s")
        + el("userTask", "a")
        + el("userTask", "b")
        + el("exclusiveGateway", "x", default="away")
        + el("inclusiveGateway", "j")
        + el("userTask", "c")
        + END
        + el("endEvent", "other")
        + line("start", "s", "a", "j", "c", "end")
        + line("s", "b", "x")
        + flow("in", "x", "j", "come = true")
        + flow("away", "x", "other")
    )
    assert Play(doc).do("a").tasks == ["b"]
    assert Play(doc).do("a").do("b", come=False).tasks == ["c"]
    assert Play(doc).do("a").do("b", come=True).tasks == ["c"] and Play(doc).do("b", come=True).do("a").tasks == ["c"]


def test_inclusive_join_at_the_head_of_a_loop():
    p = Play(
        xml(
            START
            + el("inclusiveGateway", "j")
            + el("userTask", "a")
            + el("exclusiveGateway", "x", default="out")
            + END
            + line("start", "j", "a", "x")
            + flow("back", "x", "j", "more = true")
            + flow("out", "x", "end")
        )
    )
    for _ in range(3):
        assert p.do("a", more=True).tasks == ["a"]
    assert p.do("a", more=False).marking.over


def test_scripts_write_in_order_and_keep_decimals():
    script = "fee = round half up(amount * rate, 2)\ntotal = amount + fee"
    p = Play(
        xml(
            START
            + el("scriptTask", "s", f"<bpmn:script>{script}</bpmn:script>")
            + el("userTask", "b")
            + line("start", "s", "b")
        ),
        data={"amount": Decimal("19.99"), "rate": Decimal("0.015")},
    )
    assert p.marking.data == {
        "amount": Decimal("19.99"),
        "rate": Decimal("0.015"),
        "fee": Decimal("0.3"),
        "total": Decimal("20.29"),
    }


def test_a_diagram_that_never_waits_fails_the_step():
    with pytest.raises(StepFailed, match="on and on"):
        Play(
            xml(
                START
                + el("exclusiveGateway", "m")
                + el("exclusiveGateway", "x", default="back")
                + END
                + line("start", "m", "x")
                + flow("back", "x", "m")
                + flow("out", "x", "end", "false")
            )
        )


def test_a_deadlock_is_seen_in_the_marking():
    p = Play(
        xml(
            START
            + el("userTask", "a")
            + el("exclusiveGateway", "x", default="g")
            + el("parallelGateway", "j")
            + END
            + line("start", "a", "x")
            + flow("f", "x", "j", "yes = true")
            + flow("g", "x", "j")
            + line("j", "end")
        )
    )
    assert not p.marking.stuck and p.do("a", yes=True).marking.stuck
    remote = Play(xml(START + el("serviceTask", "a", operator("mail")) + END + line("start", "a", "end")))
    assert remote.tasks == [] and not remote.marking.stuck


def test_flows_out_of_a_task_are_a_parallel_or_conditional_split():
    p = Play(
        xml(
            START
            + el("userTask", "a")
            + el("userTask", "b")
            + el("userTask", "c")
            + line("start", "a")
            + line("a", "b")
            + flow("f", "a", "c", "more = true")
        )
    )
    before = p.marking
    assert p.do("a", more=True).tasks == ["b", "c"]
    p.marking = before
    assert p.do("a", more=False).tasks == ["b"]


def test_ids_that_stock_reserves_are_ordinary():
    p = Play(
        xml(el("startEvent", "Start") + el("userTask", "Root") + el("endEvent", "End") + line("Start", "Root", "End"))
    )
    assert p.tasks == ["Root"] and p.do("Root").marking.over


def test_the_marking_is_small_and_says_what_it_is():
    p = Play(guarded(timer('"P1D"'), inner=multi(inner="<bpmn:loopCardinality>2</bpmn:loopCardinality>")))
    assert p.marking.to_bytes() == (
        b'{"counters":[{"occurrence":2,"started":2,"total":2}],"issued":5,"timers":[{"due":"2026-01-02T09:00:00.000000Z","element":"stop","occurrence":3}],'
        b'"tokens":[{"element":"a","occurrence":2,"state":"started","via":"f_start_a"},{"element":"stop","host":2,"occurrence":3,"state":"waiting"},'
        b'{"element":"a","host":2,"locals":{"loopCounter":1},"occurrence":4,"state":"ready"},{"element":"a","host":2,"locals":{"loopCounter":2},"occurrence":5,"state":"ready"}]}'
    )
    assert Marking.from_bytes(p.marking.to_bytes()).sha256 == p.marking.sha256


def test_an_inclusive_join_waits_for_an_error_that_may_still_come():
    thrown, root = error("E")
    inner = (
        el("startEvent", "s2")
        + el("userTask", "i")
        + el("exclusiveGateway", "x", default="ok")
        + el("endEvent", "good")
    )
    inner += (
        el("endEvent", "bad", thrown)
        + line("s2", "i", "x")
        + flow("no", "x", "bad", "fine = false")
        + flow("ok", "x", "good")
    )
    doc = xml(
        START
        + el("parallelGateway", "s")
        + el("userTask", "a")
        + el("subProcess", "t", inner)
        + el("boundaryEvent", "stop", thrown, attachedToRef="t")
        + el("endEvent", "other")
        + el("inclusiveGateway", "j")
        + el("userTask", "b")
        + END
        + line("start", "s", "a", "j", "b", "end")
        + line("s", "t", "other")
        + line("stop", "j"),
        root,
    )
    assert Play(doc).do("a").tasks == ["i"]
    assert Play(doc).do("a").do("i", fine=True).tasks == ["b"]
    p = Play(doc).do("a").do("i", fine=False)
    assert p.tasks == ["b"] and p.do("b").marking.over


def edged(way):
    """A loop of two branches; one joins the ways that an activity is left by, and the other waits for it."""
    thrown, root = error("E")
    ended = el("endEvent", "e2", thrown if way == "error" else "")
    inner = el("startEvent", "s2") + el("userTask", "i") + ended + line("s2", "i", "e2")
    event = thrown if way == "error" else timer('"P1D"')
    return xml(
        START
        + el("exclusiveGateway", "again")
        + el("parallelGateway", "s")
        + el("subProcess", "t", inner)
        + el("boundaryEvent", "stop", event, attachedToRef="t")
        + el("inclusiveGateway", "j")
        + el("parallelGateway", "m")
        + el("userTask", "b")
        + el("exclusiveGateway", "x", default="out")
        + END
        + line("start", "again", "s", "t", "j", "m", "b", "x")
        + line("stop", "j")
        + line("s", "m")
        + flow("back", "x", "again", "more = true")
        + flow("out", "x", "end"),
        root,
    )


@pytest.mark.parametrize("way", ["end", "error", "timer"])
def test_an_inclusive_join_does_not_wait_for_what_comes_after_it(way):
    p = Play(edged(way))
    for more in (True, True, False):
        p = p.later(days=1).fire("stop") if way == "timer" else p.do("i")
        assert p.tasks == ["b"]
        p.do("b", more=more)
    assert p.marking.over


DEADLOCK = (
    el("exclusiveGateway", "x", default="f1")
    + el("parallelGateway", "j")
    + flow("f1", "x", "j")
    + flow("f2", "x", "j", "false")
)


@pytest.mark.parametrize("loop", ["", multi(inner="<bpmn:loopCardinality>2</bpmn:loopCardinality>")])
@pytest.mark.parametrize("edge, stuck", [("", True), (el("boundaryEvent", "way", MESSAGE, attachedToRef="s"), False)])
def test_a_deadlock_inside_is_seen_unless_something_may_still_come(loop, edge, stuck):
    inner = el("startEvent", "s2") + DEADLOCK + el("endEvent", "e2") + line("s2", "x") + line("j", "e2")
    p = Play(xml(START + el("subProcess", "s", inner + loop) + edge + END + line("start", "s", "end")))
    assert p.marking.stuck is stuck and not p.marking.over


def test_a_deadlock_beside_something_that_goes_on_is_none_yet():
    body = (
        START
        + el("parallelGateway", "s")
        + el("userTask", "a")
        + DEADLOCK
        + END
        + line("start", "s", "x")
        + line("s", "a", "end")
        + line("j", "end")
    )
    p = Play(xml(body))
    assert not p.marking.stuck and p.do("a").marking.stuck


@pytest.mark.parametrize("value", [1, "yes", None, []])
def test_a_condition_is_true_or_false(value):
    doc = xml(START + el("exclusiveGateway", "x") + END + line("start", "x") + flow("f", "x", "end", "yes"))
    with pytest.raises(StepFailed, match=r"x: the condition yes is .*not true or false"):
        Play(doc, data={"yes": value})


def test_an_exclusive_gateway_without_a_way():
    with pytest.raises(StepFailed, match="x: no condition holds and there is no default"):
        Play(xml(START + el("exclusiveGateway", "x") + END + line("start", "x") + flow("f", "x", "end", "false")))
