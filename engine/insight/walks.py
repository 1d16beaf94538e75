"""What is counted of one finished case: the way that it went, and how long it waited and was worked on where.

Pure: it reads the steps of a case and the diagrams that they name. Its words:

- *waiting*: a person's task while nobody has it, from its offer; what waits for something outside (an event, a receive
  task, an event gateway), from when it was reached until it went on; a join, until the last of its tokens had come.
- *working*: a person's task while somebody has it; every other task and a called process, from begin to end.
- A flow waits and works as what it leads to did for what came by it.
- Both are clock time: nights, weekends and a suspended case count.
- *again*: a case came back to an element that is no gateway; instances of a list, and what is in them, never do.
- *late*: a task with a term was left after its end.
- A *way*: what the case came by in its own diagram, which flows it took, and what it came back to; in which order
  things happened beside one another, and how often, makes no other way.

Neither values nor people are counted, and of a called process only how often which part of it was passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..canonical import canonical, digest, instant
from ..diagram import Diagram
from ..diagram.parts import Element
from ..history.frames import JOINS, OWN, Folding, Ids, Place, nothing_mapped
from ..model import Effect, Step
from .cells import Part

PEOPLE = frozenset({"userTask", "manualTask"})
WAITING = frozenset({"intermediateCatchEvent", "receiveTask", "eventBasedGateway", *JOINS})
WORKING = frozenset({"task", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "callActivity"})
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way through a diagram: elements but gateways, flows, and what was come back to, each in the order of ids."""

    elements: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    def plain(self) -> bytes:
        """The same as canonical JSON."""
        return canonical({"again": list(self.again), "elements": list(self.elements), "flows": list(self.flows)})

    @property
    def variant(self) -> str:
        """The name of the way: the same for all cases that went it."""
        return digest(self.plain())


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A finished case as it is counted."""

    team: str  # the group that its first task was offered to, if the diagram names it
    path: Path
    milliseconds: int
    late: bool | None  # None: nothing in it had a term
    parts: Mapping[str, Part]
    passed: Mapping[tuple[str, str], int]  # how often, by bundle and the id of element or flow


@dataclass(slots=True, kw_only=True)
class Spell:
    """The stay of a token at an element."""

    since: datetime
    human: bool = False
    held: bool = False
    waited: timedelta = timedelta(0)
    worked: timedelta = timedelta(0)

    def go_on(self, at: datetime) -> None:
        """Count the time until a moment; a clock that was put back counts nothing."""
        passed = max(timedelta(0), at - self.since)
        if self.held:
            self.worked += passed
        else:
            self.waited += passed
        self.since = at

    def hold(self, at: datetime, held: bool) -> None:
        """Somebody takes a task, or gives it back."""
        self.go_on(at)
        self.held = held


class Walking(Folding):
    """A case as its effects tell it, with what is counted of it."""

    def __init__(self, diagrams: Callable[[str], Diagram], mappings: Callable[[str], Ids] = nothing_mapped) -> None:
        super().__init__(diagrams, mappings)
        self.at = self.began = datetime.min
        self.team = ""
        self.late: bool | None = None
        self.passed: Counter[tuple[str, str]] = Counter()
        self.visits: Counter[str] = Counter()
        self.parts: dict[str, Part] = {}
        self.spells: dict[int, Spell] = {}
        self._groups: dict[str, frozenset[str]] = {}

    def walk(self, steps: Iterable[Step]) -> Walk:
        """What is counted of a case with these steps."""
        for step in steps:
            self.at = step.at
            self.began = self.began if self.seq else step.at
            self.given(step)
            self.take(step)
            for effect in step.effects:
                if effect.kind == "offered":
                    self.offered(effect)
            if self.over(step):
                break
        for place in list(self.open.values()):
            self.went(place)
        return self.counted()

    @staticmethod
    def over(step: Step) -> bool:
        """Whether a step is the end of its case; what follows only disposes of values."""
        return step.kind == "cancelled" or any(effect.kind == "ended" for effect in step.effects)

    def given(self, step: Step) -> None:
        """Who has a task from now on."""
        spell = self.spells.get(step.input.get("task", 0))
        if spell is None:
            return
        if step.kind in ("claimed", "assigned"):
            spell.hold(self.at, bool(step.input.get("assignee")))
        elif step.kind == "released":
            spell.hold(self.at, held=False)

    def offered(self, effect: Effect) -> None:
        """A task is there for people; the first one says which team the case is with."""
        spell = self.spells.get(effect.occurrence)
        if spell is None:
            return
        spell.human, spell.held = True, bool(effect.detail.get("assignee"))
        place = self.open.get(effect.occurrence)
        if not self.team and place is not None and place.path == OWN:
            group = next(iter(effect.detail.get("groups", ())), "")
            self.team = group if group in self._known_groups() else ""

    def _known_groups(self) -> frozenset[str]:
        """The groups that the diagram names itself; others come from data, and may name anybody."""
        own = self.sheets[OWN].digest
        if own not in self._groups:
            self._groups[own] = self.diagrams(own).groups()
        return self._groups[own]

    # What the folding tells

    def came(self, place: Place) -> None:
        """Count an element that is reached, and begin to measure."""
        element = self.element(place)
        if element is None:
            return
        whole = element.multi_instance is not None and bool(place.via)
        if not whole:
            self.passed[self.sheets[place.path].digest, element.id] += 1
            self.spells[place.occurrence] = Spell(since=self.at)
        if place.path != OWN:
            return
        part = self.part(element.id)
        part.times += not whole
        instance = element.multi_instance is not None and not whole
        if not (instance or element.is_gateway or self.in_list(place)):
            self.visits[element.id] += 1

    def followed(self, source: Place, flow: str) -> None:
        """Count a flow that is taken."""
        if (sheet := self.sheets.get(source.path)) is not None:
            self.passed[sheet.digest, flow] += 1
        if source.path == OWN:
            self.part(flow).times += 1

    def went(self, place: Place) -> None:
        """End the measure of a stay."""
        spell, element = self.spells.pop(place.occurrence, None), self.element(place)
        if spell is None or element is None:
            return
        spell.go_on(self.at)
        if spell.human:
            self.judge(place.occurrence)
        if place.path != OWN or (measured := measure(element, spell)) is None:
            return
        for part in [self.part(place.element), *([self.part(place.via)] if place.via else [])]:
            part.measured(*measured)

    def judge(self, occurrence: int) -> None:
        """Say whether a task was left after the end of its term."""
        offer = self.known.get(occurrence)
        due = offer.detail.get("due") if offer is not None and isinstance(offer.detail, Mapping) else None
        if due is not None:
            self.late = bool(self.late) or self.at > instant(due)

    def part(self, id: str) -> Part:
        """What is counted of an element or flow."""
        return self.parts.setdefault(id, Part())

    def in_list(self, place: Place) -> bool:
        """Whether a token is inside of an activity that is there several times."""
        around = self._around(self.open.get(place.inside))
        return any(one.multi_instance is not None for one in filter(None, map(self.element, around)))

    def counted(self) -> Walk:
        """Everything together."""
        for id, part in self.parts.items():
            part.cases, part.again = 1, int(self.visits[id] > 1)
        own = self.diagrams(self.sheets[OWN].digest)
        seen = sorted(id for id, part in self.parts.items() if part.times)
        elements = tuple(id for id in seen if id in own and not own.element(id).is_gateway)
        path = Path(
            elements=elements,
            flows=tuple(id for id in seen if own.has_flow(id)),
            again=tuple(id for id in elements if self.visits[id] > 1),
        )
        milliseconds = max(0, (self.at - self.began) // MILLISECOND)
        return Walk(
            team=self.team,
            path=path,
            milliseconds=milliseconds,
            late=self.late,
            parts=self.parts,
            passed=dict(self.passed),
        )


def measure(element: Element, spell: Spell) -> tuple[int | None, int | None] | None:
    """The milliseconds that a stay was waited and worked; None for what is neither."""
    whole = (spell.waited + spell.worked) // MILLISECOND
    if element.kind in PEOPLE:
        return (spell.waited // MILLISECOND, spell.worked // MILLISECOND) if spell.human else None
    if element.kind in WAITING:
        return whole, None
    return (None, whole) if element.kind in WORKING else None


__all__ = ["Path", "Walk", "Walking"]
