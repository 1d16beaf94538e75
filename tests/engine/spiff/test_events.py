"""Events: boundary, gateway, subprocess, start and end; caught, thrown and withdrawn."""

from decimal import Decimal

import pytest

from engine.errors import StepFailed
from engine.spiff import NotWaiting, correlation_key
from tests.engine.spiff.play import Play
from tests.engine.spiff.xmls import (
    END,
    MESSAGE,
    SIGNAL,
    START,
    TERMINATE,
    el,
    error,
    event_sub,
    flow,
    guarded,
    line,
    many,
    multi,
    timer,
    xml,
)


@pytest.mark.parametrize(
    "definition, happen",
    [
        (MESSAGE, lambda p: p.hear("stop")),
        (SIGNAL, lambda p: p.signal("stop")),
        (timer('"PT2H"'), lambda p: p.later(hours=2).fire("stop")),
    ],
)
def test_boundary_events(definition, happen):
    p = Play(guarded(definition))
    assert p.waits == ["stop"]
    happen(p)
    assert p.tasks == ["late"] and p.waits == [] and p.seen("cancelled") == ["a"] and p.do("late").marking.over
    p = Play(guarded(definition)).do("a")
    assert p.waits == [] and p.tasks == ["b"]
    p = Play(guarded(definition, False))
    happen(p)
    assert p.tasks == ["a", "late"] and p.do("a").tasks == ["b", "late"] and p.waits == []


def test_a_message_beside_an_activity_can_come_again_and_brings_its_payload():
    p = Play(guarded(MESSAGE, False)).hear("stop", {"n": 1}).hear("stop", {"n": 2})
    assert p.tasks == ["a", "late", "late"] and p.marking.data == {"n": 2}


def test_interrupting_boundary_inside_a_parallel_branch_merges_before_the_join():
    p = Play(
        xml(
            START
            + el("parallelGateway", "s")
            + el("userTask", "a")
            + el("boundaryEvent", "stop", MESSAGE, attachedToRef="a")
            + el("exclusiveGateway", "m")
            + el("userTask", "b")
            + el("parallelGateway", "j")
            + el("userTask", "c")
            + END
            + line("start", "s", "a", "m", "j", "c", "end")
            + line("s", "b", "j")
            + line("stop", "m")
        )
    )
    assert p.hear("stop").tasks == ["b"] and p.do("b").tasks == ["c"]


@pytest.mark.parametrize("code, tasks", [("E1", ["late"]), ("E2", None)])
def test_error_end_is_caught_by_the_boundary_or_fails_the_step(code, tasks):
    thrown, root1 = error(code)
    caught, root2 = error("E1")
    inner = (
        el("startEvent", "s2")
        + el("parallelGateway", "g")
        + el("userTask", "i")
        + el("userTask", "k")
        + el("endEvent", "e2", thrown)
        + line("s2", "g", "i", "e2")
        + line("g", "k")
    )
    p = Play(
        guarded(
            caught, kind="subProcess", inner=inner + el("endEvent", "e3"), roots=root1 + (root2 if code != "E1" else "")
        )
    )
    if tasks:
        assert p.do("i").tasks == tasks and p.seen("cancelled") == ["a", "k", "e2"]
    else:
        with pytest.raises(StepFailed, match="nobody catches the error E2"):
            p.do("i")


def test_an_error_in_an_instance_and_in_a_called_process_is_caught_outside():
    thrown, root = error("E1")
    inner = (
        el("startEvent", "s2")
        + el("userTask", "i")
        + el("exclusiveGateway", "x", default="ok")
        + el("endEvent", "good")
        + el("endEvent", "bad", thrown)
        + line("s2", "i", "x")
        + flow("no", "x", "bad", "ok = false")
        + flow("ok", "x", "good")
    )
    p = Play(guarded(thrown, kind="subProcess", inner=multi() + inner, roots=root), data={"funds": [1, 2, 3]})
    assert p.do("i", ok=True).tasks == ["i", "i"] and p.do("i", ok=False).tasks == ["late"]
    assert [t.element for t in p.marking.tokens] == ["late"] and p.marking.counters == ()
    p = Play(guarded(thrown, kind="callActivity", calledElement="q", roots=root), xml(inner, root, key="q"))
    assert p.do("i", ok=False).tasks == ["late"]


def test_event_based_gateway_with_two_timers_and_a_message():
    p = Play(
        xml(
            START
            + el("eventBasedGateway", "g")
            + el("intermediateCatchEvent", "t1", timer('"PT1H"'))
            + el("intermediateCatchEvent", "t2", timer('"PT3H"'))
            + el("intermediateCatchEvent", "m", MESSAGE)
            + el("userTask", "a")
            + el("userTask", "b")
            + el("userTask", "c")
            + END
            + line("start", "g", "t1", "a", "end")
            + line("g", "t2", "b", "end")
            + line("g", "m", "c", "end")
        )
    )
    assert [t.due for t in p.marking.timers] == [
        "2026-01-01T10:00:00.000000Z",
        "2026-01-01T12:00:00.000000Z",
    ] and p.waits == ["m", "t1", "t2"]
    before = p.marking
    with pytest.raises(NotWaiting):
        p.fire("t1")
    assert p.later(hours=1).fire("t1").tasks == ["a"] and p.waits == [] and p.seen("taken") == ["f_g_t1", "f_t1_a"]
    p.marking = before
    assert p.hear("m").tasks == ["c"] and p.seen("disarmed") == ["t1", "t2"]
    with pytest.raises(NotWaiting):
        p.hear("m")


def test_catch_and_throw_in_the_flow():
    key = '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="order"/></spiffworkflow:properties></bpmn:extensionElements>'
    roots = '<bpmn:message id="M" name="paid"/><bpmn:signal id="S" name="alarm"/>'
    caught = (
        key
        + '<bpmn:messageEventDefinition messageRef="M"><bpmn:extensionElements><spiffworkflow:messageVariable>payment</spiffworkflow:messageVariable></bpmn:extensionElements></bpmn:messageEventDefinition>'
    )
    thrown = '<bpmn:messageEventDefinition messageRef="M"><bpmn:extensionElements><spiffworkflow:messagePayload>{"sum": amount}</spiffworkflow:messagePayload></bpmn:extensionElements></bpmn:messageEventDefinition>'
    p = Play(
        xml(
            START
            + el("intermediateThrowEvent", "throw", thrown)
            + el("intermediateCatchEvent", "catch", caught)
            + el("intermediateThrowEvent", "ring", '<bpmn:signalEventDefinition signalRef="S"/>')
            + el("intermediateCatchEvent", "wait", '<bpmn:signalEventDefinition signalRef="S"/>')
            + END
            + line("start", "throw", "catch", "ring", "wait", "end"),
            roots,
        ),
        data={"amount": Decimal("12.50"), "order": "42"},
    )
    assert [e.detail for e in p.effects if e.kind == "thrown"] == [
        {"kind": "message", "name": "paid", "payload": {"sum": Decimal("12.5")}}
    ]
    with pytest.raises(NotWaiting):
        p.hear("paid", {}, key='{"order":"41"}')
    assert (
        p.hear("paid", {"sum": 1}, key='{"order":"42"}').waits == ["wait"]
        and p.marking.data["payment"] == {"sum": 1}
        and p.seen("thrown") == ["ring"]
    )
    assert p.signal("alarm").marking.over


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_the_content_of_a_message_is_a_context_or_nothing(kind):
    def thrown(payload):
        content = f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>"
        inner = f"<bpmn:extensionElements>{content}</bpmn:extensionElements>"
        said = f'<bpmn:messageEventDefinition messageRef="M">{inner}</bpmn:messageEventDefinition>'
        body = START + el("userTask", "ask") + el(kind, "throw", said) + line("start", "ask", "throw")
        body += "" if kind == "endEvent" else END + line("throw", "end")
        return Play(xml(body, '<bpmn:message id="M" name="paid"/>'))

    for payload in ("amount", "null", "{sum: 1}"):
        assert thrown(payload).do("ask", amount=None).seen("thrown") == ["throw"]
    for value in (42, False, "", [], "text"):
        with pytest.raises(StepFailed, match="throw: the content of the message paid is no context: amount"):
            thrown("amount").do("ask", amount=value)


def test_a_signal_thrown_inside_reaches_whoever_waits_in_the_case():
    inner = (
        el("startEvent", "s2")
        + el("userTask", "i")
        + el("intermediateThrowEvent", "stop", SIGNAL)
        + el("userTask", "never")
        + el("endEvent", "e2")
        + line("s2", "i", "stop", "never", "e2")
    )
    doc = xml(
        START
        + el("subProcess", "a", inner)
        + el("boundaryEvent", "b", '<bpmn:signalEventDefinition signalRef="S"/>', attachedToRef="a")
        + el("userTask", "late")
        + END
        + line("start", "a", "end")
        + line("b", "late", "end"),
        '<bpmn:signal id="S" name="stop"/>',
    )
    p = Play(doc).do("i")
    assert p.tasks == ["late"] and p.waits == [] and p.do("late").marking.over


def test_terminate_ends_its_scope_only():
    inner = (
        el("startEvent", "s2")
        + el("parallelGateway", "g")
        + el("userTask", "i")
        + el("userTask", "k")
        + el("endEvent", "e2", TERMINATE)
        + line("s2", "g", "i", "e2")
        + line("g", "k")
    )
    p = Play(guarded(MESSAGE, kind="subProcess", inner=inner))
    assert p.do("i").tasks == ["b"] and p.waits == [] and p.seen("cancelled") == ["k"]
    p = Play(
        xml(
            START
            + el("parallelGateway", "g")
            + el("userTask", "i")
            + el("userTask", "k")
            + el("endEvent", "e", TERMINATE)
            + line("start", "g", "i", "e")
            + line("g", "k")
        )
    )
    assert p.do("i").marking.over and p.seen("ended") == ["p"]


@pytest.mark.parametrize(
    "definition, happen",
    [
        (MESSAGE, lambda p: p.hear("es", {"why": 1})),
        (timer('"PT1H"'), lambda p: p.later(hours=1).fire("esp")),
        (SIGNAL, lambda p: p.signal("es")),
    ],
)
def test_event_subprocess(definition, happen):
    p = Play(event_sub(definition))
    assert p.waits == ["esp"]
    happen(p)
    assert p.tasks == ["help"] and p.waits == [] and p.do("help").marking.over
    assert Play(event_sub(definition)).do("a").marking.over
    p = Play(event_sub(definition, False))
    happen(p)
    assert p.tasks == ["a", "help"] and not p.do("a").marking.over
    assert p.do("help").marking.over


def test_event_subprocess_for_an_error():
    thrown, root = error("E")
    inner = el("startEvent", "es", thrown) + el("userTask", "help") + el("endEvent", "ee") + line("es", "help", "ee")
    p = Play(
        xml(
            START
            + el("userTask", "a")
            + el("endEvent", "end", thrown)
            + line("start", "a", "end")
            + el("subProcess", "esp", inner, triggeredByEvent="true"),
            root,
        )
    )
    assert p.waits == [] and p.do("a").tasks == ["help"] and p.do("help").marking.over


def test_message_start_beside_a_plain_start():
    doc = xml(
        START
        + el("startEvent", "call", MESSAGE)
        + el("userTask", "a")
        + el("userTask", "b")
        + END
        + line("start", "a", "end")
        + line("call", "b", "end")
    )
    assert Play(doc).tasks == ["a"]
    p = Play(doc, message="call", payload={"who": "ann"})
    assert p.tasks == ["b"] and p.marking.data == {"who": "ann"} and p.do("b").marking.over
    with pytest.raises(NotWaiting):
        Play(doc, message="nobody")


def test_a_failing_step_of_a_receive_task_and_manual_task_and_plain_task():
    p = Play(
        xml(
            START
            + el("task", "t")
            + el("manualTask", "m")
            + el("receiveTask", "r")
            + el("boundaryEvent", "b", timer('"PT1H"'), attachedToRef="r")
            + el("sendTask", "w", "", messageRef="M")
            + END
            + line("start", "t", "m", "r", "w", "end")
            + line("b", "end"),
            '<bpmn:message id="M" name="sent"/>',
        ).replace(b'<bpmn:receiveTask id="r" name="r">', b'<bpmn:receiveTask id="r" name="r" messageRef="M">')
    )
    assert p.tasks == ["m"] and p.do("m").waits == ["b", "r"]
    assert p.hear("sent").marking.over and p.seen("thrown") == ["w"] and p.seen("disarmed") == ["b"]


def keyed(expression):
    return f'<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="{expression}"/></spiffworkflow:properties></bpmn:extensionElements>'


@pytest.mark.parametrize(
    "expression, key",
    [
        ("order", '{"order":42}'),
        ("customer.id", '{"id":"C7"}'),
        ("{order: order, who: customer.id}", '{"order":42,"who":"C7"}'),
        ("price", '{"price":19.9}'),
        ("{b: 1, a: [true, null]}", '{"a":[true,null],"b":1}'),
        ("day", '{"day":"2026-01-01"}'),
    ],
)
def test_the_key_of_a_subscription_is_canonical_json(expression, key):
    data = {"order": 42, "customer": {"id": "C7"}, "price": Decimal("19.90"), "day": "2026-01-01"}
    catch = el("intermediateCatchEvent", "m", keyed(expression) + MESSAGE)
    p = Play(xml(START + catch + el("userTask", "a") + line("start", "m", "a")), data=data)
    assert [s.key for s in p.marking.subscriptions] == [key]
    assert [e.detail["key"] for e in p.effects if e.kind == "subscribed"] == [key]
    with pytest.raises(NotWaiting):
        p.hear("m", key="")
    assert p.hear("m", key=key).tasks == ["a"]


def test_a_key_is_worked_out_when_the_wait_begins():
    doc = guarded(keyed("order") + MESSAGE)
    p = Play(doc, data={"order": 1})
    again = p.take(p.stepper.message(p.marking, "stop", {"order": 2}, p.at, key=correlation_key("order", 1)))
    assert again.tasks == ["late"] and again.marking.data == {"order": 2}
    with pytest.raises(StepFailed, match=r"stop: .*unknown name order"):
        Play(doc)


@pytest.mark.parametrize("beside", ["boundary", "event subprocess"])
def test_an_event_that_can_come_again_keeps_its_key(beside):
    definition = keyed("order") + MESSAGE
    doc, name = (guarded(definition, False), "stop") if beside == "boundary" else (event_sub(definition, False), "es")
    p = Play(doc, data={"order": 1})
    for _ in range(2):
        p.hear(name, {"order": 2}, key='{"order":1}')
    assert [s.key for s in p.marking.subscriptions] == ['{"order":1}'] and len(p.tasks) == 3


def test_each_instance_waits_with_its_own_key():
    inner = el("startEvent", "s2") + el("intermediateCatchEvent", "w", keyed("fund") + MESSAGE) + el("endEvent", "e2")
    p = Play(many(multi(), "subProcess", inner + line("s2", "w", "e2")), data={"funds": ["A", "B"]})
    p.hear("w", {"mark": 2}, key='{"fund":"B"}')
    assert p.hear("w", {"mark": 1}, key='{"fund":"A"}').marking.data["marks"] == [1, 2]


def test_a_signal_that_nobody_hears():
    p = Play(guarded(MESSAGE))
    with pytest.raises(NotWaiting, match="nothing waits for the signal alarm"):
        p.signal("alarm")


def test_a_timer_at_a_moment():
    p = Play(guarded(timer('"2026-01-01T12:00:00Z"')))
    assert [t.due for t in p.marking.timers] == ["2026-01-01T12:00:00.000000Z"]
    with pytest.raises(StepFailed, match=r"stop: the term .* is out of range"):
        Play(guarded(timer('date and time("9999-12-31T23:00:00-05:00")')))
