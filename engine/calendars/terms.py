"""Terms as diagrams and decision tables write them: `4 bh`, `2 h24`, `2 BD`, `5 TD`, `15 ND`, `T+1`, `PT72H`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

from ..feel.temporal import Months, duration_text, parse_date, parse_date_time, parse_duration

Unit: TypeAlias = Literal["bh", "h24", "BD", "TD", "ND", "T+", "ISO"]
UNITS: dict[str, Unit] = {unit.lower(): unit for unit in get_args(Unit)}
COUNTED = re.compile(r"(\d{1,6})\s*(bh|h24|BD|TD|ND)", re.IGNORECASE | re.ASCII)
TRADED = re.compile(r"T\s*\+\s*(\d{1,6})", re.IGNORECASE | re.ASCII)
SHORTEST = timedelta(minutes=1)  # between two moments of what comes again and again
YEARS = 10  # no term is longer
MOST_DAYS = YEARS * 366
HELP = (
    "write 4 bh (business hours), 2 h24 (hours), 2 BD (business days), 5 TD (trading days), 15 ND (calendar days), "
    "T+1 (trading days after the trade date) or a duration like PT72H or P2M"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long something may take; durations as in ISO 8601 have a length or months instead of a count."""

    unit: Unit
    count: int = 0
    length: timedelta = timedelta(0)
    months: int = 0

    def __post_init__(self) -> None:
        if self.unit == "ISO":
            sound = timedelta(0) < self.length <= timedelta(days=MOST_DAYS) or 0 < self.months <= YEARS * 12
        else:
            most = MOST_DAYS * 24 if self.unit in ("bh", "h24") else MOST_DAYS
            sound = (0 if self.unit == "T+" else 1) <= self.count <= most
        if not sound:
            raise ValueError(f"{self} is out of range; a term is longer than nothing and at most {YEARS} years")

    @property
    def in_business_time(self) -> bool:
        """Whether shares of the term are measured in business time."""
        return self.unit in ("bh", "BD", "TD", "T+")

    def __str__(self) -> str:
        if self.unit == "ISO":
            return str(Months(self.months)) if self.months else duration_text(self.length)
        return f"T+{self.count}" if self.unit == "T+" else f"{self.count} {self.unit}"


TermLike: TypeAlias = Term | str | timedelta | Months | date


def parse_term(text: str) -> Term:
    """The term that a text says; whatever is no term is a ValueError with help."""
    text = text.strip()
    if found := COUNTED.fullmatch(text):
        return Term(unit=UNITS[found[2].lower()], count=int(found[1]))
    if found := TRADED.fullmatch(text):
        return Term(unit="T+", count=int(found[1]))
    duration = parse_duration(text)
    if duration is None:
        raise ValueError(f"{text[:40]!r} is no term; {HELP}")
    return lasting(duration)


def lasting(duration: timedelta | Months) -> Term:
    """A duration as a term."""
    if isinstance(duration, Months):
        return Term(unit="ISO", months=duration.count)
    return Term(unit="ISO", length=duration)


def term_or_moment(given: TermLike) -> Term | date:
    """What the term of a task may be: a term, a duration, or the moment or day at which it is over, also as text."""
    if isinstance(given, (Term, date)):
        return given
    if isinstance(given, (timedelta, Months)):
        return lasting(given)
    if isinstance(given, str):
        return parse_date(given) or parse_date_time(given) or parse_term(given)
    raise ValueError(f"a {type(given).__name__} is no term; {HELP}")
