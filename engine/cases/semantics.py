"""The rules by which inputs have effects, by their number: what a release changes gets a new one, the old ones stay.

Every step says by which rules it was taken, so that histories of every release replay as they were. A case goes on by
the rules it has; a step `upgraded` brings it to those of this release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import EngineError
from ..spiff import Marking, Stepper
from . import inputs
from .inputs import Outcome

Apply = Callable[[Stepper, Marking, str, Mapping[str, Any], datetime], Outcome]


def as_it_is(marking: Marking) -> Marking:
    """A marking that means the same under other rules."""
    return marking


@dataclass(frozen=True)
class Rules:
    """How inputs are applied, and what becomes of a marking that was made by the rules before."""

    apply: Apply
    convert: Callable[[Marking], Marking] = as_it_is


RULES: dict[int, Rules] = {1: Rules(inputs.apply)}  # raised by a release that changes what a step means


def newest() -> int:
    """The number of the rules by which steps are taken now."""
    return max(RULES)


def apply(
    number: int, stepper: Stepper, marking: Marking, kind: str, given: Mapping[str, Any], at: datetime
) -> Outcome:
    """The marking and the effects after an input by some rules; EngineError where this release does not know them."""
    if number not in RULES:
        raise EngineError(f"this release does not know the semantics {number}; it knows {sorted(RULES)}")
    if kind == "upgraded":
        for one in range(given["from"] + 1, number + 1):
            marking = RULES[one].convert(marking)
        return marking, ()
    return RULES[number].apply(stepper, marking, kind, given, at)
