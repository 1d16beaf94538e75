"""The event of an element: what it waits for or throws."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from .nodes import BPMN, children, local
from .parts import Event

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DEFINITION = "EventDefinition"
TIMES = ("timeDuration", "timeDate", "timeCycle")


class Found(NamedTuple):
    """An event, and the node that holds its expression."""

    event: Event
    node: etree._Element | None = None


def read_event(root: etree._Element, node: etree._Element, kind: str, key: str | None) -> Found | None:
    """The event of an element, or nothing if its kind has none."""
    if node.get("messageRef") and kind in ("sendTask", "receiveTask"):
        return _named(root, node, node, "message", key, 1)
    found = [child for child in node if local(child).endswith(DEFINITION)]
    if not found:
        return Found(Event(kind="none", definitions=0)) if kind.endswith("Event") else None
    sort = local(found[0]).removesuffix(DEFINITION)
    if sort == "timer":
        return _timer(found[0], len(found))
    return _named(root, node, found[0], sort, key, len(found))


def _timer(definition: etree._Element, count: int) -> Found:
    for name in TIMES:
        for node in children(definition, name):
            return Found(Event(kind="timer", timer=name, expression=node.text, definitions=count), node)
    return Found(Event(kind="timer", definitions=count))


def _named(
    root: etree._Element, node: etree._Element, definition: etree._Element, kind: str, key: str | None, count: int
) -> Found:
    """A message, signal or error: named by what it refers to, else by its element."""
    reference = definition.get(f"{kind}Ref") or ""
    target = next((r for r in root.iterchildren(BPMN + kind) if r.get("id") == reference), None) if reference else None
    name = (target.get("name", "") if target is not None else "") if reference else node.get("name", "")
    if kind == "error":
        name = target.get("errorCode", "") if target is not None else ""
    places = [definition] if target is None else [definition, target]
    payload = _first(places, ("messagePayload",) if kind == "message" else ("payloadExpression",))
    variable = _first(places, ("messageVariable",) if kind == "message" else ("variableName",))
    event = Event(
        kind=kind,
        name=name,
        reference=reference,
        expression=payload.text if payload is not None else None,
        variable=((variable.text or "").strip() or None) if variable is not None else None,
        key=key,
        definitions=count,
    )
    return Found(event, payload)


def _first(places: list[etree._Element], names: tuple[str, ...]) -> etree._Element | None:
    """The first extension of one of the names, in the definition or in what it refers to."""
    return next((found for place in places for name in names for found in place.iter(SPIFF + name)), None)
