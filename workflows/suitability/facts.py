"""What the suitability table reads of a customer and a fund on a day. No table, and no decision: that is DT-01's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..customers.model import Customer
from ..funds.model import Fund
from . import goals

ADULT = 18  # years; the law's age, no parameter


def facts(customer: Customer, fund: Fund | None, *, init: str, goal: str | None, at: datetime) -> dict[str, Any]:
    """The inputs of the table by their names, and what else a process asks; `r` is None without a rated fund."""
    age, level = customer.age(at), goals.class_level(customer.risk_class)
    return {
        "inv": "PRO" if customer.professional else "ORD",
        "valid": level is not None and customer.assessed(at),
        "lowest": customer.lowest_class,
        "c": level or 0,
        "r": goals.risk_level(fund) if fund else None,
        "init": init,
        "goalFit": goals.fits(goal, fund) if fund else True,
        "age": age or 0,
        "class": customer.risk_class or "",
        "validTo": customer.assessment_valid_to.isoformat() if customer.assessment_valid_to else "",
        "active": customer.status == "ACTIVE",
        "adult": customer.kind == "institution" or (age is not None and age >= ADULT),
    }
