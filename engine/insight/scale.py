"""Durations on a scale of buckets: histograms that can be added and subtracted, and what they say of their values.

A bucket reaches from a bound to 21/19 of it, and stands for a value that is at most 5 % away from any in it. Bounds are
whole milliseconds, worked out with whole numbers, so that every machine sorts a duration into the same bucket. What is
shorter than a second counts as nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

ERROR = 0.05  # how far a value that is read from a histogram may be from the true one, as a share of it
SECOND = 1_000
LONGEST = 100 * 366 * 86_400 * SECOND  # what is longer is counted as this


def _bounds() -> Iterator[int]:
    bound = SECOND
    while bound < LONGEST:
        yield bound
        bound = bound * 21 // 19
    yield bound


BOUNDS = tuple(_bounds())


def bucket_of(milliseconds: int) -> int:
    """The bucket of a duration; 0 is less than a second."""
    return 0 if milliseconds < SECOND else min(bisect_left(BOUNDS, milliseconds + 1), len(BOUNDS) - 1)


def value_of(bucket: int) -> float:
    """The milliseconds that a bucket stands for: at most 5 % away from every value in it."""
    if bucket == 0:
        return 0.0
    low, high = BOUNDS[bucket - 1], BOUNDS[bucket]
    return 2 * low * high / (low + high)


@dataclass(slots=True)
class Histogram:
    """How many values fell into each bucket."""

    counts: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[int]) -> Histogram:
        """The histogram of some durations in milliseconds."""
        found = cls()
        for value in values:
            found.add(value)
        return found

    @property
    def n(self) -> int:
        """How many values there are."""
        return sum(self.counts.values())

    def add(self, milliseconds: int) -> None:
        """Count one more value."""
        bucket = bucket_of(milliseconds)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    def merge(self, other: Histogram, sign: int = 1) -> None:
        """Add another histogram, or take it out again."""
        merge(self.counts, other.counts, sign)

    def at(self, rank: int) -> float:
        """The value of a rank from 1 to n, in milliseconds."""
        seen = 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= rank:
                return value_of(bucket)
        raise ValueError(f"there is no rank {rank} among {seen}")

    def percentile(self, percent: int) -> float | None:
        """The value that so many percent of all values do not exceed, in milliseconds; None where there is none."""
        n = self.n
        return self.at(max(1, -(-percent * n // 100))) if n else None

    def plain(self) -> list[int]:
        """The same as plain numbers: bucket, count, bucket, count, in order."""
        return [number for bucket in sorted(self.counts) for number in (bucket, self.counts[bucket])]

    @classmethod
    def read(cls, plain: list[int]) -> Histogram:
        """The histogram that `plain` wrote."""
        return cls(dict(zip(plain[::2], plain[1::2], strict=True)))


def merge(counts: dict[int, int], others: Mapping[int, int], sign: int = 1) -> None:
    """Add counts, or take them out again; what has come to nothing goes."""
    if not counts and sign == 1:
        counts.update(others)
        return
    for bucket, count in others.items():
        left = counts.get(bucket, 0) + sign * count
        if left:
            counts[bucket] = left
        else:
            counts.pop(bucket, None)
