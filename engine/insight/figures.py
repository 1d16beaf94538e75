"""What numbers of cases prove, and what they do not: intervals that hold 95 of 100 times, by methods without chance.

Shares by Wilson, differences of shares by Newcombe's method 10 (from two of Wilson's), medians by order statistics:
the values whose ranks are n/2 -+ 1.96 sqrt(n)/2. Under `FEW` cases nothing is said of a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

from .scale import Histogram

FEW = 30  # cases, under which a rate is no more than an example
Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure, and between which bounds the truth is 95 of 100 times."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Of a difference: whether it is not nothing."""
        return self.low > 0 or self.high < 0


def share(count: int, n: int) -> Interval | None:
    """The share of `count` among `n` by Wilson; None where there are none."""
    if not n:
        return None
    p, z2 = count / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(value=p, low=max(0.0, middle - half), high=min(1.0, middle + half))


def difference(new: Interval, old: Interval) -> Interval:
    """How much larger one share is than another, by Newcombe."""
    value = new.value - old.value
    low = sqrt((new.value - new.low) ** 2 + (old.high - old.value) ** 2)
    high = sqrt((new.high - new.value) ** 2 + (old.value - old.low) ** 2)
    return Interval(value=value, low=value - low, high=value + high)


def median(times: Histogram) -> Interval | None:
    """The median of durations in milliseconds by order statistics; None where there are too few values to say."""
    n = times.n
    first, last = floor(n / 2 - Z * sqrt(n) / 2), ceil(1 + n / 2 + Z * sqrt(n) / 2)
    if first < 1 or last > n:
        return None
    return Interval(value=times.at(-(-n // 2)), low=times.at(first), high=times.at(last))


def apart(one: Interval, other: Interval) -> bool:
    """Whether two medians differ for sure: their intervals do not touch."""
    return one.high < other.low or other.high < one.low
