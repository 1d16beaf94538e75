"""Proposes where a token may go that has no place in another version: what is alike by name, by form, by kind.

A proposal is no decision: whoever declares the mapping chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..bundles import Bundle
from ..diagram import Diagram, Element
from ..diagram.parts import Flow

ALIKE = ("name", "form", "place", "kind")  # why something is proposed; the strongest reason first
PEOPLE = frozenset({"userTask", "manualTask"})  # a token of one may stand on the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An element or flow that may take the place of another, because of its `name`, `form`, `place` or `kind`."""

    id: str
    because: str


def candidates(old: Bundle, new: Bundle, id: str) -> list[Candidate]:
    """The elements of another version that are of the kind of one, those most alike first."""
    was, now = old.diagram, new.diagram
    assert was is not None and now is not None
    if id not in was:
        return []
    one = was.element(id)
    found = [Candidate(id=other.id, because=likeness(old, one, new, other)) for other in of_kind(now, one.kind)]
    return sorted(found, key=lambda candidate: (ALIKE.index(candidate.because), candidate.id in was))


def of_kind(diagram: Diagram, kind: str) -> Iterator[Element]:
    """The elements of a diagram that a token of a kind may stand on."""
    return (one for one in diagram.elements if one.kind == kind or {one.kind, kind} == PEOPLE)


def likeness(old: Bundle, one: Element, new: Bundle, other: Element) -> str:
    """The strongest reason to take one element for another."""
    if worded(one.name) and worded(one.name) == worded(other.name):
        return "name"
    form, there = old.form_of(one.id), new.form_of(other.id)
    if form is not None and there is not None and old.files[form.path] == new.files[there.path]:
        return "form"
    assert old.diagram is not None and new.diagram is not None
    beside = zip(neighbours(old.diagram, one), neighbours(new.diagram, other), strict=True)
    return "place" if all(was & now for was, now in beside) else "kind"


def neighbours(diagram: Diagram, one: Element) -> tuple[frozenset[str], frozenset[str]]:
    """What comes before an element and what after it, by ids and names."""
    before = (diagram.flow(flow).source for flow in one.incoming)
    after = (diagram.flow(flow).target for flow in one.outgoing)
    found = (
        frozenset(called for id in ids for called in (id, worded(diagram.element(id).name))) for ids in (before, after)
    )
    return next(found) - {""}, next(found) - {""}


def worded(name: str) -> str:
    """A name without what drawing does to it."""
    return " ".join(name.split()).casefold()


def flows_into(old: Bundle, new: Bundle, via: str, join: str) -> list[Candidate]:
    """The flows into a join of another version, those that come from the same element first."""
    was, now = old.diagram, new.diagram
    assert was is not None and now is not None
    incoming = [flow for flow in now.flows if flow.target == join]
    before = was.flow(via) if was.has_flow(via) else None
    found = [Candidate(id=flow.id, because="name" if same_way(was, before, now, flow) else "kind") for flow in incoming]
    return sorted(found, key=lambda candidate: ALIKE.index(candidate.because))


def same_way(was: Diagram, before: Flow | None, now: Diagram, flow: Flow) -> bool:
    """Whether two flows come from what is the same by its id or name."""
    if before is None:
        return False
    names = worded(was.element(before.source).name), worded(now.element(flow.source).name)
    return before.source == flow.source or (names[0] == names[1] != "")


__all__ = ["ALIKE", "Candidate", "candidates", "flows_into"]
