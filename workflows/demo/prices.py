"""The sample price paths of the funds: of the last trading days, and of those that have passed since."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from engine.calendars import Calendars, default

from ..funds import repository as funds
from ..trading import prices

DAYS = 400  # trading days of a path that begins
RAISING = "raising"  # a fund that is raised has no net asset value yet


def publish(connection: Connection, today: date) -> int:
    """Store what was published before a day and is not there yet; how many values it were."""
    calendars, count = default(), 0
    days = _days(calendars, today)
    for fund in funds.search(connection, limit=1_000):
        if fund.status != RAISING:
            begun = prices.newest(connection, fund.code)
            rows = [row for row in prices.sample(fund, begun, days, calendars) if row["published_on"] < today]
            prices.store(connection, rows)
            count += len(rows)
    return count


def _days(calendars: Calendars, today: date) -> list[date]:
    """The last trading days before a day, in the years that the calendar knows."""
    known = calendars.trading.years
    first = max(today - timedelta(days=DAYS * 7 // 5 + 60), date(known[0], 1, 1))
    last = min(today - timedelta(days=1), date(known[-1], 12, 31))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if calendars.is_trading_day(day)][-DAYS:]
