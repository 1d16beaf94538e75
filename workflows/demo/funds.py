"""The twenty sample funds: every name is invented, no code is a real fund's."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from ..funds.model import Fund
from .texts import read

DAILY_LIMITS = {"990018": Decimal("1000")}
HOLDING_DAYS = {"990003": 7, "990005": 365, "990010": 3 * 365}  # as their names say


def funds() -> list[Fund]:
    """All twenty, by code."""
    return [
        Fund(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            type=kind,
            risk=risk,
            front_fee=Decimal(front),
            service_fee=Decimal(service),
            annual_fee=Decimal(annual),
            min_amount=Decimal(least),
            daily_limit=DAILY_LIMITS.get(code),
            confirm_lag=lag,
            status=status,
        )
        for code, name_zh, name_en, kind, risk, front, service, annual, least, lag, status in read("funds")
    ]


@cache
def by_code() -> dict[str, Fund]:
    """The same by their codes."""
    return {fund.code: fund for fund in funds()}
