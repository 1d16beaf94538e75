"""The whole engine as a driver: every step is a transaction on a database, with real rows between the steps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine import SYSTEM, Actor, Engine, FixedClock
from tests.engine.unchecked import deploy_unchecked

from .drawing import FORM
from .player import Open
from .steppers import opened

PLAYER = Actor("player", groups={"players", "process_owner"})
ANY = json.dumps({"type": "object", "properties": {"remark": {"type": "string"}}, "additionalProperties": True})


class EngineDriver:
    """One case of a diagram in an engine; `engine.clock` is moved to the moment of each step."""

    def __init__(self, engine: Engine, clock: FixedClock, documents: dict[str, bytes]) -> None:
        self.engine, self.clock, self.case = engine, clock, ""
        self.key = next(iter(documents))
        for key, document in documents.items():
            self._deploy({f"{key}.bpmn": document, FORM: ANY})

    def _deploy(self, files: dict[str, bytes | str]) -> None:
        """Put a bundle in force without checking it: a diagram that gets stuck is played as well."""
        deploy_unchecked(self.engine, files, PLAYER.name)

    def start(self, data: dict[str, Any], at: datetime) -> None:
        self.clock.set(at)
        self.case = self.engine.start(self.key, data, by=PLAYER).id

    def complete(self, task: Open, values: dict[str, Any], at: datetime) -> None:
        self.clock.set(at)
        (found,) = [t for t in self.engine.tasks(self.case) if t.occurrence == task.handle]
        self.engine.complete(found.id, values, by=PLAYER)

    def fire(self, timer: Open, at: datetime) -> None:
        self.clock.set(at)
        assert self.engine.run_due(limit=1) == 1
        last = self.engine.history(self.case)[-1]
        assert last.kind == "fired" and last.input["timer"] == timer.handle, last

    def message(self, waiting: Open, payload: dict[str, Any], at: datetime) -> None:
        self.clock.set(at)
        key = json.loads(waiting.key) if waiting.key else None
        assert self.engine.send(waiting.handle[1], payload, key, by=SYSTEM, case=self.case) is not None

    def signal(self, name: str, at: datetime) -> None:
        raise AssertionError("signals come from cases only")

    def open(self) -> list[Open]:
        return opened(self.engine.marking(self.case))

    def data(self) -> dict[str, Any]:
        return dict(self.engine.case(self.case).data)

    def state(self) -> str:
        marking, case = self.engine.marking(self.case), self.engine.case(self.case)
        assert (case.status == "completed") is marking.over
        return "over" if marking.over else "stuck" if marking.stuck else "open"

    def reachable(self, waiting: Open, all_open: Sequence[Open]) -> bool:
        """The timer that is due first; a message that one token waits for."""
        if waiting.kind == "timer":
            return waiting is min((o for o in all_open if o.kind == "timer"), key=lambda o: (o.due, o.handle))
        return (
            waiting.kind == "message"
            and [o.handle[1] for o in all_open if o.kind == "message"].count(waiting.handle[1]) == 1
        )

    def stands(self) -> set[str]:
        return {token.element for token in self.engine.marking(self.case).tokens}

    def migrate(self, documents: dict[str, bytes], mapping: dict[str, str], script: str, at: datetime) -> None:
        self.clock.set(at)
        for key, document in documents.items():
            self._deploy({f"{key}.bpmn": document, FORM: ANY})
        self.engine.migrate(self.case, by=PLAYER, reason="changed", mapping=mapping, script=script)

    def replay(self) -> None:
        found = self.engine.replay(self.case)
        assert found.equal, found.difference
        sound = self.engine.verify(self.case)
        assert sound.sound, sound.problems
        if self.engine.case(self.case).status == "open":
            self.engine.cancel(self.case, by=PLAYER, reason="the game is over")
