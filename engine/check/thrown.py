"""Errors of a diagram: what waits for one that nothing throws, and what throws one that nothing catches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..diagram import Element
from ..model import Finding
from .subject import Subject

ANSWERING = frozenset({"serviceTask", "callActivity"})  # they may throw any error


def check_thrown(subject: Subject) -> Iterator[Finding]:
    """Events that wait for an error which nothing inside throws, and ends whose error leaves the process."""
    for element in subject.graph.elements:
        if not is_error(element):
            continue
        if element.kind == "boundaryEvent" and element.attached_to in subject.graph.number:
            host = subject.diagram.element(element.attached_to or "")
            watched: Iterable[Element] = (host, *(subject.graph.deep(host.id) if host.is_scope else ()))
        elif element.kind == "startEvent" and element.scope in subject.graph.number:
            handler = subject.diagram.element(element.scope)
            inner = {one.id for one in subject.graph.deep(handler.id)}
            watched = [one for one in subject.graph.deep(handler.scope) if one.id not in inner]
        else:
            continue
        if not any(may_throw(one, element) for one in watched):
            yield subject.find("error-never-thrown", element)
    for element in subject.graph.elements:
        if element.kind == "endEvent" and is_error(element) and not _is_caught(subject, element):
            yield subject.find("error-not-caught", element)


def is_error(element: Element) -> bool:
    """Whether an event is about an error."""
    return element.event is not None and element.event.kind == "error"


def may_throw(element: Element, catcher: Element) -> bool:
    """Whether an element may throw what an event catches: an event without a code catches all."""
    if element.kind in ANSWERING:
        return True
    caught = catcher.event.name if catcher.event else ""
    return (
        element.kind == "endEvent" and is_error(element) and caught in ("", element.event.name if element.event else "")
    )


def _is_caught(subject: Subject, end: Element) -> bool:
    """Whether an activity around an end, or an event subprocess beside it, catches its error."""
    graph, inside = subject.graph, end
    while True:
        around = graph.number.get(inside.scope)
        if not inside.triggered_by_event and not (around is not None and graph.elements[around].triggered_by_event):
            starts = (start for handler in graph.event_subprocesses(inside.scope) for start in graph.starts(handler.id))
            if any(is_error(start) and may_throw(end, start) for start in starts):
                return True
        if around is None:
            return False
        inside = graph.elements[around]
        if any(is_error(event) and may_throw(end, event) for event in graph.boundary.get(inside.id, ())):
            return True
