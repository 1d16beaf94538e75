"""Waits that let the clocks of others stand still: what they name must be a clock that is not their own."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagram import Element
from ..model import Finding
from .loops import waits
from .phrases import Phrase, phrase
from .subject import Subject, near
from .timers import TERM

PAUSES = "pauses"
TASKS = ("userTask", "manualTask")


def check_pauses(subject: Subject) -> Iterator[Finding]:
    """Pauses that stop nothing, or themselves."""
    clocks = {element.id for element in subject.graph.elements if is_clock(subject, element)}
    for element in subject.graph.elements:
        for name in element.properties.get(PAUSES, "").replace(",", " ").split():
            if why := fault(subject, element, name, clocks):
                yield subject.find("pauses-malformed", element, clock=name, why=why)


def is_clock(subject: Subject, element: Element) -> bool:
    """Whether an element has a term or is a timer that is waited for; an event subprocess stands for its start."""
    if element.kind in TASKS:
        return TERM in element.metadata
    if element.triggered_by_event:
        return any(is_timer(start) for start in subject.graph.starts(element.id))
    return element.kind in ("boundaryEvent", "intermediateCatchEvent") and is_timer(element)


def is_timer(element: Element) -> bool:
    """Whether an element is a timer."""
    return element.event is not None and element.event.kind == "timer"


def fault(subject: Subject, wait: Element, name: str, clocks: set[str]) -> Phrase | str:
    """What is wrong with one name."""
    if wait.kind == "boundaryEvent" or wait.triggered_by_event or not waits(subject, wait):
        return phrase("nothing is waited for here")
    if name not in clocks:
        return phrase("it is neither a task with a term nor a timer{hint}", hint=near(name, clocks))
    if own(subject, wait, subject.diagram.element(name)):
        return phrase("it belongs to the wait itself and would never end it")
    return ""


def own(subject: Subject, wait: Element, clock: Element) -> bool:
    """Whether a clock is part of a wait: the wait itself, at its edge, inside of it, or one of its events."""
    if wait.id in (clock.id, clock.attached_to):
        return True
    if wait.kind == "eventBasedGateway" and clock in subject.graph.next(wait):
        return True
    return wait in subject.graph.hosts(clock)
