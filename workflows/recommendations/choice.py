"""Whether what staff chose may be proposed, and whether compliance must see it first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..funds.model import Fund
from ..suitability.goals import risk_level

HIGH_RISK = 4  # R4 and R5: the rule names them


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One proposed fund with its amount and how it is bought."""

    fund: Fund
    amount: Decimal
    type: str


def problems(items: Sequence[Item], alternatives: Sequence[Fund], allowed: Collection[Fund]) -> list[str]:
    """Codes of what is wrong with a choice among the funds that remained."""
    chosen = [one.fund for one in items]
    left = {fund.code for fund in allowed}
    said = []
    if any(fund.code not in left for fund in (*chosen, *alternatives)):
        said.append("NOT_A_CANDIDATE")
    if len({fund.code for fund in chosen}) < len(chosen):
        said.append("TWICE")
    if any(one.amount < one.fund.min_amount for one in items):
        said.append("BELOW_MINIMUM")
    if any((one.fund.status == "raising") != (one.type == "SUB") for one in items):
        said.append("WRONG_TYPE")
    if _lacks_lower(chosen, alternatives, allowed):
        said.append("NO_LOWER_RISK")
    return said


def review_reasons(items: Sequence[Item], *, elderly: bool, free_text: bool, limit: Decimal) -> list[str]:
    """Codes of why compliance must see a proposal before the customer does; amounts from `limit` on do."""
    said = {
        "HIGH_RISK": any((risk_level(one.fund) or 0) >= HIGH_RISK for one in items),
        "ELDERLY": elderly,
        "LARGE_AMOUNT": sum(one.amount for one in items) >= limit,
        "FREE_TEXT": free_text,
    }
    return [code for code, holds in said.items() if holds]


def _lacks_lower(chosen: Sequence[Fund], alternatives: Sequence[Fund], allowed: Collection[Fund]) -> bool:
    """Whether nothing below the riskiest proposal is shown though something below it remained."""
    highest = max(_level(fund) for fund in chosen)
    shown = any(_level(fund) < highest for fund in (*chosen, *alternatives))
    return not shown and any(_level(fund) < highest for fund in allowed)


def _level(fund: Fund) -> int:
    return risk_level(fund) or 0
