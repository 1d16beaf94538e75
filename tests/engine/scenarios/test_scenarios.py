"""Scenarios: read, played by the rules of every case, held against what they expect, and run on every check."""

from __future__ import annotations

import itertools
import json

import pytest

from engine import Actor, InvalidDiagram, Operator
from engine.check.rules import RULES
from engine.scenarios import Malformed, Outcome, read_scenario, write_scenario
from tests.engine import tiny
from tests.engine.people import OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.watching import count

AT = "2026-03-02T09:00:00+08:00"
ANN = Actor("ann", groups={"csr"})


def scenario(**said):
    """The file of a scenario."""
    return json.dumps({"at": AT} | said, ensure_ascii=False)


def with_scenario(files, **said):
    """A bundle with one scenario."""
    return {**files, "scenarios/one.json": scenario(**said)}


def went(engine, files) -> Outcome:
    """How the one scenario of a bundle goes."""
    (found,) = engine.rehearse(files)
    return found


def wrong(engine, files):
    """How, where and at which input it went otherwise."""
    found = went(engine, files).wrong
    return (found.how, found.element, found.input) if found else None


COMPLETE = [{"complete": "ask", "values": {"approved": True}}]
DONE = {"path": ["start", "ask", "end"], "end": "end", "data": {"approved": True}}


def test_a_scenario_that_goes_as_it_has_to(engine):
    found = went(engine, with_scenario(tiny.one_task(), inputs=COMPLETE, expect=DONE))
    assert found.good and found.end == "end"
    assert found.elements == ("start", "ask", "end") and len(found.flows) == 2
    assert found.data == {"approved": True}
    assert count(engine, "case_file") == count(engine, "step") == count(engine, "vault") == 0


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"inputs": [{"complete": "other"}]}, ("not-waiting", "other", 1)),
        ({"inputs": [{"message": "paid"}]}, ("not-waiting", "paid", 1)),
        ({"inputs": [{"wait": "next"}]}, ("no-timer", "", 1)),
        ({"inputs": [{"wait": "soon"}]}, ("no-time", "soon", 1)),
        ({"inputs": [{"complete": "ask", "values": {"approved": "yes"}}]}, ("form", "ask", 1)),
        ({"inputs": [{"complete": "ask"}]}, ("form", "ask", 1)),
        ({"inputs": COMPLETE * 2}, ("over", "end", 2)),
        ({"start": {"message": "paid"}}, ("no-start", "paid", 0)),
        ({"inputs": COMPLETE, "expect": {"end": "other"}}, ("end", "other", 0)),
        ({"inputs": [], "expect": {"end": "end"}}, ("end", "end", 0)),
        ({"inputs": COMPLETE, "expect": {"path": ["ask", "start"]}}, ("path", "start", 0)),
        ({"inputs": COMPLETE, "expect": {"path": ["start", "end", "ask"]}}, ("path", "ask", 0)),
        ({"inputs": COMPLETE, "expect": {"data": {"approved": False}}}, ("data", "", 0)),
        ({"inputs": COMPLETE, "expect": {"data": {"approved": 1}}}, ("data", "", 0)),
        ({"inputs": COMPLETE, "expect": {"data": {"none.such": None}}}, ("data", "", 0)),
        ({"inputs": [], "expect": {"waiting": []}}, ("waiting", "", 0)),
        ({"inputs": COMPLETE, "expect": {"due": {"ask": "PT1H"}}}, ("due", "ask", 0)),
        ({"inputs": [], "expect": {"waiting": ["ask"]}}, None),
        ({"inputs": COMPLETE, "expect": {}}, None),
    ],
)
def test_where_a_scenario_goes_otherwise(engine, said, expected):
    assert wrong(engine, with_scenario(tiny.one_task(), **said)) == expected


def branched():
    """Small amounts end at once, others are asked about, until a timer ends the waiting."""
    timer = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT2H"</bpmn:timeDuration></bpmn:timerEventDefinition>'
    body = START + el("exclusiveGateway", "which", default="f2") + tiny.ask("ask", dueIn="PT4H")
    body += el("endEvent", "small") + END + el("endEvent", "late") + line("start", "which")
    body += flow("f1", "which", "small", "amount &lt; 10") + flow("f2", "which", "ask") + line("ask", "end", prefix="g")
    body += el("boundaryEvent", "clock", timer, attachedToRef="ask") + line("clock", "late", prefix="h")
    return tiny.bundle("loan", body)


def test_the_way_hangs_on_the_data(engine):
    small = {"start": {"data": {"amount": 3}}, "expect": {"path": ["which", "small"], "end": "small"}}
    assert wrong(engine, with_scenario(branched(), **small)) is None
    found = went(engine, with_scenario(branched(), **(small | {"start": {"data": {"amount": 30}}}))).wrong
    assert (found.how, found.element) == ("path", "small")
    assert found.said == {"after": "which", "instead": "ask"}


def test_time_passes_and_timers_come(engine):
    start = {"data": {"amount": 30}}
    for passing in ("next", "PT2H", "PT3H", "2026-03-02T03:00:00+00:00"):
        said = {"start": start, "inputs": [{"wait": passing}], "expect": {"end": "late", "path": ["clock", "late"]}}
        assert wrong(engine, with_scenario(branched(), **said)) is None
    said = {"start": start, "inputs": [{"wait": "PT1H"}], "expect": {"end": "late"}}
    assert wrong(engine, with_scenario(branched(), **said)) == ("end", "late", 0)


def test_when_a_task_is_due(engine):
    said = {"start": {"data": {"amount": 30}}, "expect": {"due": {"ask": "PT4H"}, "waiting": ["ask"]}}
    assert wrong(engine, with_scenario(branched(), **said)) is None
    assert wrong(engine, with_scenario(branched(), **(said | {"expect": {"due": {"ask": "PT5H"}}}))) == (
        "due",
        "ask",
        0,
    )


def test_a_message(engine):
    body = (
        START + el("intermediateCatchEvent", "wait", tiny.message("paid", "money")) + END + line("start", "wait", "end")
    )
    files = tiny.bundle("loan", body, tiny.messages("paid"))
    said = {"inputs": [{"message": "paid", "payload": {"sum": 3}}], "expect": {"end": "end", "data": {"money.sum": 3}}}
    assert wrong(engine, with_scenario(files, **said)) is None


def test_a_case_that_begins_by_a_message(engine):
    body = el("startEvent", "start", tiny.message("asked", "question")) + END + line("start", "end")
    files = tiny.bundle("loan", body, tiny.messages("asked"))
    said = {"start": {"message": "asked", "data": {"a": 1}}, "expect": {"data": {"question.a": 1}}}
    assert wrong(engine, with_scenario(files, **said)) is None


# Operators


def asking(operator="math/add", twice=False):
    tasks = tiny.call("count", operator, variable="sum", a="1")
    tasks += tiny.call("again", operator, variable="more", a="2") if twice else ""
    ids = ["start", "count", *(["again"] if twice else []), "end"]
    return tiny.bundle("loan", START + tasks + END + line(*ids))


def never(call):
    raise AssertionError("a scenario asks no operator")


LOCAL, REMOTE = (Operator(name="math/add", kind=kind, run=never) for kind in ("local", "remote"))


@pytest.mark.parametrize("operator", [LOCAL, REMOTE], ids=["local", "remote"])
def test_an_operator_answers_what_the_scenario_says(opened, operator):
    engine = opened(operators=[operator])
    answer = {"operator": "math/add", "result": 7}
    said = {"answers": [answer], "expect": {"end": "end", "data": {"sum": 7}}}
    assert wrong(engine, with_scenario(asking(), **said)) is None
    assert wrong(engine, with_scenario(asking(), expect={"end": "end"})) == ("unanswered", "count", 0)
    assert wrong(engine, with_scenario(asking(twice=True), **said)) == ("unanswered", "again", 0)
    said["answers"] = [answer | {"always": True}]
    assert wrong(engine, with_scenario(asking(twice=True), **said)) is None
    said["answers"] = [answer | {"element": "again"}, answer | {"element": "count", "result": 8}]
    said["expect"] = {"data": {"sum": 8, "more": 7}}
    assert wrong(engine, with_scenario(asking(twice=True), **said)) is None


def test_an_operator_answers_with_an_error_that_the_diagram_catches(opened):
    engine = opened(operators=[LOCAL])
    body = (
        START + tiny.call("count", "math/add", a="1") + END + el("endEvent", "refused") + line("start", "count", "end")
    )
    body += el("boundaryEvent", "caught", '<bpmn:errorEventDefinition errorRef="E"/>', attachedToRef="count")
    files = tiny.bundle("loan", body + line("caught", "refused", prefix="h"), '<bpmn:error id="E" errorCode="no"/>')
    said = {"answers": [{"operator": "math/add", "error": "no"}], "expect": {"end": "refused"}}
    assert wrong(engine, with_scenario(files, **said)) is None


def test_shared_decisions_and_called_processes_are_those_in_force(engine):
    engine.deploy(tiny.one_task("inner"), by=OLGA)
    body = START + el("callActivity", "call", calledElement="inner") + END + line("start", "call", "end")
    files = tiny.bundle("loan", body)
    said = {"inputs": [{"complete": "ask", "values": {"approved": True}}], "expect": {"end": "end"}}
    assert wrong(engine, with_scenario(files, **said)) is None


# On every check


def rules(engine, files):
    return [
        (one.rule, one.severity, one.file)
        for one in engine.check(files)
        if one.rule in RULES and "scenario" in one.rule
    ]


def test_every_check_runs_them_and_a_bundle_whose_scenario_goes_otherwise_is_not_deployed(engine):
    good = with_scenario(tiny.one_task(), inputs=COMPLETE, expect=DONE)
    assert rules(engine, good) == []
    assert engine.deploy(good, by=OLGA).version == 1
    bad = with_scenario(tiny.one_task(), title="Approved", inputs=COMPLETE, expect={"end": "other"})
    assert rules(engine, bad) == [("scenario", "error", "scenarios/one.json")]
    (found,) = [one for one in engine.check(bad) if one.rule == "scenario"]
    assert found.message.startswith(
        "The scenario Approved goes otherwise: it ends at the end event end instead of other"
    )
    with pytest.raises(InvalidDiagram):
        engine.deploy(bad, by=OLGA)


def test_a_scenario_is_a_part_of_the_version(engine):
    first = engine.deploy(with_scenario(tiny.one_task(), inputs=COMPLETE), by=OLGA)
    second = engine.deploy(with_scenario(tiny.one_task(), inputs=COMPLETE, expect=DONE), by=OLGA)
    assert (first.version, second.version) == (1, 2)
    assert "scenarios/one.json" in engine.bundle(second.bundle).files


def test_they_are_not_run_while_the_diagram_has_errors(engine):
    files = with_scenario(tiny.one_task(), expect={"end": "other"})
    del files["forms/ask.json"]
    assert rules(engine, files) == []


def test_a_shared_decision_has_none(engine):
    (path,) = [path for path in tiny.one_task() if path.endswith(".bpmn")]
    dmn = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="d"><decisionTable>'
        '<input label="x"><inputExpression typeRef="number"><text>x</text></inputExpression></input><output name="y"/>'
        "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision></definitions>"
    )
    assert path and rules(engine, {"d.dmn": dmn, "scenarios/one.json": scenario()}) == [
        ("scenario-malformed", "error", "scenarios/one.json")
    ]


# Hostile files


MALFORMED = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "no moment": "{}",
    "a moment without zone": '{"at": "2026-03-02T09:00:00"}',
    "another moment": '{"at": 7}',
    "a moment long ago": '{"at": "0001-01-01T00:00:00+14:00"}',
    "an unknown part": scenario(other=1),
    "inputs that are none": scenario(inputs={}),
    "an input of nothing": scenario(inputs=[{}]),
    "an input of two kinds": scenario(inputs=[{"complete": "a", "wait": "next"}]),
    "an input of another type": scenario(inputs=[7]),
    "values that are none": scenario(inputs=[{"complete": "a", "values": []}]),
    "hundreds of inputs": scenario(inputs=[{"wait": "next"}] * 201),
    "hundreds of answers": scenario(answers=[{"operator": "a"}] * 201),
    "an answer of nobody": scenario(answers=[{"result": 1}]),
    "an answer for ever": scenario(answers=[{"operator": "a", "always": "yes"}]),
    "a path of numbers": scenario(expect={"path": [1]}),
    "an end of numbers": scenario(expect={"end": 1}),
    "data of texts": scenario(expect={"data": "x"}),
    "a term of numbers": scenario(expect={"due": {"a": 1}}),
    "a long name": scenario(inputs=[{"complete": "a" * 201}]),
    "too much": scenario(title="x", start={"data": {"a": "x" * 200_000}}),
    "too deep": "[" * 50_000,
    "a name twice": '{"at": "2026-03-02T09:00:00+08:00", "at": "2026-03-02T09:00:00+08:00"}',
    "a huge number": '{"at": "2026-03-02T09:00:00+08:00", "start": {"data": {"a": 1e999999}}}',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_scenario_is_said_and_harms_nothing(engine, name):
    with pytest.raises(Malformed):
        read_scenario("scenarios/one.json", MALFORMED[name].encode())
    files = {**tiny.one_task(), "scenarios/one.json": MALFORMED[name]}
    (found,) = [one for one in engine.check(files) if one.severity == "error"]
    assert (found.rule, found.file) == ("scenario-malformed", "scenarios/one.json")
    assert len(found.message) < 500


def test_what_is_written_reads_the_same():
    given = read_scenario(
        "scenarios/one.json",
        scenario(
            title="词",
            start={"message": "m", "data": {"a": 1.50}},
            inputs=[*COMPLETE, {"wait": "4 bh"}, {"message": "paid", "payload": {"b": []}}, {"signal": "s"}],
            answers=[{"operator": "x/y", "element": "e", "error": "no", "result": None, "always": True}],
            expect=DONE | {"due": {"ask": "4 bh"}, "waiting": []},
        ).encode(),
    )
    assert read_scenario("scenarios/one.json", write_scenario(given)) == given
    assert write_scenario(given).decode().startswith('{\n "title": "词"')


def test_a_timer_that_comes_for_ever_ends(engine):
    assert wrong(engine, with_scenario(ticking(), inputs=[{"wait": "P300D"}])) == ("endless", "clock", 1)


def test_hundreds_of_scenarios_are_not_all_run(engine):
    many = {f"scenarios/{n:03}.json": scenario() for n in range(102)}
    found = engine.rehearse({**tiny.one_task(), **many})
    assert len(found) == 101 and found[-1].wrong.how == "many"
    assert [one.rule for one in engine.check({**tiny.one_task(), **many}) if "scenario" in one.rule] == [
        "scenarios-not-run"
    ]


def test_what_takes_too_long_is_left_out(engine, monkeypatch):
    monkeypatch.setattr("engine.scenarios.running.PATIENCE", -1.0)
    (found,) = engine.rehearse(with_scenario(tiny.one_task()))
    assert found.wrong.how == "late"


def ticking():
    """A process whose timer comes every minute for as long as its task is open."""
    timer = '<bpmn:timerEventDefinition><bpmn:timeCycle>"R/PT1M"</bpmn:timeCycle></bpmn:timerEventDefinition>'
    body = START + tiny.ask("ask") + END + line("start", "ask", "end") + el("endEvent", "told")
    body += el("boundaryEvent", "clock", timer, attachedToRef="ask", cancelActivity="false")
    return tiny.bundle("loan", body + line("clock", "told", prefix="h"))


def test_one_that_takes_too_long_is_ended_between_two_of_its_steps(engine, monkeypatch):
    monkeypatch.setattr("engine.scenarios.running.PATIENCE", 9.0)
    look = itertools.count().__next__  # each look at the clock takes a second
    for module in ("running", "play"):
        monkeypatch.setattr(f"engine.scenarios.{module}.monotonic", look)
    long = scenario(inputs=[{"wait": "PT100M"}])
    files = {**ticking(), "scenarios/a.json": long, "scenarios/b.json": scenario(), "scenarios/c.json": scenario()}
    (found,) = engine.rehearse(files)
    assert (found.path, found.wrong.how, found.wrong.input) == ("scenarios/a.json", "late", 1) and not found.good
    assert 3 < found.elements.count("told") < 9
    monkeypatch.setattr("engine.scenarios.play.monotonic", itertools.count(1_000).__next__)
    (said,) = [one for one in engine.check(files) if "scenario" in one.rule]
    assert (said.rule, said.file) == ("scenarios-not-run", "scenarios/a.json")
    assert "because it takes too long" in said.message


def test_data_that_grow_without_end_are_stopped(engine):
    grow = f"{{}} = for i in 1..4500 return &quot;{'x' * 150}&quot;"
    scripts = "".join(tiny.script(name, grow.format(name)) for name in ("much", "more"))
    body = START + tiny.ask("ask") + scripts + END
    files = tiny.bundle("loan", body + line("start", "ask", "much", "more", "end"))
    assert wrong(engine, with_scenario(files, inputs=COMPLETE)) == ("too-much", "ask", 1)


def test_a_step_that_fails_says_where(engine):
    body = START + tiny.ask("ask") + tiny.script("work", "x = if approved then 1 else nothing.at.all") + END
    files = tiny.bundle("loan", body + line("start", "ask", "work", "end"))
    assert wrong(engine, with_scenario(files, inputs=[{"complete": "ask", "values": {"approved": False}}]))[:2] == (
        "failed",
        "work",
    )


# People


PERSON = {"name": {"type": "string", "x-personal": True, "pattern": "^A"}, "age": {"type": "integer"}}


def personal(**said):
    """A bundle that asks for a person, with a scenario."""
    files = tiny.one_task()
    files["forms/ask.json"] = tiny.form(PERSON, required=("name",))
    return with_scenario(files, **said)


def test_a_sample_stands_for_what_is_personal(engine):
    files = personal(inputs=[{"complete": "ask", "values": {"name": "sample", "age": 3}}], expect={"data": {"age": 3}})
    assert went(engine, files).good and rules(engine, files) == []
    assert went(engine, files).data["name"].keys() == {"$vault", "sha256"}


def test_a_value_that_may_be_somebodys_is_pointed_at(engine):
    files = personal(inputs=[{"complete": "ask", "values": {"name": "Ann Ash"}}])
    assert rules(engine, files) == [("scenario-personal", "warning", "scenarios/one.json")]
    for text in ("13800138000", "call 13800138000 today", "110101199003070000", "ann@firm.com"):
        files = with_scenario(tiny.one_task(), inputs=[{"complete": "ask", "values": {"approved": True, "note": text}}])
        assert rules(engine, files) == [("scenario-personal", "warning", "scenarios/one.json")], text
    for text in ("2026-11-18T08:58:00+08:00", "990014", "ann@example.com", "1234567890"):
        files = with_scenario(tiny.one_task(), inputs=[{"complete": "ask", "values": {"approved": True, "note": text}}])
        assert rules(engine, files) == [], text
