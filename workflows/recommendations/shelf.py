"""Which funds of the shelf come into question for a need, why the others do not. Pure; it knows no risk class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..funds.model import Fund

MONTH = 30  # days, as money that is tied up counts them
LIQUIDITY = {"ANYTIME": 0, "UNDER_3M": 90, "UNDER_1Y": 365, "OVER_1Y": None}  # days that the money may be tied up


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What of a need decides about the shelf."""

    amount: Decimal
    horizon_months: int
    liquidity: str
    excluded: frozenset[str] = frozenset()


def obstacle(fund: Fund, need: Need, holding_days: int) -> str | None:
    """Why a fund is out of the question, as a code; None if it is not."""
    longest = LIQUIDITY[need.liquidity]
    if fund.code in need.excluded:
        return "EXCLUDED"
    if not fund.on_sale:
        return "NOT_ON_SALE"
    if need.amount < fund.min_amount:
        return "BELOW_MINIMUM"
    if fund.daily_limit is not None and need.amount > fund.daily_limit:
        return "ABOVE_LIMIT"
    if holding_days > need.horizon_months * MONTH:
        return "HELD_TOO_LONG"
    return "NOT_LIQUID" if longest is not None and holding_days > longest else None


def screened(funds: Iterable[Fund], need: Need, holding: Mapping[str, int]) -> tuple[list[Fund], dict[str, list[str]]]:
    """The funds that come into question, and the codes of the others by what stands against them."""
    left, removed = list[Fund](), dict[str, list[str]]()
    for fund in funds:
        if against := obstacle(fund, need, holding.get(fund.code, 0)):
            removed.setdefault(against, []).append(fund.code)
        else:
            left.append(fund)
    return left, removed
