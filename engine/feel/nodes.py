"""The tree of an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression; `position` is where errors point to."""

    position: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Question(Node):
    """The ? of a unary test: the value that is tested."""


@dataclass(frozen=True, slots=True)
class Field(Node):
    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`of[key]`: an item by number, a field by text, or the items for which the key is true."""

    of: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` over two or more parts."""

    word: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    of: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    of: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`of in tests`."""

    of: Node
    test: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Binding(Node):
    """`name in source` or `name in source..last`."""

    name: str
    source: Node
    last: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    bindings: tuple[Binding, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` or `every`."""

    word: str
    bindings: tuple[Binding, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class IsDefined(Node):
    """`is defined(name.field)`: the one function whose argument may be unknown."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signed(Node):
    """A unary test like < 5."""

    sign: str
    right: Node


@dataclass(frozen=True, slots=True)
class Matches(Node):
    """A unary test that is a value, a range or a list: the tested value is, or lies in, or is one of it."""

    wanted: Node


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """A unary test that says ? itself."""

    of: Node


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """Unary tests, of which one must hold."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """A line of a script."""

    path: tuple[str, ...]
    value: Node


def children(node: Node) -> Iterator[Node]:
    """The parts directly below a node."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def rooted(node: Field) -> tuple[Node, list[Field]]:
    """What a chain of fields begins with, and the fields in their order."""
    fields, of = [node], node.of
    while isinstance(of, Field):
        fields.append(of)
        of = of.of
    return of, fields[::-1]


def size(node: Node) -> int:
    """How many nodes a tree has: what one more run of it costs."""
    return 1 + sum(size(child) for child in children(node))
