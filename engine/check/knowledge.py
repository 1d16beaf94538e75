"""What the data can hold at each place of a diagram: what may have been written before, and what surely was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

from ..diagram import Element
from ..feel import nodes as n
from .concurrency import concurrent, numbers
from .declared import NOTHING, Declarations, Written
from .graph import reachable
from .reading import Path, facts
from .shapes import Shape, merged, sure_paths
from .subject import Subject

MOST_PATHS = 5_000


class Knowledge:
    """Which elements write a name, and which of them can have run when a place is reached."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.graph = subject, subject.graph
        self.declarations = Declarations(subject)
        self.writers: dict[str, int] = {}
        self.openers = 0
        for number, element in enumerate(self.graph.elements):
            written = self.of(element)
            self.openers |= written.open << number
            for name in written.names:
                self.writers[name] = self.writers.get(name, 0) | 1 << number
        self._shapes: dict[tuple[str, int], Shape] = {}
        self._avoiding: dict[int, int] = {}

    def of(self, element: Element) -> Written:
        """What an element writes."""
        return self.declarations.of.get(element.id, NOTHING)

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that anything declares."""
        return frozenset(self.writers) | frozenset(self.declarations.inputs.names)

    def before(self, name: str, node: int) -> int:
        """The elements that can have written a name when a node is got to for the first time."""
        found = self.writers.get(name, 0) & self.graph.before[node]
        looped = self.graph.before[node & ~1] >> (node >> 1) & 1
        return found & self._first(node) if found and looped else found

    def opened(self, node: int) -> bool:
        """Whether something before a node may write names that nobody knows."""
        return bool(self.openers & self.graph.before[node])

    def surely_opened(self, node: int) -> bool:
        """Whether something that may write names that nobody knows comes before a node on every way to it."""
        return self.opened(node) and node not in self._unopened

    @cached_property
    def _unopened(self) -> frozenset[int]:
        """The nodes that can be got to without anything having ended that may write names that nobody knows."""
        following = list(self.graph.following)
        for number in numbers(self.openers):
            following[2 * number + 1] = []
        return frozenset(reachable(self.graph.roots, following))

    def _first(self, node: int) -> int:
        """The elements that can have ended without the node having been passed before."""
        if node not in self._avoiding:
            following = list(self.graph.following)
            following[node] = []
            ended = reachable(self.graph.roots, following)
            self._avoiding[node] = sum(1 << (each >> 1) for each in ended if each & 1)
        return self._avoiding[node]

    def shape(self, name: str, writers: int) -> Shape:
        """What a name is, if any of these elements wrote it."""
        if (name, writers) not in self._shapes:
            shapes = [self.of(element).names[name] for element in self.elements(writers)]
            self._shapes[name, writers] = merged(shapes)
        return self._shapes[name, writers]

    def elements(self, bits: int) -> list[Element]:
        """The elements of a set."""
        return [self.graph.elements[number] for number in numbers(bits)]

    @cached_property
    def concurrent(self) -> Mapping[str, int]:
        """The elements that can run at the same time as each one."""
        return concurrent(self.graph)

    # What surely was written

    @cached_property
    def _bits(self) -> dict[Path, int]:
        found = (path for element in self.graph.elements for path in self._paths(self.of(element)))
        paths = set(islice(found, 10 * MOST_PATHS))
        paths |= {(name,) for name in self.declarations.inputs.names}
        return {path: 1 << number for number, path in enumerate(sorted(paths))} if len(paths) <= MOST_PATHS else {}

    def _paths(self, written: Written) -> Iterator[Path]:
        for name, shape in written.names.items():
            yield from sure_paths(shape, (name,))

    def bits(self, paths: Iterable[Path]) -> int:
        """A set of paths; those that nothing surely writes are left out."""
        found = 0
        for path in paths:
            for length in range(1, len(path) + 1):
                found |= self._bits.get(path[:length], 0)
        return found

    def surely(self, path: Path, node: int) -> bool:
        """Whether every way to a node writes a path; yes where there are too many paths to follow."""
        return not self._bits or bool(self._sure[node] & self._bits.get(path, 0))

    @cached_property
    def _roots(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for path, bit in self._bits.items():
            found[path[0]] = found.get(path[0], 0) | bit
        return found

    def _effect(self, element: Element) -> tuple[int, int]:
        """What an element leaves of the paths before it, and what it adds."""
        keep, add = -1, 0
        if self.of(element).open:  # as if it wrote everything: what is missing then is not its fault
            return keep, (1 << len(self._bits)) - 1
        for name, shape in self.of(element).names.items():
            own = self.bits(sure_paths(shape, (name,)))
            keep &= ~(self._roots.get(name, 0) & ~(0 if shape.sure else own))
            add |= own if shape.sure else 0
        return keep, add

    @cached_property
    def _sure(self) -> list[int]:
        """For each node the paths that are written on every way to it: a forward analysis to its greatest fixpoint."""
        graph = self.graph
        everything = (1 << len(self._bits)) - 1
        coming: list[list[tuple[int, int]]] = [[] for _ in graph.following]
        for node, after in enumerate(graph.following):
            if node in graph.reached:
                for target in after:
                    coming[target].append((node, 0))
        self._add_conditions(coming)
        sure, roots = [everything] * len(coming), set(graph.roots)
        effects = [self._effect(element) for element in graph.elements]
        inputs = self.bits((name,) for name in self.declarations.inputs.names)
        todo = sorted(graph.reached, reverse=True)
        waiting = set(todo)
        while todo:
            node = todo.pop()
            waiting.discard(node)
            value = self._meet(node, [sure[before] | known for before, known in coming[node]], everything)
            value = value & inputs if node in roots else value
            if node & 1:
                keep, add = effects[node >> 1]
                value = (value & keep) | add
            if value != sure[node]:
                sure[node] = value
                fresh = [after for after in graph.following[node] if after not in waiting]
                waiting.update(fresh)
                todo += fresh
        return sure

    def _meet(self, node: int, coming: list[int], everything: int) -> int:
        """What is sure where several ways come together: at a parallel join what any of them brings."""
        element = self.graph.elements[node >> 1]
        if element.kind == "parallelGateway" and not node & 1:
            found = 0
            for value in coming:
                found |= value
            return found
        found = everything
        for value in coming:
            found &= value
        return found

    def _add_conditions(self, coming: list[list[tuple[int, int]]]) -> None:
        """What is known behind the flows with conditions that ask whether something is there."""
        for element in self.graph.elements:
            known = self._known_after(element)
            if not any(known.values()):
                continue
            end = self.graph.end(element)
            by_target: dict[int, int] = {}
            for flow in self.graph.flows(element):
                target = self.graph.begin(self.subject.diagram.element(flow.target))
                by_target[target] = by_target.get(target, -1) & known[flow.id]
            for target, bits in by_target.items():
                coming[target] = [(node, bits if node == end else old) for node, old in coming[target]]

    def _known_after(self, element: Element) -> dict[str, int]:
        trees = {
            formula.element: tree
            for flow in self.graph.flows(element)
            for formula in self.declarations.texts.get(flow.id, ())
            if isinstance(tree := self.subject.trees.get(formula), n.Node)
        }
        refused = self.bits(path for tree in trees.values() for path in facts(tree, False))
        return {
            flow.id: refused if flow.default else self.bits(facts(trees[flow.id], True)) if flow.id in trees else 0
            for flow in self.graph.flows(element)
        }
