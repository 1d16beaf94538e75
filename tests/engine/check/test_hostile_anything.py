"""Anything at all: bytes, spoilt diagrams and graphs by chance get findings, soon, and never an exception."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.work import at_most

from .bundles import (
    AND,
    END,
    EVENTS,
    OR,
    START,
    XOR,
    ask,
    bundle,
    call,
    check,
    decide,
    document,
    el,
    event,
    found,
    message,
    messages,
    script,
    sub,
    table,
    timer,
)
from .hostile import check_in_time, rules

RICH = bundle(
    [
        START,
        ask(
            "a",
            dueIn="4 bh",
            inner="<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        ),
        call("c", variable="r", amount="amount"),
        decide("d", "grade"),
        el(AND, "s"),
        ask("b", variable="bb"),
        script("x", "y = amount + 1"),
        el(AND, "j"),
        event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="b", cancelActivity="false"),
        sub("sub", [el("startEvent", "i"), ask("f", variable="ff"), el("endEvent", "e")], "i > f > e"),
        event("boundaryEvent", "stop", message("m", "mm"), attachedToRef="sub"),
        el(XOR, "q"),
        END,
        sub("h", [event("startEvent", "hs", message("m")), el("endEvent", "he")], "hs > he", triggeredByEvent="true"),
    ],
    "start > a > c > d > s > b > j\ns > x > j > sub > q\nlate > end\nstop > end\nq > a : amount > 3\nq > end : default",
    messages("m"),
    grade_dmn=table(),
)
IN_TIME = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def test_the_rich_bundle_is_in_order():
    assert rules(RICH, "error") == set()


@IN_TIME
@given(
    content=st.binary(max_size=400), path=st.sampled_from(["p.bpmn", "t.dmn", "forms/ask.json", "i18n/zh.json", "x"])
)
def test_any_bytes(content, path):
    check_in_time({path: content})
    check_in_time({**RICH, path: content})


@IN_TIME
@given(data=st.data())
def test_any_change_of_a_diagram(data):
    path = data.draw(st.sampled_from(["p.bpmn", "p.bpmn", "p.bpmn", "grade.dmn", "forms/ask.json", "i18n/zh.json"]))
    text = RICH[path].decode()
    for _ in range(data.draw(st.integers(1, 4))):
        text = changed(data, text)
    check_in_time({**RICH, path: text.encode(errors="replace")})


WORDS = [
    "a",
    "b",
    "s",
    "j",
    "h",
    "sub",
    "p",
    "start",
    "end",
    "late",
    "",
    "default",
    "false",
    "true",
    "q_a",
    "grade",
    "1e9",
    "&lt;",
    "/",
    "subProcess",
    "endEvent",
    "boundaryEvent",
    "exclusiveGateway",
    "userTask",
    "inclusiveGateway",
    "parallelGateway",
]


def changed(data, text):
    """A text in which something is cut, doubled, or another word."""
    words = [place for place, letter in enumerate(text) if letter in '"<>{}: ']
    here = data.draw(st.sampled_from(words or [0]))
    there = next((place for place in words if place > here), len(text))
    kind = data.draw(st.sampled_from(["word", "word", "word", "cut", "double", "letter"]))
    if kind == "cut":
        end = data.draw(st.integers(here, min(here + 200, len(text))))
        return text[:here] + text[end:]
    if kind == "double":
        end = data.draw(st.integers(here, min(here + 300, len(text))))
        return text[:end] + text[here:end] + text[end:]
    if kind == "letter":
        return text[:here] + data.draw(st.characters()) + text[here + 1 :]
    return text[: here + 1] + data.draw(st.sampled_from(WORDS)) + text[there:]


@IN_TIME
@given(data=st.data())
def test_any_graph(data):
    kinds = [
        "userTask",
        "task",
        AND,
        OR,
        XOR,
        EVENTS,
        "serviceTask",
        "endEvent",
        "startEvent",
        "subProcess",
        "callActivity",
        "boundaryEvent",
        "intermediateCatchEvent",
        "businessRuleTask",
    ]
    count = data.draw(st.integers(1, 12))
    ids = [f"n{number}" for number in range(count)]
    nodes = []
    for id in ids:
        kind = data.draw(st.sampled_from(kinds))
        host = {"attachedToRef": data.draw(st.sampled_from(ids))} if kind == "boundaryEvent" else {}
        nodes.append(el(kind, id, **host))
    ends = st.sampled_from([*ids, "start", "end"])
    ways = "\n".join(f"{data.draw(ends)} > {data.draw(ends)} : x > {n}" for n in range(data.draw(st.integers(0, 20))))
    files = {"p.bpmn": document([START, *nodes, END], f"start > {ids[0]}\n{ways}")}
    check_in_time(files)


def test_a_graph_in_which_work_piles_up_ends_in_time():
    nodes = [START, *(el("userTask", f"n{number}") for number in range(5)), el(OR, "join"), END]
    pairs = ["n0 > join", "n0 > end", "n4 > start", "join > n3", "start > join", "n0 > n4"]
    ways = "\n".join(f"{way} : x > {number}" for number, way in enumerate(pairs))
    check_in_time({"p.bpmn": document(nodes, f"start > n0\n{ways}")})


def test_a_thick_graph_ends_in_time():
    ids = [f"n{n}" for n in range(60)]
    nodes = [el([AND, XOR, OR, "task"][n % 4], id) for n, id in enumerate(ids)]
    ways = "\n".join(
        [
            f"start > {ids[0]}",
            *(f"{a} > {b}" for n, a in enumerate(ids) for b in ids[n + 1 : n + 9]),
            f"{ids[-1]} > end",
        ]
    )
    with at_most(4):
        findings = check({"p.bpmn": document([START, *nodes, END], ways)})
    assert any(one.severity == "error" for one in findings)


def test_what_cannot_be_played_to_its_end_is_said():
    several = range(7)
    nodes = [el(AND, "s"), *(el(XOR, f"x{n}") for n in several), *(el(XOR, f"m{n}") for n in several)]
    ways = ["start > s", *(f"s > x{n}" for n in several), *(f"m{n} > end" for n in several)]
    ways += [f"x{n} > m{m} : 1 = {m}" for n in several for m in several]
    with at_most(4):
        assert ("not-searched", "p") in found(bundle([START, *nodes, END], "\n".join(ways)), "info")
