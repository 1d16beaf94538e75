"""Judges what would become of a case in another version: tried on its marking in memory, nothing is asked or written.

Safe is a case that the mapping moves. One that needs a mapping has tokens for which the other version has a place, or
lacks data for which lines can be written. Impossible is what no mapping helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from ..bundles import Bundle
from ..errors import StepFailed
from ..mapping import Declared
from ..model import Obstacle
from ..spiff import Marking, Stepper
from .proposing import Candidate, candidates, flows_into

SAFE, NEEDS, IMPOSSIBLE = "safe", "mapping", "impossible"
MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """An element or flow that a token stands on and that has no place as it is: why, and what may take its place."""

    element: str
    why: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What would become of a case: the verdict, what is stranded, what is proposed, and what goes wrong on the way.

    `why` is `fails` where the lines over the data, or what follows at once, fail at an element for what is `said`.
    """

    verdict: str
    stranded: tuple[Stranded, ...] = ()
    proposed: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    element: str = ""
    said: str = ""

    def plain(self) -> dict[str, Any]:
        """What is kept of it."""
        found: dict[str, Any] = {"why": self.why, "element": self.element, "said": self.said}
        found["proposed"] = dict(self.proposed)
        found["stranded"] = [
            {"element": one.element, "why": one.why, "candidates": [[c.id, c.because] for c in one.candidates]}
            for one in self.stranded
        ]
        return {name: value for name, value in found.items() if value}


def judge(stepper: Stepper, marking: Marking, declared: Declared, at: datetime, old: Bundle, new: Bundle) -> Judgement:
    """What would become of a case that a mapping moves; the stepper is the other version's, and calls nobody."""
    elements, found = dict(declared.elements), dict[str, Stranded]()
    for _ in range(1 + 2 * len(marking.tokens)):
        obstacles = stepper.obstacles(marking, replace(declared, elements=elements), at)
        if not obstacles:
            break
        one = stranded(stepper, marking, replace(declared, elements=elements), at, old, new, obstacles[0])
        if one.element in found or not one.candidates:
            return Judgement(verdict=IMPOSSIBLE, stranded=(*found.values(), one))
        found[one.element] = one
        elements[one.element] = one.candidates[0].id
    if found:
        proposed = {name: elements[name] for name in found}
        return Judgement(verdict=NEEDS, stranded=tuple(found.values()), proposed=proposed)
    return tried(stepper, marking, declared, at)


def stranded(
    stepper: Stepper, marking: Marking, declared: Declared, at: datetime, old: Bundle, new: Bundle, one: Obstacle
) -> Stranded:
    """What may take the place of what is in the way: only what lets the token through there, or further on."""
    if one.why == "other flow":
        via = next(token.via for token in marking.tokens if token.occurrence == one.occurrence)
        join = declared.elements.get(one.element, one.element)
        name, offered = via, flows_into(old, new, via, join)
    else:
        name, offered = one.element, candidates(old, new, one.element)
    passing = (each for each in offered if helps(stepper, marking, declared, at, one, {name: each.id}))
    return Stranded(element=name, why=one.why, candidates=tuple(islice(passing, MOST_CANDIDATES)))


def helps(
    stepper: Stepper, marking: Marking, declared: Declared, at: datetime, one: Obstacle, more: Mapping[str, str]
) -> bool:
    """Whether all tokens of an element have a place with one more line of the mapping; flows are asked for later."""
    wider = replace(declared, elements={**declared.elements, **more})
    obstacles = stepper.obstacles(marking, wider, at)
    if one.why == "other flow":
        return all(each.occurrence != one.occurrence for each in obstacles)
    return all(each.element != one.element or each.why == "other flow" for each in obstacles)


def tried(stepper: Stepper, marking: Marking, declared: Declared, at: datetime) -> Judgement:
    """What comes of the move itself."""
    try:
        stepper.migrate_as(marking, declared, at)
    except StepFailed as error:
        return Judgement(verdict=NEEDS, why="fails", element=error.element, said=error.why)
    return Judgement(verdict=SAFE)


__all__ = ["IMPOSSIBLE", "NEEDS", "SAFE", "Judgement", "Stranded", "judge"]
