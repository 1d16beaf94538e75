"""What a month of feedback says, and which deficit comes first. Pure: the items are handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..calendar import SHANGHAI
from .model import Item

CENT = Decimal("0.01")
MONTH_DAYS = 30
NONE = "NONE"  # the name of what an item does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A calendar month in Shanghai, named like 2026-11."""

    year: int
    month: int

    @classmethod
    def of(cls, name: str) -> Period:
        """The month of a name; whatever is no month is a ValueError."""
        begun = date.fromisoformat(f"{name}-01")
        return cls(year=begun.year, month=begun.month)

    @classmethod
    def before(cls, at: datetime) -> Period:
        """The last full month before a moment."""
        local = at.astimezone(SHANGHAI)
        return cls(year=local.year, month=local.month).previous

    @property
    def name(self) -> str:
        """Its name."""
        return f"{self.year}-{self.month:02}"

    @property
    def previous(self) -> Period:
        """The month before."""
        earlier = date(self.year, self.month, 1) - timedelta(days=1)
        return Period(year=earlier.year, month=earlier.month)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=SHANGHAI)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return (self.begins + timedelta(days=32)).replace(day=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends - self.begins).days


def topics(items: Iterable[Item], earlier: Iterable[Item]) -> list[dict[str, Any]]:
    """Each topic: how often, the trend in per cent, how bad from 0 to 1, how many customers; the worst first."""
    now, before = _by_topic(items), _by_topic(earlier)
    rows = [
        {
            "topic": topic,
            "n": len(found),
            "dissatisfied": sum(one.dissatisfied for one in found),
            "trend": _trend(len(found), len(before.get(topic, ()))),
            "severity": severity(found),
            "reach": reach(found),
            "examples": [one.case_number for one in found if one.dissatisfied][:3],
        }
        for topic, found in now.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"] * row["severity"] * row["reach"], row["topic"]))


def counted(items: Iterable[Item], by: Callable[[Item], str | None]) -> list[dict[str, Any]]:
    """How many items, and how many of them dissatisfied, by a property of theirs; most first."""
    every, bad = Counter[str](), Counter[str]()
    for item in items:
        name = by(item) or NONE
        every[name] += 1
        bad[name] += item.dissatisfied
    return [{"name": name, "n": n, "dissatisfied": bad[name]} for name, n in sorted(every.items(), key=_most_first)]


def severity(items: Iterable[Item]) -> Decimal:
    """How bad items are on average: 1 for a complaint, else from 0 (praise) over 0.5 (neutral) to 1 by their words."""
    each = [Decimal(1) if one.complaint_intent else (1 - (one.sentiment or Decimal(0))) / 2 for one in items]
    return _rounded(sum(each, Decimal(0)) / len(each)) if each else Decimal(0)


def reach(items: Iterable[Item]) -> int:
    """How many customers said it; whoever is anonymous counts each time."""
    return len({one.customer_id or one.case_id for one in items})


def ranked(rows: Iterable[Mapping[str, Any]], efforts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The topics with what they are worth: frequency × severity × reach ÷ effort, highest first."""
    found = [
        {**row, "effort": efforts[row["topic"]], "value": _rounded(_weight(row) / efforts[row["topic"]])}
        for row in rows
        if row["topic"] in efforts
    ]
    return sorted(found, key=lambda row: (-row["value"], row["topic"]))


def in_month(count: int, days: int) -> Decimal:
    """How many that is in 30 days."""
    return _rounded(Decimal(count) * MONTH_DAYS / max(days, 1))


def _by_topic(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        for topic in item.topics:
            found.setdefault(topic, []).append(item)
    return found


def _trend(now: int, before: int) -> int | None:
    """The change in per cent; nothing where there was nothing before."""
    return round(100 * (now - before) / before) if before else None


def _weight(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row["n"]) * Decimal(row["severity"]) * Decimal(row["reach"])


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)
