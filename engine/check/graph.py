"""The ways through a diagram, over all its scopes: what can come before what.

Each element is two nodes, its beginning and its end, so that what it reads is told from what it writes. A subprocess
leads to its start events and back from its ends; an event at an edge comes from the beginning of its host and from
everything inside; an event subprocess from everything in its scope. Sets of elements are the bits of an integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from ..diagram import Diagram, Element, Flow


class Graph:
    """The elements with an id of their own, numbered, and the edges between their beginnings and ends."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.elements = [e for e in diagram.elements if e.id and diagram.element(e.id) is e]
        self.number = {element.id: number for number, element in enumerate(self.elements)}
        self.inside: dict[str, list[Element]] = {scope.id: [] for scope in diagram.scopes}
        self.boundary: dict[str, list[Element]] = {}
        for element in self.elements:
            self.inside[element.scope].append(element)
            if element.attached_to and element.kind == "boundaryEvent":
                self.boundary.setdefault(element.attached_to, []).append(element)
        self.following: list[list[int]] = [[] for _ in range(2 * len(self.elements))]
        for element in self.elements:
            self._connect(element)
        handlers = self.event_subprocesses(diagram.key)
        for handler in handlers:
            self._edges(self._nodes(self._beside(handler)), handler)
        self.roots = [self.begin(element) for element in (*self.starts(diagram.key), *handlers)]

    def begin(self, element: Element) -> int:
        """The node of an element's beginning."""
        return 2 * self.number[element.id]

    def end(self, element: Element) -> int:
        """The node of an element's end."""
        return 2 * self.number[element.id] + 1

    def flows(self, element: Element) -> tuple[Flow, ...]:
        """The flows out of an element."""
        return self.diagram.outgoing(element)

    def next(self, element: Element) -> Iterator[Element]:
        """The elements that follow in the same scope, by a flow or by an event at the edge."""
        for flow in self.flows(element):
            yield self.diagram.element(flow.target)
        yield from self.boundary.get(element.id, ())

    def starts(self, scope: str) -> list[Element]:
        """The start events of a scope."""
        return [element for element in self.inside.get(scope, ()) if element.kind == "startEvent"]

    def event_subprocesses(self, scope: str) -> list[Element]:
        """What is begun by an event while its scope is open."""
        return [e for e in self.inside.get(scope, ()) if e.is_scope and e.triggered_by_event]

    def deep(self, scope: str) -> Iterator[Element]:
        """All elements in a scope and in the scopes in it."""
        todo = [scope]
        while todo:
            for element in self.inside.get(todo.pop(), ()):
                yield element
                if element.is_scope:
                    todo.append(element.id)

    def in_play(self, scope: str) -> list[Element]:
        """The elements of a scope that its start events lead to, whatever happens inside of them."""
        found = {element.id: element for element in (*self.starts(scope), *self.event_subprocesses(scope))}
        todo = list(found.values())
        while todo:
            for after in self.next(todo.pop()):
                if after.id not in found:
                    found[after.id] = after
                    todo.append(after)
        return list(found.values())

    def hosts(self, element: Element) -> Iterator[Element]:
        """The subprocesses around an element, innermost first."""
        while element.scope in self.number:
            element = self.elements[self.number[element.scope]]
            yield element

    def _edge(self, start: int, end: int) -> None:
        self.following[start].append(end)

    def _connect(self, element: Element) -> None:
        begin, end = self.begin(element), self.end(element)
        if element.is_scope:
            self._enter(element)
        if not element.is_scope or not self.starts(element.id):
            self._edge(begin, end)
        for flow in self.flows(element):
            self._edge(end, self.begin(self.diagram.element(flow.target)))
        if not element.outgoing and element.scope in self.number:
            self._edge(end, 2 * self.number[element.scope] + 1)
        for event in self.boundary.get(element.id, ()):
            self._edges((begin, *self._nodes(self.deep(element.id) if element.is_scope else ())), event)
        if element.multi_instance:  # an instance may come after another one
            self._edge(end, begin)

    def _enter(self, scope: Element) -> None:
        for start in self.starts(scope.id):
            self._edge(self.begin(scope), self.begin(start))
        for handler in self.event_subprocesses(scope.id):
            self._edges((self.begin(scope), *self._nodes(self._beside(handler))), handler)

    def _beside(self, handler: Element) -> Iterator[Element]:
        """What can run while an event subprocess waits."""
        for element in self.inside[handler.scope]:
            if element is not handler:
                yield element
                yield from self.deep(element.id) if element.is_scope else ()

    def _nodes(self, elements: Iterable[Element]) -> Iterator[int]:
        for element in elements:
            yield self.begin(element)
            yield self.end(element)

    def _edges(self, nodes: Iterable[int], target: Element) -> None:
        for node in nodes:
            self._edge(node, self.begin(target))

    @cached_property
    def reached(self) -> frozenset[int]:
        """The nodes that something can get to."""
        return frozenset(reachable(self.roots, self.following))

    def is_reached(self, element: Element) -> bool:
        """Whether an element can be begun."""
        return self.begin(element) in self.reached

    @cached_property
    def contents(self) -> dict[int, int]:
        """What is inside each subprocess, by its number."""
        found: dict[int, int] = {}
        for number, scope in enumerate(self.elements):
            if scope.is_scope:
                found[number] = 0
                for element in self.deep(scope.id):
                    found[number] |= 1 << self.number[element.id]
        return found

    @cached_property
    def steps(self) -> list[list[int]]:
        """For each element the numbers of those that follow it in its scope."""
        return [[self.number[after.id] for after in self.next(element)] for element in self.elements]

    @cached_property
    def after(self) -> list[int]:
        """For each element those that follow it in its scope, with what is inside of them, and it itself."""
        found = [0] * len(self.steps)
        for component in components(self.steps, range(len(self.steps))):
            own = 0
            for number in component:
                own |= 1 << number | self.contents.get(number, 0)
                for after in self.steps[number]:
                    own |= found[after]
            for number in component:
                found[number] = own
        return found

    def follows(self, element: Element, other: Element) -> bool:
        """Whether an element can come after another one, in the same scope."""
        number = self.number[element.id]
        return any(self.after[self.number[after.id]] >> number & 1 for after in self.next(other))

    @cached_property
    def before(self) -> list[int]:
        """For each node the elements whose end can come before it, or is it, as the bits of an integer."""
        found = [0] * len(self.following)
        came = [0] * len(self.following)  # what flows into a component from the ones before it
        for component in reversed(components(self.following, self.reached)):
            own = 0
            for node in component:
                own |= came[node] | (1 << (node >> 1) if node & 1 else 0)
            for node in component:
                found[node] = own
                for after in self.following[node]:
                    came[after] |= own
        return found


def reachable(roots: Iterable[int], following: list[list[int]]) -> set[int]:
    """All nodes that can be got to from some nodes, these among them."""
    seen, todo = set(roots), list(roots)
    while todo:
        for node in following[todo.pop()]:
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


def components(following: list[list[int]], among: Iterable[int]) -> list[list[int]]:
    """The strongly connected components of some nodes, each after all that follow it (Tarjan, without recursion)."""
    allowed = set(among)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[list[int]] = []
    for root in sorted(allowed):
        if root in index:
            continue
        work = [(root, iter(following[root]))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in allowed:
                    continue
                if after not in index:
                    index[after] = low[after] = len(index)
                    path.append(after)
                    on_path.add(after)
                    work.append((after, iter(following[after])))
                    break
                if after in on_path:
                    low[node] = min(low[node], index[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = [path.pop()]
                    while component[-1] != node:
                        component.append(path.pop())
                    on_path.difference_update(component)
                    found.append(component)
    return found
