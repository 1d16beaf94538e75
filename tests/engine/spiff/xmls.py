"""Small diagrams as XML: the elements, flows and events that the tests put together."""

from itertools import pairwise

NS = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def xml(body, roots="", key="p"):
    return (
        f'<bpmn:definitions {NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="x" id="d">{roots}'
        f'<bpmn:process id="{key}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    ).encode()


def el(kind, id, inner="", **attributes):
    given = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<bpmn:{kind} id="{id}" name="{id}"{given}>{inner}</bpmn:{kind}>'


def flow(id, source, target, condition=""):
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def line(*ids, prefix="f"):
    return "".join(flow(f"{prefix}_{a}_{b}", a, b) for a, b in pairwise(ids))


START, END = el("startEvent", "start"), el("endEvent", "end")


MESSAGE, SIGNAL, TERMINATE = (f"<bpmn:{k}EventDefinition/>" for k in ("message", "signal", "terminate"))


def timer(expression):
    return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{expression}</bpmn:timeDuration></bpmn:timerEventDefinition>"


def cycle(expression):
    return f"<bpmn:timerEventDefinition><bpmn:timeCycle>{expression}</bpmn:timeCycle></bpmn:timerEventDefinition>"


def error(code):
    return (
        f'<bpmn:errorEventDefinition errorRef="e_{code}"/>',
        f'<bpmn:error id="e_{code}" name="{code}" errorCode="{code}"/>',
    )


def operator(name, variable="", **parameters):
    given = "".join(f'<spiffworkflow:parameter id="{k}" type="any" value="{v}"/>' for k, v in parameters.items())
    return (
        f'<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{name}" resultVariable="{variable}"><spiffworkflow:parameters>'
        f"{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></bpmn:extensionElements>"
    )


def multi(sequential=False, inner=None, condition=""):
    body = inner or (
        "<bpmn:loopDataInputRef>funds</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>marks</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="fund" name="fund"/><bpmn:outputDataItem id="mark" name="mark"/>'
    )
    stop = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{body}{stop}</bpmn:multiInstanceLoopCharacteristics>'


def many(loop, kind="userTask", inner="", **attributes):
    return xml(
        START + el(kind, "m", inner + loop, **attributes) + el("userTask", "b") + END + line("start", "m", "b", "end")
    )


def guarded(definition, interrupting=True, kind="userTask", inner="", roots="", **attributes):
    boundary = el("boundaryEvent", "stop", definition, attachedToRef="a", cancelActivity=str(interrupting).lower())
    return xml(
        START
        + el(kind, "a", inner, **attributes)
        + boundary
        + el("userTask", "late")
        + el("userTask", "b")
        + END
        + line("start", "a", "b", "end")
        + line("stop", "late", "end"),
        roots,
    )


def event_sub(definition, interrupting=True, roots=""):
    inner = (
        el("startEvent", "es", definition, isInterrupting=str(interrupting).lower())
        + el("userTask", "help")
        + el("endEvent", "ee")
        + line("es", "help", "ee")
    )
    return xml(
        START
        + el("userTask", "a")
        + END
        + line("start", "a", "end")
        + el("subProcess", "esp", inner, triggeredByEvent="true"),
        roots,
    )
