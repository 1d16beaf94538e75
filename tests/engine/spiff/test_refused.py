"""What is refused by name when a diagram is read."""

import pytest

from engine.spiff import Refused, parse
from tests.engine.spiff.xmls import END, MESSAGE, SIGNAL, START, cycle, el, error, flow, line, xml


@pytest.mark.parametrize(
    "what, body",
    {
        "a complexGateway": el("complexGateway", "z"),
        "a transaction": el("transaction", "z"),
        "a adHocSubProcess": el("adHocSubProcess", "z"),
        "a business rule task without calledDecisionId": el("businessRuleTask", "z"),
        "a standard loop": el("userTask", "z", "<bpmn:standardLoopCharacteristics/>"),
        "a escalation event": el("intermediateThrowEvent", "z", "<bpmn:escalationEventDefinition/>"),
        "a link event": el("intermediateThrowEvent", "z", "<bpmn:linkEventDefinition/>"),
        "a compensate event": el("endEvent", "z", "<bpmn:compensateEventDefinition/>"),
        "a conditional event": el("intermediateCatchEvent", "z", "<bpmn:conditionalEventDefinition/>"),
        "a cancel event": el("endEvent", "z", "<bpmn:cancelEventDefinition/>"),
        "a cycle of which only the first time would count": el("intermediateCatchEvent", "z", cycle('"R3/PT1H"')),
        "a cycle of which only the first": el("userTask", "y")
        + el("boundaryEvent", "z", cycle('"R3/PT1H"'), attachedToRef="y"),
        "a cycle of which only": el(
            "subProcess",
            "zs",
            el("startEvent", "z", cycle('"R3/PT1H"')) + el("endEvent", "ze") + line("z", "ze"),
            triggeredByEvent="true",
        ),
        "a timer without timeDuration, timeDate or timeCycle": el("intermediateCatchEvent", "z", cycle("")),
        "several events": el("intermediateCatchEvent", "z", MESSAGE + SIGNAL),
        "a none event in a intermediateCatchEvent": el("intermediateCatchEvent", "z"),
        "a second start of the same kind": el("startEvent", "z"),
        "an error that does not interrupt": el("userTask", "y")
        + el("boundaryEvent", "z", error("E")[0], attachedToRef="y", cancelActivity="false"),
        "an event subprocess needs an event": el(
            "subProcess",
            "z",
            el("startEvent", "zs") + el("endEvent", "ze") + line("zs", "ze"),
            triggeredByEvent="true",
        ),
        "an error that does not": el(
            "subProcess",
            "z",
            el("startEvent", "zs", error("E")[0], isInterrupting="false") + el("endEvent", "ze") + line("zs", "ze"),
            triggeredByEvent="true",
        ),
        "leads to something that is not an event of its own": el("eventBasedGateway", "y")
        + el("userTask", "x")
        + flow("z", "y", "x"),
        "a boundary event of something that does not wait": el("scriptTask", "y", "<bpmn:script>x = 1</bpmn:script>")
        + el("boundaryEvent", "z", MESSAGE, attachedToRef="y"),
    }.items(),
)
def test_refused_by_name(what, body):
    with pytest.raises(Refused, match=what) as refused:
        parse(xml(START + END + body + line("start", "end"), error("E")[1]))
    assert refused.value.element == "z"


def test_correlation_properties_are_refused():
    roots = (
        '<bpmn:collaboration id="c"><bpmn:correlationKey name="k"><bpmn:correlationPropertyRef>cp</bpmn:correlationPropertyRef>'
        '</bpmn:correlationKey></bpmn:collaboration><bpmn:message id="M" name="paid"/><bpmn:correlationProperty id="cp" name="order">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="M"><bpmn:formalExpression>order</bpmn:formalExpression>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    catch = el("intermediateCatchEvent", "z", '<bpmn:messageEventDefinition messageRef="M"/>')
    with pytest.raises(Refused, match="z: correlation properties"):
        parse(xml(START + catch + END + line("start", "z", "end"), roots))
