"""Funds side by side, for whoever chooses among them. No words, no page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ..trading import prices
from . import repository
from .model import Fund
from .performance import Performance, performance

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One fund, and what its prices did in the last year, where they are known for so long."""

    fund: Fund
    year: Performance | None


def compared(connection: Connection, codes: Iterable[str], on: date) -> list[Compared]:
    """The funds of these codes as of a day, the calmest first."""
    funds = [fund for code in dict.fromkeys(codes) if (fund := repository.get(connection, code))]
    return [
        Compared(fund=fund, year=performance(prices.path(connection, fund.code, on - YEAR, on)))
        for fund in sorted(funds, key=lambda fund: (fund.risk, fund.code))
    ]
