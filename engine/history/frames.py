"""Folds recorded effects into frames: what of which diagram is done, active or cancelled after a step, and how often.

It reads effects and diagrams, and runs nothing. What it keeps grows with the diagrams and the open tokens, not with the
length of the history, so that it can be kept every so many steps. It trusts no effect to be in order: a history that
was tampered with is folded too, and `verify` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..diagram import Diagram
from ..diagram.parts import Element
from ..model import Effect, Step

Path = tuple[str, ...]  # the call activities that lead from the case's own diagram to a called one
Ids = Mapping[str, str]  # what elements and flows are called after a migration, by their ids before it
Said = tuple[str, int]  # the mark of an element or flow, and how often it was entered
OWN: Path = ()
JOINS = ("parallelGateway", "inclusiveGateway")
THROWING = ("endEvent", "intermediateThrowEvent")
NAMED = ("task", "token", "timer", "to", "operator")  # how an input names the token that it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a token stands: in which diagram, and inside of which activity (0 is none)."""

    element: str
    occurrence: int
    path: Path = OWN
    inside: int = 0
    via: str = ""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One diagram with what has happened on it; what is active is not written here, the tokens say it."""

    digest: str
    marks: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one step changed, by the path of a diagram and the id of what is drawn there; it was at an element."""

    seq: int
    path: Path
    element: str
    changed: Mapping[Path, Mapping[str, Said]]


def remember(known: dict[int, Effect], effect: Effect) -> None:
    """Keep what an occurrence began as: a task as it was offered, with the end that its term has now."""
    was = known.get(effect.occurrence)
    detail = was.detail if was is not None and isinstance(was.detail, Mapping) else None
    if was is None or effect.kind == "offered":
        known[effect.occurrence] = effect
    elif effect.kind == "redated" and detail is not None:
        known[effect.occurrence] = replace(was, detail={**detail, **effect.detail})
    elif effect.kind == "paused" and detail is not None:
        endless = {name: value for name, value in detail.items() if name != "due"}
        known[effect.occurrence] = replace(was, detail=endless)


def named_in(step: Step) -> int | None:
    """The occurrence that the input of a step is for, if it names one."""
    found = next((step.input[name] for name in NAMED if name in step.input), None)
    return found if isinstance(found, int) else None


def nothing_mapped(digest: str) -> Ids:
    """Know no mapping."""
    return {}


class Folding:
    """A case as of a step, as its effects tell it."""

    def __init__(self, diagrams: Callable[[str], Diagram], mappings: Callable[[str], Ids] = nothing_mapped) -> None:
        self.diagrams, self.mappings = diagrams, mappings
        self.seq = self.version = 0
        self.sheets: dict[Path, Sheet] = {}
        self.open: dict[int, Place] = {}
        self.armed: dict[int, Place] = {}  # events beside the flow, which no token has come to
        self.known: dict[int, Effect] = {}
        self._touched: set[tuple[Path, str]] = set()
        self._forget_way()

    def _forget_way(self) -> None:
        """Between two steps nothing is on its way."""
        self._pending: list[Place] = []  # taken flows by where they lead
        self._opening: Place | None = None  # the scope whose start event is entered next
        self._latest: Place | None = None
        self._left: Place | None = None
        self._failed: Place | None = None  # whose operator has just answered with an error
        self._landing: Place | None = None  # where somebody lets a token go on
        self._skipped = 0

    def copy(self) -> Folding:
        """The same, to go on from."""
        other = Folding(self.diagrams, self.mappings)
        other.seq, other.version = self.seq, self.version
        other.open, other.armed, other.known = dict(self.open), dict(self.armed), dict(self.known)
        other.sheets = {
            path: Sheet(digest=sheet.digest, marks=dict(sheet.marks), counts=dict(sheet.counts))
            for path, sheet in self.sheets.items()
        }
        return other

    # What it says

    def says(self, path: Path, id: str) -> Said:
        """The mark of an element or flow and how often it was entered."""
        return self._said(path, id, any(place.element == id for place in self.waiting(path)))

    def marks(self, path: Path) -> dict[str, Said]:
        """The same of everything in a diagram that anything has happened to."""
        sheet = self.sheets.get(path)
        ids = set(sheet.marks) | set(sheet.counts) if sheet else set()
        standing = {place.element for place in self.waiting(path)}
        return {id: self._said(path, id, id in standing) for id in sorted(ids | standing)}

    def _said(self, path: Path, id: str, stands: bool) -> Said:
        sheet = self.sheets.get(path)
        if sheet is None:
            return "", 0
        return "active" if stands else sheet.marks.get(id, ""), sheet.counts.get(id, 0)

    def waiting(self, path: Path | None = None) -> list[Place]:
        """The tokens that stand on something, in all diagrams or in one; events that only listen are none."""
        listening = [place for place in self.armed.values() if not self._only_listens(place)]
        return [place for place in (*self.open.values(), *listening) if path is None or place.path == path]

    def element(self, place: Place) -> Element | None:
        """What a token stands on, as it is drawn."""
        return self._drawn(place.path, place.element)

    # What somebody who counts overrides

    def came(self, place: Place) -> None:
        """A token has come to an element."""

    def went(self, place: Place) -> None:
        """A token is gone from where it stood or listened: it has left, was cancelled, or went into a join."""

    def followed(self, source: Place, flow: str) -> None:
        """A flow was taken."""

    # Steps

    def take(self, step: Step) -> Frame:
        """Go on by one step."""
        self._forget_way()
        self._touched = set()
        self.seq = step.seq
        named = named_in(step) or 0
        focus = self.open.get(named) or self.armed.get(named)
        self._failed = focus if step.kind in ("failed", "given_up") else None
        if step.kind == "jumped" and focus is not None:
            self._landing = replace(focus, element=str(step.input.get("target", "")), via="")
        if step.kind in ("started", "migrated", "upgraded"):
            self._begin(step)
        first: Place | None = None
        for effect in step.effects:
            self._take(effect)
            first = first or self._latest
            remember(self.known, effect)
        self.known = {key: effect for key, effect in self.known.items() if key in self.open or key in self.armed}
        here = focus or first or Place(element="", occurrence=0)
        path = here.path if here.path in self.sheets else OWN
        return Frame(seq=step.seq, path=path, element=here.element, changed=self._changed())

    def _changed(self) -> dict[Path, dict[str, Said]]:
        found: dict[Path, dict[str, Said]] = {}
        for path, id in sorted(self._touched):
            found.setdefault(path, {})[id] = self.says(path, id)
        return found

    def _begin(self, step: Step) -> None:
        """Take the bundle that a step names, and bring what was done on the one before to its new ids."""
        self.version = step.input.get("version", self.version)
        digest = step.input.get("bundle")
        if not isinstance(digest, str):
            return
        ids = self._ids(step)
        was = self.sheets.get(OWN, Sheet(digest=digest))
        own = Sheet(
            digest=digest,
            marks={ids.get(id, id): mark for id, mark in was.marks.items()},
            counts={ids.get(id, id): count for id, count in was.counts.items()},
        )
        called = {path: sheet for path, sheet in self.sheets.items() if path != OWN}
        self.sheets = {OWN: own, **{renamed(path, ids): sheet for path, sheet in called.items()}}
        self.open = {key: _moved(place, ids) for key, place in self.open.items()}
        self.armed = {key: _moved(place, ids) for key, place in self.armed.items()}
        self._touched |= {(OWN, id) for id in (*was.marks, *own.marks)}

    def _ids(self, step: Step) -> Ids:
        """What a migration calls otherwise: as it was declared, or as older steps say it themselves."""
        declared, given = step.input.get("declared"), step.input.get("mapping")
        if isinstance(declared, str):
            return self.mappings(declared)
        return given if isinstance(given, Mapping) else {}

    def _take(self, effect: Effect) -> None:
        match effect.kind:
            case "entered":
                self._entered(effect)
            case "armed" | "subscribed":
                self._arm(effect)
            case "disarmed" | "unsubscribed":
                self._gone(self.armed.pop(effect.occurrence, None))
            case "left":
                self._leave(effect)
            case "taken":
                self._follow(effect)
            case "cancelled":
                self._withdraw(effect)
            case "called":
                self._call(effect)
            case "answered":
                self._failed = self.open.get(effect.occurrence)
            case "skipped":
                self._skipped = effect.occurrence
            case "moved":
                self._move(effect)
            case "ended":
                for place in list(self.armed.values()):
                    self._gone(self.armed.pop(place.occurrence))

    def _entered(self, effect: Effect) -> None:
        place = self._arrived(effect)
        self.open[effect.occurrence] = self._latest = place
        self.came(place)
        element, sheet = self.element(place), self.sheets.get(place.path)
        whole = element is not None and element.multi_instance is not None and bool(place.via)
        if sheet is not None and not whole:  # of a multi-instance its instances are counted
            sheet.counts[effect.element] = sheet.counts.get(effect.element, 0) + 1
        if element is not None and element.is_scope and not whole:
            self._opening = place
        self._gone(place)

    def _arrived(self, effect: Effect) -> Place:
        """Where a token has come to: by an event, into a scope, by a flow, as an instance, or nobody knows how."""
        id, occurrence = effect.element, effect.occurrence
        heard = self.armed.pop(occurrence, None)
        by_flow = next((one for one in self._pending if one.element == id), None)
        if heard is not None or self._opening is None:
            if by_flow is not None:
                self._pending.remove(by_flow)
            if heard is not None:
                return heard
        if (scope := self._opening) is not None:
            self._opening = None
            return Place(element=id, occurrence=occurrence, path=scope.path, inside=scope.occurrence)
        if by_flow is not None:
            return replace(by_flow, occurrence=occurrence)
        if (landing := self._landing) is not None and landing.element == id:
            self._landing = None
            return replace(landing, occurrence=occurrence)
        again = self._left if self._left and self._left.element == id else None  # one after the other
        whole = again or next((one for one in reversed(self.open.values()) if one.element == id and one.via), None)
        if whole is not None:
            return Place(element=id, occurrence=occurrence, path=whole.path, inside=whole.inside)
        return self._home(id, occurrence, self._around(self._thrower()))

    def _thrower(self) -> Place | None:
        """What has thrown the error that is caught now: an operator, else the first event that is about to."""
        ends = (place for place in self.open.values() if self._throws(place))
        return self._failed or next(ends, None)

    def _throws(self, place: Place) -> bool:
        element = self.element(place)
        return bool(element and element.event and element.event.kind == "error" and element.kind in THROWING)

    def _around(self, place: Place | None) -> Iterator[Place]:
        """A token, and the activities that it is inside of, innermost first."""
        while place is not None:
            yield place
            place = self.open.get(place.inside)

    def _home(self, id: str, occurrence: int, first: Iterable[Place] = ()) -> Place:
        """The place of an element that nothing on the way leads to: beside what it belongs to, else in its scope."""
        near = [place for place in (*first, *reversed(self.open.values())) if self._drawn(place.path, id)]
        for place in near:
            if (inside := self._beside(place, id)) is not None:
                return Place(element=id, occurrence=occurrence, path=place.path, inside=inside)
        path = OWN if self._drawn(OWN, id) or not near else near[0].path
        caller = (one for one in reversed(self.open.values()) if path and (*one.path, one.element) == path)
        return Place(element=id, occurrence=occurrence, path=path, inside=next((o.occurrence for o in caller), 0))

    def _beside(self, place: Place, id: str) -> int | None:
        """The scope of an element that hangs on a token: at its edge, after its gateway, or inside of it."""
        element, host = self._drawn(place.path, id), self.element(place)
        if element is None or host is None:
            return None
        after = host.kind == "eventBasedGateway" and set(host.outgoing) & set(element.incoming)
        if element.attached_to == place.element or after:
            return place.inside
        return place.occurrence if element.scope == place.element else None

    def _arm(self, effect: Effect) -> None:
        if effect.occurrence in self.open:
            return
        id, scope, latest = effect.element, self._opening, self._latest
        inner = self._drawn(scope.path, id) if scope else None
        if latest is not None and latest.element == id:  # it goes on waiting beside what has just happened
            place = replace(latest, occurrence=effect.occurrence)
        elif scope is not None and inner is not None and inner.triggered_by_event:
            place = Place(element=id, occurrence=effect.occurrence, path=scope.path, inside=scope.occurrence)
        else:
            place = self._home(id, effect.occurrence)
        self.armed[effect.occurrence] = place
        self._gone(place)

    def _leave(self, effect: Effect) -> None:
        place = self.open.pop(effect.occurrence, None) or self._home(effect.element, effect.occurrence)
        self._left = place
        self.went(place)
        self._write(place.path, effect.element, "cancelled" if effect.occurrence == self._skipped else "done")
        element = self.element(place)
        if element is not None and element.kind in JOINS:
            self._absorb(place)

    def _absorb(self, passed: Place) -> None:
        """One token of a join goes on for all: the first of every other flow is gone."""
        first: dict[str, int] = {}
        for place in self.open.values():
            if (place.element, place.path, place.inside) == (passed.element, passed.path, passed.inside):
                first.setdefault(place.via, place.occurrence)
        first.pop(passed.via, None)
        for occurrence in first.values():
            self.went(self.open.pop(occurrence))

    def _follow(self, effect: Effect) -> None:
        flow = str(effect.detail)
        source = self._left if self._left and self._left.occurrence == effect.occurrence else None
        source = source or self.open.get(effect.occurrence) or self._home(effect.element, effect.occurrence)
        self.followed(source, flow)
        self._write(source.path, flow, "travelled")
        diagram = self._diagram(source.path)
        if diagram is not None and diagram.has_flow(flow):
            self._pending.append(replace(source, element=diagram.flow(flow).target, occurrence=0, via=flow))

    def _withdraw(self, effect: Effect) -> None:
        place = self.open.pop(effect.occurrence, None) or self.armed.pop(effect.occurrence, None)
        if place is not None:
            self.went(place)
        self._write(place.path if place else OWN, effect.element, "cancelled")

    def _call(self, effect: Effect) -> None:
        """Lay out the diagram of a called process: a clean one, unless another call of it still goes on there."""
        place = self.open.get(effect.occurrence) or self._home(effect.element, effect.occurrence)
        said = effect.detail if isinstance(effect.detail, Mapping) else {}
        path, digest = (*place.path, effect.element), str(said.get("digest", ""))
        if not any(one.path == path for one in self.open.values()):
            for old in [one for one in self.sheets if one[: len(path)] == path]:
                sheet = self.sheets.pop(old)
                self._touched |= {(old, id) for id in (*sheet.marks, *sheet.counts)}
        self.sheets.setdefault(path, Sheet(digest=digest)).digest = digest
        self._opening = replace(place, path=path)

    def _move(self, effect: Effect) -> None:
        for rows in (self.open, self.armed):
            if (place := rows.get(effect.occurrence)) is not None:
                rows[effect.occurrence] = replace(place, element=effect.element)
                self._touched |= {(place.path, place.element), (place.path, effect.element)}

    # Small things

    def _write(self, path: Path, id: str, word: str) -> None:
        if (sheet := self.sheets.get(path)) is not None:
            sheet.marks[id] = word
        self._touched.add((path, id))

    def _gone(self, place: Place | None) -> None:
        """What it says of an element may be another thing now."""
        if place is not None:
            self._touched.add((place.path, place.element))

    def _only_listens(self, place: Place) -> bool:
        element = self.element(place)
        return element is None or element.attached_to is not None or element.triggered_by_event

    def _diagram(self, path: Path) -> Diagram | None:
        sheet = self.sheets.get(path)
        return self.diagrams(sheet.digest) if sheet else None

    def _drawn(self, path: Path, id: str) -> Element | None:
        diagram = self._diagram(path)
        return diagram.element(id) if diagram is not None and id in diagram else None


def renamed(path: Path, ids: Ids) -> Path:
    """A path after the elements of the case's own diagram were given other ids."""
    return (ids.get(path[0], path[0]), *path[1:]) if path else path


def _moved(place: Place, ids: Ids) -> Place:
    """A token after that: effects say what it stands on, but not the flow that it came by."""
    if place.path:
        return replace(place, path=renamed(place.path, ids))
    return replace(place, via=ids.get(place.via, place.via))


def folded(diagrams: Callable[[str], Diagram], steps: Iterable[Step]) -> Folding:
    """A case after all these steps."""
    found = Folding(diagrams)
    for step in steps:
        found.take(step)
    return found


__all__ = ["OWN", "Folding", "Frame", "Path", "Place", "Said", "folded", "named_in", "remember", "renamed"]
