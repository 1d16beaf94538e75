"""From the steps of a case to the events of a log: what was worked on, by whom, in which state of its life.

Pure: it reads steps in their order and asks for the bundles that they name. Every id that could lead to somebody goes
through `names` here, so that no writer ever sees one. Gateways are no events: they are in the diagram.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..bundles import Bundle
from ..diagram import Element
from .fields import Field, Plain, fields_of, leaving
from .model import Entry, Event, Lifecycle
from .names import Names

KEPT = 100  # bundles
ACTORS = {"system": "SYSTEM", "customer": "CUSTOMER"}  # whoever else does something is a person of the house
FINAL = frozenset({"complete", "cancel", "fail"})
THROWING = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
BESIDE_THE_MODEL = frozenset(
    {"cancelled", "corrected", "given_up", "jumped", "migrated", "skipped"}
)  # kinds of steps that a diagram does not foresee
PLACES = ("task", "timer", "to", "operator")  # where an input says which occurrence it is for


@dataclass(slots=True)
class Work:
    """One occurrence of an element that is not over yet."""

    element: Element
    bundle: str
    planned: bool
    human: bool = False
    role: str = ""
    holder: str = ""  # who has it, as the history calls him
    held: bool = False  # whether anybody ever had it
    begun: bool = False
    rests: bool = False
    said: dict[str, Plain] = field(default_factory=dict)


class Library:
    """The bundles that histories name, and what of their forms may leave; each is looked at once."""

    def __init__(self, bundle: Callable[[str], Bundle]) -> None:
        self._bundle = lru_cache(KEPT)(bundle)
        self._fields: dict[tuple[str, str], Mapping[str, Field]] = {}
        self._groups: dict[str, frozenset[str]] = {}

    def find(self, digests: Sequence[str], id: str) -> tuple[str, Element] | None:
        """An element, and the bundle that it stands in: the first of these that has it."""
        for digest in digests:
            diagram = self._bundle(digest).diagram
            if diagram is not None and id in diagram:
                return digest, diagram.element(id)
        return None

    def groups(self, digest: str) -> frozenset[str]:
        """The groups that a diagram names itself; others come from the data of a case."""
        if digest not in self._groups:
            diagram = self._bundle(digest).diagram
            self._groups[digest] = diagram.groups() if diagram else frozenset()
        return self._groups[digest]

    def start(self, digest: str, message: str) -> str:
        """The id of the start event that a case began with."""
        diagram = self._bundle(digest).diagram
        events = diagram.start_events() if diagram else ()
        named = [one for one in events if one.event and one.event.kind == "message" and one.event.name == message]
        return next((one.id for one in (*named, *events)), "")

    def fields(self, digest: str, element: str) -> Mapping[str, Field]:
        """What may leave of the form of an element."""
        if (digest, element) not in self._fields:
            form = self._bundle(digest).form_of(element)
            self._fields[digest, element] = fields_of(form.schema) if form else {}
        return self._fields[digest, element]


class Story:
    """Tells the events of one case, step by step; what it keeps is what is open."""

    def __init__(self, key: str, library: Library, names: Names) -> None:
        self._key, self._library, self._names = key, library, names
        self._open: dict[int, Work] = {}
        self._bundles: list[str] = []  # the case's own, then those that were called, the last first
        self._version = 0
        self._step = Entry(0, "", "", "", {}, ())
        self._count = 0

    def tell(self, step: Entry) -> Iterator[Event]:
        """The events of the next step."""
        self._step, self._count = step, 0
        if "bundle" in step.input:
            self._bundles, self._version = [step.input["bundle"], *self._bundles[1:]], step.input["version"]
        if said := INPUTS.get(step.kind):
            yield from said(self)
        for effect in step.effects:
            if happened := EFFECTS.get(effect[0]):
                yield from happened(self, effect[1], effect[2], effect[3] if len(effect) > 3 else None)
        if step.kind == "cancelled":
            yield self._of_case("cancel", "cancel", step.actor)

    # What an input says by itself

    def _started(self) -> Iterator[Event]:
        given = self._step.input
        start = self._library.start(self._bundles[0], given.get("message", ""))
        values = leaving(self._library.fields(self._bundles[0], start), given.get("data"))
        yield self._of_case("start", "start", self._step.actor, values)

    def _claimed(self) -> Iterator[Event]:
        if work := self._meant():
            yield from self._given(work, self._step.input["assignee"])
            yield from self._taken_up(work)

    def _assigned(self) -> Iterator[Event]:
        if work := self._meant():
            yield from self._laid_down(work)
            yield from self._given(work, self._step.input["assignee"])

    def _released(self) -> Iterator[Event]:
        if work := self._meant():
            yield from self._laid_down(work)
            work.holder = ""

    def _completed(self) -> Iterator[Event]:
        if work := self._meant():
            if not work.holder:
                yield from self._given(work, self._step.actor)
            yield from self._taken_up(work)
            fields = self._library.fields(work.bundle, work.element.id)
            work.said |= leaving(fields, self._step.input.get("values"))
            yield self._event(work, "complete", self._step.actor)
            del self._open[self._step.input["task"]]

    def _late(self) -> Iterator[Event]:
        if work := self._meant():
            lifecycle: Lifecycle = "breach" if self._step.kind == "breached" else "escalate"
            yield self._event(work, lifecycle, self._step.actor)

    def _failed(self) -> Iterator[Event]:
        operators = self._step.input.get("operators") or [self._step.input.get("operator")]
        for occurrence in operators:
            if work := self._open.pop(occurrence, None):
                yield self._event(work, "fail", self._step.actor, occurrence)

    def _suspended(self) -> Iterator[Event]:
        yield self._of_case("suspend", "suspend", self._step.actor)
        for occurrence, work in self._open.items():
            if work.human and work.begun and not work.rests:
                yield self._event(work, "suspend", self._step.actor, occurrence)

    def _resumed(self) -> Iterator[Event]:
        yield self._of_case("resume", "resume", self._step.actor)
        for occurrence, work in self._open.items():
            if work.human and work.begun and not work.rests:
                yield self._event(work, "resume", self._step.actor, occurrence)

    def _received(self) -> Iterator[Event]:
        if work := self._meant():
            fields = self._library.fields(work.bundle, work.element.id)
            work.said |= leaving(fields, self._step.input.get("payload"))
        yield from ()

    # What followed

    def _entered(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        found = self._library.find(self._bundles, id)
        if found is None or found[1].is_gateway or occurrence in self._open:
            return
        bundle, element = found
        work = Work(element, bundle, self._step.kind not in BESIDE_THE_MODEL)
        self._open[occurrence] = work
        if element.is_activity and element.kind not in ("userTask", "manualTask"):
            work.begun = True
            yield self._event(work, "start", self._doer(occurrence), occurrence)

    def _offered(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        if occurrence not in self._open:
            yield from self._entered(id, occurrence, None)
        if work := self._open.get(occurrence):
            work.human, work.role = True, self._role(work, detail["groups"])
            yield self._event(work, "create", "system", occurrence)
            if person := detail.get("assignee"):
                yield from self._given(work, person, occurrence, "system")

    def _left(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        work = self._open.pop(occurrence, None)
        if work is None or (work.element.kind in ("userTask", "manualTask") and not work.human):
            return  # completed by its input, or the list around the instances of a user task
        yield self._event(work, "cancel" if work.human else "complete", self._doer(occurrence), occurrence)

    def _cancelled(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        work = self._open.pop(occurrence, None)
        if work is not None and (work.human or work.begun):
            yield self._event(work, "cancel", self._by_hand(), occurrence)

    def _answered(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        if "error" in detail and (work := self._open.pop(occurrence, None)):
            yield self._event(work, "fail", "system", occurrence)

    def _called(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        known = [one for one in self._bundles[1:] if one != detail["digest"]]
        self._bundles = [self._bundles[0], detail["digest"], *known]
        yield from ()

    def _decided(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        if work := self._open.get(occurrence):
            work.said |= {"decision": detail["decision"], "rows": ",".join(map(str, detail["rows"]))}
        yield from ()

    def _moved(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        work, found = self._open.get(occurrence), self._library.find(self._bundles, id)
        if work is not None and found is not None:
            work.bundle, work.element = found
            work.role = self._role(work, detail["groups"]) if "groups" in detail else work.role
        yield from ()

    def _ended(self, id: str, occurrence: int, detail: Any) -> Iterator[Event]:
        yield self._of_case("close", "complete", "system")

    # How it is said

    def _meant(self) -> Work | None:
        """The open work that an input is for."""
        return self._open.get(self._meant_occurrence())

    def _meant_occurrence(self) -> int:
        return next((self._step.input[name] for name in PLACES if name in self._step.input), 0) or 0

    def _doer(self, occurrence: int) -> str:
        """Who has done what happened to an occurrence: whoever gave the input, where it was for this one."""
        return self._step.actor if occurrence == self._meant_occurrence() else self._by_hand()

    def _by_hand(self) -> str:
        """Whoever intervened, else the system."""
        return self._step.actor if self._step.kind in BESIDE_THE_MODEL else "system"

    def _given(self, work: Work, to: str, occurrence: int | None = None, by: str = "") -> Iterator[Event]:
        """A task goes to somebody: for the first time, or to another than had it."""
        if not work.held or to != work.holder:
            lifecycle: Lifecycle = "reassign" if work.held else "assign"
            work.holder, work.held = to, True
            yield self._event(work, lifecycle, by or self._step.actor, occurrence, {"assignee": self._person(to)})

    def _taken_up(self, work: Work) -> Iterator[Event]:
        """Work begins, or goes on after it was laid down."""
        if not work.begun:
            work.begun = True
            yield self._event(work, "start", self._step.actor)
        elif work.rests:
            work.rests = False
            yield self._event(work, "resume", self._step.actor)

    def _laid_down(self, work: Work) -> Iterator[Event]:
        if work.begun and not work.rests:
            work.rests = True
            yield self._event(work, "suspend", self._step.actor)

    def _role(self, work: Work, groups: Sequence[str]) -> str:
        """The first group that a task is for; one that the data of the case gave is named like a person."""
        if not groups:
            return ""
        return groups[0] if groups[0] in self._library.groups(work.bundle) else self._names("group", groups[0])

    def _person(self, id: str) -> str:
        return id if id in ACTORS else self._names("person", id)

    def _of_case(self, word: str, lifecycle: Lifecycle, actor: str, values: Mapping[str, Plain] | None = None) -> Event:
        """An event of the case itself."""
        case = Element(id=self._key, kind="process", scope="", name=f"case.{word}")
        return self._event(Work(case, "", True, begun=True), lifecycle, actor, 0, values)

    def _event(
        self,
        work: Work,
        lifecycle: Lifecycle,
        actor: str,
        occurrence: int | None = None,
        values: Mapping[str, Plain] | None = None,
    ) -> Event:
        """The next event of this step; without an occurrence it is of the one that the input is for."""
        self._count += 1
        step, element = self._step, work.element
        said = values if values is not None else work.said if lifecycle in FINAL else {}
        return Event(
            number=f"{step.seq}.{self._count}",
            at=step.at,
            activity=element.id,
            name=element.label,
            kind=element.kind,
            instance=self._meant_occurrence() if occurrence is None else occurrence,
            lifecycle=lifecycle,
            actor=self._person(actor),
            actor_type=ACTORS.get(actor, "HUMAN"),
            role=work.role,
            direction=direction_of(element),
            planned=work.planned,
            begun=work.begun,
            version=self._version,
            values={**said, "intervention": step.kind} if step.kind in BESIDE_THE_MODEL else said,
        )


def direction_of(element: Element) -> str:
    """Whether an element takes a message in or sends one out."""
    if element.event is None or element.event.kind != "message":
        return ""
    return "OUT" if element.kind in THROWING else "IN"


INPUTS: Mapping[str, Callable[[Story], Iterator[Event]]] = {
    "started": Story._started,
    "claimed": Story._claimed,
    "assigned": Story._assigned,
    "released": Story._released,
    "completed": Story._completed,
    "received": Story._received,
    "breached": Story._late,
    "escalated": Story._late,
    "failed": Story._failed,
    "given_up": Story._failed,
    "suspended": Story._suspended,
    "resumed": Story._resumed,
}
EFFECTS: Mapping[str, Callable[[Story, str, int, Any], Iterator[Event]]] = {
    "entered": Story._entered,
    "offered": Story._offered,
    "left": Story._left,
    "cancelled": Story._cancelled,
    "answered": Story._answered,
    "called": Story._called,
    "decided": Story._decided,
    "moved": Story._moved,
    "ended": Story._ended,
}
