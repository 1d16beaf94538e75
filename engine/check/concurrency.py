"""What can run at the same time as what: the parts of a diagram that only one branch of a split leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..diagram import Element
from .graph import Graph, reachable

MOST_BRANCHES = 40


def concurrent(graph: Graph) -> Mapping[str, int]:
    """For each element those that can run at the same time, as the bits of an integer; joins are not looked at."""
    found = dict.fromkeys(graph.number, 0)
    for element in graph.elements:
        for branches in branchings(graph, element):
            _note(graph, found, branches)
    for element in graph.elements:
        if element.is_scope and element.triggered_by_event and not _interrupts(graph, element):
            beside = bits(graph, (other for other in graph.inside[element.scope] if other is not element))
            _note(graph, found, [deep(graph, bits(graph, [element])), deep(graph, beside)])
    for element in graph.elements:  # outer scopes come first
        if element.scope in graph.number:
            found[element.id] |= found[element.scope]
    return found


def branchings(graph: Graph, split: Element) -> Iterator[list[int]]:
    """What the branches of an element lead to that may run at the same time."""
    if split.kind not in ("exclusiveGateway", "eventBasedGateway"):
        flows = [flow for flow in graph.flows(split) if not flow.default][:MOST_BRANCHES]
        yield [region(graph, split, [graph.diagram.element(flow.target)]) for flow in flows]
    beside = [event for event in graph.boundary.get(split.id, ()) if not event.cancel_activity]
    if beside:
        after = [graph.diagram.element(flow.target) for flow in graph.flows(split)]
        main = region(graph, split, after) | deep(graph, bits(graph, [split]))
        yield from ([main, region(graph, split, [event])] for event in beside)


def region(graph: Graph, split: Element, starts: Iterable[Element]) -> int:
    """What can be got to from some elements without coming by the split again."""
    found = bits(graph, ())
    if not graph.follows(split, split):
        for start in starts:
            found |= graph.after[graph.number[start.id]]
        return found
    here, beginning = graph.number[split.id], [graph.number[start.id] for start in starts]
    steps = list(graph.steps)
    steps[here] = []
    for number in reachable([number for number in beginning if number != here], steps) - {here}:
        found |= 1 << number
    return deep(graph, found)


def bits(graph: Graph, elements: Iterable[Element]) -> int:
    """A set of elements."""
    found = 0
    for element in elements:
        found |= 1 << graph.number[element.id]
    return found


def deep(graph: Graph, elements: int) -> int:
    """A set of elements with all that is inside them."""
    for number, content in graph.contents.items():
        if elements >> number & 1:
            elements |= content
    return elements


def numbers(elements: int) -> Iterator[int]:
    """The numbers of the elements in a set."""
    while elements:
        lowest = elements & -elements
        yield lowest.bit_length() - 1
        elements ^= lowest


def _interrupts(graph: Graph, handler: Element) -> bool:
    return all(start.interrupting for start in graph.starts(handler.id))


def _note(graph: Graph, found: dict[str, int], branches: list[int]) -> None:
    """What is in one branch and not in another runs beside what is in that one and not in the first."""
    groups = {0: -1}  # elements by the branches that they are in
    for number, branch in enumerate(branches):
        split = [(inside, elements, branch & elements) for inside, elements in groups.items()]
        groups = {inside: elements & ~part for inside, elements, part in split}
        groups |= {inside | 1 << number: part for inside, elements, part in split if part}
    del groups[0]
    for inside, elements in groups.items():
        beside = 0
        for one in numbers(inside):
            for other, branch in enumerate(branches):
                if not inside >> other & 1:
                    beside |= branch & ~branches[one]
        for number in numbers(elements if beside else 0):
            found[graph.elements[number].id] |= beside
