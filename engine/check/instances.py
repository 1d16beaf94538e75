"""The instances of an activity: the number that each has, which nothing else is called by."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagram import Element
from ..model import Finding
from .declared import LOOP_COUNTER
from .knowledge import Knowledge
from .subject import Subject


def check_counters(subject: Subject, knowledge: Knowledge) -> Iterator[Finding]:
    """Elements that would write the number of the instance that they belong to."""
    for element in subject.graph.elements:
        if LOOP_COUNTER in written_inside(subject, knowledge, element):
            yield subject.find("counter-overwritten", element, name=LOOP_COUNTER)


def written_inside(subject: Subject, knowledge: Knowledge, element: Element) -> set[str | None]:
    """The names that an element writes into an instance: its own, or one around it, which has its results too."""
    loop, declarations, found = element.multi_instance, knowledge.declarations, set[str | None]()
    if loop is not None:
        found |= {loop.item, loop.output_item, *declarations.assigned(element, ("script",))}
    if any(host.multi_instance for host in subject.graph.hosts(element)):
        found |= {loop.output if loop else None, *declarations.assigned(element)}
    elif loop is None:
        return found
    return found | declarations.made(element).names.keys()
