"""A process of its own that uses the engine as a script does, until it is killed: `python -m tests.crash.load ...`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from engine import Actor, Engine, Refusal, open_engine
from engine.errors import Unavailable
from tests.support.shifted import ShiftedClock

from .diagrams import GROUP
from .ledger import Ledger
from .stand_in import operators, policy

PACE = 0.1  # seconds between two moves: others want to come to their turn, too
MANY = 40  # open tasks, from which on no case is begun
READY = "ready"


class Mover:
    """A client of an engine that does at random what there is to do."""

    def __init__(self, engine: Engine, ledger: Ledger, name: str, random: Random) -> None:
        self._engine, self._ledger, self._random = engine, ledger, random
        self._actor = Actor(name, groups={GROUP})
        self._moves = (self.start, self.send, self.complete, self.complete, self.complete, self.draft, self.watch)

    def move(self) -> None:
        """Make one move; where the database is away, that is no answer."""
        with suppress(Unavailable):
            self._random.choice(self._moves)()

    def start(self) -> None:
        """Begin a parcel; half of them are paid before they begin."""
        if len(self._engine.inbox(self._actor, limit=MANY)) == MANY:
            return
        token = self._ledger.ask("start")
        if self._random.random() < 0.5:
            self._pay(token)
        self._settle(token, lambda: self._engine.start("parcel", {"token": token}, by=self._actor).id)

    def send(self) -> None:
        """Pay a parcel that waits for it."""
        waiting = [case for case in self._engine.cases(key="parcel", status="open", limit=20) if self._awaits(case.id)]
        if waiting:
            self._pay(self._random.choice(waiting).data["token"])

    def complete(self) -> None:
        """Complete a task."""
        if tasks := self._engine.inbox(self._actor, limit=20):
            task = self._random.choice(tasks)
            token = self._ledger.ask("complete", task=task.id)
            self._settle(token, lambda: self._engine.complete(task.id, {"note": token}, by=self._actor).id)

    def draft(self) -> None:
        """Begin to fill in a task."""
        if tasks := self._engine.inbox(self._actor, limit=20):
            task = self._random.choice(tasks)
            token = self._ledger.ask("draft", task=task.id, person=self._actor.name)
            self._settle(token, lambda: self._engine.save_draft(task.id, {"note": token}, by=self._actor))

    def watch(self) -> None:
        """Begin to watch, or now and then ring for all who do."""
        key = "ring" if self._random.random() < 0.1 else "watch"
        token = self._ledger.ask("start")
        self._settle(token, lambda: self._engine.start(key, {"token": token}, by=self._actor).id)

    def _pay(self, parcel: str) -> None:
        token = self._ledger.ask("send")

        def send() -> str | None:
            case = self._engine.send("paid", {"note": token}, {"token": parcel}, by=self._actor, message_id=token)
            return case and case.id

        self._settle(token, send)

    def _awaits(self, case: str) -> bool:
        return "paid" in {one.name for one in self._engine.awaited(case)}

    def _settle(self, token: str, command: Callable[[], str | None]) -> None:
        try:
            self._ledger.answered(token, case=command())
        except Refusal as error:
            self._ledger.refused(token, type(error).__name__)


def main(url: str, folder: str, name: str, seed: str, shift: str = "") -> None:
    """Move until killed, by the clock of a file if one is named."""
    place, pause, clock = Path(folder), threading.Event(), ShiftedClock(Path(shift)) if shift else None
    with open_engine(url, operators=operators(place), policy=policy(), clock=clock) as engine:
        mover = Mover(engine, Ledger(place, name), name, Random(seed))
        print(READY, flush=True)
        while not pause.wait(PACE):
            mover.move()


if __name__ == "__main__":
    main(*sys.argv[1:])
