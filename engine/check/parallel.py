"""Branches that run at the same time and write one name: the last one wins."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Finding
from .concurrency import numbers
from .knowledge import Knowledge
from .subject import Subject


def check_parallel(subject: Subject, knowledge: Knowledge) -> Iterator[Finding]:
    """Names that two elements write which can run at the same time, or several instances of one."""
    graph = subject.graph
    for name, writers in sorted(knowledge.writers.items()):
        for number in numbers(writers):
            element = graph.elements[number]
            beside = knowledge.concurrent[element.id] & writers & ~(1 << number)
            if beside >> number:  # the others come later in the file
                other = graph.elements[next(numbers(beside >> number << number))]
                yield subject.find("parallel-writes", other, other=subject.label(element), name=name)
                break
    for element in graph.elements:
        loop = element.multi_instance
        if loop and not loop.sequential:
            inside = [element, *(graph.deep(element.id) if element.is_scope else ())]
            written = {name for one in inside for name in knowledge.of(one).names} - {loop.output} - loop.locals
            for name in sorted(written):
                yield subject.find("instances-overwrite", element, name=name)
