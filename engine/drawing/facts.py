"""What a BPMN element says about its own look: the kind of an event, the markers of an activity, the ends of a flow."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from .plane import BPMN, kind_of

SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
DEFINITION = "EventDefinition"


def is_event(kind: str) -> bool:
    """Whether a kind of element is an event."""
    return kind.endswith("Event")


def is_gateway(kind: str) -> bool:
    """Whether a kind of element is a gateway."""
    return kind.endswith("Gateway")


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a name in the BPMN namespace."""
    return element.find(f"{{{BPMN}}}{name}")


def trigger(element: etree._Element) -> str | None:
    """What an event waits for or does: `timer`, `message`, ... or `multiple`; None for a plain one."""
    kinds = [kind_of(item) for item in element if isinstance(item.tag, str)]
    kinds = [kind.removesuffix(DEFINITION) for kind in kinds if kind.endswith(DEFINITION)]
    if len(kinds) > 1:
        return "parallelMultiple" if element.get("parallelMultiple") == "true" else "multiple"
    if kinds:
        return kinds[0]
    return "multiple" if child(element, "eventDefinitionRef") is not None else None


def throws(kind: str) -> bool:
    """Whether an event does something instead of waiting for it."""
    return kind in ("endEvent", "intermediateThrowEvent", "implicitThrowEvent")


def interrupts(element: etree._Element) -> bool:
    """Whether an event ends what it happens to; one that does not has a dashed ring."""
    return "false" not in (element.get("cancelActivity"), element.get("isInterrupting"))


def markers(element: etree._Element, *, expanded: bool) -> list[str]:
    """The markers at the foot of an activity, from left to right."""
    kind, found = kind_of(element), []
    if child(element, "standardLoopCharacteristics") is not None:
        found.append("loop")
    instances = child(element, "multiInstanceLoopCharacteristics")
    if instances is not None:
        found.append("sequential" if instances.get("isSequential") == "true" else "parallel")
    if element.get("isForCompensation") == "true":
        found.append("compensation")
    if kind in SUBPROCESSES and not expanded:
        found.append("collapsed")
    if kind == "adHocSubProcess":
        found.append("adhoc")
    return found


def gateway_sign(element: etree._Element) -> str:
    """Which sign stands in a gateway."""
    kind = kind_of(element)
    if kind == "eventBasedGateway" and element.get("instantiate") == "true":
        return f"{kind} {'parallel' if element.get('eventGatewayType') == 'Parallel' else 'instantiate'}"
    return kind


def is_default(element: etree._Element, ends: Mapping[str, etree._Element]) -> bool:
    """Whether a sequence flow is the default of where it comes from."""
    source = ends.get(element.get("sourceRef", ""))
    return source is not None and bool(source.get("default") == element.get("id"))


def is_conditional(element: etree._Element, ends: Mapping[str, etree._Element]) -> bool:
    """Whether a sequence flow shows its condition by a diamond: one that leaves an activity."""
    source = ends.get(element.get("sourceRef", ""))
    activity = source is not None and not is_gateway(kind_of(source)) and not is_event(kind_of(source))
    return bool(activity and child(element, "conditionExpression") is not None)
