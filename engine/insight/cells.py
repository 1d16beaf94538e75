"""What finished cases come to together: cells that can be added and subtracted, and in which of them a case counts.

A case counts in every cell that it belongs to: in its week, its month and all time, each with and without its version,
its outcome and its team. So whatever somebody filters by, he reads one cell for each period, and never a case. The
class of confidentiality is part of every cell: what somebody may not see is in nothing that he is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from .scale import Histogram

ALL = "*"  # of outcomes and teams
EVER = ""  # of periods
EVERY = 0  # of versions
CANCELLED = "!cancelled"  # as an outcome: it has cells of its own, and is in none of all outcomes


class Place(NamedTuple):
    """The name of a cell."""

    key: str
    period: str
    version: int
    outcome: str
    team: str
    confidentiality: str


@dataclass(slots=True, kw_only=True)
class Part:
    """What happened at one element or flow: how often, in how many cases, in how many again, and how long it took."""

    times: int = 0
    cases: int = 0
    again: int = 0
    waiting: Histogram = field(default_factory=Histogram)
    working: Histogram = field(default_factory=Histogram)

    def measured(self, waited: int | None, worked: int | None) -> None:
        """Count a stay, in milliseconds."""
        if waited is not None:
            self.waiting.add(waited)
        if worked is not None:
            self.working.add(worked)

    def merge(self, other: Part, sign: int = 1) -> None:
        """Add another one, or take it out again."""
        self.times += sign * other.times
        self.cases += sign * other.cases
        self.again += sign * other.again
        self.waiting.merge(other.waiting, sign)
        self.working.merge(other.working, sign)

    def plain(self) -> list[Any]:
        """The same as JSON."""
        return [self.times, self.cases, self.again, self.waiting.plain(), self.working.plain()]

    @classmethod
    def read(cls, plain: list[Any]) -> Part:
        """What `plain` wrote."""
        times, cases, again, waiting, working = plain
        return cls(
            times=times,
            cases=cases,
            again=again,
            waiting=Histogram.read(waiting),
            working=Histogram.read(working),
        )


@dataclass(slots=True, kw_only=True)
class Tally:
    """Cases: all, those with a term, the late ones, those that came back to anything, and how long they took."""

    cases: int = 0
    timed: int = 0
    late: int = 0
    again: int = 0  # in which an element was come back to
    time: Histogram = field(default_factory=Histogram)

    @property
    def on_time(self) -> int:
        """The cases with a term in which nothing was late."""
        return self.timed - self.late

    def merge(self, other: Tally, sign: int = 1) -> None:
        """Add another one, or take it out again."""
        self.cases += sign * other.cases
        self.timed += sign * other.timed
        self.late += sign * other.late
        self.again += sign * other.again
        self.time.merge(other.time, sign)

    def plain(self) -> list[Any]:
        """The same as JSON."""
        return [self.cases, self.timed, self.late, self.again, self.time.plain()]

    @classmethod
    def read(cls, plain: list[Any]) -> Tally:
        """What `plain` wrote."""
        cases, timed, late, again, time = plain
        return cls(cases=cases, timed=timed, late=late, again=again, time=Histogram.read(time))


@dataclass(slots=True, kw_only=True)
class Cell:
    """Finished cases of one kind, and what happened at each element and flow of theirs."""

    tally: Tally = field(default_factory=Tally)
    parts: dict[str, Part] = field(default_factory=dict)

    def merge(self, other: Cell, sign: int = 1) -> None:
        """Add another one, or take it out again; what has come to nothing goes."""
        self.tally.merge(other.tally, sign)
        for id, part in other.parts.items():
            here = self.parts.get(id)
            if here is None:
                here = self.parts[id] = Part()
            here.merge(part, sign)
            if not here.cases:
                del self.parts[id]

    def plain(self) -> dict[str, Any]:
        """The same as canonical JSON, as it is kept in two columns: whole numbers and ids alone."""
        parts = written({id: part.plain() for id, part in self.parts.items()})
        return {"tally": written(self.tally.plain()), "parts": parts.encode()}

    @classmethod
    def read(cls, tally: str, parts: bytes) -> Cell:
        """What `plain` wrote."""
        found = {id: Part.read(part) for id, part in json.loads(parts).items()}
        return cls(tally=Tally.read(json.loads(tally)), parts=found)


def written(said: Any) -> str:
    """Whole numbers and ids as canonical JSON, faster than it is written where decimals may come."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def places(
    key: str, periods: tuple[str, ...], version: int, outcome: str, team: str, confidentiality: str
) -> Iterator[Place]:
    """The cells that a case counts in."""
    outcomes = (outcome,) if outcome == CANCELLED else (outcome, ALL)
    for period, one, of, by in product(periods, (version, EVERY), outcomes, dict.fromkeys((team, ALL))):
        yield Place(key, period, one, of, by, confidentiality)


def periods(ended: date) -> tuple[str, ...]:
    """The periods that a case which ended on a day counts in."""
    return EVER, month(ended), week(ended)


def month(day: date) -> str:
    """The name of a month."""
    return f"{day:%Y-%m}"


def week(day: date) -> str:
    """The name of an ISO week."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def merged(cells: Iterable[Cell]) -> Cell:
    """All of these together."""
    found = Cell()
    for cell in cells:
        found.merge(cell)
    return found
