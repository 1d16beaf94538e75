"""Where the tokens of the game are: areas, the activities and waits in them, and the ends of parallel parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import blocks as b

if TYPE_CHECKING:
    from .game import Game

Then = Callable[[], None]


class Uncaught(Exception):
    """An error that nothing catches."""


@dataclass
class Frame:
    """Names and values; what a frame does not have is in the one above, and new names go to the uppermost."""

    names: dict[str, Any]
    above: Frame | None = None

    def __call__(self, name: str) -> Any:
        return self.names[name] if name in self.names or self.above is None else self.above(name)

    def write(self, name: str, value: Any) -> None:
        if name in self.names or (self.above is None):
            self.names[name] = value
        elif self._has(name):
            self.above.write(name, value)
        else:
            self._last().names[name] = value

    def _has(self, name: str) -> bool:
        return name in self.names or (self.above is not None and self.above._has(name))

    def _last(self) -> Frame:
        return self if self.above is None else self.above._last()


@dataclass(eq=False)
class Wait:
    """Something from outside is waited for: a person, a message, a moment, a signal."""

    kind: str
    id: str
    place: tuple[int, ...]
    frame: Frame
    go: Callable[[], None]
    owner: Any
    game: Game
    block: Any = None
    event: b.Event | None = None
    due: datetime | None = None
    key: str = ""
    stays: bool = False  # whether it can happen again
    length: timedelta = timedelta(0)  # of a cycle
    left: int | None = None  # how often a cycle still comes after this; None is any number

    @property
    def element(self) -> str:
        """The id that its element has now."""
        return self.game.edit.name(self.id)

    def next_due(self, now: datetime) -> None:
        """Set a cycle to its first moment that is still to come; what has gone by counts."""
        assert self.due is not None
        while self.stays and self.due <= now:
            self.due += self.length
            if self.left is not None:
                self.left -= 1
                self.stays = self.left >= 0

    def cancel(self) -> None:
        if self in self.game.waits:
            self.game.waits.remove(self)
        if self in self.owner.members:
            self.owner.members.remove(self)


@dataclass(eq=False)
class Path:
    """Where a token goes: its area, and the parallel part that waits for it, if one does."""

    area: Area
    join: Join | None = None

    def leave(self) -> Path:
        """The token will not come back: say so to who waits for it."""
        if self.join is not None:
            self.join.leave()
        return Path(self.area)


@dataclass(eq=False)
class Join:
    """The end of a parallel part with so many ways; with `all_must` it waits for every one."""

    path: Path
    ways: int
    all_must: bool
    then: Then
    arrived: int = 0
    left: int = 0

    def arrive(self) -> None:
        self.arrived += 1
        self._look()

    def leave(self) -> None:
        self.left += 1
        self._look()

    def _look(self) -> None:
        if self.left == self.ways:
            self.path.leave()
        elif self.arrived == self.ways or (not self.all_must and self.arrived + self.left == self.ways):
            self.path.area.tokens -= self.arrived - 1
            self.then()


class Activity:
    """Something that takes time: what is inside of it, and the events at its edge."""

    def __init__(
        self, game: Game, block: Any, path: Path, then: Then, owner: Any, frame: Frame, place: tuple[int, ...]
    ) -> None:
        self.game, self.block, self.path, self.then, self.owner, self.frame = game, block, path, then, owner, frame
        self.place = (*place, game.number())
        self.members: list[Any] = []
        owner.members.append(self)

    def watch(self) -> None:
        """Wait for the events at the edge."""
        for edge in self.block.edges:
            if edge.event.kind != "error":
                self._wait(edge)

    def _wait(self, edge: b.Edge) -> None:
        wait = self.game.wait_for(
            edge.event, edge.id, self, self.path.area.frame, self.place[:-1], lambda: self.happen(edge)
        )
        wait.stays = not edge.interrupting and edge.event.comes_again

    def happen(self, edge: b.Edge) -> None:
        """An event at the edge: instead of the activity, or beside it."""
        area = self.path.area
        if edge.interrupting:
            self.cancel()
            path = self.path if edge.end is None else self.path.leave()
        else:
            area.tokens += 1
            path = Path(area)
        self.game.run(edge.body, path, self.then if edge.end is None else lambda: area.end(edge.end))

    def finish(self) -> None:
        """The activity is done."""
        self.cancel()
        if isinstance(self.block, b.Task):
            self.game.afterwards(self.block, self.path.area.frame)
        self.then()

    def cancel(self) -> None:
        """Withdraw what is inside and at the edge."""
        for member in list(self.members):
            member.cancel()
        if self in self.owner.members:
            self.owner.members.remove(self)


@dataclass(eq=False)
class Area:
    """One run of a scope: it is over with its last token."""

    game: Game
    scope: b.Scope
    frame: Frame
    place: tuple[int, ...]
    done: Then
    host: Activity | None = None
    handler: bool = False
    tokens: int = 0
    over: bool = False
    members: list[Any] = field(default_factory=list)

    def open(self) -> None:
        for handler in self.scope.handlers:
            if handler.event.kind != "error":
                self._wait(handler)
        self.tokens = 1
        self.game.run(self.scope.body, Path(self), lambda: self.end(self.scope.end))

    def _wait(self, handler: b.Handler) -> None:
        wait = self.game.wait_for(handler.event, handler.id, self, self.frame, self.place, lambda: self.handle(handler))
        wait.stays = not handler.interrupting and handler.event.comes_again

    def handle(self, handler: b.Handler) -> None:
        """Begin an event subprocess, instead of all else here or beside it."""
        if handler.interrupting:
            self._clear()
        self.tokens += 1
        inner = Activity(self.game, handler, Path(self), self._release, self, self.frame, self.place)
        self.game.open(handler.scope, self.frame, inner, handler=True)

    def end(self, end: b.End | None) -> None:
        """A token has come to an end; None is the end of a fork, where every way had its own."""
        if end is None:
            return
        if end.kind == "terminate":
            self._clear()
            self.tokens = 1
        elif end.kind == "error":
            return self.throw(end.code)
        self._release()

    def throw(self, code: str) -> None:
        """Look for who catches an error, from the inside out."""
        area: Area | None = self
        beside = False
        while area is not None:
            if not beside:
                for handler in area.scope.handlers:
                    if handler.event.kind == "error" and handler.event.name == code:
                        return area.handle(handler)
            beside, activity = area.handler, area.host
            if activity is None:
                break
            area = activity.path.area
            while isinstance(activity, Activity):
                for edge in getattr(activity.block, "edges", ()):
                    if edge.event.kind == "error" and edge.event.name == code:
                        return activity.happen(edge)
                activity = activity.owner
        raise Uncaught(code)

    def _release(self) -> None:
        self.tokens -= 1
        if self.tokens == 0:
            self._clear()
            self.over = True
            self.done()

    def _clear(self) -> None:
        for member in list(self.members):
            member.cancel()
        self.tokens = 0

    def cancel(self) -> None:
        self._clear()
        self.over = True
        if self.host is not None and self in self.host.members:
            self.host.members.remove(self)
