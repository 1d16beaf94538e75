"""A finished case as it was: what came from outside, in its order, and by what each of it is found again.

The recorded bundle is replayed beside, because the history names neither the arrival at an element nor the key of a
message: they follow from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from ..bundles import Bundle
from ..canonical import canonical
from ..cases.change import bundle_of
from ..cases.inputs import BESIDE
from ..cases.world import Recorded
from ..errors import EngineError
from ..forms.schema import Form
from ..history.replay import Archive, moves
from ..model import Effect, Step
from ..spiff import Answer, Marking, Request
from .places import Key, Places

Question = tuple[str, bytes]  # an operator and the canonical bytes of its parameters
WALKED = frozenset({"entered", "cancelled"})  # the effects that say where a case went


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One recorded input: what it is found again by, and the form that it was accepted by."""

    seq: int
    at: datetime
    actor: str
    kind: str
    input: Mapping[str, Any]
    element: str = ""  # where the token stood that it was for
    key: Key | None = None  # the key of that token
    keys: tuple[tuple[int, Key], ...] = ()  # the tokens that it speaks of, where they are several
    message: tuple[str, str] = ("", "")  # the name and the key that a token waited for
    form: Form | None = None


@dataclass(slots=True, kw_only=True)
class Reply:
    """What an operator was asked, and what it said: at once, or later by an input; perhaps it never did."""

    element: str
    nth: int  # which question of the element it was
    at_once: Answer | None
    given: Given | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A task as it was offered."""

    key: Key
    seq: int
    groups: tuple[str, ...]
    due: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a case went to: entered or withdrawn; by which input."""

    kind: str
    element: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task that somebody did; nobody's name where it was passed because there was nothing to fill in."""

    key: Key
    seq: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """One input that was taken and what followed, for whoever looks at both sides."""

    seq: int  # the recorded step that it is; 0 where it is none
    at: datetime
    kind: str
    element: str
    actor: str
    effects: tuple[Effect, ...]


@dataclass(kw_only=True)
class Walk:
    """How a case went: its inputs, its way, the tasks that were offered and done; `data` at its end."""

    took: list[Took] = field(default_factory=list)
    way: list[Place] = field(default_factory=list)
    offers: dict[Key, Offer] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)

    def take(self, took: Took, places: Places) -> None:
        """Go on by what followed from an input."""
        self.took.append(took)
        for effect in took.effects:
            if effect.kind in WALKED:
                self.way.append(Place(effect.kind, effect.element, took.seq))
            elif effect.kind == "offered" and (key := places.get(effect.occurrence)) is not None:
                said, groups = effect.detail, tuple(effect.detail.get("groups", ()))
                self.offers[key] = Offer(key=key, seq=took.seq, groups=groups, due=said.get("due"))


@dataclass(kw_only=True)
class Record:
    """A finished case, replayed: its inputs with the marking before each, and what its operators said."""

    inputs: list[tuple[Given, Marking]] = field(default_factory=list)
    walk: Walk = field(default_factory=Walk)
    replies: dict[Question, list[Reply]] = field(default_factory=dict)
    bound: dict[str, list[str]] = field(default_factory=dict)
    archive: Archive
    places: Places
    bundle: Bundle | None = None  # that of its last step


@dataclass(frozen=True, kw_only=True)
class Overheard(Recorded):
    """The world of a recorded step whose questions are listened to."""

    heard: list[tuple[Request, Answer | None]]

    def answer(self, request: Request) -> Answer | None:
        """What the operator said then."""
        found = super().answer(request)
        self.heard.append((request, found))
        return found


def question_of(operator: str, parameters: Mapping[str, Any]) -> Question:
    """What an operator's answer is found again by."""
    return operator, canonical(dict(parameters))


def record_of(steps: Sequence[Step], archive: Archive) -> Record:
    """Replay a finished case and note what came from outside; EngineError or StepperError where it cannot be."""
    heard: list[tuple[Request, Answer | None]] = []
    found = Record(archive=archive, places=Places(lambda digest: archive.bundle(digest).key))
    asked: dict[int, Reply] = {}
    numbers = Counter[str]()
    before = Marking()
    for moved in moves(steps, archive, world=partial(Overheard, heard=heard)):
        step = moved.step
        if step.kind in ("started", "migrated"):
            found.bundle = archive.bundle(step.input["bundle"])
        if step.kind not in BESIDE:
            assert found.bundle is not None
            given = given_of(step, before, found)
            _hear(found, heard, asked, numbers)
            found.inputs.append((given, before))
            if step.kind in ("answered", "failed") and step.input["operator"] in asked:
                asked[step.input["operator"]].given = given
            for name, digest in step.input.get("bound", {}).items():
                found.bound.setdefault(name, []).append(digest)
            before = moved.marking
            if step.kind == "migrated":
                found.places.move(before)
            found.places.see(before, found.bundle.digest)
            took(found.walk, given, given.seq, given.at, moved.effects, found.places)
    if not found.inputs:
        raise EngineError("the history does not begin with a start")
    found.walk.data = before.data
    return found


def _hear(
    found: Record, heard: list[tuple[Request, Answer | None]], asked: dict[int, Reply], numbers: Counter[str]
) -> None:
    for request, answer in heard:
        numbers[request.element] += 1
        reply = Reply(element=request.element, nth=numbers[request.element], at_once=answer)
        found.replies.setdefault(question_of(request.operator, request.parameters), []).append(reply)
        asked[request.occurrence] = reply
    heard.clear()


def took(walk: Walk, given: Given, seq: int, at: datetime, effects: tuple[Effect, ...], places: Places) -> None:
    """Note an input and what followed from it."""
    if given.key is not None and given.kind in ("completed", "skipped"):
        walk.done.append(Done(key=given.key, seq=seq, actor=given.actor))
    walk.take(Took(seq=seq, at=at, kind=given.kind, element=given.element, actor=given.actor, effects=effects), places)


FOR_TOKEN = {
    "completed": "task", "skipped": "task", "fired": "timer", "received": "to", "answered": "operator",
    "failed": "operator", "jumped": "token",
}  # fmt: skip


def given_of(step: Step, before: Marking, record: Record) -> Given:
    """A step as an input, with what it is found again by."""
    occurrence, message = step.input.get(FOR_TOKEN.get(step.kind, "")), ("", "")
    element = next((token.element for token in before.tokens if token.occurrence == occurrence), "")
    if step.kind == "received":
        message = next(((s.name, s.key) for s in before.subscriptions if s.occurrence == occurrence), message)
    return Given(
        seq=step.seq,
        at=step.at,
        actor=step.actor,
        kind=step.kind,
        input=step.input,
        element=element,
        key=record.places.get(occurrence) if occurrence is not None else None,
        keys=tuple((one, key) for one in _several(step) if (key := record.places.get(one)) is not None),
        message=message,
        form=_form(step, before, record, occurrence, element),
    )


def _several(step: Step) -> Sequence[int]:
    if step.kind == "given_up":
        return list(step.input["operators"])
    if step.kind == "redated":
        return [int(one) for name in ("tasks", "timers") for one in step.input[name]]
    return ()


def _form(step: Step, before: Marking, record: Record, occurrence: int | None, element: str) -> Form | None:
    """The form that an input was accepted by, in the bundle that its token stood in."""
    assert record.bundle is not None
    if step.kind == "started":
        return start_form(record.bundle, step.input.get("message", ""))
    if occurrence is None or not element or step.kind not in ("completed", "received"):
        return None
    digest = bundle_of(before, occurrence, record.bundle.digest)
    return record.archive.bundle(digest).form_of(element)


def start_form(bundle: Bundle, message: str) -> Form | None:
    """The form of the start that a case begins at."""
    for event in bundle.diagram.start_events() if bundle.diagram else ():
        named = event.event.name if event.event is not None and event.event.kind == "message" else ""
        if named == message:
            return bundle.form_of(event.id)
    return None
