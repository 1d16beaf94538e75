"""A diagram as blocks inside each other: what the token game plays and what is drawn as BPMN.

Every block has one way in and one way out, so what it means is said by what is inside of it: no token has to be counted
to know when a parallel part is done. Conditions and terms are small terms of our own, with their FEEL text beside them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Lookup = Callable[[str], Any]
COMPARE = {">": operator.gt, "<": operator.lt, "=": operator.eq, "!=": operator.ne}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A name compared with a number or with another name."""

    left: str
    sign: str
    right: str | int

    @property
    def feel(self) -> str:
        return f"{self.left} {self.sign} {self.right}"

    def holds(self, lookup: Lookup) -> bool:
        right = lookup(self.right) if isinstance(self.right, str) else self.right
        return COMPARE[self.sign](lookup(self.left), right)


@dataclass(frozen=True, kw_only=True)
class Term:
    """Minutes that a timer waits: a number, and a name's value of hours on top."""

    minutes: int
    hours: str | None = None

    @property
    def feel(self) -> str:
        return self.text if self.hours is None else f"duration({self.text})"

    @property
    def text(self) -> str:
        """The same as an expression for the text of the duration."""
        if self.hours is None:
            return f'"PT{self.minutes}M"'
        return f'"PT" + string(60 * {self.hours} + {self.minutes}) + "M"'

    def length(self, lookup: Lookup) -> int:
        return self.minutes + (60 * lookup(self.hours) if self.hours else 0)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is waited for; `name` is the message's or signal's, `code` an error's, `key` a name whose value correlates.

    A timer with `times` comes so often, each time after its term; 0 is any number.
    """

    kind: str
    name: str = ""
    term: Term | None = None
    times: int | None = None
    key: str | None = None
    variable: str | None = None

    @property
    def comes_again(self) -> bool:
        """Whether it can come more than once, where it interrupts nothing."""
        return self.kind != "timer" or self.times is not None


@dataclass(frozen=True, kw_only=True)
class End:
    """How a way ends: none, terminate, or an error's code."""

    id: str
    kind: str = "none"
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A boundary event: its way goes back into the flow behind the activity, or to an end of its own."""

    id: str
    event: Event
    interrupting: bool
    body: Blocks
    end: End | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """Somebody writes some of these names; `variable` takes them all as one context.

    When it is done, `counter` counts, and `copy` writes the value of its second name to its first.
    """

    id: str
    writes: tuple[str, ...]
    variable: str | None = None
    counter: str | None = None
    copy: tuple[str, str] | None = None
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Script:
    """Counts that it has run."""

    id: str
    counter: str


@dataclass(frozen=True, kw_only=True)
class Throw:
    """Throws a signal or a message on the way."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Catch:
    """Waits for an event; drawn as a receive task if it may have events at its edge."""

    id: str
    event: Event
    receive: bool = False
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way through a gateway; the way without a condition is the default. With an end it does not come back."""

    condition: Condition | None
    body: Blocks
    end: End | None = None


@dataclass(frozen=True, kw_only=True)
class Xor:
    """One way of several; `merge` is how they meet: an exclusive or inclusive gateway, or just the next element."""

    id: str
    ways: tuple[Way, ...]
    merge: str


@dataclass(frozen=True, kw_only=True)
class Or:
    """Every way whose condition holds, else the default; goes on when none can come any more."""

    id: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class And:
    """All ways at once; goes on when all have come."""

    id: str
    bodies: tuple[Blocks, ...]


@dataclass(frozen=True, kw_only=True)
class Fork:
    """All ways at once, each to an end of its own: the last block of a scope."""

    id: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class Loop:
    """The body once, and again as long as the condition holds."""

    id: str
    body: Blocks
    again: Condition


@dataclass(frozen=True, kw_only=True)
class Race:
    """An event-based gateway: the first event decides."""

    id: str
    ways: tuple[tuple[Catch, Blocks], ...]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """An event subprocess."""

    id: str
    start: str
    event: Event
    interrupting: bool
    scope: Scope


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is inside of a process or subprocess; `end` is None where a fork has the ends."""

    start: str
    body: Blocks
    end: End | None
    handlers: tuple[Handler, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sub:
    """A subprocess."""

    id: str
    scope: Scope
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process of its own; with inputs it is closed: it reads these only, and gives back its outputs."""

    key: str
    scope: Scope
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of another process."""

    id: str
    process: Process
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Many:
    """Several instances of one activity: so many, or one for each item of a list."""

    inner: Task | Sub | Call
    sequential: bool
    cardinality: str | int | None = None
    collection: str | None = None
    item: str | None = None
    results: str | None = None
    result: str | None = None
    enough: Condition | None = None
    edges: tuple[Edge, ...] = ()

    @property
    def id(self) -> str:
        return self.inner.id


Block = Task | Script | Throw | Catch | Xor | Or | And | Fork | Loop | Race | Sub | Call | Many
Blocks = tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A process with those that it calls, and the data that a case begins with."""

    process: Process
    called: tuple[Process, ...]
    data: dict[str, Any]
