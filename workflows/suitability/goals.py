"""Which funds fit what a customer wants to reach: by type, and for some goals up to a risk level. No table."""

from __future__ import annotations

from dataclasses import dataclass

from ..funds.model import Fund

CASH = frozenset({"MMF", "cd-index"})
BONDS = frozenset({"bond", "bond-plus"})
MIXED = frozenset({"hybrid", "fof", "index"})
STOCKS = frozenset({"equity", "active-equity", "commodity", "qdii", "qdii-commodity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The types of fund that fit a goal, and the highest risk level that does."""

    types: frozenset[str]
    highest: int = 5

    def fits(self, fund: Fund) -> bool:
        """Whether a fund fits; one without a rating fits nothing."""
        level = risk_level(fund)
        return level is not None and level <= self.highest and fund.type in self.types


GOALS = {
    "PRESERVE": Goal(types=CASH | BONDS, highest=2),
    "CASH": Goal(types=CASH, highest=1),
    "INCOME": Goal(types=CASH | BONDS | MIXED, highest=3),
    "GROWTH": Goal(types=BONDS | MIXED | STOCKS),
    "PENSION": Goal(types=BONDS | MIXED | frozenset({"pension-fof"}), highest=4),
    "EDUCATION": Goal(types=BONDS | MIXED, highest=4),
}


def fits(goal: str | None, fund: Fund) -> bool:
    """Whether a fund fits a goal; who names no goal contradicts none."""
    return goal not in GOALS or GOALS[goal].fits(fund)


def risk_level(fund: Fund) -> int | None:
    """The fund's risk level as a number from 1 to 5; None where it has no rating."""
    return class_level(fund.risk)


def class_level(name: str | None) -> int | None:
    """The number of a class or level such as C3 or R4; None for anything else."""
    return int(name[1]) if name and len(name) == 2 and name[0] in "CR" and name[1] in "12345" else None
