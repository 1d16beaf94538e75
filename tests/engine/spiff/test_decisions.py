"""Business rule tasks: which table they call, what it gives and where that goes."""

import pytest

from engine.canonical import digest
from engine.errors import StepFailed
from engine.feel import read_decisions
from engine.xml import parse_xml
from tests.engine.spiff.play import Play
from tests.engine.spiff.xmls import END, START, el, line, xml


def table(outputs, rows, policy="UNIQUE", key="rate"):
    """A decision on `amount`; each row is a test and the results."""
    columns = "".join(f'<output id="o{n}" name="{name}" typeRef="string"/>' for n, name in enumerate(outputs))
    rules = "".join(
        f'<rule id="r{n}"><inputEntry><text>{test}</text></inputEntry>'
        + "".join(f'<outputEntry><text>"{result}"</text></outputEntry>' for result in results)
        + "</rule>"
        for n, (test, *results) in enumerate(rows)
    )
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="{key}" name="{key}"><decisionTable hitPolicy="{policy}">'
        f'<input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>{columns}{rules}</decisionTable></decision></definitions>'
    ).encode()


def decisions(source):
    return read_decisions(parse_xml(source))


def diagram(variable="", kind=""):
    inner = "<spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId>"
    if variable:
        inner += f'<spiffworkflow:properties><spiffworkflow:property name="resultVariable" value="{variable}"/></spiffworkflow:properties>'
    rule = el("businessRuleTask", "d", f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" + kind)
    return xml(START + rule + el("userTask", "a") + END + line("start", "d", "a", "end"))


BY_SIZE = table(["channel", "level"], [("&gt;= 100", "phone", "high"), ("&lt; 50", "mail", "low")])


def decided(p):
    return [e.detail for e in p.effects if e.kind == "decided"]


def test_every_output_under_its_own_name():
    p = Play(diagram(), own=decisions(BY_SIZE), data={"amount": 120})
    assert p.marking.data == {"amount": 120, "channel": "phone", "level": "high"} and p.tasks == ["a"]
    assert decided(p) == [{"decision": "rate", "rows": [1], "value": {"channel": "phone", "level": "high"}}]


def test_all_outputs_under_one_name():
    p = Play(diagram("found"), own=decisions(BY_SIZE), data={"amount": 1})
    assert p.marking.data == {"amount": 1, "found": {"channel": "mail", "level": "low"}}


def test_no_row_applies():
    with pytest.raises(StepFailed, match="d: no row of the decision rate applies"):
        Play(diagram(), own=decisions(BY_SIZE), data={"amount": 70})
    p = Play(diagram("found"), own=decisions(BY_SIZE), data={"amount": 70})
    assert p.marking.data == {"amount": 70, "found": None} and decided(p)[0]["rows"] == []


def test_a_list_needs_a_result_variable():
    every = decisions(table(["channel"], [("&gt; 1", "mail"), ("&gt; 10", "phone")], "RULE ORDER"))
    with pytest.raises(StepFailed, match="d: the decision rate gives no single row and needs a resultVariable"):
        Play(diagram(), own=every, data={"amount": 20})
    p = Play(diagram("channels"), own=every, data={"amount": 20})
    assert p.marking.data["channels"] == ["mail", "phone"] and decided(p)[0]["rows"] == [1, 2]


def test_one_output_goes_under_its_name():
    single = decisions(table(["channel"], [("-", "mail")]))
    assert Play(diagram(), own=single, data={"amount": 1}).marking.data["channel"] == "mail"
    count = decisions(table(["hits"], [("&gt; 1", "x"), ("&gt; 2", "y")], 'COLLECT" aggregation="COUNT'))
    assert Play(diagram(), own=count, data={"amount": 2}).marking.data["hits"] == 1
    empty = decisions(table(["channel"], [("-", "mail")]).replace(b'"mail"', b"null"))
    assert Play(diagram(), own=empty, data={"amount": 1}).marking.data["channel"] is None


def test_a_count_of_several_outputs_has_no_name():
    count = decisions(table(["a", "b"], [("-", "x", "y")], 'COLLECT" aggregation="COUNT'))
    with pytest.raises(StepFailed, match="needs a resultVariable"):
        Play(diagram(), own=count, data={"amount": 2})
    assert Play(diagram("n"), own=count, data={"amount": 2}).marking.data["n"] == 1


def test_a_shared_decision_is_recorded_with_its_version_and_the_bundles_own_comes_first():
    shared = {"rate": (decisions(BY_SIZE)["rate"], digest(BY_SIZE))}
    p = Play(diagram(), shared=shared, data={"amount": 120})
    assert decided(p)[0]["digest"] == digest(BY_SIZE) and p.marking.data["channel"] == "phone"
    own = decisions(table(["channel"], [("-", "letter")]))
    p = Play(diagram(), own=own, shared=shared, data={"amount": 120})
    assert "digest" not in decided(p)[0] and p.marking.data["channel"] == "letter"


def test_a_called_process_calls_the_tables_of_its_own_bundle():
    caller = xml(START + el("callActivity", "c", calledElement="q") + END + line("start", "c", "end"))
    called = diagram().replace(b'<bpmn:process id="p"', b'<bpmn:process id="q"')
    assert Play(caller, called, own=decisions(BY_SIZE), data={"amount": 1}).marking.data["channel"] == "mail"


def test_what_is_not_deployed_or_not_well():
    with pytest.raises(StepFailed, match="d: the decision rate is not deployed"):
        Play(diagram(), data={"amount": 1})
    twice = decisions(table(["channel"], [("&gt; 1", "mail"), ("&gt; 2", "phone")]))
    with pytest.raises(StepFailed, match=r"d: decision .rate., hit policy"):
        Play(diagram(), own=twice, data={"amount": 5})
    with pytest.raises(StepFailed, match=r"d: .*unknown name amount"):
        Play(diagram(), own=decisions(BY_SIZE))
