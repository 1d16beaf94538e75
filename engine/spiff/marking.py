"""The stored state of a case: small, frozen, canonical, hashable.

A marking is all that is kept between two steps. Its bytes are a function of its value, so that the hash of the bytes
proves the state, and nothing of the engine that made it (no class name, no address, no time of writing) is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ..canonical import canonical, digest, instant, read

if TYPE_CHECKING:
    from .environment import Due

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Token:
    """One token on one element; `occurrence` is its number in the case and never used again."""

    element: str
    occurrence: int
    state: str  # ready: offered to people; waiting: an event or a join; started: what is inside goes on
    scope: tuple[int, ...] = ()  # the activities it is inside of, outermost first
    via: str = ""  # the sequence flow that brought it
    host: int = 0  # the activity, event gateway or multi-instance it belongs to
    calls: str = ""  # the bundle that a call activity was bound to
    locals: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timer:
    """An armed timer, due at a moment in UTC; provisional while the calendar of its year is not known.

    One that comes again and again has the term `every` between two of its moments, counted from `since`; `number` is
    which one is next, of so many `times`, 0 for any number.
    """

    element: str
    occurrence: int
    due: str
    provisional: bool = False
    every: str = ""
    since: str = ""
    number: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A token that waits for a message (with a correlation key) or a signal."""

    element: str
    occurrence: int
    kind: str
    name: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """How far a multi-instance activity has come; results stand in the order of the items."""

    occurrence: int
    total: int
    started: int = 0
    finished: int = 0
    items: tuple[Any, ...] = ()
    results: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """The term of a task or a timer that may stand still; kept only where the diagram says that something pauses it.

    `due` is its end without any pause; `pauses` are the moments from, to, from, to between which it stood still, and
    `stopped` since when it does now. What is left of it is counted in the unit of its `term`, else as time passes.
    """

    occurrence: int
    begun: str
    due: str
    term: str = ""
    pauses: tuple[str, ...] = ()
    stopped: str = ""

    def after_pauses(self, found: Due, move: Callable[[datetime, str, datetime, datetime], Due]) -> Due:
        """Where a moment of the term lies after all pauses of which it lay behind the beginning."""
        for start, end in zip(self.pauses[::2], self.pauses[1::2], strict=True):
            found = move(found.at, self.term, instant(start), instant(end))
        return found


@dataclass(frozen=True, slots=True)
class Marking:
    """The whole state of a case between two steps."""

    tokens: tuple[Token, ...] = ()
    timers: tuple[Timer, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    counters: tuple[Counter, ...] = ()
    clocks: tuple[Clock, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    issued: int = 0  # the last occurrence that was given out

    @property
    def over(self) -> bool:
        """True when no token is left."""
        return not self.tokens

    @property
    def stopped(self) -> frozenset[int]:
        """The occurrences of the tasks and timers whose clocks stand still."""
        return frozenset(clock.occurrence for clock in self.clocks if clock.stopped)

    @property
    def stuck(self) -> bool:
        """True when tokens are left and none of them waits for anything from outside: a deadlock."""
        around = {o for token in self.tokens for o in (*token.scope, token.host)}
        asked = any(t.state == "ready" or (t.state == "started" and t.occurrence not in around) for t in self.tokens)
        return bool(self.tokens) and not (asked or self.timers or self.subscriptions)

    def to_bytes(self) -> bytes:
        """The canonical bytes, which are what is stored."""
        return canonical(_plain(self))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Marking:
        """The marking of which these are the bytes."""
        rows = read(stored)
        return cls(**rows | {name: _made(kind, rows.get(name, ())) for name, kind in _ROWS.items()})

    @property
    def sha256(self) -> str:
        """The state hash."""
        return digest(self.to_bytes())


def tokens_in(stored: bytes) -> tuple[Token, ...]:
    """The tokens alone of the marking of which these are the bytes, for whoever looks at very many."""
    return _made(Token, read(stored).get("tokens", ()))


def _made(kind: Callable[..., _Row], rows: Iterable[Mapping[str, Any]]) -> tuple[_Row, ...]:
    return tuple(kind(**{k: tuple(v) if k in _TUPLES else v for k, v in row.items()}) for row in rows)


_ROWS = {"tokens": Token, "timers": Timer, "subscriptions": Subscription, "counters": Counter, "clocks": Clock}
_TUPLES = {"scope", "items", "results", "pauses"}


def _default(given: Field[Any]) -> Any:
    return given.default if given.default_factory is MISSING else given.default_factory()


_DEFAULTS = {kind: {f.name: _default(f) for f in fields(kind)} for kind in (*_ROWS.values(), Marking)}


def _plain(row: Any) -> dict[str, Any]:
    """A row as a JSON object without the fields that have their default."""
    found = {name: getattr(row, name) for name in _DEFAULTS[type(row)]}
    kept = {name: value for name, value in found.items() if value != _DEFAULTS[type(row)][name]}
    return {name: [_plain(r) for r in value] if name in _ROWS else value for name, value in kept.items()}
