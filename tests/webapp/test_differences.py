"""What is different between two versions, in words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.bundles import read_bundle
from engine.diagram import read_diagram
from engine.meaning import meaning_of
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, el, flow, line
from webapp.bootstrap import DIAGRAMS, files_of
from webapp.differences import ADDED, CHANGED, MOVED, REMOVED, differences, forms, marks, marks_before, tables
from webapp.differences.matching import Row, matched
from webapp.language import words


@pytest.fixture(scope="module")
def old():
    return read_bundle(files_of(DIAGRAMS / "complaint"))


def against(old, files, lang="en"):
    """The differences of some files from a bundle."""
    return differences(old, files, read_diagram(files["complaint.bpmn"]), words(lang))


def changed(old, path, *changes, lang="en"):
    """The differences after texts of a file are replaced."""
    body = old.files[path].decode()
    for before, after in changes:
        assert before in body, before
        body = body.replace(before, after, 1)
    return against(old, {**old.files, path: body.encode()}, lang)


def said(found):
    return [(one.kind, one.what, one.said, one.before, one.after) for one in found]


def test_nothing(old):
    assert against(old, old.files) == []
    assert differences(None, old.files, old.diagram, words("en")) == []


def test_a_term(old):
    element = next(one for one in old.diagram.user_tasks() if one.metadata.get("dueIn"))
    diagram = old.files["complaint.bpmn"].decode()
    at = diagram.index('name="dueIn"', diagram.index(f'id="{element.id}"'))
    value = f'value="{diagram[at:].split(chr(34))[3]}"'
    body = (diagram[:at] + diagram[at:].replace(value, 'value="9 bh"', 1)).encode()
    (found,) = against(old, {**old.files, "complaint.bpmn": body})
    assert (found.kind, found.what, found.said, found.after) == (CHANGED, f"“{element.label}”", "is due in", "9 bh")
    assert found.before == element.metadata["dueIn"].replace("&#34;", '"')
    assert marks([found]) == marks_before([found]) == {element.id: CHANGED}


def test_files_that_come_and_go(old):
    fewer = {path: body for path, body in old.files.items() if path != "forms/remedy.json"}
    (found,) = against(old, fewer)
    assert (found.kind, found.what, found.tone, found.file) == (
        REMOVED,
        "File forms/remedy.json",
        "bad",
        "forms/remedy.json",
    )
    (found,) = against(old, fewer, "zh")
    assert found.what == "文件forms/remedy.json"
    (found,) = against(old, {**old.files, "notes.md": b"x"})
    assert (found.kind, found.what) == (ADDED, "File notes.md")


def test_what_is_only_written_otherwise_is_nothing(old):
    form = json.loads(old.files["forms/remedy.json"])
    table = old.files["approval_ladder.dmn"].replace(b"><", b">\n<!-- x --><")
    again = {"forms/remedy.json": json.dumps(form, indent=7).encode(), "approval_ladder.dmn": table}
    assert again["approval_ladder.dmn"] != old.files["approval_ladder.dmn"]
    assert against(old, old.files | again) == []


def test_shapes_that_moved_are_one_difference(old):
    body = re.sub(rb'(<dc:Bounds x=")(\d+)', rb"\g<1>9\2", old.files["complaint.bpmn"])
    (found,) = against(old, {**old.files, "complaint.bpmn": body})
    assert found.kind == MOVED and re.fullmatch(r"\d+ shapes and lines were moved", found.what)
    assert marks([found]) == marks_before([found]) == {}


def test_a_change_without_words_is_still_said(old):
    (found,) = changed(old, "complaint.bpmn", ('isExecutable="true"', 'isExecutable="true" isClosed="true"'))
    assert (found.kind, found.what, found.said) == (CHANGED, "File complaint.bpmn", "")


def test_the_ends_of_a_flow_are_called_as_people_call_them(old):
    flow = old.diagram.flow("Approved_to_ReplyReady")
    ends = (f'sourceRef="{flow.source}" targetRef="{flow.target}"', f'sourceRef="{flow.source}" targetRef="Propose"')
    for lang, sides in (("en", ("Reply ready", "Propose the remedy")), ("zh", ("答复就绪", "提出处理方案"))):
        found = [one for one in changed(old, "complaint.bpmn", ends, lang=lang) if one.element == flow.id]
        assert [(one.before, one.after) for one in found] == [sides]


# Diagrams


def drawn(body, root="", **forms_):
    """A tiny bundle with a body."""
    return read_bundle(
        {
            path: text.encode() if isinstance(text, str) else text
            for path, text in tiny.bundle("loan", body, roots=root).items()
        }
    )


def told(before, after, lang="en"):
    """What is said of two tiny bundles."""
    new = drawn(*after)
    found = differences(drawn(*before), new.files, new.diagram, words(lang))
    return [(one.kind, one.element, one.said, one.before, one.after) for one in found if one.kind != MOVED]


WAY = START + tiny.ask("ask") + END + line("start", "ask", "end")
PAIRS = {
    "a timer": (
        el(
            "boundaryEvent",
            "late",
            '<bpmn:timerEventDefinition><bpmn:timeDuration>"{}"</bpmn:timeDuration></bpmn:timerEventDefinition>',
            attachedToRef="ask",
        ),
        ("PT1H", "PT2H"),
        ("late", "waits for the time", '"PT1H"', '"PT2H"'),
    ),
    "whether it interrupts": (
        el(
            "boundaryEvent",
            "late",
            '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
            attachedToRef="ask",
            cancelActivity="{}",
        ),
        ("true", "false"),
        ("late", "interrupts what it stands at", "yes", "no"),
    ),
    "several instances": (
        el(
            "manualTask",
            "each",
            '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>',
        ),
        ("true", "false"),
        ("each", "runs several times", "one after the other", "all at once"),
    ),
    "how often": (
        el(
            "manualTask",
            "each",
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        ),
        ("3", "4"),
        ("each", "runs so many times", "3", "4"),
    ),
    "a parameter": (
        tiny.call("count", "math/add", variable="sum", a="{}"),
        ("1", "2"),
        ("count", "gives to the operator as a", "1", "2"),
    ),
    "a result": (
        tiny.call("count", "math/add", variable="{}", a="1"),
        ("sum", "total"),
        ("count", "keeps the operator’s result as", "sum", "total"),
    ),
    "a default": (
        el("exclusiveGateway", "which", default="{}") + flow("f1", "which", "end") + flow("f2", "which", "ask"),
        ("f1", "f2"),
        ("which", "goes, where no condition holds, by the flow", "→ end", "→ ask"),
    ),
    "a condition": (
        flow("f9", "ask", "end", "x > {}".replace(">", "&gt;")),
        ("1", "2"),
        ("f9", "is taken if", "x > 1", "x > 2"),
    ),
    "a target": (
        el("manualTask", "other") + flow("f9", "ask", "{}"),
        ("end", "other"),
        ("f9", "leads to", "end", "other"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_said_of_a_diagram(name):
    body, values, (element, *expected) = PAIRS[name]
    bodies = [(WAY + body.replace("{}", value),) for value in values]
    assert told(*bodies) == [(CHANGED, element, *expected)]
    ((_, _, chinese, *_rest),) = told(*bodies, lang="zh")
    assert re.search("[一-鿿]", chinese), chinese


def test_a_message():
    event = el("intermediateCatchEvent", "wait", tiny.message("{}"))
    bodies = [(WAY + event.replace("{}", name), tiny.messages(name)) for name in ("paid", "lost")]
    assert told(*bodies) == [(CHANGED, "wait", "waits for the message", "paid", "lost")]


def test_the_order_in_which_conditions_are_tried():
    gate = WAY + el("exclusiveGateway", "which")
    ways = [flow("f1", "which", "end", "x"), flow("f2", "which", "ask", "y")]
    ((kind, element, text, *sides),) = told((gate + "".join(ways),), (gate + "".join(reversed(ways)),))
    assert (kind, element, text) == (CHANGED, "which", "tries its flows in the order")
    assert sides == ["→ end, → ask", "→ ask, → end"]


def test_a_script_line_by_line():
    texts = "\n".join(f"a{n} = {n}" for n in range(9)), "\n".join(f"a{n} = {n if n != 4 else 40}" for n in range(9))
    old, new = (drawn(WAY + tiny.script("work", text)) for text in texts)
    (found,) = differences(old, new.files, new.diagram, words("en"))
    assert [line for line in found.lines if line[0] in "+-"] == [("-", "a4 = 4"), ("+", "a4 = 40")]
    assert (found.before, found.after) == ("", "") and len(found.lines) < 8


def test_elements_lanes_and_flows_that_come_and_go(old):
    new = old.diagram
    gone = new.elements[3]
    smaller = type(new)(
        processes=new.processes,
        elements=tuple(one for one in new.elements if one is not gone),
        flows=new.flows,
        lanes=new.lanes,
        texts=new.texts,
    )
    (found,) = differences(old, old.files, smaller, words("en"))
    assert (found.kind, found.what) == (REMOVED, f"“{gone.label}”")
    assert marks([found]) == {} and marks_before([found]) == {gone.id: REMOVED}
    before = read_bundle(old.files)
    object.__setattr__(before, "diagram", smaller)
    (found,) = differences(before, old.files, new, words("en"))
    assert (found.kind, found.tone) == (ADDED, "ok")
    assert marks([found]) == {gone.id: ADDED} and marks_before([found]) == {}


def test_a_lane_that_is_renamed_is_one_difference(old):
    lane = old.diagram.lanes[0]
    (found,) = [
        one for one in changed(old, "complaint.bpmn", (f'name="{lane.name}"', 'name="Others"')) if one.kind != MOVED
    ]
    assert (found.what, found.said, found.before, found.after) == ("Lane “Others”", "is called", lane.name, "Others")


# Tables


LADDER = DIAGRAMS / "complaint/approval_ladder.dmn"


def rules():
    """The rows of the ladder, and what stands before and behind them."""
    head, *rows = re.split(r"(?=<rule )", LADDER.read_text())
    last, tail = rows[-1].split("</rule>")
    return head, [*rows[:-1], f"{last}</rule>"], tail


def compared(old, head, rows, tail):
    body = f"{head}{''.join(rows)}{tail}"
    return against(old, {**old.files, "approval_ladder.dmn": body.encode()})


def test_a_cell(old):
    head, rows, tail = rules()
    assert "500" in "".join(rows)
    at = next(n for n, row in enumerate(rows) if "500" in row)
    rows[at] = rows[at].replace("500", "750")
    found = compared(old, head, rows, tail)
    assert {one.kind for one in found} == {CHANGED}
    assert {one.what.rpartition(": ")[2] for one in found} == {f"row {at + 1}"}
    assert all("asks in" in one.said and "750" in one.after for one in found)


def test_a_row_that_is_inserted_moves_no_other(old):
    head, rows, tail = rules()
    fresh = rows[1].replace('<rule id="', '<rule id="Fresh').replace("500", "7")
    (found,) = compared(old, head, [rows[0], fresh, *rows[1:]], tail)
    assert (found.kind, found.what.rpartition(": ")[2]) == (ADDED, "row 2")
    (found,) = compared(old, head, rows[1:], tail)
    assert (found.kind, found.what.rpartition(": ")[2]) == (REMOVED, "row 1")
    assert " → " in found.before


def test_a_row_that_moves(old):
    head, rows, tail = rules()
    (found,) = compared(old, head, [*rows[1:], rows[0]], tail)
    assert (found.kind, found.said) == (MOVED, "was row 1")


def test_the_hit_policy_and_a_column(old):
    head, rows, tail = rules()
    policy = re.search(r'hitPolicy="(\w+)"', head)[1]
    (found,) = compared(old, head.replace(f'hitPolicy="{policy}"', 'hitPolicy="ANY"'), rows, tail)
    assert (found.said, found.before, found.after) == ("has the hit policy", policy, "ANY")
    label = re.search(r'<input [^>]*label="([^"]+)"', head)[1]
    (found,) = compared(old, head.replace(f'label="{label}"', 'label="Something"', 1), rows, tail)
    assert (found.said, found.after) == ("is labelled", "Something")


def test_both_tables_beside_each_other():
    head, rows, tail = rules()
    fresh = rows[1].replace('<rule id="', '<rule id="Fresh')
    (both,) = tables.sides(LADDER.read_bytes(), f"{head}{rows[0]}{fresh}{''.join(rows[1:])}{tail}".encode())
    one, other = both
    assert len(one.lines) == len(other.lines) == len(rows) + 1
    (at,) = [n for n, line in enumerate(other.lines) if line.mark == ADDED]
    assert one.lines[at].number == 0 and not one.lines[at].cells
    assert tables.sides(LADDER.read_bytes(), LADDER.read_bytes()) == []
    ((none, alone),) = tables.sides(None, LADDER.read_bytes())
    assert none is None and {line.mark for line in alone.lines} == {ADDED}


def row(*cells, name=""):
    return Row(name=name, asks=cells[:-1], cells=cells)


def test_rows_are_matched_by_what_is_the_same():
    a, b, c = row("1", "x"), row("2", "y"), row("3", "z")
    assert matched([a, b, c], [a, b, c]) == [(0, 0), (1, 1), (2, 2)]
    assert matched([a, c], [a, b, c]) == [(0, 0), (None, 1), (1, 2)]
    assert matched([a, b, c], [a, c]) == [(0, 0), (1, None), (2, 1)]
    assert matched([a, b], [a, row("2", "other")]) == [(0, 0), (1, 1)]
    assert matched([row("1", "x", name="r")], [row("7", "y", name="r")]) == [(0, 0)]
    assert matched([row("1", "x", name="r")], [row("7", "y", name="s")]) == [(None, 0), (0, None)]
    assert matched([], [a]) == [(None, 0)] and matched([], []) == []


@pytest.mark.parametrize("size", [601, 5_000])
def test_thousands_of_rows_are_matched_by_their_place(size):
    many = [row("-", "-") for _ in range(size)]
    assert len(matched(many, many[1:])) == size


# Forms and translations


def edited(old, change, lang="en"):
    form = json.loads(old.files["forms/remedy.json"])
    change(form)
    return against(old, {**old.files, "forms/remedy.json": json.dumps(form).encode()}, lang)


def field_of(form, name="paymentRef"):
    return form["properties"][name]


@pytest.mark.parametrize(
    ("change", "expected", "after"),
    [
        (lambda form: field_of(form).update(title="Number"), "is called in English", "Number"),
        (lambda form: field_of(form).update({"x-personal": True}), "is personal", "yes"),
        (lambda form: field_of(form).update(maxLength=7), "has at most so many characters", "7"),
        (lambda form: field_of(form).update(pattern="^a$"), "fits the pattern", "^a$"),
        (lambda form: field_of(form).update(type="integer"), "is a field of the kind", "whole number"),
        (lambda form: field_of(form)["x-i18n"]["zh"].update(title="号"), "is called in Chinese", "号"),
        (
            lambda form: field_of(form).update({"x-when": {"field": "a", "in": ["b", "c"]}}),
            "is asked for if",
            "a = b / c",
        ),
        (lambda form: field_of(form).update({"x-own": 1}), "x-own", "1"),
    ],
)
def test_what_is_said_of_a_field(old, change, expected, after):
    found = edited(old, change)
    assert (CHANGED, expected, after) in [(one.kind, one.said, one.after) for one in found]
    assert all(one.file == "forms/remedy.json" and one.place == "paymentRef" for one in found)
    assert all("field “" in one.what for one in found)


def test_fields_that_come_go_and_change_places(old):
    found = edited(old, lambda form: form["properties"].update(fresh={"type": "string", "title": "Fresh"}))
    assert (ADDED, "Form forms/remedy.json: field “Fresh”") in [(one.kind, one.what) for one in found]
    found = edited(old, lambda form: form["properties"].pop("paymentRef"))
    assert REMOVED in [one.kind for one in found]

    def turned(form):
        order = form.get("x-order") or list(form["properties"])
        form["x-order"] = [*order[1:], order[0]]

    (found,) = edited(old, turned)
    assert found.said == "has its fields in the order"


def test_both_forms_beside_each_other(old):
    form = json.loads(old.files["forms/remedy.json"])
    field_of(form)["title"] = "Number"
    found = forms.sides(old.files["forms/remedy.json"], json.dumps(form).encode(), words("en"))
    (one,) = [pair for pair in found if pair.mark]
    assert (one.name, one.mark, one.changed) == ("paymentRef", CHANGED, {"title"})
    assert {pair.mark for pair in forms.sides(None, old.files["forms/remedy.json"], words("en"))} == {ADDED}


def test_a_translation(old):
    catalogue = json.loads(old.files["i18n/zh.json"])
    text = next(iter(catalogue))
    (found,) = against(old, {**old.files, "i18n/zh.json": json.dumps(catalogue | {text: "别的"}).encode()})
    assert (found.kind, found.said, found.before, found.after) == (
        CHANGED,
        f"translates “{text}”",
        catalogue[text],
        "别的",
    )


HOSTILE = [
    b"",
    b"<",
    b"{",
    b"[1]",
    b"\xff\xfe",
    b"[" * 50_000,
    b"<a>" * 500,
    b'{"properties": 7}',
    b'{"properties": {"a": []}}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_files_that_cannot_be_read_are_only_said_to_have_changed(old, body):
    for path in ("approval_ladder.dmn", "forms/remedy.json", "i18n/zh.json"):
        found = against(old, {**old.files, path: body})
        assert found and all(one.file == path for one in found)


def test_nothing_that_means_something_else_goes_without_a_word():
    """Every difference of meaning between a shipped bundle and a spoilt copy is told."""
    for folder in (DIAGRAMS / "complaint", DIAGRAMS / "inquiry"):
        old = read_bundle(files_of(folder))
        for path, body in old.files.items():
            for attribute in re.findall(rb' (?:name|value|id|sourceRef|default)="([^"]{3,})"', body)[::40]:
                spoilt = body.replace(attribute, attribute + b"x", 1)
                if meaning_of(path, spoilt) == meaning_of(path, body):
                    continue
                files = {**old.files, path: spoilt}
                diagram = read_diagram(files[old.diagram_path])
                assert differences(old, files, diagram, words("en")), (Path(path).name, attribute)
