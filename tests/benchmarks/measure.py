"""How we measure: medians of many runs, several things in turn, so that a slow second hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured; `SMALL` shows in seconds that every row can be measured, and says nothing of speed."""

    rounds: int  # of what takes a millisecond or so
    warm: int  # rounds before them that are not counted
    iterations: int  # of the loop
    line: int  # tasks of the long diagram
    cases: int  # whose bytes are weighed, that are verified
    completions: int  # over HTTP
    tasks: int  # in the inbox
    open_cases: int
    timers: int
    workers: int
    finished: int  # cases that a draft is tried on


FULL = Size(
    rounds=400,
    warm=30,
    iterations=10_000,
    line=100,
    cases=200,
    completions=100,
    tasks=1_000_000,
    open_cases=100_000,
    timers=100_000,
    workers=4,
    finished=10_000,
)
SMALL = Size(
    rounds=4,
    warm=1,
    iterations=12,
    line=100,
    cases=4,
    completions=2,
    tasks=2_000,
    open_cases=20,
    timers=12,
    workers=2,
    finished=20,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the report: a figure, what it is held against, and the most that it, or their ratio, may be."""

    name: str
    value: float
    unit: str = "ms"
    against: str = ""
    yardstick: float = 0.0
    aim: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many yardsticks it is, if it has one."""
        return self.value / self.yardstick if self.yardstick else None

    @property
    def exact(self) -> bool:
        """Whether it is a count, which is the same on every machine."""
        return self.unit in ("SQL", "commits", "wrong")

    @property
    def reached(self) -> bool:
        """Whether the aim is reached; a line without an aim always has."""
        if self.aim is None:
            return True
        return (self.value if self.ratio is None else self.ratio) <= self.aim

    def plain(self) -> dict[str, Any]:
        """The line as JSON."""
        said = {name: getattr(self, name) for name in ("name", "value", "unit", "against", "yardstick", "aim")}
        return {**said, "ratio": self.ratio, "reached": self.reached}


def milliseconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def timed(
    size: Size, runs: Sequence[Callable[[], object]], prepare: Callable[[], object] = lambda: None
) -> list[list[float]]:
    """The milliseconds of each run, in turn; `prepare` is called before each round, outside of the clock."""
    taken: list[list[float]] = [[] for _ in runs]
    for number in range(size.warm + size.rounds):
        prepare()
        for times, run in zip(taken, runs, strict=True):
            spent = milliseconds(run)
            if number >= size.warm:
                times.append(spent)
    return taken


def medians(
    size: Size, runs: Sequence[Callable[[], object]], prepare: Callable[[], object] = lambda: None
) -> list[float]:
    """The median milliseconds of each run."""
    return [statistics.median(times) for times in timed(size, runs, prepare)]


def at_most(times: Sequence[float], share: float = 0.95) -> float:
    """The time that this share of the runs keep within."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
