"""Whatever the files are: findings, soon, and never an exception."""

import json

import pytest

from tests.support.work import at_most

from .bundles import (
    END,
    EVENTS,
    OR,
    START,
    ask,
    bundle,
    check,
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
from .hostile import rules


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


@pytest.mark.parametrize("text", ["R3/PT1H", '"R3/PT1H"', "business_days(1)", ""])
def test_cycles_that_would_count_only_once(text):
    wait = event("intermediateCatchEvent", "w", timer(text, "timeCycle"))
    assert rules(simple(wait, ways="start > w > end"), "error") == {"timer-malformed"}
    assert rules(beside(text, interrupting=True), "error") == {"timer-malformed"}


def beside(text, interrupting=False):
    """A task with a cycle at its edge."""
    edge = event(
        "boundaryEvent", "b", timer(text, "timeCycle"), attachedToRef="a", cancelActivity=str(interrupting).lower()
    )
    return simple(ask("a"), edge, ask("late"), ways="start > a > end\nb > late > end")


@pytest.mark.parametrize(
    "text", ["R3/PT1H", '"R3/PT10S"', '"R0/PT1H"', '"R3/soon"', '"R3/0 BD"', '"R/PT1H/PT2H"', "3", "2 BD", "PT1H"]
)
def test_cycles_that_are_malformed_or_absurd(text):
    assert rules(beside(text), "error") == {"timer-malformed"}


@pytest.mark.parametrize(
    "text",
    ['"R3/PT1H"', '"R/1 BD"', '"R/P1M"', "business_day_of_month(5)", '"PT1H"', '"R3/" + "PT1H"', 'due("2 BD")',
     "if 1 > 2 then business_days(1) else null"],
)  # fmt: skip
def test_cycles_that_are_right(text):
    assert rules(beside(text), "error") == set()


def test_a_process_begins_by_the_clock_without_end():
    for text, expected in (('"R/P7D"', set()), ('"R3/P7D"', {"timer-malformed"}), ("business_day_of_month(5)", set())):
        start = event("startEvent", "start", timer(text, "timeCycle"))
        assert rules(bundle([start, ask("a"), END], "start > a > end"), "error") == expected


@pytest.mark.parametrize("text", ["4 hb", "0 BD", "T-1", "", "R3/PT1H"])
def test_terms_that_are_asked_for_and_are_none(text):
    write = script("s", f'until = due("{text}")')
    assert "timer-malformed" in rules(simple(write, ask("a"), ways="start > s > a > end"), "error")
    assert rules(simple(script("s", 'until = due("4 bh")'), ask("a"), ways="start > s > a > end"), "error") == set()


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
    with at_most(5):
        assert rules(files) == set()


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


CUT_OFF = "text-cut-off"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("x = 1 <!-- one -->", False),
        ("<!-- one -->\n  <!-- two -->", False),
        ("<!-- one --> x = 1", True),
        ("x = 1; <!-- one --> y = 2 <!-- two --> <!-- three -->", True),
        ("x = 1; <bpmn:documentation/> y = 2", True),
        ("x = 1; <b>y = 2</b>", True),
    ],
)
def test_a_comment_may_stand_behind_a_text_and_between_elements(body, found):
    files = simple(script("s", "TEXT"), ways="start > s > end")
    path = next(path for path in files if path.endswith(".bpmn"))
    whole = files[path].replace(b"<bpmn:process ", b"<!-- between --><bpmn:process ").replace(b"TEXT", body.encode())
    assert whole.count(b"<!--") == 1 + body.count("<!--")
    assert (CUT_OFF in rules(files | {path: whole}, "error")) is found


def test_a_comment_in_a_cell_and_a_hundred_thousand_of_them_are_one_finding_each():
    cell = table(rows=[("TEXT", "1")]).replace(b"TEXT", b"&lt; <!-- so --> 2")
    assert b"<!--" in cell and CUT_OFF in rules({"grade.dmn": cell}, "error")
    files = simple(script("s", "TEXT"), ways="start > s > end")
    many = {path: body.replace(b"TEXT", b"x = 1; " + b"<!---->y" * 100_000) for path, body in files.items()}
    with at_most(5):
        assert [one.rule for one in check(many)].count(CUT_OFF) == 1


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


def test_properties_and_extensions_that_say_nothing():
    odd = extensions(
        properties(formJsonSchemaFilename=""),
        "<spiffworkflow:postScript/>",
        "<spiffworkflow:variableName> </spiffworkflow:variableName>",
    )
    assert rules(simple(el("userTask", "a", odd)), "error") == {"task-without-form", "task-for-nobody"}
    assert json.loads(simple(ask("a"))["i18n/zh.json"])["a"] == "a 译"
