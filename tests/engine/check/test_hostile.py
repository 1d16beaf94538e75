"""Whatever the files are: findings, soon, and never an exception."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.calendars import default, functions, parameters_function
from engine.check import RULES
from engine.feel import Language
from engine.operators import Operator, Registry

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
    extensions,
    form,
    found,
    message,
    messages,
    properties,
    script,
    simple,
    sub,
    table,
    timer,
    translated,
)

CALENDARS = Language(host=(*functions(default()), parameters_function({})))
SHARED = Path("../shared")
MIWG = sorted(SHARED.glob("conformance/bpmn-miwg/*.bpmn"))
MODELS = sorted(path.parent for path in SHARED.glob("models/*/*.bpmn"))
OWN = sorted(path.parent for path in Path("bpmn_diagrams").glob("*/*.bpmn"))


def check_in_time(files):
    """The findings, for less than a second of work."""
    began = time.process_time()
    findings = check(files)
    assert time.process_time() - began < 1
    assert all(one.rule in RULES and one.message for one in findings)
    return findings


def rules(files, *severities, **given):
    return {rule for rule, _ in found(files, *severities, **given)}


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"<",
        b"\xff\xfe<a/>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b"<a>" * 5000,
        b"<a>" * 250 + b"</a>" * 250,
        b"<a>" + b" " * 4_000_001 + b"</a>",
        b'<a xmlns:b="\xf0"/>',
    ],
)
def test_hostile_xml_is_malformed(content):
    assert rules({"p.bpmn": content}, "error") == {"malformed-xml"}
    assert "malformed-xml" in rules({"p.dmn": content}, "error")


def test_the_place_of_malformed_xml():
    (one,) = [one for one in check({"p.bpmn": b"<a>\n  <b>\n</a>"}) if one.rule == "malformed-xml"]
    assert (one.file, one.line) == ("p.bpmn", 3) and one.column > 0


@pytest.mark.parametrize("content", [b"<a/>", b'<html xmlns="http://www.w3.org/1999/xhtml"/>'])
def test_xml_that_is_no_bpmn_holds_no_process(content):
    assert rules({"p.bpmn": content}, "error") == {"no-process"}


# The poisons of stock SpiffWorkflow, and of other engines


def test_a_reference_to_a_data_object_that_nobody_owns():
    inner = sub(
        "s", [el("startEvent", "i"), ask("a"), el("endEvent", "e"), el("dataObjectReference", "d")], "i > a > e"
    )
    assert rules(simple(inner, ways="start > s > end"), "error") == set()


@pytest.mark.parametrize(
    "text",
    [
        "P99999999999M",
        '"P99999999999M"',
        '"PT0S"',
        '"-PT5M"',
        '"P100Y"',
        '"soon"',
        "PT72H",
        "2 BD",
        "5",
        "business_days(0)",
        'duration("P90Y")',
        "",
        "true",
    ],
)
def test_timers_that_are_malformed_or_absurd(text):
    wait = event("intermediateCatchEvent", "w", timer(text))
    assert rules(simple(wait, ways="start > w > end"), "error") == {"timer-malformed"}


@pytest.mark.parametrize(
    "text",
    ['"PT72H"', '"2 BD"', '"2026-01-31T10:00:00Z"', "business_days(2)", 'duration("PT" + "1H")', 'date("2026-02-03")'],
)
def test_timers_that_are_right(text):
    wait = event("intermediateCatchEvent", "w", timer(text, "timeDate"))
    assert rules(simple(wait, ways="start > w > end"), "error") == set()


@pytest.mark.parametrize(
    "text",
    [
        "4 bh",
        "2 h24",
        "2 BD",
        "5 TD",
        "15 ND",
        "PT5M",
        "P2M",
        "2026-01-31",
        "= amount",
        "= &quot;2 BD&quot;",
        "= if amount > 1 then &quot;1 BD&quot; else &quot;2 BD&quot;",
    ],
)
def test_terms_of_tasks(text):
    files = simple(ask("o"), ask("a", dueIn=text), ways="start > o > a > end")
    assert rules(files, "error") == set()


@pytest.mark.parametrize("text", ["4", "two days", "= &quot;2 weeks&quot;", "0 BD", "99999 BD", "= 3", "=", "= amuont"])
def test_terms_that_are_none(text):
    files = simple(ask("o"), ask("a", dueIn=text), ways="start > o > a > end")
    assert rules(files, "error") <= {"timer-malformed", "unknown-name", "expression-syntax"} and rules(files, "error")


def test_cycles_are_not_executed():
    wait = event("intermediateCatchEvent", "w", timer("R3/PT1H", "timeCycle"))
    assert rules(simple(wait, ways="start > w > end"), "error") == {"timer-malformed"}


def test_case_data_with_a_name_that_breaks_other_engines():
    files = simple(
        ask("a"),
        script("s", "x = typename"),
        ways="start > a > s > end",
        ask_json=form(("typename",), typename={"type": "string"}),
    )
    assert rules(files) == set()


def test_eight_hundred_tasks_in_a_row():
    ids = [f"t{n}" for n in range(800)]
    files = bundle([START, *(ask(id, variable=id) for id in ids), END], " > ".join(["start", *ids, "end"]))
    began = time.monotonic()
    assert rules(files) == set() and time.monotonic() - began < 5


def test_an_event_subprocess_is_none_that_the_flow_leads_to():
    handler = sub(
        "h", [event("startEvent", "hs", message("m")), el("endEvent", "he")], "hs > he", triggeredByEvent="true"
    )
    assert rules(simple(ask("a"), handler, ways="start > a > end", roots=messages("m"))) == set()
    plain = handler.replace(message("m"), "")
    assert rules(simple(ask("a"), plain, ways="start > a > end"), "error") == {"no-start"}


def test_two_timers_at_one_event_gateway():
    nodes = [
        el(EVENTS, "g"),
        *(event("intermediateCatchEvent", id, timer(f'"PT{n}H"')) for n, id in enumerate("ab", 1)),
    ]
    assert rules(bundle([START, *nodes, END], "start > g > a > end\ng > b > end")) == set()


def test_a_lane_inside_a_subprocess_is_for_its_tasks():
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Team leader"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    inner = sub("s", [lanes, el("startEvent", "i"), ask("a", groups=""), el("endEvent", "e")], "i > a > e")
    assert rules(simple(inner, ways="start > s > end"), known_groups={"team_leader"}) == set()
    assert rules(simple(inner, ways="start > s > end"), known_groups={"csr"}) == {"unknown-group"}


def test_an_inclusive_split_that_may_find_no_way():
    ways = "start > o > s\ns > a : amount > 1\ns > b : amount > 2\na > j > end\nb > j"
    nodes = [ask("o"), el(OR, "s"), *(ask(id, variable=id) for id in "ab"), el(OR, "j")]
    assert rules(bundle([START, *nodes, END], ways)) == {"no-default"}
    assert rules(bundle([START, *nodes, END], ways.replace("amount > 2", "true"))) == set()


def test_python_is_no_expression():
    files = simple(script("s", "x = random._os.popen('id').read()"), ways="start > s > end")
    assert rules(files, "error") <= {"expression-syntax", "unknown-name"} and rules(files, "error")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"1",
        b"null",
        b"{" * 9999,
        b'{"a":' * 5000,
        b'{"type": "array"}',
        b'{"type": 3}',
        b'{"properties": 3}',
        b'{"pattern": "("}',
        b"\xff",
        b"{}" + b" " * 500_000,
        b'{"properties": {"a": {"$ref": "file:///etc/passwd"}}}',
        b'{"properties": {"a": {"pattern": "(x+)+y"}}}',
        b'{"required": ["a", 3], "x-order": 1}',
    ],
)
def test_hostile_forms(content):
    assert rules(simple(ask("a"), ask_json=content), "error") - {"form-malformed"} <= {
        "form-reference",
        "unsafe-pattern",
        "form-unsendable",
    }
    assert rules(simple(ask("a"), ask_json=content), "error")


@pytest.mark.parametrize(
    "pattern, safe",
    [
        ("^1[3-9]\\d{9}$", True),
        ("^(a|b)*$", True),
        ("^(a|ab)*$", True),
        ("(a*)*", False),
        ("(a+b?)+", False),
        ("(\\w+\\s?)*x", False),
        ("((ab){2})+", True),
        ("(a{1,3}){60}", False),
        ("[", False),
        ("(?=(a+)+)", False),
    ],
)
def test_patterns(pattern, safe):
    files = simple(ask("a"), ask_json=form(note={"type": "string", "pattern": pattern}))
    assert (rules(files, "error") == set()) is safe


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.json", "a\\b.json", "c:x", "", "a//b", "x\0y", "forms/\n.json"])
def test_hostile_paths(path):
    assert "file-name" in rules({**simple(ask("a")), path: b"{}"}, "error")


def test_tables_that_are_too_large_or_no_tables():
    rows = [(f"= {n}", "1") for n in range(2001)]
    assert rules({"grade.dmn": table(rows=rows)}, "error") == {"too-many"}
    assert rules({"grade.dmn": b"<definitions/>"}, "error") == {"decision-malformed", "decision-bundle"}
    literal = (
        b'<definitions><decision id="a"><literalExpression><text>1</text></literalExpression></decision></definitions>'
    )
    assert rules({"a.dmn": literal}, "error") == {"decision-malformed"}


def test_a_shared_decision_alone():
    assert rules(translated({"grade.dmn": table()})) == set()
    assert rules({"grade.dmn": table(rows=[("amuont(", "1")])}, "error") == {"decision-malformed"}


def test_markup_in_labels_stays_text():
    files = simple(ask("a", name="&lt;script&gt;alert(1)&lt;/script&gt;", groups=""))
    (one,) = [one for one in check(files) if one.severity == "error"]
    assert one.message.startswith('"<script>alert(1)</script>" (a) has no candidate groups')
    long = simple(ask("a", name="x" * 5000, dueIn="y" * 5000, groups=""))
    assert all(len(one.message) < 6000 for one in check(long))


def test_ids_that_lead_in_circles():
    inside_itself = simple(sub("p", [el("startEvent", "i"), el("endEvent", "e")], "i > e"), ways="start > p > end")
    assert "duplicate-id" in rules(inside_itself, "error")
    at_itself = simple(
        event("boundaryEvent", "b", timer('"PT1H"'), attachedToRef="b"), ask("a"), ways="start > a > end\nb > end"
    )
    assert rules(at_itself, "error") == {"detached-event"}
    to_itself = simple(ask("a"), ways="start > a > a > end")
    assert "not-executed" not in rules(to_itself, "error")


def test_a_refusal_that_is_no_refusal():
    def parse(content):
        raise ZeroDivisionError("by zero")

    assert found(simple(ask("a")), parse=parse) == [("not-executed", "")]
    assert found(simple(ask("a", groups="")), parse=parse) == [("task-for-nobody", "a")]


# The models


@pytest.mark.parametrize("path", MIWG, ids=lambda path: path.name)
def test_models_of_other_tools_answer_findings(path):
    findings = check({path.name: path.read_bytes()})
    assert any(one.severity == "error" for one in findings)
    assert all(one.message and one.rule in RULES and one.file for one in findings)


HARMLESS = {
    "reads-personal-data",
    "unknown-operator",
    "missing-parameter",
}  # the drafts of the models know older operators


@pytest.mark.parametrize("folder", MODELS, ids=lambda path: path.name)
def test_the_drafts_of_the_models_have_no_errors_of_structure(folder):
    files = {path: content for path, content in files_of(folder).items() if not path.startswith(("labels", "layout"))}
    assert rules(files, "error", language=CALENDARS) <= HARMLESS


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.name)
def test_our_own_bundles_have_no_errors(folder):
    shared = {path.stem for path in Path("bpmn_diagrams").glob("shared/*/*.dmn")}
    files = {path: content for path, content in files_of(folder).items() if not path.endswith(".md")}
    named = {
        name for content in files.values() for name in re.findall(r'serviceTaskOperator id="([^"]+)"', content.decode())
    }
    operators = Registry.of(Operator(name=name, kind="remote", run=lambda call: None) for name in named)
    processes = {path.stem for path in Path("bpmn_diagrams").glob("*/*.bpmn")}
    findings = check(files, operators=operators, language=CALENDARS, known_decisions=shared, known_processes=processes)
    assert [one.message for one in findings if one.severity == "error"] == []


# Anything at all

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
    began = time.monotonic()
    findings = check({"p.bpmn": document([START, *nodes, END], ways)})
    assert time.monotonic() - began < 4
    assert any(one.severity == "error" for one in findings)


def test_what_cannot_be_played_to_its_end_is_said():
    several = range(7)
    nodes = [el(AND, "s"), *(el(XOR, f"x{n}") for n in several), *(el(XOR, f"m{n}") for n in several)]
    ways = ["start > s", *(f"s > x{n}" for n in several), *(f"m{n} > end" for n in several)]
    ways += [f"x{n} > m{m} : 1 = {m}" for n in several for m in several]
    began = time.monotonic()
    assert ("not-searched", "p") in found(bundle([START, *nodes, END], "\n".join(ways)), "info")
    assert time.monotonic() - began < 4


def test_properties_and_extensions_that_say_nothing():
    odd = extensions(
        properties(formJsonSchemaFilename=""),
        "<spiffworkflow:postScript/>",
        "<spiffworkflow:variableName> </spiffworkflow:variableName>",
    )
    assert rules(simple(el("userTask", "a", odd)), "error") == {"task-without-form", "task-for-nobody"}
    assert json.loads(simple(ask("a"))["i18n/zh.json"])["a"] == "a 译"
