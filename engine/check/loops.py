"""Loops in which nothing is waited for: a step that never ends."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagram import Element
from ..model import Finding
from .graph import components
from .phrases import listed
from .subject import Subject

WAITING = frozenset({"userTask", "manualTask", "receiveTask", "callActivity", "eventBasedGateway"})
HEARD = frozenset({"message", "timer", "signal"})


def check_loops(subject: Subject) -> Iterator[Finding]:
    """Each loop that passes nobody and nothing that takes time."""
    graph = subject.graph
    quick = {graph.number[e.id] for e in graph.elements if graph.is_reached(e) and not waits(subject, e)}
    for component in components(graph.steps, quick):
        if len(component) > 1 or component[0] in graph.steps[component[0]]:
            loop = [graph.elements[number] for number in sorted(component)]
            first = next((element for element in loop if element.is_gateway), loop[0])
            yield subject.find("loop-never-waits", first, loop=listed(element.id for element in loop[:8]))


def waits(subject: Subject, element: Element) -> bool:
    """Whether a case may stand still at an element; an operator that is not known is taken to."""
    if element.kind in WAITING:
        return True
    if element.kind in ("intermediateCatchEvent", "boundaryEvent"):
        return element.event is not None and element.event.kind in HEARD
    if element.kind == "serviceTask":
        name = element.operation.id if element.operation else ""
        operator = subject.installation.operators.get(name)
        return name not in subject.installation.built_in and (operator is None or operator.kind == "remote")
    return element.is_scope and _waits_inside(subject, element)


def _waits_inside(subject: Subject, scope: Element) -> bool:
    """Whether every way through a subprocess stands still somewhere."""
    graph = subject.graph
    todo = [start for start in graph.starts(scope.id) if not start.event or start.event.kind == "none"]
    seen = {start.id for start in todo}
    while todo:
        element = todo.pop()
        if waits(subject, element):
            continue
        if not element.outgoing:
            return False
        for after in graph.next(element):
            if after.id not in seen:
                seen.add(after.id)
                todo.append(after)
    return True
