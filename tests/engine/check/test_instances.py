"""The number of an instance: nothing writes it, and what is read before there are instances reads the one around it."""

import pytest

from .bundles import (
    END,
    START,
    ask,
    bundle,
    call,
    decide,
    el,
    event,
    form,
    found,
    message,
    messages,
    simple,
    sub,
    table,
)

THREE = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>3</bpmn:loopCardinality>{}'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
ONE_BY_ONE = THREE.format("")
COUNTED = form(("loopCounter",), loopCounter={"type": "integer"})
RULE = "counter-overwritten"


def inside(*nodes, ways, loop=ONE_BY_ONE, **files):
    """A subprocess that runs three times, after a task outside."""
    around = sub("o", [el("startEvent", "os"), *nodes, el("endEvent", "oe")], ways)
    around = around.replace("</bpmn:subProcess>", loop + "</bpmn:subProcess>")
    return bundle([START, ask("a"), around, END], "start > a > o > end", roots=messages("m"), **files)


def elements(files):
    return [element for rule, element in found(files) if rule == RULE]


def within(node, id, **files):
    return elements(inside(node, ways=f"os > {id} > oe", **files))


@pytest.mark.parametrize(
    "node, files",
    [
        (ask("t", form="forms/c.json"), {"c_json": COUNTED}),
        (ask("t", variable="loopCounter"), {}),
        (ask("t", post="loopCounter = 1"), {}),
        (el("scriptTask", "t", "<bpmn:script>loopCounter = 1</bpmn:script>"), {}),
        (call("t", "look", variable="loopCounter"), {}),
        (decide("t", "grade", resultVariable="loopCounter"), {"grade_dmn": table()}),
        (event("intermediateCatchEvent", "t", message("m", "loopCounter")), {}),
        (ask("t", inner=THREE.format("<bpmn:loopDataOutputRef>loopCounter</bpmn:loopDataOutputRef>")), {}),
    ],
)
def test_what_an_instance_holds_does_not_write_its_number(node, files):
    assert within(node, "t", **files) == ["t"]
    assert elements(simple(ask("a"), node, ways="start > a > t > end", roots=messages("m"), **files)) == []


def test_an_instance_does_not_write_its_own_number():
    item = '<bpmn:outputDataItem id="loopCounter"/>'
    assert elements(simple(ask("a", inner=THREE.format(item)))) == ["a"]
    assert elements(simple(ask("a", form="forms/c.json", inner=ONE_BY_ONE), c_json=COUNTED)) == ["a"]
    assert elements(simple(ask("a", form="forms/c.json", variable="said", inner=ONE_BY_ONE), c_json=COUNTED)) == []
    assert elements(simple(ask("a", post="loopCounter = 1", inner=ONE_BY_ONE))) == []  # runs once, after all of them


def test_how_often_an_inner_activity_runs_may_hang_on_the_outer_number():
    often = ONE_BY_ONE.replace(">3<", ">loopCounter + 1<")
    assert found(inside(ask("t", inner=often), ways="os > t > oe")) == []
    assert found(simple(ask("a"), ask("t", inner=often), ways="start > a > t > end")) == [("unknown-name", "t")]
