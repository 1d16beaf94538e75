"""What a draft makes of a finished case, in one of six words, and what is different beside the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

from .record import Done, Place, Walk

SAME, OTHER_PATH, UNUSED = "same", "other_path", "input_unused"
NEEDS_DATA, UNKNOWN, STUCK = "needs_data", "answer_unknown", "stuck"
OUTCOMES = (SAME, OTHER_PATH, UNUSED, STUCK, NEEDS_DATA, UNKNOWN)
DECIDED = frozenset({SAME, OTHER_PATH, UNUSED, STUCK})  # for the others the record does not say how it would have gone
MOST = 20  # things of a kind that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one case, the recorded step at which it first differs, and what there is to say as plain JSON."""

    outcome: str
    seq: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Where two ways part: how many places they share, and the next place of each."""

    shared: int
    recorded: Place | None
    tried: Place | None

    @property
    def seq(self) -> int:
        """The recorded step at which they do."""
        return max(one.seq for one in (self.recorded, self.tried) if one is not None)


def first_difference(recorded: Walk, tried: Walk) -> First | None:
    """Where the way of a draft leaves the recorded one."""
    for number, (was, is_) in enumerate(zip_longest(recorded.way, tried.way)):
        if was is None or is_ is None or (was.kind, was.element) != (is_.kind, is_.element):
            return First(shared=number, recorded=was, tried=is_)
    return None


def compared(recorded: Walk, tried: Walk) -> dict[str, Any]:
    """What is different in steps, in hands, in promised times and in the data; what is not is not named.

    `moved` are the recorded steps at which the case got another version: a draft has it from its start.
    """
    found: dict[str, Any] = {
        "steps": [len(recorded.done), len(tried.done)],
        "hands": [handovers(recorded.done), handovers(tried.done)],
    }
    if moved := [one.seq for one in recorded.took if one.kind == "migrated"]:
        found["moved"] = moved
    later, groups = list(terms(recorded, tried)), list(teams(recorded, tried))
    if later:
        found |= {"due": later[:MOST], "due_changed": len(later)}
    if groups:
        found |= {"groups": groups[:MOST], "groups_changed": len(groups)}
    names = sorted(
        name for name in recorded.data.keys() | tried.data.keys() if recorded.data.get(name) != tried.data.get(name)
    )
    return found | ({"data": names[:MOST]} if names else {})


def handovers(done: list[Done]) -> int:
    """How often a case went from one person to another."""
    people = [one.actor for one in done if one.actor]
    return sum(before != after for before, after in pairwise(people))


def terms(recorded: Walk, tried: Walk) -> Iterator[dict[str, Any]]:
    """The tasks that both have and that are promised until another moment."""
    for key, was in recorded.offers.items():
        is_ = tried.offers.get(key)
        if is_ is not None and is_.due != was.due:
            yield {"element": key.element, "nth": key.nth, "recorded": was.due, "tried": is_.due}


def teams(recorded: Walk, tried: Walk) -> Iterator[dict[str, Any]]:
    """The tasks that both have and that other groups are asked to do."""
    for key, was in recorded.offers.items():
        is_ = tried.offers.get(key)
        if is_ is not None and is_.groups != was.groups:
            yield {"element": key.element, "nth": key.nth, "recorded": list(was.groups), "tried": list(is_.groups)}


def plain(first: First) -> dict[str, Any]:
    """Where two ways part, as plain JSON."""
    return {
        "shared": first.shared,
        "recorded": first.recorded.element if first.recorded else None,
        "tried": first.tried.element if first.tried else None,
    }
