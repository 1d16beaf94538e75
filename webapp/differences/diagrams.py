"""What is different between two diagrams: elements, flows, lanes, the process itself, and where things are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.drawing import plane_of
from engine.errors import MalformedXml

from ..forms.labels import spoken
from ..language import Words
from ..phrases import EVENTS, KINDS
from .parts import ADDED, CHANGED, MOVED, REMOVED, Difference, Say, compared, yes_no

if TYPE_CHECKING:
    from engine.diagram import Diagram, Element, Flow

PLAIN = (
    "name",
    "documentation",
    "instructions",
    "variable_name",
    "post_script",
    "script",
    "called_decision",
    "called_process",
)
THROWING = ("endEvent", "intermediateThrowEvent", "sendTask")
REFERENCES = ("source", "target", "attached_to", "default", "scope")
INSTANCES = ("collection", "cardinality", "item", "output", "output_item", "completion")


def differences(old: Diagram, new: Diagram, words: Words, say: Say) -> Iterator[Difference]:
    """All differences between two diagrams, in the order of the new one."""
    yield from _process(old, new, words)
    yield from _lanes(old, new, words, say)
    before = {part.id: part for part in (*old.elements, *old.flows)}
    after = {part.id: part for part in (*new.elements, *new.flows)}
    for id in [*after, *(id for id in before if id not in after)]:
        if id not in before:
            yield Difference(kind=ADDED, what=called(after[id], new, words, say), element=id)
        elif id not in after:
            yield Difference(kind=REMOVED, what=called(before[id], old, words, say), element=id)
        else:
            facts = _facts(before[id], old, words, say), _facts(after[id], new, words, say)
            for name in _same(before[id], after[id], old, new):
                for side in facts:
                    side.pop(name, None)
            yield from compared(*facts, called(after[id], new, words, say), words, element=id)
    yield from _orders(old, new, words, say)
    yield from _texts(old, new, words)


def moved(path: str, before: bytes, after: bytes, words: Words) -> Iterator[Difference]:
    """How many shapes and lines stand elsewhere, in one difference."""
    try:
        old, new = _places(before), _places(after)
    except (MalformedXml, ValueError, RecursionError):
        return
    count = sum(old[id] != new[id] for id in old.keys() & new.keys())
    if count:
        said = words.many("%(num)s shape or line was moved", "%(num)s shapes and lines were moved", count)
        yield Difference(kind=MOVED, what=said, file=path)


def _places(body: bytes) -> dict[str, object]:
    plane = plane_of(body)
    return {shape.id: shape.box for shape in plane.shapes} | {edge.id: edge.points for edge in plane.edges}


def called(part: Element | Flow, diagram: Diagram, words: Words, say: Say) -> str:
    """What people call an element or flow."""
    if hasattr(part, "kind"):
        return words("“%(name)s”", name=say(part.name) or part.id)
    source, target = say(diagram.label(part.source)), say(diagram.label(part.target))
    if part.name:
        ends = {"source": source, "target": target}
        return words("Flow “%(name)s” from “%(source)s” to “%(target)s”", name=say(part.name), **ends)
    return words("Flow from “%(source)s” to “%(target)s”", source=source, target=target)


def kind_of(kind: str, words: Words) -> str:
    """A kind of element as people call it."""
    return KINDS.get(kind, kind) if words.lang == "zh" else spoken(kind).lower()


def _facts(part: Element | Flow, diagram: Diagram, words: Words, say: Say) -> dict[str, str]:
    """What is written about an element or flow, by name."""
    found = _of_element(part, diagram, words, say) if hasattr(part, "kind") else _of_flow(part, diagram, say)
    return {name: value for name, value in found.items() if value}


def _of_flow(flow: Flow, diagram: Diagram, say: Say) -> dict[str, str]:
    return {
        "name": flow.name,
        "source": say(diagram.label(flow.source)),
        "target": say(diagram.label(flow.target)),
        "condition": flow.condition or "",
        "documentation": flow.documentation,
    }


def _of_element(element: Element, diagram: Diagram, words: Words, say: Say) -> dict[str, str]:
    found = {name: str(getattr(element, name) or "") for name in PLAIN}
    found |= {"kind": kind_of(element.kind, words), "lane": element.lane or "", "form": element.form or ""}
    if element.scope != diagram.key:
        found["scope"] = say(diagram.label(element.scope))
    found |= dict(element.metadata)
    found |= {name: value for name, value in element.properties.items() if name != "formJsonSchemaFilename"}
    if element.default:
        found["default"] = _way(diagram, element.default, say)
    found |= _attachment(element, diagram, words, say)
    if element.operation:
        found |= {"operator": element.operation.id, "operator_result": element.operation.result_variable or ""}
        found |= {f"gives {name}": value for name, value in element.operation.parameters.items()}
    return found | _event(element, words) | _instances(element, words)


def _way(diagram: Diagram, id: str, say: Say) -> str:
    """A flow by its name, else by where it leads."""
    if not diagram.has_flow(id):
        return id
    flow = diagram.flow(id)
    return say(flow.name) or f"→ {say(diagram.label(flow.target))}"


def _attachment(element: Element, diagram: Diagram, words: Words, say: Say) -> dict[str, str]:
    """Where an event stands, and whether it interrupts."""
    found = {}
    if element.attached_to is not None:
        found["attached_to"] = say(diagram.label(element.attached_to))
        found["cancel_activity"] = yes_no(element.cancel_activity, words)
    if element.triggered_by_event:
        found["triggered_by_event"] = yes_no(True, words)
    if element.kind == "startEvent" and element.scope in diagram and diagram.element(element.scope).triggered_by_event:
        found["interrupting"] = yes_no(element.interrupting, words)
    return found


def _event(element: Element, words: Words) -> dict[str, str]:
    """What an event waits for or throws."""
    event = element.event
    if event is None or event.kind == "none":
        return {}
    kind = EVENTS.get(event.kind, event.kind) if words.lang == "zh" else spoken(event.kind).lower()
    found = {"event": kind, "event_variable": event.variable or ""}
    if event.kind == "timer":
        return found | {event.timer: event.expression or ""}
    found["event_payload"] = event.expression or ""
    verb = "throws" if element.kind in THROWING else "waits"
    return found | {f"{verb}_{event.kind}": event.name}


def _instances(element: Element, words: Words) -> dict[str, str]:
    several = element.multi_instance
    if several is None:
        return {}
    how = words("one after the other") if several.sequential else words("all at once")
    return {"instances": how} | {name: getattr(several, name) or "" for name in INSTANCES}


def _process(old: Diagram, new: Diagram, words: Words) -> Iterator[Difference]:
    sides = []
    for diagram in (old, new):
        said = dict(diagram.properties) | {"name": diagram.name}
        if (process := diagram.process) is not None:
            said["documentation"] = process.documentation
            for name in ("inputs", "outputs"):
                said[name] = ", ".join(getattr(process, name) or ())
        sides.append({name: value for name, value in said.items() if value})
    yield from compared(*sides, words("The process"), words)


def _lanes(old: Diagram, new: Diagram, words: Words, say: Say) -> Iterator[Difference]:
    before, after = ({lane.id: lane.name for lane in diagram.lanes} for diagram in (old, new))
    for id in [*after, *(id for id in before if id not in after)]:
        what = words("Lane “%(name)s”", name=say(after.get(id, before.get(id, ""))) or id)
        if id not in before or id not in after:
            yield Difference(kind=ADDED if id not in before else REMOVED, what=what, element=id)
        else:
            yield from compared({"name": before[id]}, {"name": after[id]}, what, words, element=id)


def _same(one: Element | Flow, other: Element | Flow, old: Diagram, new: Diagram) -> list[str]:
    """What leads to the same on both sides, which may have another name now."""
    found = [name for name in REFERENCES if getattr(one, name, None) == getattr(other, name, None)]
    lanes = [{lane.id for lane in diagram.lanes if one.id in lane.nodes} for diagram in (old, new)]
    return [*found, "lane"] if lanes[0] == lanes[1] else found


def _orders(old: Diagram, new: Diagram, words: Words, say: Say) -> Iterator[Difference]:
    """Gateways that try the conditions of the same flows in another order."""
    for element in new.elements:
        if not element.is_gateway or element.kind == "parallelGateway" or element.id not in old:
            continue
        before, after = old.element(element.id).outgoing, element.outgoing
        ways = [[id for id in side if id in other] for side, other in ((before, after), (after, before))]
        if ways[0] != ways[1]:
            sides = zip((old, new), ways, strict=True)
            between = "、" if words.lang == "zh" else ", "
            named = [between.join(_way(diagram, id, say) for id in way) for diagram, way in sides]
            yield from compared(
                {"order": named[0]}, {"order": named[1]}, called(element, new, words, say), words, element=element.id
            )


def _texts(old: Diagram, new: Diagram, words: Words) -> Iterator[Difference]:
    """Pools, annotations and data objects: what is only read."""
    before, after = (
        {text.element: text.text for text in diagram.texts if text.element not in {lane.id for lane in diagram.lanes}}
        for diagram in (old, new)
    )
    for id in [*after, *(id for id in before if id not in after)]:
        if before.get(id) == after.get(id):
            continue
        kind = ADDED if id not in before else REMOVED if id not in after else CHANGED
        sides = {"before": before.get(id, ""), "after": after.get(id, "")}
        yield Difference(kind=kind, what=words("Text in the drawing"), element=id, **sides)
