"""What the prices of the past say of a fund, and nothing about its future. Pure: who keeps the prices is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

LEAST_DAYS = 360  # calendar days of prices before a return is told: a short period says little, and none is annualised
PERCENT = Decimal("0.01")


class Priced(Protocol):
    """The net asset value of one unit on a day."""

    @property
    def date(self) -> date: ...

    @property
    def nav(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A path of prices in short; change and volatility in per cent, both or none of them."""

    first: Priced
    last: Priced
    lowest: Priced
    highest: Priced
    change: Decimal | None
    volatility: Decimal | None


def performance(path: Sequence[Priced]) -> Performance | None:
    """What a path of prices in the order of their days says; None of fewer than two."""
    if len(path) < 2:
        return None
    first, last = path[0], path[-1]
    told = (last.date - first.date).days >= LEAST_DAYS
    return Performance(
        first=first,
        last=last,
        lowest=min(path, key=lambda price: price.nav),
        highest=max(path, key=lambda price: price.nav),
        change=((last.nav / first.nav - 1) * 100).quantize(PERCENT) if told else None,
        volatility=_volatility(path).quantize(PERCENT) if told else None,
    )


def month_ends(path: Sequence[Priced]) -> list[Priced]:
    """The last price of each month of a path, the newest first."""
    last = {(price.date.year, price.date.month): price for price in path}
    return list(last.values())[::-1]


def _volatility(path: Sequence[Priced]) -> Decimal:
    """The standard deviation of the daily changes over the whole path, in per cent."""
    changes = [(later.nav / earlier.nav).ln() for earlier, later in pairwise(path)]
    mean = sum(changes, Decimal(0)) / len(changes)
    spread = sum(((one - mean) ** 2 for one in changes), Decimal(0)) / max(len(changes) - 1, 1)
    return (spread * len(changes)).sqrt() * 100
