"""How we measure: medians of many runs, several things in turn, so that a slow second hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WARM = 30  # rounds that are not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the report; `ratio` is against the yardstick that `against` names, `aim` is the most it may be."""

    name: str
    value: float
    unit: str = "ms"
    against: str = ""
    yardstick: float = 0.0
    aim: float = 0.0

    @property
    def ratio(self) -> float:
        """How many yardsticks it is; 0 where it has none."""
        return self.value / self.yardstick if self.yardstick else 0.0

    @property
    def reached(self) -> bool:
        """Whether the aim is reached; a line without an aim always has."""
        return not self.aim or (self.ratio if self.yardstick else self.value) <= self.aim


def milliseconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def medians(rounds: int, prepare: Callable[[], object], runs: Sequence[Callable[[], object]]) -> list[float]:
    """The median milliseconds of each run, in turn; `prepare` is called before each round, outside of the clock."""
    taken: list[list[float]] = [[] for _ in runs]
    for number in range(rounds + WARM):
        prepare()
        for times, run in zip(taken, runs, strict=True):
            spent = milliseconds(run)
            if number >= WARM:
                times.append(spent)
    return [statistics.median(times) for times in taken]
