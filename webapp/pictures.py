"""Diagrams of cases and of bundles: which elements are done, where the case waits, what was never reached."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from engine.drawing import draw, pictures_in
from engine.history.frames import OWN

from .labels import Labels

SCALE = 0.85
SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')

if TYPE_CHECKING:
    from engine.bundles import Bundle
    from engine.diagram import Diagram
    from engine.history.frames import Folding
    from engine.model import Case, Step
    from engine.spiff import Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a case has come: marks by the id of element or flow, and how often an element was entered."""

    marks: dict[str, str]
    counts: dict[str, int]


def stands(case: Case, folding: Folding) -> Progress:
    """How far a case has come in its own diagram, as it was told step by step."""
    said = folding.marks(OWN)
    marks = {id: mark for id, (mark, _) in said.items() if mark}
    marks |= {incident.element: "failed" for incident in case.incidents}
    return Progress(marks=marks, counts={id: count for id, (_, count) in said.items() if count > 1})


def progress(case: Case, history: Iterable[Step], waiting: Iterable[str]) -> Progress:
    """How far a case has come, from its history and the elements that it waits in."""
    entered: Counter[str] = Counter()
    marks: dict[str, str] = {}
    for step in history:
        for effect in step.effects:
            if effect.kind == "entered":
                entered[effect.element] += 1
            elif effect.kind == "left":
                marks[effect.element] = "done"
            elif effect.kind == "taken":
                marks[str(effect.detail)] = "travelled"
    marks |= dict.fromkeys(waiting, "active")
    marks |= {incident.element: "failed" for incident in case.incidents}
    return Progress(marks=marks, counts={element: times for element, times in entered.items() if times > 1})


def standing(bundle: Bundle, marking: Marking) -> list[str]:
    """The elements that a case stands in; what only listens beside it (boundary events, event subprocesses) is none."""
    diagram = bundle.diagram
    known = [token for token in marking.tokens if diagram and token.element in diagram]
    return [
        token.element
        for token in known
        if diagram and not (token.state == "waiting" and _listens(diagram, token.element))
    ]


def _listens(diagram: Diagram, id: str) -> bool:
    element = diagram.element(id)
    return element.attached_to is not None or element.triggered_by_event


def of_case(labels: Labels, found: Progress, *, mini: bool = False) -> Markup:
    """The diagram of a case with how far it has come."""
    diagram = labels.bundle.diagram
    known = [part.id for part in (*diagram.elements, *diagram.flows)] if diagram else []
    marks = dict.fromkeys(known, "idle") | found.marks
    return _drawn(labels, marks, {} if mini else found.counts, mini=mini)


def of_moment(labels: Labels, said: Mapping[str, tuple[str, int]], inside: str = "") -> Markup:
    """The diagram of a case, or the inside of a collapsed subprocess, as it was: a mark and a count by id."""
    diagram = labels.bundle.diagram
    known = [part.id for part in (*diagram.elements, *diagram.flows)] if diagram else []
    marks = dict.fromkeys(known, "idle") | {id: mark for id, (mark, _) in said.items() if mark}
    return _drawn(labels, marks, {id: count for id, (_, count) in said.items() if count > 1}, inside=inside)


def of_bundle(
    labels: Labels, marks: dict[str, str] | None = None, counts: dict[str, int] | None = None, *, inside: str = ""
) -> Markup:
    """The diagram of a bundle, or the inside of a collapsed subprocess, with what is said of it or its cases."""
    return _drawn(labels, marks or {}, counts or {}, inside=inside)


def inner(bundle: Bundle) -> tuple[str, ...]:
    """The collapsed subprocesses of a bundle that have a picture of their own."""
    return pictures_in(bundle.files[bundle.diagram_path])


def _drawn(
    labels: Labels, marks: dict[str, str], counts: dict[str, int], *, mini: bool = False, inside: str = ""
) -> Markup:
    """The picture; lxml has escaped every word in it."""
    bundle: Bundle = labels.bundle
    xml = bundle.files[bundle.diagram_path]
    picture = draw(xml, marks=marks, counts=counts, labels=labels.text, mini=mini, of=inside)
    return Markup(SIZE.sub(_scaled, picture, count=1))


def _scaled(size: re.Match[str]) -> str:
    """The size that a picture has on a page; its own is that of the drawing board."""
    return f'width="{float(size[1]) * SCALE:.0f}" height="{float(size[2]) * SCALE:.0f}"'
