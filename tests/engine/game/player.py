"""Plays a diagram twice at once, in the token game and in the engine, and holds them against each other after each step.

How a step is taken in the engine is a driver's business: the stepper alone, or the whole engine on a database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

from . import blocks as b
from .diagrams import POOL
from .drawing import drawn
from .edits import change, mapping, rename
from .game import Game, Wait

BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
LONGEST = 40  # steps
WEIGHTS = {"task": 6, "message": 2, "timer": 2, "signal": 1}


@dataclass(frozen=True, kw_only=True)
class Open:
    """A task or an event that waits in the engine; `place` orders those of one element, `handle` is the driver's."""

    kind: str  # task, timer, message, signal
    element: str
    place: tuple[int, ...]
    handle: Any
    due: datetime | None = None
    key: str = ""


class Driver(Protocol):
    """How a case is driven through its steps."""

    def start(self, data: dict[str, Any], at: datetime) -> None:
        """Begin."""

    def complete(self, task: Open, values: dict[str, Any], at: datetime) -> None:
        """Complete a task."""

    def fire(self, timer: Open, at: datetime) -> None:
        """Let a timer be due."""

    def message(self, waiting: Open, payload: dict[str, Any], at: datetime) -> None:
        """Send a message to what waits for it."""

    def signal(self, name: str, at: datetime) -> None:
        """Let a signal come from outside."""

    def open(self) -> list[Open]:
        """The open tasks and what waits for events."""

    def data(self) -> dict[str, Any]:
        """The data of the case."""

    def state(self) -> str:
        """`over`, `stuck` or `open`."""

    def reachable(self, waiting: Open, all_open: Sequence[Open]) -> bool:
        """Whether an input from outside can be made to reach this one and no other."""

    def stands(self) -> set[str]:
        """The elements that a token stands on."""

    def migrate(self, documents: dict[str, bytes], mapping: dict[str, str], script: str, at: datetime) -> None:
        """Move the case to another version of its diagram."""

    def replay(self) -> None:
        """Take all steps again from the record; AssertionError where one does not come out as it did."""


class Differs(AssertionError):
    """The engine did not do what the game did."""


class Player:
    """One game of one diagram; what goes wrong is told with all that was done before."""

    def __init__(
        self, diagram: b.Diagram, driver: Driver, seed: int, begin: datetime = BEGIN, edits: float = 0
    ) -> None:
        self.diagram, self.driver, self.rng, self.edits = diagram, driver, Random(f"play {seed}"), edits
        self.game, self.at = Game(diagram), begin
        self.trace = [f"seed {seed}", f"start with {diagram.data}"]

    def play(self) -> int:
        """Play to the end or for so many steps; how many there were."""
        steps = 1
        try:
            self.game.start(self.at)
            self.driver.start(dict(self.diagram.data), self.at)
            self._compare()
            while steps < LONGEST and self._step():
                steps += 1
                self._compare()
            self.driver.replay()
        except Exception as error:
            raise Differs("\n".join([f"{type(error).__name__}: {error}", *self.trace])) from error
        return steps

    def _step(self) -> bool:
        """Give both the same input, if there is any to give."""
        found = self.driver.open()
        pairs = [
            (wait, here)
            for wait, here in self._pairs(found)
            if wait.kind == "task" or self.driver.reachable(here, found)
        ]
        if not pairs:
            return False
        self.at += timedelta(seconds=self.rng.randrange(100))
        if self.edits and self.rng.random() < self.edits:
            self._edit()
            return True
        wait, here = self.rng.choices(pairs, [WEIGHTS[wait.kind] for wait, _ in pairs])[0]
        getattr(self, f"_{wait.kind}")(wait, here)
        return True

    def _task(self, wait: Wait, here: Open) -> None:
        values = self._values(wait.block.writes)
        self.trace.append(f"complete {here.element} {here.place} with {values}")
        self.game.complete(wait, values, self.at)
        self.driver.complete(here, values, self.at)

    def _timer(self, wait: Wait, here: Open) -> None:
        assert wait.due is not None
        self.at = max(self.at, wait.due)
        self.trace.append(f"fire {here.element} {here.place}")
        self.game.happen(wait, {}, self.at)
        self.driver.fire(here, self.at)

    def _message(self, wait: Wait, here: Open) -> None:
        payload = self._values(POOL)
        self.trace.append(f"send {here.element} {here.place} {payload}")
        self.game.happen(wait, payload, self.at)
        self.driver.message(here, payload, self.at)

    def _signal(self, wait: Wait, here: Open) -> None:
        assert wait.event is not None
        self.trace.append(f"signal {wait.event.name}")
        self.game.signal(wait.event.name, self.at)
        self.driver.signal(wait.event.name, self.at)

    def _edit(self) -> None:
        """Somebody changes the diagram, and the case is moved to the new version."""
        process, old = self.diagram.process, self.game.edit
        ids = {now: id for id, now in old.names.items()}
        active = {ids.get(element, element) for element in self.driver.stands()}
        new, counters = change(old, process, active, self.rng)
        was, now = (drawn(process, None, replace(edit, names={})).into for edit in (old, new))
        rename(new, sorted(now), self.rng)
        moved = mapping(old, new, was, now)
        self.trace.append(f"change the diagram: {new}")
        self.game.edit = new
        self.game.data.update(dict.fromkeys(counters, 0))
        script = "\n".join(f"{name} = 0" for name in counters)
        document = drawn(process, self.rng, new).xml.encode()
        self.driver.migrate({process.key: document}, moved, script, self.at)

    def _values(self, names: Sequence[str]) -> dict[str, int]:
        return {name: self.rng.randrange(4) for name in names if self.rng.random() < 0.5}

    def _pairs(self, found: list[Open]) -> list[tuple[Wait, Open]]:
        """What waits in the game with what waits in the engine, in an order that does not hang on chance."""
        by = lambda item: (item.kind, item.element, item.place)  # noqa: E731
        return list(zip(sorted(self.game.waits, key=by), sorted(found, key=by), strict=True))

    def _compare(self) -> None:
        found = self.driver.open()
        self._same("open tasks", Counter(w.element for w in self.game.waits if w.kind == "task"), tasks(found))
        self._same(
            "waiting events", Counter(map(waiting, events(self.game.waits))), Counter(map(waiting, events(found)))
        )
        self._same("data", self.game.data, self.driver.data())
        self._same("state", "over" if self.game.over else "stuck" if self.game.stuck else "open", self.driver.state())

    def _same(self, what: str, game: Any, engine: Any) -> None:
        if game != engine:
            raise Differs(f"{what}: the game has {game}, the engine {engine}")


def tasks(found: list[Open]) -> Counter[str]:
    """The open tasks by element."""
    return Counter(here.element for here in found if here.kind == "task")


def events(found: Sequence[Any]) -> list[Any]:
    """What waits for an event."""
    return [here for here in found if here.kind != "task"]


def waiting(here: Wait | Open) -> tuple[Any, ...]:
    """What there is to say of something that waits."""
    return here.kind, here.element, here.due, here.key
