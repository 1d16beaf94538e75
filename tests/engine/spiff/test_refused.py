"""What is refused by name when a diagram is read."""

from contextlib import nullcontext

import pytest

from engine.spiff import Refused, parse
from tests.engine.spiff.xmls import END, MESSAGE, SIGNAL, START, cycle, el, error, flow, line, xml


def nested(depth):
    """A task z in so many subprocesses inside each other."""
    body = el("userTask", "z")
    for number in range(depth):
        ends = el("startEvent", f"s{number}") + el("endEvent", f"e{number}")
        body = el(
            "subProcess",
            f"p{number}",
            body + ends + line(f"s{number}", f"p{number - 1}" if number else "z", f"e{number}", prefix=f"f{number}"),
        )
    return body


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
        "an event by reference": el("endEvent", "z", "<bpmn:eventDefinitionRef>T</bpmn:eventDefinitionRef>"),
        "an event by ref": el("intermediateThrowEvent", "z", "<bpmn:eventDefinitionRef>T</bpmn:eventDefinitionRef>"),
        "a multi-instance that throws events": el(
            "userTask", "z", '<bpmn:multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="S"/>'
        ),
        "an event subprocess of many": el(
            "subProcess",
            "z",
            "<bpmn:multiInstanceLoopCharacteristics/>"
            + el("startEvent", "zs", MESSAGE)
            + el("endEvent", "ze")
            + line("zs", "ze"),
            triggeredByEvent="1",
        ),
        "more than one token at once": el("userTask", "z", completionQuantity="3"),
        "more than one token": el("userTask", "z", startQuantity="2"),
        "results inside of something": el(
            "userTask",
            "z",
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>l</bpmn:loopDataInputRef>"
            "<bpmn:loopDataOutputRef>c.d</bpmn:loopDataOutputRef></bpmn:multiInstanceLoopCharacteristics>",
        ),
        "more than 20 subprocesses inside each other": nested(21),
        "a compensation": el("userTask", "z", isForCompensation="1"),
        "an event-based gateway that starts a case": el("eventBasedGateway", "z", instantiate=" 1 "),
        "the isInterrupting 'maybe'": el("startEvent", "z", MESSAGE, isInterrupting="maybe"),
        "a boundary event of something that does not wait": el("scriptTask", "y", "<bpmn:script>x = 1</bpmn:script>")
        + el("boundaryEvent", "z", MESSAGE, attachedToRef="y"),
    }.items(),
)
def test_refused_by_name(what, body):
    with pytest.raises(Refused, match=what) as refused:
        parse(xml(START + END + body + line("start", "end"), error("E")[1]))
    assert refused.value.element == "z"


def test_what_others_call_alike_is_their_business():
    tool = '<x:tool xmlns:x="urn:x" instantiate="later" completionQuantity="3"/>'
    parse(xml(START + el("userTask", "z", f"<bpmn:extensionElements>{tool}</bpmn:extensionElements>") + END + FLOWS))


FLOWS = flow("f1", "start", "z") + flow("f2", "z", "end")


@pytest.mark.parametrize(("length", "refused"), [(200, False), (201, True)])
def test_names_are_as_long_as_the_tables_hold(length, refused):
    message = f'<bpmn:message id="M" name="{"m" * length}"/>'
    catch = el("intermediateCatchEvent", "z", '<bpmn:messageEventDefinition messageRef="M"/>')
    long = el("intermediateThrowEvent", "t" * length)
    for body, roots in ((catch + FLOWS, message), (long + FLOWS.replace("z", "t" * length), "")):
        with pytest.raises(Refused) if refused else nullcontext():
            parse(xml(START + body + END, roots))


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
