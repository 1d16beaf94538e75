"""Each rule with a bundle that breaks it and nothing else."""

from functools import partial

import pytest

from engine.calendars import parameters_function
from engine.check import RULES
from engine.feel import Language

from .bundles import (
    AND,
    END,
    EVENTS,
    OR,
    START,
    TERMINATE,
    XOR,
    ask,
    bundle,
    call,
    check,
    decide,
    el,
    escaped,
    event,
    form,
    found,
    message,
    messages,
    script,
    simple,
    sub,
    table,
    timer,
    translated,
)
from .faulty import FAULTY

FLOWS = "start > a > end"
SPLIT = "start > a > x\nx > b : amount > 10\nx > end : default\nb > end"
PARALLEL = "start > s > a > j > c > end\ns > b > j"


def split(ways=SPLIT, *more, **files):
    return bundle(
        [START, ask("a"), el(XOR, "x"), ask("b", form="forms/b.json"), END, *more], ways, **{"b_json": form(), **files}
    )


def parallel(split_kind=AND, join_kind=AND, ways=PARALLEL):
    others = [ask(id, form=f"forms/{id}.json", variable=id) for id in "ab"]
    return bundle(
        [START, el(split_kind, "s"), *others, el(join_kind, "j"), ask("c"), END], ways, a_json=form(), b_json=form()
    )


def repeated(**loop):
    inner = "".join(f"<bpmn:{tag}>{text}</bpmn:{tag}>" for tag, text in loop.items())
    return f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def numbered(text):
    return el("scriptTask", "s", f"<bpmn:script>{text}</bpmn:script>" + repeated(loopCardinality="3"))


def without(files, *paths):
    return {path: content for path, content in files.items() if path not in paths}


def changed(files, old, new, path="p.bpmn"):
    assert old in files[path].decode()
    return {**files, path: files[path].decode().replace(old, new).encode()}


def wide_table():
    """A table of so many columns that each row looks at one of its own."""
    columns, row = table("wide", rows=[("> 1", "1")]), 14
    text = columns.decode()
    column = text[text.index("<input ") : text.index("</input>") + 8]
    inputs = "".join(
        column.replace("wide_i", f"wide_i{n}").replace("<text>amount", f"<text>amount + {n}") for n in range(row)
    )
    cells = [["> 1" if n == number else "-" for n in range(row)] for number in range(row)]
    rules = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{escaped(cell)}</text></inputEntry>" for cell in line)
        + "<outputEntry><text>1</text></outputEntry></rule>"
        for number, line in enumerate(cells)
    )
    text = text.replace(column, inputs).replace("UNIQUE", "FIRST")
    return (text[: text.index("<rule ")] + rules + "</decisionTable></decision></definitions>").encode()


CASES = {
    # files
    "empty-bundle": lambda: ({"forms/ask.json": form()}, ""),
    "file-name": lambda: ({**simple(ask("a")), "../x.md": b""}, ""),
    "two-diagrams": lambda: ({**simple(ask("a")), "q.bpmn": b""}, ""),
    "malformed-xml": lambda: ({"p.bpmn": b"<a><b></a>"}, ""),
    "too-many": lambda: (simple(*(el("task", f"t{n}") for n in range(1001)), ask("a")), ""),
    "no-process": lambda: (changed(simple(ask("a")), 'isExecutable="true"', 'isExecutable="false"'), ""),
    "two-processes": lambda: (
        changed(simple(ask("a")), "</bpmn:process>", '</bpmn:process><bpmn:process id="q" isExecutable="true"/>'),
        "q",
    ),
    "not-executed": lambda: (simple(ask("a", inner="<bpmn:standardLoopCharacteristics/>")), "a"),
    "unused-file": lambda: ({**simple(ask("a")), "forms/old.json": form()}, ""),
    # structure
    "missing-id": lambda: (changed(simple(el("task", "t"), ways="start > t > end"), ' id="t"', ""), ""),
    "duplicate-id": lambda: (simple(ask("a"), el("task", "a"), ways=FLOWS), "a"),
    "dangling-flow": lambda: (
        changed(
            simple(ask("a")),
            "</bpmn:process>",
            '<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="x"/></bpmn:process>',
        ),
        "f",
    ),
    "impossible-flow": lambda: (simple(ask("a"), ways=FLOWS + "\na > start"), "a_start"),
    "detached-event": lambda: (
        simple(ask("a"), event("boundaryEvent", "b", timer('"PT1H"'), attachedToRef="no"), ways=FLOWS + "\nb > end"),
        "b",
    ),
    "no-start": lambda: (simple(sub("s", [ask("a"), el("endEvent", "e")], "a > e"), ways="start > s > end"), "s"),
    "no-end": lambda: (bundle([START, ask("a"), ask("b")], "start > a > b"), "b"),
    "unreachable": lambda: (simple(ask("a"), el("task", "lost"), ways=FLOWS + "\nlost > end"), "lost"),
    "unknown-reference": lambda: (
        simple(event("intermediateCatchEvent", "wait", message("gone")), ways="start > wait > end"),
        "wait",
    ),
    "message-without-name": lambda: (
        simple(
            event("intermediateCatchEvent", "wait", message("m")),
            ways="start > wait > end",
            roots=messages("m").replace('name="m"', ""),
        ),
        "wait",
    ),
    "deadlock": lambda: (
        bundle(
            [START, ask("o"), el(XOR, "s"), el("task", "a"), el("task", "b"), el(AND, "j"), END],
            "start > o > s\ns > a : amount > 1\ns > b : default\na > j > end\nb > j",
        ),
        "j",
    ),
    "lack-of-synchronisation": lambda: (parallel(join_kind=XOR), "j"),
    "loop-never-waits": lambda: (
        bundle(
            [START, ask("a"), el(XOR, "m"), script("s", "amount = amount + 1"), el(XOR, "x"), END],
            "start > a > m > s > x\nx > m : amount &lt; 9\nx > end : default",
        ),
        "m",
    ),
    # conditions
    "gateway-without-condition": lambda: (split(SPLIT.replace(" : amount > 10", "")), "x"),
    "unknown-default": lambda: (simple(el("task", "t", default="gone"), ways="start > t > end"), "t"),
    "no-default": lambda: (split(SPLIT.replace("default", "amount &lt; 3")), "x"),
    "condition-ignored": lambda: (parallel(ways=PARALLEL.replace("s > b > j", "s > b : 1 = 1\nb > j")), "s_b"),
    "overlapping-conditions": lambda: (
        split(
            "start > a > x\nx > b : amount > 10\nx > c : amount &lt; 100\nx > end : default\nb > end\nc > end",
            el("task", "c"),
        ),
        "x",
    ),
    # expressions and names
    "expression-syntax": lambda: (split(SPLIT.replace("amount > 10", "amount >")), "x_b"),
    "unknown-name": lambda: (split(SPLIT.replace("amount > 10", "amuont > 10")), "x_b"),
    "name-not-written": lambda: (
        split(SPLIT.replace("amount > 10", "late > 10"), b_json=form(late={"type": "number"})),
        "x_b",
    ),
    "name-maybe-missing": lambda: (
        split(SPLIT.replace("amount > 10", "note = 1"), ask_json=form(note={"type": "number"})),
        "x_b",
    ),
    "reads-personal-data": lambda: (
        split(
            SPLIT.replace("amount > 10", "phone = 1"),
            ask_json=form(("phone",), phone={"type": "number", "x-personal": True}),
        ),
        "x_b",
    ),
    "never-defined": lambda: (split(SPLIT.replace("amount > 10", "is defined(amuont)")), "x_b"),
    "read-in-parallel": lambda: (
        bundle(
            [START, el(AND, "s"), ask("a"), call("b", amount="amount"), el(AND, "j"), END],
            "start > s > a > j > end\ns > b > j",
        ),
        "b",
    ),
    "parallel-writes": lambda: (
        bundle([START, el(AND, "s"), ask("a"), ask("b"), el(AND, "j"), END], "start > s > a > j > end\ns > b > j"),
        "b",
    ),
    "counter-overwritten": lambda: (
        simple(ask("a"), numbered("loopCounter = 1"), ways="start > a > s > end"),
        "s",
    ),
    "instances-overwrite": lambda: (simple(ask("a", inner=repeated(loopCardinality="3"))), "a"),
    # work
    "task-without-form": lambda: (simple(ask("a", form=None)), "a"),
    "missing-form": lambda: (without(simple(ask("a")), "forms/ask.json"), "a"),
    "form-elsewhere": lambda: ({**simple(ask("a", form="ask.json")), "ask.json": form()}, "a"),
    "task-for-nobody": lambda: (simple(ask("a", groups="")), "a"),
    "pauses-malformed": lambda: (
        changed(
            simple(ask("a")),
            "<spiffworkflow:properties>",
            '<spiffworkflow:properties><spiffworkflow:property name="pauses" value="b"/>',
        ),
        "a",
    ),
    "unknown-four-eyes": lambda: (simple(ask("a", fourEyes="b")), "a"),
    "priority-malformed": lambda: (simple(ask("a", priority="high")), "a"),
    "timer-malformed": lambda: (simple(ask("a", dueIn="2 weeks")), "a"),
    "too-many-instances": lambda: (
        simple(
            call("a", "send", inner="").replace(
                "</bpmn:serviceTask>", repeated(loopCardinality="1001") + "</bpmn:serviceTask>"
            )
        ),
        "a",
    ),
    "instances-malformed": lambda: (
        simple(
            call("a", "send").replace("</bpmn:serviceTask>", repeated(loopCardinality="-1") + "</bpmn:serviceTask>")
        ),
        "a",
    ),
    "unknown-operator": lambda: (simple(call("a", "ratte")), "a"),
    "missing-parameter": lambda: (simple(call("a")), "a"),
    "unknown-parameter": lambda: (simple(call("a", amount="1", colour="2")), "a"),
    "unknown-process": lambda: (simple(el("callActivity", "a", calledElement="gone")), "a"),
    "call-to-itself": lambda: (simple(el("callActivity", "a", calledElement="p")), "a"),
    "unknown-start": lambda: (simple(call("a", "case/start", process="&quot;gone&quot;")), "a"),
    "unknown-decision": lambda: (simple(decide("a", "gone")), "a"),
    "result-variable": lambda: (
        simple(ask("o"), decide("a", "grade"), ways="start > o > a > end", grade_dmn=table(policy="COLLECT")),
        "a",
    ),
    # forms, tables, texts
    "form-malformed": lambda: (simple(ask("a"), ask_json=b"{"), ""),
    "form-unsendable": lambda: (simple(ask("a"), ask_json=form(("amount", "gone"))), ""),
    "form-reference": lambda: (simple(ask("a"), ask_json=form(place={"$ref": "https://example.org/place"})), ""),
    "form-endless": lambda: (simple(ask("a"), ask_json=form(note={"anyOf": [{"$ref": "#/properties/note"}]})), ""),
    "unsafe-pattern": lambda: (simple(ask("a"), ask_json=form(note={"type": "string", "pattern": "^(a+)+$"})), ""),
    "form-hint": lambda: (
        simple(ask("a"), ask_json=form(note={"type": "string", "x-when": {"field": "gone", "equals": 1}})),
        "",
    ),
    "decision-malformed": lambda: (
        simple(ask("o"), decide("a", "grade"), ways="start > o > a > end", grade_dmn=table(rows=[("> >", "1")])),
        "grade",
    ),
    "text-cut-off": lambda: (simple(script("a", "x = 1; <!-- and then --> y = 2")), "a"),
    "decision-bundle": lambda: (translated({"a.dmn": table("a"), "b.dmn": table("b")}), ""),
    "decision-twice": lambda: (
        simple(ask("o"), decide("a", "grade"), ways="start > o > a > end", a_dmn=table(), b_dmn=table()),
        "grade",
    ),
    "rows-overlap": lambda: (
        simple(
            ask("o"), decide("a", "grade"), ways="start > o > a > end", grade_dmn=table(rows=[("> 1", "1"), ("-", "2")])
        ),
        "grade_r2",
    ),
    "translation-malformed": lambda: ({**simple(ask("a")), "i18n/zh.json": b"[]"}, ""),
    "missing-translation": lambda: (changed(simple(ask("a")), '"a"', '"b"', "i18n/zh.json"), "a"),
    "unused-translation": lambda: (changed(simple(ask("a")), "{", '{"b": "c", ', "i18n/zh.json"), ""),
    "no-translations": lambda: (without(simple(ask("a")), "i18n/zh.json"), ""),
    # manners
    "unnamed-task": lambda: (simple(ask("a", name="")), "a"),
    "unnamed-flow": lambda: (changed(split(), ' name="x_b"', ""), "x_b"),
    "one-way-gateway": lambda: (simple(ask("a"), el(XOR, "x"), ways="start > a > x > end"), "x"),
    "no-drawing": lambda: (changed(simple(ask("a")), 'bpmnElement="a"', 'bpmnElement="x"'), "a"),
    "condition-without-type": lambda: (changed(split(), ' xsi:type="bpmn:tFormalExpression"', ""), "x_b"),
    "missing-links": lambda: (changed(simple(ask("a")), "<bpmn:incoming>start_a</bpmn:incoming>", ""), "a"),
    "foreign-namespace": lambda: (
        changed(simple(ask("a")), "<bpmn:process ", '<bpmn:process xmlns:z="http://z.example" z:y="1" '),
        "p",
    ),
    "name-maybe-misspelt": lambda: (
        simple(
            ask("a"),
            event("intermediateCatchEvent", "wait", message("paid")),
            script("s", "x = amuont"),
            ways="start > a > wait > s > end",
            roots=messages("paid"),
        ),
        "s",
    ),
    "table-not-searched": lambda: (
        simple(ask("a"), decide("d", "wide"), ways="start > a > d > end", wide_dmn=wide_table()),
        "wide",
    ),
}
NEW = (
    *(
        "livelock",
        "work-piles-up",
        "error-never-thrown",
        "error-not-caught",
        "kinds-differ",
        "value-never",
        "kinds-mixed",
    ),
    *("condition-never-holds", "rows-missing", "row-never-hit"),
    *("field-never-shown", "hidden-required", "field-without-value", "default-refused"),
)


def faulty(rule):
    """The first of the faulty diagrams that a rule finds."""
    found = (made for make in FAULTY.values() if (made := make())[1] == rule)
    return next((files, element) for files, _, element in found)


CASES |= {rule: partial(faulty, rule) for rule in NEW}
KNOWING = {
    "unknown-group": ({"known_groups": {"csl"}}, lambda: simple(ask("a", groups="csl,csr")), "a"),
    "unknown-lookup": (
        {"lookups": ("fund",)},
        lambda: simple(ask("a"), ask_json=form(f={"type": "string", "x-exists": "funds"})),
        "",
    ),
    "not-configured": (
        {"language": Language(host=(parameters_function({"MOST": 3}),))},
        lambda: simple(ask("a"), script("s", 'x = parameter("MOTS")'), ways="start > a > s > end"),
        "s",
    ),
    "unknown-format": (
        {"formats": ("cn-id",)},
        lambda: simple(ask("a"), ask_json=form(f={"type": "string", "format": "cnid"})),
        "",
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_one_rule_is_broken(rule):
    files, element = CASES[rule]()
    severities = ("error", "warning", "info") if RULES[rule].severity == "info" else ("error", "warning")
    assert set(found(files, *severities)) == {(rule, element)}


@pytest.mark.parametrize("rule", KNOWING)
def test_one_rule_is_broken_in_an_installation_that_knows(rule):
    given, make, element = KNOWING[rule]
    assert found(make(), **given) == [(rule, element)]
    assert found(make()) == []


def test_there_is_a_test_of_every_rule():
    played = {rule for rule in RULES if rule.startswith("scenario")}  # tests/engine/scenarios
    assert set(RULES) - {*CASES, *KNOWING} == {"not-searched", *played}


def test_every_finding_says_where_and_what_to_do():
    for one in check(split(SPLIT.replace("amount > 10", "amuont > 10"))):
        assert (one.severity, one.rule, one.file, one.element) == ("error", "unknown-name", "p.bpmn", "x_b")
        assert one.message == (
            "The condition of the flow x_b from x to b reads amuont, which nothing declares (did you mean amount?); "
            "correct it, or declare it in a form, a script, a table or an operator's result."
        )
        assert one.data["name"] == "amuont"


def test_a_clean_diagram_with_everything_in_it_has_no_findings():
    handler = sub(
        "withdrawn",
        [event("startEvent", "asked", message("withdraw")), el("endEvent", "gone", TERMINATE)],
        "asked > gone",
        triggeredByEvent="true",
    )
    inner = sub(
        "look",
        [
            el("startEvent", "ls"),
            el(OR, "o"),
            *(ask(id, variable=id) for id in "fg"),
            el(OR, "oj"),
            el("endEvent", "le"),
        ],
        "ls > o\no > f : amount > 5\no > g : true\nf > oj > le\ng > oj",
    )
    nodes = [
        START,
        ask("a", dueIn="4 bh", priority="1"),
        call("rating", variable="rating", amount="amount"),
        decide("grade", "grade"),
        inner,
        event(
            "boundaryEvent", "late", timer("business_days(1)", "timeDate"), attachedToRef="look", cancelActivity="false"
        ),
        call("remind", "send"),
        el("endEvent", "reminded"),
        el(XOR, "back"),
        ask("b", form="forms/b.json", post="rounds = rounds + 1", fourEyes="a"),
        script("first", "rounds = 0"),
        el(EVENTS, "wait"),
        event("intermediateCatchEvent", "paid", message("paid", "payment")),
        event("intermediateCatchEvent", "silent", timer('"PT72H"')),
        el(XOR, "again"),
        END,
        handler,
    ]
    ways = """
        start > a > rating > grade > first > look > back > b > wait > paid > end
        wait > silent > again
        again > back : level = "HIGH" and rounds &lt; 3
        again > end : default
        late > remind > reminded
    """
    files = bundle(nodes, ways, messages("paid", "withdraw"), grade_dmn=table(), b_json=form(ok={"type": "boolean"}))
    assert [one.message for one in check(files, known_groups={"csr"})] == []


def test_what_a_script_writes_may_be_translated_by_its_name():
    """People read it among the data of a case; but nobody has to translate it."""
    files = simple(ask("a", post='sale = {told: "yes"}'))
    named = changed(files, "{", '{"sale": "交易", "told": "客户所述", ', "i18n/zh.json")
    assert [one.rule for one in check(files, known_groups={"csr"})] == []
    assert [one.rule for one in check(named, known_groups={"csr"})] == []
    other = changed(files, "{", '{"sold": "交易", ', "i18n/zh.json")
    assert [one.rule for one in check(other, known_groups={"csr"})] == ["unused-translation"]
