"""The least redemption fees by days of holding, as configured."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any


def rates(parameter: Callable[[str], Any]) -> dict[int, Decimal]:
    """The fees in per cent below so many days."""
    return {
        7: Decimal(parameter("REDEMPTION_FEE_BELOW_7_DAYS")),
        30: Decimal(parameter("REDEMPTION_FEE_BELOW_30_DAYS")),
        180: Decimal(parameter("REDEMPTION_FEE_BELOW_180_DAYS")),
    }
