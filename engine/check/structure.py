"""Structure: what is drawn hangs together, begins, ends and is reached."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagram import Element, Flow
from ..diagram.nodes import BPMN, local
from ..diagram.parts import ACTIVITIES
from ..model import Finding
from .graph import components, reachable
from .phrases import phrase
from .rules import finding
from .subject import Subject, kind_of

REFERENCES = ("message", "signal", "error", "escalation")
NAMED = frozenset({"process", "sequenceFlow", "lane", "participant", *REFERENCES})


def is_named(kind: str) -> bool:
    """Whether BPMN elements of a kind must have ids of their own here."""
    return kind in ACTIVITIES or kind in NAMED or kind.endswith(("Event", "Gateway"))


def check_ids(subject: Subject) -> Iterator[Finding]:
    """Flow nodes and flows without an id, and ids that are used twice."""
    parts: list[Element | Flow] = [*subject.diagram.elements, *subject.diagram.flows]
    seen: dict[str, int] = {}
    for node in subject.root.iter(f"{BPMN}*"):
        id, line = node.get("id", ""), node.sourceline or 0
        if not id or not is_named(local(node)):
            continue
        if id in seen:
            yield finding("duplicate-id", subject.file, id, line, 0, id=id, other=str(seen[id]))
        seen.setdefault(id, line)
    for part in parts:
        if not part.id:
            kind = kind_of(part)
            yield finding("missing-id", subject.file, "", part.line, part.column, kind=kind, at=str(part.line))


def check_flows(subject: Subject) -> Iterator[Finding]:
    """Flows that lead nowhere, or where none can lead."""
    for flow in subject.diagram.flows:
        ends = [end for end in (flow.source, flow.target) if end in subject.diagram]
        if len(ends) < 2 or any(subject.diagram.element(end).scope != flow.scope for end in ends):
            source, target = (end or phrase("nowhere") for end in (flow.source, flow.target))
            yield subject.find("dangling-flow", flow, source=source, target=target)
            continue
        yield from _impossible(
            subject, flow, subject.diagram.element(flow.source), subject.diagram.element(flow.target)
        )


def _impossible(subject: Subject, flow: Flow, source: Element, target: Element) -> Iterator[Finding]:
    begun = target.kind in ("boundaryEvent", "startEvent") or target.triggered_by_event
    if begun:
        end = phrase("into {here}", here=subject.label(target))
        yield subject.find("impossible-flow", flow, end=end, what=phrase("is begun by its event"))
    if source.kind == "endEvent" or source.triggered_by_event:
        end = phrase("out of {here}", here=subject.label(source))
        yield subject.find("impossible-flow", flow, end=end, what=phrase("ends there"))


def is_impossible(subject: Subject, flow: Flow) -> bool:
    """Whether a flow leads where none can lead."""
    source, target = subject.diagram.element(flow.source), subject.diagram.element(flow.target)
    return any(True for _ in _impossible(subject, flow, source, target))


def check_attached(subject: Subject) -> Iterator[Finding]:
    """Events at the edge of nothing."""
    for element in subject.graph.elements:
        if element.kind == "boundaryEvent":
            host = subject.graph.number.get(element.attached_to or "")
            if host is None or subject.graph.elements[host].scope != element.scope or element.attached_to == element.id:
                yield subject.find("detached-event", element)


def check_starts(subject: Subject) -> Iterator[Finding]:
    """Processes and subprocesses in which nothing can begin."""
    graph, process = subject.graph, subject.diagram.process
    kinds = [start.event.kind for start in graph.starts(subject.diagram.key) if start.event]
    if process and not {"none", "message", "timer"} & set(kinds):
        here = phrase("the process {label}", label=subject.diagram.name)
        start = phrase("start event that is plain, for a message or by the clock")
        yield finding("no-start", subject.file, process.id, process.line, process.column, here=here, start=start)
    for scope in filter(lambda element: element.is_scope, graph.elements):
        kinds = [start.event.kind for start in graph.starts(scope.id) if start.event]
        if scope.triggered_by_event and (len(kinds) != 1 or "none" in kinds):
            yield subject.find("no-start", scope, start=phrase("one start event with the event that begins it"))
        elif not scope.triggered_by_event and "none" not in kinds:
            yield subject.find("no-start", scope, start=phrase("plain start event"))


def check_reached(subject: Subject) -> Iterator[Finding]:
    """Elements that no path leads to; not those inside something that is not reached itself."""
    graph = subject.graph
    for scope in subject.diagram.scopes:
        outside = subject.diagram.element(scope.id) if scope.id in graph.number else None
        if graph.starts(scope.id) and (outside is None or graph.is_reached(outside)):
            in_play = {element.id for element in graph.in_play(scope.id)}
            for element in graph.inside[scope.id]:
                if element.id not in in_play:
                    yield subject.find("unreachable", element)


def check_ends(subject: Subject) -> Iterator[Finding]:
    """Elements after which nothing follows, and loops that nothing leads out of."""
    graph = subject.graph
    for element in graph.elements:
        last = not element.outgoing and element.kind != "endEvent" and not element.triggered_by_event
        if last and graph.is_reached(element):
            yield subject.find("no-end", element)
    for scope in subject.diagram.scopes:
        loop = endless(subject, scope.id)
        if loop and not broken_off(subject, scope.id):
            yield subject.find("no-end", graph.elements[max(loop)])


def endless(subject: Subject, scope: str) -> list[int]:
    """The numbers of the elements of a loop in a scope that nothing leads out of, if there is one."""
    graph = subject.graph
    elements = graph.in_play(scope)
    before: list[list[int]] = [[] for _ in graph.elements]
    for element in elements:
        for after in graph.next(element):
            before[graph.number[after.id]].append(graph.number[element.id])
    last = [graph.number[e.id] for e in elements if not e.outgoing]
    ending = reachable(last, before)
    stuck = [graph.number[e.id] for e in elements if graph.number[e.id] not in ending]
    return components(graph.steps, stuck)[0] if stuck else []


def broken_off(subject: Subject, scope: str) -> bool:
    """Whether an event may end a scope from outside of its flow."""
    graph = subject.graph
    while True:
        if any(
            e.event and e.event.kind in ("terminate", "error") for e in graph.inside.get(scope, ()) if not e.outgoing
        ):
            return True
        for handler in graph.event_subprocesses(scope):
            if all(start.interrupting for start in graph.starts(handler.id)):
                return True
        if scope not in graph.number:
            return False
        if any(event.cancel_activity for event in graph.boundary.get(scope, ())):
            return True
        scope = graph.elements[graph.number[scope]].scope


def check_references(subject: Subject) -> Iterator[Finding]:
    """Events that refer to a message, signal or error that there is not, and messages without a name."""
    defined = {(kind, node.get("id")) for kind in REFERENCES for node in subject.root.iterchildren(BPMN + kind)}
    for element in subject.diagram.elements:
        event = element.event
        if event is None or event.kind not in REFERENCES:
            continue
        if event.reference and (event.kind, event.reference) not in defined:
            yield subject.find("unknown-reference", element, kind=phrase(event.kind), id=event.reference)
        elif event.kind == "message" and not event.name.strip():
            yield subject.find("message-without-name", element)
