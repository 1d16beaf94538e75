"""Which names an expression needs: for checks when a diagram is deployed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import nodes as n


@dataclass(frozen=True)
class Names:
    """The names that the data must have, and those that they may have."""

    needed: frozenset[str]
    possible: frozenset[str]  # in filters, where they may also be fields of the items
    guarded: frozenset[str] = frozenset()  # asked for by `is defined`, or read only where that holds
    paths: frozenset[tuple[str, ...]] = frozenset()  # what is read: a name alone for all of it, or with its fields


def free_names(*trees: n.Node) -> Names:
    """The names that trees take from the data."""
    found = Collector()
    for tree in trees:
        found.collect(tree, frozenset())
    return found.names()


def script_names(lines: Iterable[n.Assignment]) -> tuple[Names, frozenset[str]]:
    """What a script needs before it runs, and what it assigns."""
    found = Collector()
    assigned: frozenset[str] = frozenset()
    for line in lines:
        found.collect(line.value, assigned)
        assigned |= {line.path[0]}
    return found.names(), assigned


class Collector:
    """The free names of several trees."""

    def __init__(self) -> None:
        self.needed: set[str] = set()
        self.possible: set[str] = set()
        self.guarded: set[str] = set()
        self.paths: set[tuple[str, ...]] = set()

    def names(self) -> Names:
        """What was found; a name that is needed anywhere is needed."""
        possible = self.possible - self.needed
        guarded = self.guarded - self.needed - possible
        return Names(frozenset(self.needed), frozenset(possible), frozenset(guarded), frozenset(self.paths))

    def collect(
        self, node: n.Node, bound: frozenset[str], sure: frozenset[str] = frozenset(), inside: bool = False
    ) -> None:
        """Add the free names of a tree, where some are bound and some sure to be there; `inside` a filter."""
        root, fields = n.rooted(node) if isinstance(node, n.Field) else (node, [])
        if isinstance(root, n.Name):
            if root.name not in bound:
                (self.guarded if root.name in sure else self.possible if inside else self.needed).add(root.name)
                self.paths.add((root.name, *(field.name for field in fields)))
        elif isinstance(node, n.IsDefined):
            self.guarded |= {node.path[0]} - bound
        elif isinstance(node, (n.For, n.Quantified)):
            for binding in node.bindings:
                for child in n.children(binding):
                    self.collect(child, bound, sure, inside)
                bound |= {binding.name}
            self.collect(node.body, bound, sure, inside)
        elif isinstance(node, n.Filter):
            self.collect(node.of, bound, sure, inside)
            self.collect(node.key, bound | {"item"}, sure, True)
        elif isinstance(node, n.If):
            self.collect(node.condition, bound, sure, inside)
            self.collect(node.yes, bound, sure | defined(node.condition, True), inside)
            self.collect(node.no, bound, sure | defined(node.condition, False), inside)
        elif isinstance(node, n.Logic):
            for part in node.parts:  # the parts after it are only asked if it holds (and), or does not (or)
                self.collect(part, bound, sure, inside)
                sure |= defined(part, node.word == "and")
        else:
            for child in n.children(node):
                self.collect(child, bound, sure, inside)


def defined(condition: n.Node, holds: bool) -> frozenset[str]:
    """The names that are there if a condition is not false, or if it is not true."""
    if isinstance(condition, n.IsDefined):
        return frozenset(condition.path[:1]) if holds else frozenset()
    if isinstance(condition, n.Not):
        return defined(condition.of, not holds)
    if isinstance(condition, n.Logic) and (condition.word == "and") is holds:
        return frozenset().union(*(defined(part, holds) for part in condition.parts))
    return frozenset()


def constant(tree: n.Node) -> bool:
    """Whether a tree depends on nothing but the tested value, if it asks for that."""
    if isinstance(tree, (n.Name, n.IsDefined, n.Call)):
        return False
    return all(map(constant, n.children(tree)))
