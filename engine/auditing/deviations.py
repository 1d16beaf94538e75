"""Where a history left what its diagram foresees. Pure: from steps and bundles to deviations; it asks no database.

Overriding a decision by hand is not told: no form marks a field as one that overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from ..bundles import Bundle
from ..canonical import instant
from ..cases.inputs import BESIDE
from ..check.graph import components, reachable
from ..diagram import Diagram, Element
from ..model import CaseId, Step

INTERVENTIONS = frozenset({"cancelled", "suspended", "migrated", "given_up", "retried", "upgraded"})
AS_NAMED = frozenset({"skipped", "jumped", "corrected"})  # interventions with a name of their own in the list
KINDS = ("skipped", "repeated", "jumped", "corrected", "four_eyes", "overdue", "intervention", "reopened")
KEPT = 400  # diagrams whose loops stay in memory
BundleOf = Callable[[str], Bundle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One thing that the diagram did not foresee: at which step, of what kind, where, and what there is to say."""

    case_id: CaseId
    seq: int
    at: datetime
    actor: str
    kind: str
    element: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def deviations(steps: Sequence[Step], bundle_of: BundleOf) -> tuple[Deviation, ...]:
    """Every deviation of a history, in the order of its steps."""
    found = [*_interventions(steps), *_reopened(steps), *_repeated(steps, bundle_of)]
    found += [*_four_eyes(steps, bundle_of), *_overdue(steps)]
    return tuple(sorted(found, key=lambda one: (one.seq, KINDS.index(one.kind), one.element)))


def _told(at: Step, kind: str, element: str = "", **detail: Any) -> Deviation:
    place = {"case_id": at.case_id, "seq": at.seq, "at": at.at, "actor": at.actor}
    return Deviation(**place, kind=kind, element=element, detail=detail)  # type: ignore[arg-type]


def _interventions(steps: Iterable[Step]) -> Iterator[Deviation]:
    """What somebody did to the case that its diagram does not foresee."""
    for step in steps:
        said = {"step": step.kind, "reason": str(step.input.get("reason", ""))}
        element = step.input.get("element", "")
        if step.kind in AS_NAMED or step.kind in INTERVENTIONS:
            kind = step.kind if step.kind in AS_NAMED else "intervention"
            yield _told(step, kind, element if isinstance(element, str) else "", **said)


def _reopened(steps: Iterable[Step]) -> Iterator[Deviation]:
    """Steps that move a case which had come to its end."""
    over = False
    for step in steps:
        if step.kind in BESIDE:
            continue
        if over:
            yield _told(step, "reopened", step=step.kind)
        over = step.kind == "cancelled" or any(one.kind == "ended" and not one.occurrence for one in step.effects)


def _repeated(steps: Iterable[Step], bundle_of: BundleOf) -> Iterator[Deviation]:
    """Activities that were entered again though no drawn loop leads back to them."""
    seen: dict[str, int] = {}
    for step, bundle in _under(steps, bundle_of):
        diagram = bundle.diagram
        for effect in step.effects:
            if effect.kind != "entered" or diagram is None or effect.element not in diagram:
                continue
            if not diagram.element(effect.element).is_activity or effect.element in repeatable(bundle):
                continue
            if effect.element in seen:
                yield _told(step, "repeated", effect.element, first=seen[effect.element])
            seen.setdefault(effect.element, step.seq)


def _under(steps: Iterable[Step], bundle_of: BundleOf) -> Iterator[tuple[Step, Bundle]]:
    """Each step with the bundle that the case had when it was taken."""
    bundle: Bundle | None = None
    for step in steps:
        if isinstance(digest := step.input.get("bundle"), str):
            bundle = bundle_of(digest)
        if bundle is not None:
            yield step, bundle


def _four_eyes(steps: Sequence[Step], bundle_of: BundleOf) -> Iterator[Deviation]:
    """Tasks that were done by whoever did one that must be another's, whichever came first."""
    done: dict[str, dict[str, int]] = {}  # element: who did it, at which step
    known: dict[str, Element] = {}
    for step in steps:
        known |= _tasks(step, bundle_of)
        if step.kind != "completed":
            continue
        element = str(step.input["element"])
        for other in sorted(done):
            if step.actor in done[other] and (other in eyes(known, element) or element in eyes(known, other)):
                yield _told(step, "four_eyes", element, other=other, first=done[other][step.actor])
        done.setdefault(element, {}).setdefault(step.actor, step.seq)


def _tasks(step: Step, bundle_of: BundleOf) -> dict[str, Element]:
    """The tasks of the bundles that a step brings in: the case's own, and those that it calls."""
    bound = step.input.get("bound", {})
    digests = [step.input.get("bundle"), *(bound.values() if isinstance(bound, Mapping) else ())]
    bundles = [bundle_of(digest) for digest in digests if isinstance(digest, str)]
    return {task.id: task for one in bundles if one.diagram for task in one.diagram.user_tasks()}


def eyes(known: Mapping[str, Element], element: str) -> set[str]:
    """The tasks whose performers may not do this one."""
    said = known[element].metadata.get("fourEyes", "") if element in known else ""
    return {name.strip() for name in said.split(",")} - {""}


def _overdue(steps: Iterable[Step]) -> Iterator[Deviation]:
    """Tasks that were completed after their term; those that ran over it and were never completed."""
    due: dict[int, datetime | None] = {}
    breached: dict[int, Deviation] = {}
    for step in steps:
        task = step.input.get("task")
        if step.kind == "completed" and (end := due.get(int(task or 0))) is not None and step.at > end:
            breached.pop(int(task or 0), None)
            late = int((step.at - end).total_seconds())
            yield _told(step, "overdue", str(step.input["element"]), due=_text(end), late=late)
        elif step.kind == "breached" and isinstance(task, int):
            breached[task] = _told(step, "overdue", str(step.input.get("element", "")), due=_text(due.get(task)))
        for effect in step.effects:
            if effect.kind in ("offered", "redated", "moved", "paused"):
                _dated(due, effect.kind, effect.occurrence, effect.detail)
    yield from breached.values()


def _dated(due: dict[int, datetime | None], kind: str, occurrence: int, detail: Any) -> None:
    """Keep until when a task is to be done now."""
    said = detail if isinstance(detail, Mapping) else {}
    if kind == "paused":
        due[occurrence] = None
    elif kind == "offered" or "due" in said:
        due[occurrence] = instant(said["due"]) if isinstance(said.get("due"), str) else None


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""


@lru_cache(KEPT)
def repeatable(bundle: Bundle) -> frozenset[str]:
    """The elements that a diagram lets be entered more than once; a bundle never changes."""
    diagram = bundle.diagram
    if diagram is None:
        return frozenset()
    again = _drawn_again(diagram)
    return frozenset(one.id for one in diagram.elements if not again.isdisjoint(_around(diagram, one)))


def _around(diagram: Diagram, element: Element) -> Iterator[str]:
    """An element and the scopes that it stands in."""
    here: Element | None = element
    while here is not None:
        yield here.id
        here = diagram.element(here.scope) if here.scope in diagram else None


def _drawn_again(diagram: Diagram) -> set[str]:
    """Elements in loops, of several instances, and behind events that may come again."""
    number = {one.id: place for place, one in enumerate(diagram.elements)}
    following = [_after(diagram, one, number) for one in diagram.elements]
    again = reachable([place for place, one in enumerate(diagram.elements) if _comes_again(one)], following)
    again |= {place for place, one in enumerate(diagram.elements) if one.multi_instance or one.triggered_by_event}
    for component in components(following, range(len(following))):
        if len(component) > 1 or component[0] in following[component[0]]:
            again.update(component)
    return {diagram.elements[place].id for place in again}


def _after(diagram: Diagram, element: Element, number: Mapping[str, int]) -> list[int]:
    """What can follow an element: the targets of its flows, and the events at its edge."""
    targets = [flow.target for flow in diagram.outgoing(element)]
    targets += [event.id for event in diagram.boundary_events(element.id)]
    return [number[one] for one in targets if one in number]


def _comes_again(element: Element) -> bool:
    """Whether an event may happen again and again while its activity goes on."""
    return element.kind == "boundaryEvent" and not element.cancel_activity
