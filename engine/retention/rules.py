"""A rule of retention: which cases, how long after their end, and what becomes of them then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

LONGEST = 200  # years


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of the cases of a process some years after their end; the parameter `years` says how many.

    Without a key it is for every process for which no other rule does the same. `fields` are those whose values are
    disposed of, none of them is all; a purge takes the whole case.
    """

    name: str  # stands on record as what it was done under
    years: str
    key: str = ""
    do: Literal["purge", "erased", "anonymised", "restricted"] = "purge"
    fields: tuple[str, ...] = ()


def cutoff(now: datetime, years: Any) -> datetime:
    """The moment before which a case must have ended; ValueError for what is no whole number of years from 1 on."""
    if not isinstance(years, int) or isinstance(years, bool) or not 1 <= years <= LONGEST:
        raise ValueError(f"{years} is no number of years from 1 to {LONGEST}")
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return now.replace(year=now.year - years, day=day)
