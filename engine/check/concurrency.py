"""What can run at the same time as what: the parts of a diagram that only one branch of a split leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..diagram import Element
from .graph import Graph

MOST_BRANCHES = 40


def concurrent(graph: Graph) -> Mapping[str, int]:
    """For each element those that can run at the same time, as the bits of an integer; joins are not looked at."""
    found = dict.fromkeys(graph.number, 0)
    for element in graph.elements:
        for one, other in pairs(graph, element):
            _note(graph, found, one & ~other, other & ~one)
    for element in graph.elements:
        if element.is_scope and element.triggered_by_event and not _interrupts(graph, element):
            beside = bits(graph, (e for e in graph.inside[element.scope] if e is not element))
            _note(graph, found, bits(graph, [element]), deep(graph, beside))
    for element in graph.elements:  # outer scopes come first
        if element.scope in graph.number:
            found[element.id] |= found[element.scope]
    return found


def pairs(graph: Graph, split: Element) -> Iterator[tuple[int, int]]:
    """What each two branches lead to that may run at the same time."""
    taken = [] if split.kind in ("exclusiveGateway", "eventBasedGateway") else list(graph.flows(split))
    flows = [flow for flow in taken if not flow.default][:MOST_BRANCHES]
    regions = [region(graph, split, [graph.diagram.element(flow.target)]) for flow in flows]
    for number, one in enumerate(regions):
        for other in regions[number + 1 :]:
            yield one, other
    beside = [event for event in graph.boundary.get(split.id, ()) if not event.cancel_activity]
    if beside:
        after = [graph.diagram.element(flow.target) for flow in graph.flows(split)]
        main = region(graph, split, after) | deep(graph, bits(graph, [split]))
        for event in beside:
            yield main, region(graph, split, [event])


def region(graph: Graph, split: Element, starts: Iterable[Element]) -> int:
    """What can be got to from some elements without coming by the split again."""
    found = bits(graph, ())
    if not graph.follows(split, split):
        for start in starts:
            found |= graph.after[graph.number[start.id]]
        return found
    seen, todo = {split.id}, list(starts)
    while todo:
        element = todo.pop()
        if element.id not in seen:
            seen.add(element.id)
            found |= 1 << graph.number[element.id]
            todo += graph.next(element)
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


def _note(graph: Graph, found: dict[str, int], one: int, other: int) -> None:
    for here, there in ((one, other), (other, one)):
        for number in numbers(here if there else 0):
            found[graph.elements[number].id] |= there
