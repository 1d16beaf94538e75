"""Findings in Chinese: every rule, phrase and refusal of the checks has its words, and none is left in English."""

from __future__ import annotations

import ast
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import engine
from engine.check import RULES
from engine.check.phrases import Phrase
from engine.check.scenarios import REASONS, check_people, check_scenarios
from engine.check.subject import ROLES
from engine.check.timers import DURATION
from engine.diagram import read_diagram
from engine.model import Finding
from engine.scenarios import Outcome, Scenario, Wrong
from tests.engine import tiny
from tests.engine.check.bundles import (
    AND,
    END,
    START,
    TERMINATE,
    XOR,
    ask,
    bundle,
    call,
    check,
    decide,
    el,
    event,
    extensions,
    form,
    message,
    messages,
    metadata,
    properties,
    simple,
    sub,
    table,
    timer,
)
from tests.engine.check.test_rules import CASES, KNOWING, changed, repeated, split
from tests.webapp.test_studio import archive, shipped, upload
from webapp import findings
from webapp.findings import SENTENCES, labels_of, sentence
from webapp.phrases import EVENTS, KINDS, PHRASES, READERS

ROOT = Path(engine.__file__).parent
OWN = {"files", "other-key", "not-read"}  # the rules of the deployment itself
QUOTED = re.compile(r"「[^」]*」|“[^”]*”|'[^']*'|\"[^\"]*\"")
ENGLISH = re.compile(r"[A-Za-z]+ [A-Za-z]+")  # two words are a phrase; one may be a name
CONDITION = "<bpmn:conditionExpression>1 = 1</bpmn:conditionExpression>"
WIDE = "start > o > s\n" + "\n".join(f"s > t{n} > j" for n in range(5)) + "\nj > end"
PAUSES_ITSELF = extensions(metadata(dueIn="1 BD"), properties(pauses="a"))
MORE = {
    "many": lambda: bundle(
        [START, ask("o"), el(XOR, "s"), *(el("task", f"t{n}") for n in range(5)), el(AND, "j"), END], WIDE
    ),
    "labelled": lambda: simple(ask("a", form=None, name="Ask the&#10;customer")),
    "nowhere": lambda: changed(simple(ask("a")), "</bpmn:process>", '<bpmn:sequenceFlow id="f"/></bpmn:process>'),
    "no start": lambda: bundle([ask("a"), END], "a > end"),
    "out of an end": lambda: simple(ask("a"), ways="start > a > end\nend > a"),
    "event subprocess": lambda: simple(
        ask("a"), sub("h", [el("startEvent", "x"), el("endEvent", "y", TERMINATE)], "x > y", triggeredByEvent="true")
    ),
    "default with a condition": lambda: changed(
        split(),
        'name="x_end" sourceRef="x" targetRef="end"/>',
        f'name="x_end" sourceRef="x" targetRef="end">{CONDITION}</bpmn:sequenceFlow>',
    ),
    "in the table": lambda: simple(
        ask("o"),
        decide("a", "grade"),
        ways="start > o > a > end",
        grade_dmn=table(column="amuont", rows=[("> 1", "gone")]),
    ),
    "an optional field": lambda: simple(
        ask("a"),
        el("scriptTask", "s", "<bpmn:script>x = note</bpmn:script>"),
        ways="start > a > s > end",
        ask_json=form(note={"type": "number"}),
    ),
    "on another way": lambda: bundle(
        [
            START,
            ask("a"),
            el(XOR, "x"),
            el("scriptTask", "w", "<bpmn:script>late = 1</bpmn:script>"),
            el(XOR, "y"),
            el("scriptTask", "r", "<bpmn:script>z = late</bpmn:script>"),
            END,
        ],
        "start > a > x > y > r > end\nx > w : amount > 10\nw > y",
    ),
    "no operator": lambda: simple(call("a", "")),
    "no process": lambda: simple(el("callActivity", "a")),
    "cycle": lambda: simple(
        event("intermediateCatchEvent", "w", timer("R3/PT1H", "timeCycle")), ways="start > w > end"
    ),
    "a cycle at the start": lambda: bundle(
        [event("startEvent", "start", timer('"R3/P7D"', "timeCycle")), ask("a"), END], "start > a > end"
    ),
    "a quick cycle": lambda: simple(
        ask("a"),
        event("boundaryEvent", "b", timer('"R/PT1S"', "timeCycle"), attachedToRef="a", cancelActivity="false"),
        ways="start > a > end\nb > end",
    ),
    "a pause of its own": lambda: simple(el("userTask", "a", PAUSES_ITSELF)),
    "a pause without a wait": lambda: simple(
        ask("a", dueIn="1 BD"),
        el("scriptTask", "s", PAUSES_ITSELF + "<bpmn:script>x = 1</bpmn:script>"),
        ways="start > a > s > end",
    ),
    "unquoted": lambda: simple(event("intermediateCatchEvent", "w", timer("PT1H")), ways="start > w > end"),
    "a number": lambda: simple(event("intermediateCatchEvent", "w", timer("5")), ways="start > w > end"),
    "how often": lambda: simple(ask("a", inner=repeated(), variable="a")),
    "a pattern": lambda: simple(ask("a"), ask_json=form(note={"type": "string", "pattern": "("})),
    "a long pattern": lambda: simple(ask("a"), ask_json=form(note={"type": "string", "pattern": "a" * 2000})),
    "a list": lambda: simple(ask("a"), ask_json=b"[]"),
    "a deep form": lambda: simple(ask("a"), ask_json=b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "a document type": lambda: {"p.bpmn": b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'},
    "many rows": lambda: {"a.dmn": table("a", rows=[("1", "1")] * 2001)},
    "not ours": lambda: simple(el("complexGateway", "a")),
    "a message": lambda: simple(
        event("boundaryEvent", "b", message("m"), attachedToRef="a", cancelActivity="false"),
        ask("a"),
        roots=messages("m"),
        ways="start > a > end",
    ),
}


@cache
def everything():
    """Findings of every rule, and of every way to word them."""
    found = [one for make in CASES.values() for one in check(make()[0])]
    found += [one for given, make, _ in KNOWING.values() for one in check(make(), **given)]
    found += [one for make in MORE.values() for one in check(make())]
    data = {"here": Phrase("the process P", "the process {label}", {"label": "P"}), "file": "p.bpmn"}
    return [*found, *astray(), Finding(severity="info", rule="not-searched", file="p.bpmn", message="…", data=data)]


def astray():
    """Findings of scenarios, with every way in which one goes otherwise."""
    diagram = read_diagram(tiny.one_task()["loan.bpmn"].encode())
    scenario = Scenario(name="词", at=datetime.fromisoformat("2026-03-02T09:00:00+08:00"))
    said = {"fields": ["", "a"], "operator": "x/y", "field": "a.b", "expected": "PT1H", "why": "at is no list"}
    empty = {"after": "", "instead": "", "end": "", "known": False, "found": "", "waiting": []}
    full = {
        "after": "start",
        "instead": "end",
        "end": "end",
        "known": True,
        "found": "PT2H",
        "waiting": ["ask", "start"],
    }
    for how in (*REASONS, "malformed", "many", "late"):
        for way in (empty, full):
            given = said | way | {"most": 9, "left": 1} | ({"expected": ["ask"]} if how == "waiting" else {})
            outcome = Outcome(
                path="s.json", scenario=scenario, wrong=Wrong(how=how, element="ask", input=1, said=given)
            )
            yield from check_scenarios([outcome], diagram)
    yield from check_people("s.json", "词", ["a", ""])


def fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def filled(part):
    """A part of a text, with 1 for what is filled in."""
    return part.value if isinstance(part, ast.Constant) else "'1'" if part.conversion == ord("r") else "1"


def texts_given(module, callee, place):
    """The texts that a module hands to a function or error, with 1 for what is filled in."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == callee and len(node.args) > place:
            text = node.args[place]
            if isinstance(text, ast.Constant):
                yield text.value
            elif isinstance(text, ast.JoinedStr):
                yield "".join(map(filled, text.values))


def test_every_rule_has_a_sentence():
    assert set(SENTENCES) == {*RULES, *OWN}


def test_no_sentence_names_what_the_checks_do_not_give():
    for rule, template in SENTENCES.items():
        if rule in RULES:
            assert fields(template) <= fields(RULES[rule].sentence) | {"file", "here"}, rule


def test_every_phrase_of_the_checks_has_its_words():
    given = {text for path in (ROOT / "check").glob("*.py") for text in texts_given(path, "phrase", 0)}
    given |= {DURATION, *ROLES.values(), "message", "signal", "error", "escalation"}
    assert given == set(PHRASES)
    for template, chinese in PHRASES.items():
        assert fields(chinese) <= fields(template) | {"kind"}


@pytest.mark.parametrize(
    ("path", "callee", "place"),
    [
        *(("spiff/" + path.name, "Refused", 1) for path in sorted((ROOT / "spiff").glob("*.py"))),
        ("calendars/terms.py", "ValueError", 0),
        ("xml.py", "MalformedXml", 0),
        ("bounded/readers.py", "Unanswered", 0),
        ("bounded/readers.py", "not_read", 0),
    ],
)
def test_what_readers_refuse_has_its_words(path, callee, place):
    for text in texts_given(ROOT / path, callee, place):
        assert findings._Chinese({}).read(text) != f"「{text}」", text


def test_every_finding_can_be_said():
    found = everything()
    assert {one.rule for one in found} == set(RULES)
    for one in found:
        said = sentence(one, "zh", {})
        assert said.endswith("。") and re.search("[\u4e00-\u9fff]", said), said
        assert not ENGLISH.search(QUOTED.sub("", said)), said
        assert sentence(one, "en", {}) == one.message


def one_of(files, rule, **given):
    """The one finding of a rule, in Chinese, with the translations of its bundle."""
    (found,) = (one for one in check(files, **given) if one.rule == rule)
    return sentence(found, "zh", labels_of(files, "zh"))


def test_an_element_is_called_by_its_kind_and_its_translated_label():
    files = MORE["labelled"]()
    files["i18n/zh.json"] = '{"Ask the\\ncustomer": "询问客户"}'.encode()
    assert one_of(files, "task-without-form") == (
        "用户任务“询问客户”（a）没有表单，无人能填写；请设置formJsonSchemaFilename。"
    )
    assert one_of(files | {"i18n/zh.json": b"["}, "task-without-form").startswith("用户任务“Ask the customer”（a）没有")


@pytest.mark.parametrize(
    "content", [b"[]", b"[", b"\xff", b'{"a": 1}', b'{"a": 1e99999999999999999999}', b"[" * 100_000]
)
def test_a_catalogue_that_is_none_translates_nothing(content):
    assert labels_of({"i18n/zh.json": content}, "zh") == {}


def test_a_name_that_nothing_declares():
    assert one_of(CASES["unknown-name"]()[0], "unknown-name") == (
        "从“x 译”到“b 译”的顺序流（x_b）的条件读取amuont，但没有地方声明它（是否应为amount？）；"
        "请更正，或在表单、脚本、决策表或操作结果中声明。"
    )


def test_what_a_parser_says_is_quoted():
    assert "的条件无法解析：「the expression ends too early」；请更正。" in one_of(
        CASES["expression-syntax"]()[0], "expression-syntax"
    )


def test_hostile_labels_are_no_templates():
    said = one_of(simple(ask("a", form=None, name="{0} {x.__class__} %s")), "task-without-form")
    assert said.startswith("用户任务“{0} {x.__class__} %s 译”（a）")


def test_what_the_deployment_itself_finds(engine):
    said = [sentence(one, "zh", {}) for one in engine.check({})]
    assert said == ["没有文件；请上传同一流程包的文件。"]
    (other,) = engine.check(shipped(engine), key="complaint")
    assert sentence(other, "zh", {}).startswith("这是inquiry的流程包，不是complaint的；")


def test_the_studio_says_findings_in_the_language_of_the_page(visit, engine):
    files = shipped(engine)
    del files["forms/answer.json"]
    english, chinese = (upload(visit("sun.ke", lang), ("all.zip", archive(files))) for lang in ("en", "zh"))
    assert english.sees("has the form forms/answer.json, which is not in the bundle")
    assert chinese.sees("用户任务“答复客户”", "的表单forms/answer.json不在流程包中")
    assert not chinese.sees("which is not in the bundle")
    assert not chinese.page.xpath("//*[@id='checks']/..//*[@lang]")


def test_kinds_and_events_are_said_together():
    assert findings.kind("timer", "boundaryEvent") == "定时器边界事件"
    assert findings.kind("none", "startEvent") == "开始事件"
    assert findings.kind("message", "receiveTask") == "接收任务"
    assert findings.kind("none", "choreographyTask") == "元素"
    assert all(KINDS.values()) and set(EVENTS) >= {"message", "timer", "signal", "error"} and all(READERS.values())
