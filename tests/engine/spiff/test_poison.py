"""What hangs, crashes or misleads stock SpiffWorkflow: each is passed by, refused by name, or fails the step."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import ExpressionError, MalformedXml, StepFailed
from engine.spiff import Marking, NotWaiting, Refused, parse
from tests.engine.spiff.play import AT, Play, within
from tests.engine.spiff.xmls import END, MESSAGE, START, el, event_sub, flow, guarded, line, timer, xml

MIWG = Path(__file__).parents[4] / "shared" / "conformance" / "bpmn-miwg"


@pytest.fixture(autouse=True)
def watchdog():
    with within(seconds=60):
        yield


def test_a_data_object_reference_that_nobody_owns():
    inner = el("dataObjectReference", "r", dataObjectRef="nobody") + el("startEvent", "s2")
    inner += el(
        "userTask", "a", "<bpmn:dataInputAssociation><bpmn:sourceRef>r</bpmn:sourceRef></bpmn:dataInputAssociation>"
    )
    p = Play(
        xml(
            START
            + el("subProcess", "s", inner + el("endEvent", "e2") + line("s2", "a", "e2"))
            + END
            + line("start", "s", "end")
        )
    )
    assert p.tasks == ["a"] and p.do("a").marking.over


@pytest.mark.parametrize(
    "term",
    [
        '"P99999999999M"',
        'duration("P99999999999M")',
        '"P99999999999D"',
        'duration("P99999999999D")',
        '"PT1E400S"',
        '"P0.5Y"',
        '"9999999-01-01T00:00:00Z"',
        'date("2026-01-01") + duration("P9000Y")',
        '"soon"',
        "17",
        "null",
    ],
)
def test_absurd_terms_fail_the_step(term):
    with pytest.raises(StepFailed, match=r"^stop: "):
        Play(guarded(timer(term)))


def test_a_call_to_itself():
    itself = xml(START + el("callActivity", "c", calledElement="p") + END + line("start", "c", "end"))
    with pytest.raises(StepFailed, match="more than 20 scopes"):
        Play(itself)
    there = xml(START + el("callActivity", "c", calledElement="q") + END + line("start", "c", "end"))
    back = xml(START + el("callActivity", "c", calledElement="p") + END + line("start", "c", "end"), key="q")
    with pytest.raises(StepFailed, match="more than 20 scopes"):
        Play(there, back)


def test_data_whose_keys_mean_something_to_its_serializer():
    data = {"typename": "Task", "__class__": "x", "self": 1, "data": {"typename": None}, "": 0}
    p = Play(xml(START + el("userTask", "a") + el("userTask", "b") + line("start", "a", "b")), data=data)
    assert p.do("a", typename="date").marking.data == {**data, "typename": "date"}


@pytest.mark.parametrize(
    "kind, inner", [("userTask", ""), ("scriptTask", "<bpmn:script>n = n + 1</bpmn:script>"), ("task", "")]
)
def test_eight_hundred_tasks_in_a_row(kind, inner):
    names = [f"t{i}" for i in range(800)]
    body = "".join(el(kind, name, inner) for name in names)
    p = Play(xml(START + body + el("userTask", "last") + END + line("start", *names, "last", "end")), data={"n": 0})
    if kind == "userTask":
        for name in names:
            assert p.tasks == [name]
            p.do(name)
    assert p.tasks == ["last"] and p.marking.data == {"n": 800 if kind == "scriptTask" else 0}


def test_two_hundred_subprocesses_inside_each_other():
    def nested(depth):
        if depth == 0:
            return el("userTask", "a")
        inner = nested(depth - 1)
        first = "a" if depth == 1 else f"s{depth - 1}"
        return el(
            "subProcess",
            f"s{depth}",
            el("startEvent", f"b{depth}") + inner + el("endEvent", f"e{depth}") + line(f"b{depth}", first, f"e{depth}"),
        )

    def diagram(depth):
        return xml(START + nested(depth) + END + line("start", f"s{depth}", "end"))

    assert Play(diagram(20)).do("a").marking.over
    with pytest.raises(Refused, match="more than 20 subprocesses"):
        parse(diagram(21))
    with pytest.raises(MalformedXml, match="nested"):
        parse(diagram(250))


def test_an_event_subprocess_is_not_an_ordinary_one():
    p = Play(event_sub(MESSAGE))
    assert p.tasks == ["a"] and p.waits == ["esp"] and p.hear("es").tasks == ["help"]


def test_xml_writes_true_as_one_and_false_as_zero():
    p = Play(
        event_sub(MESSAGE)
        .replace(b'triggeredByEvent="true"', b'triggeredByEvent="1"')
        .replace(b'isInterrupting="true"', b'isInterrupting="0"')
    )
    assert p.waits == ["esp"] and p.hear("es").tasks == ["a", "help"]
    assert Play(guarded(MESSAGE).replace(b'cancelActivity="true"', b'cancelActivity="0"')).hear("stop").tasks == [
        "a",
        "late",
    ]


def test_a_message_that_nobody_waits_for_changes_nothing():
    p = Play(guarded(MESSAGE))
    for name, key in [("other", ""), ("stop", '{"order":"1"}')]:
        with pytest.raises(NotWaiting):
            p.hear(name, key=key)
    assert p.tasks == ["a"] and p.waits == ["stop"]


def test_one_message_reaches_one_token():
    branches = "".join(
        el("intermediateCatchEvent", name, '<bpmn:messageEventDefinition messageRef="M"/>') + line("g", name)
        for name in ("m1", "m2")
    )
    p = Play(
        xml(START + el("parallelGateway", "g") + branches + line("start", "g"), '<bpmn:message id="M" name="paid"/>')
    )
    with pytest.raises(NotWaiting, match="2 tokens wait"):
        p.hear("paid")
    assert p.hear("paid", to=p.of("m2", p.marking.subscriptions)).waits == ["m1"] and p.hear("paid").marking.over


def moved(y_big, y_small):
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="0" y="{y}" width="9" height="9"/></bpmndi:BPMNShape>'
        for name, y in (("big", y_big), ("small", y_small))
    )
    plane = (
        '<bpmndi:BPMNDiagram id="di" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
        f'<bpmndi:BPMNPlane id="pl" bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>'
    )
    body = START + el("exclusiveGateway", "x") + el("userTask", "big") + el("userTask", "small") + line("start", "x")
    body += flow("f1", "x", "big", "amount &gt; 1") + flow("f2", "x", "small", "amount &gt; 0")
    return xml(body).replace(b"</bpmn:definitions>", plane.encode())


def test_moving_a_box_does_not_change_the_path():
    assert Play(moved(0, 900), data={"amount": 5}).tasks == Play(moved(900, 0), data={"amount": 5}).tasks == ["big"]


def test_an_interrupting_boundary_event_in_a_parallel_branch_that_ends_leaves_a_deadlock_that_is_seen():
    body = (
        START
        + el("parallelGateway", "s")
        + el("userTask", "a")
        + el("boundaryEvent", "stop", MESSAGE, attachedToRef="a")
    )
    body += el("userTask", "b") + el("parallelGateway", "j") + END + el("endEvent", "other")
    p = Play(xml(body + line("start", "s", "a", "j", "end") + line("s", "b", "j") + line("stop", "other")))
    assert not p.hear("stop").marking.stuck and p.do("b").marking.stuck and not p.marking.over


def test_two_timers_on_one_event_gateway_have_two_moments():
    body = (
        START
        + el("eventBasedGateway", "g")
        + el("intermediateCatchEvent", "t1", timer('"PT1H"'))
        + el("intermediateCatchEvent", "t2", timer('"PT3H"'))
    )
    p = Play(
        xml(body + el("userTask", "a") + el("userTask", "b") + line("start", "g", "t1", "a") + line("g", "t2", "b"))
    )
    assert len({t.due for t in p.marking.timers}) == 2
    assert p.later(hours=3).fire("t2").tasks == ["b"] and p.marking.timers == ()


def test_lanes_inside_subprocesses():
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Front Desk"><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    within_sub = '<bpmn:laneSet id="ls2"><bpmn:lane id="l2" name="Back Office"><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    inner = (
        within_sub
        + el("startEvent", "s2")
        + el("userTask", "a")
        + el("userTask", "b")
        + el("endEvent", "e2")
        + line("s2", "a", "b", "e2")
    )
    p = Play(xml(lanes + START + el("subProcess", "s", inner) + END + line("start", "s", "end")))
    assert offers(p) == {"a": ["front_desk"]} and offers(p.do("a")) == {"b": ["back_office"]}


def offers(p):
    return {e.element: e.detail["groups"] for e in p.effects if e.kind == "offered"}


def test_gateways_keep_their_extensions():
    stage = '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="stage" value="front"/></spiffworkflow:properties></bpmn:extensionElements>'
    for kind in ("exclusiveGateway", "parallelGateway", "inclusiveGateway"):
        bundle = parse(xml(START + el(kind, "g", stage) + END + line("start", "g", "end")))
        assert bundle.process.task_specs["g"].extensions == {"properties": {"stage": "front"}}


def test_an_inclusive_split_without_a_true_condition():
    body = (
        START
        + el("userTask", "ask")
        + el("inclusiveGateway", "i")
        + el("userTask", "a")
        + line("start", "ask", "i")
        + flow("f", "i", "a", "yes = true")
    )
    p = Play(xml(body))
    with pytest.raises(StepFailed, match="i: no condition holds and there is no default"):
        p.do("ask", yes=False)
    assert p.tasks == ["ask"] and p.do("ask", yes=True).tasks == ["a"]


def test_a_message_start_event_does_not_wait_for_its_own_message():
    doc = xml(el("startEvent", "start", MESSAGE) + el("userTask", "a") + END + line("start", "a", "end"))
    p = Play(doc, data={"x": 1}, message="start", payload={"y": 2})
    assert p.tasks == ["a"] and p.waits == [] and p.marking.data == {"x": 1, "y": 2}
    with pytest.raises(NotWaiting):
        Play(doc)


@pytest.mark.parametrize(
    "element, what, body",
    [
        ("a", "there twice", el("userTask", "a") + el("scriptTask", "a")),
        ("p", "there twice", el("subProcess", "p", el("startEvent", "s2") + el("endEvent", "e2"))),
        ("a b", "no name", el("userTask", "a b")),
        ("?", "no name", "<bpmn:userTask/>"),
        ("s", "Exactly one start event", el("subProcess", "s", triggeredByEvent="true")),
        ("s", "Exactly one start event", el("subProcess", "s")),
        (
            "m",
            "cannot be read",
            el("intermediateCatchEvent", "m", '<bpmn:messageEventDefinition messageRef="nobody"/>'),
        ),
        (
            "m",
            "without a name",
            "<bpmn:intermediateCatchEvent id='m'><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>",
        ),
        ("m", "must specify a cardinality", el("userTask", "m", "<bpmn:multiInstanceLoopCharacteristics/>")),
        ("o", "must have an operator", el("serviceTask", "o")),
        ("c", "calledElement", el("callActivity", "c")),
        ("t", "a timer without", el("intermediateCatchEvent", "t", timer(""))),
        ("f", "leads nowhere", flow("f", "start", "nobody")),
        ("f", "into something that an event begins", flow("f", "start", "start")),
        ("f", "out of something that ends", flow("f", "end", "start")),
        (
            "u",
            "the attribute value is missing",
            el(
                "userTask",
                "u",
                "<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name='x'/></spiffworkflow:properties></bpmn:extensionElements>",
            ),
        ),
    ],
)
def test_what_cannot_be_read_is_refused_and_names_its_element(element, what, body):
    with pytest.raises(Refused, match=what) as refused:
        parse(xml(START + END + body + line("start", "end")))
    assert refused.value.element == element


def test_a_comment_does_not_cut_an_expression_short():
    body = (
        START
        + el("exclusiveGateway", "x", default="g")
        + el("userTask", "a")
        + el("userTask", "b")
        + line("start", "x")
    )
    body += flow("f", "x", "a", "n &gt; 1 <!-- big --> and n &lt; 9") + flow("g", "x", "b")
    assert Play(xml(body), data={"n": 5}).tasks == ["a"] and Play(xml(body), data={"n": 10}).tasks == ["b"]


@pytest.mark.skipif(not MIWG.exists(), reason="the conformance files are not there")
@pytest.mark.parametrize("path", sorted(MIWG.glob("*.bpmn")), ids=lambda path: path.stem)
def test_foreign_diagrams_are_parsed_or_refused_by_name(path):
    try:
        parse(path.read_bytes())
    except Refused as refused:
        assert refused.element and refused.what


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


HOSTILE = {
    "surrogate": ("half of a surrogate pair", "\ud800"),
    "surrogate in a key": ("half of a surrogate pair", {"\udfff": 1}),
    "huge integer": ("more than 60 digits", 10**5000),
    "huge decimal": ("too large", Decimal("1E+999999")),
    "tiny decimal": ("too small", Decimal("1E-999999")),
    "huge float": ("canonical form|too large", 1e308 * 10),
    "not a number": ("canonical form", float("nan")),
    "deep": ("nested more than 40 deep", nested(100_000)),
    "deep object": ("nested more than 40 deep", {"a": nested(50)}),
}


@pytest.mark.parametrize("what, value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_data_is_refused_with_a_reason_wherever_it_comes_in(what, value):
    p = Play(guarded(MESSAGE))
    before = p.marking.to_bytes()
    for take in (
        lambda: p.stepper.start({"x": value}, AT),
        lambda: p.do("a", x=value),
        lambda: p.hear("stop", {"x": value}),
    ):
        with pytest.raises(ValueError, match=what):
            take()
    assert p.marking.to_bytes() == before


def test_data_that_contain_themselves():
    circle: list = []
    circle.append(circle)
    with pytest.raises(ValueError, match="nested"):
        Play(guarded(MESSAGE)).do("a", x=circle)


def test_as_deep_and_as_long_as_data_may_be():
    deepest, longest = nested(38), 10**60
    p = Play(guarded(MESSAGE), data={"x": deepest, "n": longest, "m": -longest})
    assert p.do("a").marking.data == {"x": deepest, "n": longest, "m": -longest}
    assert Marking.from_bytes(p.marking.to_bytes()) == p.marking


@pytest.mark.parametrize(
    "script, why",
    [
        ("x = 10 ** 1000", "x"),
        ("x = 99999999999 ** 99999999999", ""),
        ('x = string join(for i in 1..9000 return "abcdefghijklmnopqrstuvwxyz")', ""),
        ("x = for i in 1..100, j in 1..100, k in 1..100 return i", "work|items"),
        ("x = [[[[[x]]]]]", "nested"),
    ],
)
def test_scripts_that_make_too_much_fail_the_step(script, why):
    body = (
        START
        + el("scriptTask", "s", f"<bpmn:script>{script}</bpmn:script>")
        + el("userTask", "a")
        + line("start", "s", "a")
    )
    with pytest.raises(StepFailed, match=f"^s: .*({why})"):
        Play(xml(body), data={"x": nested(38)})


def test_the_error_of_an_expression_has_line_and_column():
    body = START + el("scriptTask", "s", "<bpmn:script>a = 1\nb = a +</bpmn:script>") + line("start", "s")
    with pytest.raises(StepFailed) as failed:
        Play(xml(body))
    cause = failed.value.__cause__
    assert isinstance(cause, ExpressionError) and cause.line == 2 and failed.value.element == "s"
