"""What an expression reads: the paths into the data, and whether it asked before that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..feel import nodes as n
from .shapes import ITEM

Path = tuple[str, ...]
NO_NAMES: Mapping[str, Path | None] = {}


@dataclass(frozen=True, slots=True)
class Read:
    """One path that is read; in a filter its first name may be a field of the items of `within` instead."""

    path: Path
    position: int
    sure: frozenset[Path] = frozenset()  # what is known to be there at this place
    within: tuple[Path, ...] = ()
    asked: bool = False  # whether it is only asked for, by `is defined`
    whole: bool = False  # whether the expression is this path and nothing else

    def knows(self, path: Path) -> bool:
        """Whether a path is known to be there."""
        return any(one[: len(path)] == path for one in self.sure)


Bound = Mapping[str, Path | None]  # names that are not the data's, with the path that they stand for, if any


def reads(tree: n.Node, bound: Bound = NO_NAMES) -> list[Read]:
    """What an expression reads, in the order of its text."""
    return _Reader(bound).all_of(tree)


def script_reads(lines: Iterable[n.Assignment], bound: Bound = NO_NAMES) -> list[Read]:
    """What a script reads that it has not written itself."""
    found: list[Read] = []
    written = dict(bound)
    for line in lines:
        found += _Reader(written).all_of(line.value)
        if len(line.path) == 1:
            written[line.path[0]] = None
    return found


def path_of(tree: n.Node) -> Path | None:
    """The path that an expression is, if it is nothing else."""
    names: list[str] = []
    while isinstance(tree, n.Field):
        names.append(tree.name)
        tree = tree.of
    return (tree.name, *reversed(names)) if isinstance(tree, n.Name) else None


def facts(condition: n.Node, holds: bool) -> frozenset[Path]:
    """The paths that are there if a condition holds, or if it does not."""
    if isinstance(condition, n.IsDefined):
        return frozenset({condition.path}) if holds else frozenset()
    if isinstance(condition, n.Not):
        return facts(condition.of, not holds)
    if isinstance(condition, n.Logic) and (condition.word == "and") is holds:
        return frozenset().union(*(facts(part, holds) for part in condition.parts))
    return frozenset()


class _Reader:
    """Walks one tree."""

    def __init__(self, bound: Bound) -> None:
        self.bound = dict(bound)
        self.sure: frozenset[Path] = frozenset()
        self.within: tuple[Path, ...] = ()
        self.found: list[Read] = []

    def all_of(self, tree: n.Node) -> list[Read]:
        whole = path_of(tree)
        self.walk(tree)
        if whole and len(self.found) == 1:
            self.found = [Read(self.found[0].path, self.found[0].position, whole=True)]
        return self.found

    def walk(self, node: n.Node) -> None:
        if isinstance(node, (n.Name, n.Field, n.Filter)):
            path = self.path(node)
            if path:
                self.add(path, start_of(node))
        elif isinstance(node, n.IsDefined):
            self.add(self.rooted(node.path), node.position, asked=True)
        elif isinstance(node, (n.For, n.Quantified)):
            self.loop(node)
        elif isinstance(node, n.If):
            self.walk(node.condition)
            self.knowing(facts(node.condition, True), node.yes)
            self.knowing(facts(node.condition, False), node.no)
        elif isinstance(node, n.Logic):
            before = self.sure
            for part in node.parts:
                self.walk(part)
                self.sure |= facts(part, node.word == "and")
            self.sure = before
        else:
            for child in n.children(node):
                self.walk(child)

    def add(self, path: Path | None, position: int, asked: bool = False) -> None:
        if path:
            self.found.append(Read(path, position, self.sure, self.within, asked))

    def knowing(self, more: frozenset[Path], node: n.Node) -> None:
        before, self.sure = self.sure, self.sure | more
        self.walk(node)
        self.sure = before

    def rooted(self, path: Path) -> Path | None:
        """A path from the data; nothing if it begins with a name that is no data."""
        if path[0] not in self.bound:
            return path
        start = self.bound[path[0]]
        return None if start is None else (*start, *path[1:])

    def path(self, node: n.Node) -> Path | None:
        """The path of a name, a field or a filter; what they need beside it is read on the way."""
        names: list[str] = []
        while isinstance(node, n.Field):
            names.append(node.name)
            node = node.of
        names.reverse()
        if isinstance(node, n.Name):
            return self.rooted((node.name, *names))
        if isinstance(node, n.Filter):
            path = self.filtered(node)
            return (*path, ITEM, *names) if path else None
        self.walk(node)
        return None

    def filtered(self, node: n.Filter) -> Path | None:
        path = self.path(node.of)
        bound, within = dict(self.bound), self.within
        self.bound["item"] = (*path, ITEM) if path else None
        self.within = (*within, (*path, ITEM) if path else ())
        self.walk(node.key)
        self.bound, self.within = bound, within
        return path

    def loop(self, node: n.For | n.Quantified) -> None:
        bound = dict(self.bound)
        for binding in node.bindings:
            path = self.path(binding.source) if isinstance(binding.source, (n.Name, n.Field, n.Filter)) else None
            if path:
                self.add(path, start_of(binding.source))
            elif not isinstance(binding.source, (n.Name, n.Field, n.Filter)):
                self.walk(binding.source)
            if binding.last is not None:
                self.walk(binding.last)
            self.bound[binding.name] = (*path, ITEM) if path else None
        self.walk(node.body)
        self.bound = bound


def start_of(node: n.Node) -> int:
    """Where the text of a path begins."""
    while isinstance(node, (n.Field, n.Filter)):
        node = node.of
    return node.position
