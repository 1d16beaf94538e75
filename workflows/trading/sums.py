"""What a purchase buys and what a redemption pays: fees, shares, rounding half up to fen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ..funds.model import Fund
from .model import Lot

FEN = Decimal("0.01")
HUNDRED = Decimal(100)
STEPS = (7, 30, 180)  # days of holding at which the least redemption fee falls; REG-27, no parameter
EXEMPT = frozenset({"MMF", "cd-index"})
EARLY_FREE = {"person": (frozenset({"bond", "index"}), 7), "institution": (frozenset({"bond"}), 30)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What an amount buys."""

    fee: Decimal
    shares: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What shares bring, and which lots they come out of."""

    amount: Decimal
    fee: Decimal
    taken: tuple[tuple[Lot, Decimal], ...]


def fen(value: Decimal) -> Decimal:
    """A value rounded half up to two places."""
    return value.quantize(FEN, ROUND_HALF_UP)


def bought(amount: Decimal, front_fee: Decimal, nav: Decimal) -> Bought:
    """What an amount buys at a front fee in per cent: the fee comes out of it, the rest is divided by the value."""
    net = fen(amount / (1 + front_fee / HUNDRED))
    return Bought(fee=amount - net, shares=fen(net / nav))


def taken_from(lots: Iterable[Lot], shares: Decimal) -> tuple[tuple[Lot, Decimal], ...]:
    """How many shares come out of each lot, the oldest first; too few are a ValueError."""
    left, taken = shares, []
    for lot in sorted(lots, key=lambda one: (one.since, one.id)):
        part = min(lot.shares, left)
        if part > 0:
            taken.append((lot, part))
            left -= part
    if left > 0:
        raise ValueError(f"there are {left} shares too few")
    return tuple(taken)


def sold(
    lots: Iterable[Lot], shares: Decimal, nav: Decimal, on: date, free_after: int, rates: Mapping[int, Decimal]
) -> Sold:
    """What shares bring on a trading day after the fee of each lot; `rates` are per cent below a number of days."""
    taken = taken_from(lots, shares)
    fee = sum(
        (fen(part * nav * rate((on - lot.since).days, free_after, rates) / HUNDRED) for lot, part in taken), Decimal(0)
    )
    return Sold(amount=fen(shares * nav) - fee, fee=fee, taken=taken)


def rate(days: int, free_after: int, rates: Mapping[int, Decimal]) -> Decimal:
    """The redemption fee in per cent after so many days of holding."""
    if days >= free_after:
        return Decimal(0)
    return next((rates[step] for step in STEPS if days < step), Decimal(0))


def free_after(fund: Fund, kind: str) -> int:
    """The days of holding from which on no redemption fee is due; REG-27 names the exceptions."""
    if fund.type in EXEMPT:
        return 0
    types, days = EARLY_FREE.get(kind, (frozenset(), 0))
    return days if fund.type in types else STEPS[-1]
