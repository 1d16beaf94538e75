"""The stepper as a driver: the marking is stored to bytes and loaded again between all steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from engine.feel import Limits
from engine.model import Effect
from engine.spiff import Bundle, Environment, Marking, Shelf, Stepper, parse

from .player import Open

Take = Callable[[Stepper, Marking], tuple[Marking, tuple[Effect, ...]]]


class StepperDriver:
    """One case of a diagram, with the record of its steps."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.versions, self.parsed = [documents], dict[bytes, Bundle]()
        self.stepper = newest(self.versions, self.parsed)
        self.record: list[tuple[Take, int, str, tuple[Effect, ...]]] = []
        self.marking = Marking()

    def start(self, data: dict[str, Any], at: datetime) -> None:
        self._take(lambda stepper, marking: stepper.start(data, at))

    def complete(self, task: Open, values: dict[str, Any], at: datetime) -> None:
        self._take(lambda stepper, marking: stepper.complete(marking, task.handle, values, at))

    def fire(self, timer: Open, at: datetime) -> None:
        self._take(lambda stepper, marking: stepper.fire(marking, timer.handle, at))

    def message(self, waiting: Open, payload: dict[str, Any], at: datetime) -> None:
        occurrence, name = waiting.handle
        self._take(lambda stepper, marking: stepper.message(marking, name, payload, at, to=occurrence))

    def signal(self, name: str, at: datetime) -> None:
        self._take(lambda stepper, marking: stepper.signal(marking, name, {}, at))

    def open(self) -> list[Open]:
        return opened(self.marking)

    def data(self) -> dict[str, Any]:
        return dict(self.marking.data)

    def state(self) -> str:
        return "over" if self.marking.over else "stuck" if self.marking.stuck else "open"

    def reachable(self, waiting: Open, all_open: Sequence[Open]) -> bool:
        return True

    def stands(self) -> set[str]:
        return {token.element for token in self.marking.tokens}

    def migrate(self, documents: dict[str, bytes], mapping: dict[str, str], script: str, at: datetime) -> None:
        before = self.stepper.bundle.digest
        self.versions.append(documents)
        self.stepper = newest(self.versions, self.parsed)
        self._take(lambda stepper, marking: stepper.migrate(marking, before, mapping, script, at))

    def replay(self) -> None:
        """Everything from scratch: the documents parsed again, each input again, each hash and effect as before."""
        parsed: dict[bytes, Bundle] = {}
        marking, steppers = Marking(), [newest(self.versions[: n + 1], parsed) for n in range(len(self.versions))]
        for number, (take, version, sha256, effects) in enumerate(self.record):
            marking, found = take(steppers[version], marking)
            assert marking.sha256 == sha256, f"the state after step {number} is another one in replay"
            assert found == effects, f"the effects of step {number} are others in replay"

    def _take(self, take: Take) -> None:
        marking, effects = take(self.stepper, self.marking)
        self.record.append((take, len(self.versions) - 1, marking.sha256, effects))
        self.marking = Marking.from_bytes(marking.to_bytes())
        assert self.marking.to_bytes() == marking.to_bytes(), "the marking reads back as another one"


def stepper(documents: dict[str, bytes]) -> Stepper:
    """A stepper for the first document; the others can be called."""
    return newest([documents], {})


def newest(versions: list[dict[str, bytes]], parsed: dict[bytes, Bundle]) -> Stepper:
    """A stepper for the first document of the newest version; all others are known. What is `parsed` is not again."""
    for document in (one for documents in versions for one in documents.values()):
        if document not in parsed:
            parsed[document] = parse(document)
    bundles = [parsed[document] for documents in versions for document in documents.values()]
    main = parsed[next(iter(versions[-1].values()))]
    return Stepper(main, Environment(library=Shelf(*bundles), limits=Limits(seconds=None)))


def opened(marking: Marking) -> list[Open]:
    """What is open in a marking."""
    scopes = {token.occurrence: token.scope for token in marking.tokens}
    found = []
    for token in marking.tokens:
        if token.state == "ready":
            place = (*token.scope, token.occurrence)
            found.append(Open(kind="task", element=token.element, place=place, handle=token.occurrence))
    for timer in marking.timers:
        place = (*scopes[timer.occurrence], timer.occurrence)
        due = datetime.fromisoformat(timer.due)
        found.append(Open(kind="timer", element=timer.element, place=place, handle=timer.occurrence, due=due))
    for heard in marking.subscriptions:
        place, handle = (*scopes[heard.occurrence], heard.occurrence), (heard.occurrence, heard.name)
        found.append(Open(kind=heard.kind, element=heard.element, place=place, handle=handle, key=heard.key))
    return found
