"""Net asset values in the database: the path of a fund, and the value that was published last.

A value belongs to its trading day and is known only from the day on which it was published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from engine.calendars import Calendars

from ..funds.model import Fund
from . import walk
from .tables import fund_price

QDII = frozenset({"qdii", "qdii-commodity"})  # whose value is published a trading day later


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The net asset value of one share on a trading day."""

    date: date
    nav: Decimal


def path(connection: Connection, code: str, first: date, last: date) -> list[Price]:
    """The values of the days from first to last that were published by the last, oldest first."""
    query = _published(last).where(fund_price.c.fund_code == code, fund_price.c.date >= first)
    return [Price(date=row.date, nav=row.nav) for row in connection.execute(query.order_by(fund_price.c.date))]


def latest(connection: Connection, code: str, on: date) -> Price | None:
    """The newest value that was published by a day; None where there is none yet."""
    query = _published(on).where(fund_price.c.fund_code == code).order_by(fund_price.c.date.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Price(date=row.date, nav=row.nav)


def newest(connection: Connection, code: str) -> Price | None:
    """The last value of a path, published or not."""
    query = select(fund_price).where(fund_price.c.fund_code == code).order_by(fund_price.c.date.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Price(date=row.date, nav=row.nav)


def on(connection: Connection, code: str, day: date) -> Price | None:
    """The value of a trading day itself, published or not: what a registrar confirms with."""
    query = select(fund_price).where(fund_price.c.fund_code == code, fund_price.c.date == day)
    row = connection.execute(query).one_or_none()
    return None if row is None else Price(date=row.date, nav=row.nav)


def continued(connection: Connection, fund: Fund, day: date, calendars: Calendars) -> Price:
    """The value of a trading day; where the sample path ends before it, it is continued until there."""
    found = on(connection, fund.code, day)
    if found is not None:
        return found
    begun = newest(connection, fund.code)
    made = sample(fund, begun, trading_days(calendars, begun.date if begun else day, day), calendars)
    if not made:
        raise ValueError(f"the price path of {fund.code} begins after {day}")
    store(connection, made)
    return Price(date=day, nav=made[-1]["nav"])


def sample(fund: Fund, begun: Price | None, days: Iterable[date], calendars: Calendars) -> list[dict[str, Any]]:
    """The rows of the sample path on these days; it begins anew where nothing has begun it."""
    rows, nav = [], begun.nav if begun else None
    for day in days:
        if begun is not None and day <= begun.date:
            continue
        nav = walk.first(fund) if nav is None else walk.following(fund, nav, day)
        published = calendars.next_trading_day(day) if fund.type in QDII else day
        rows.append({"fund_code": fund.code, "date": day, "nav": nav, "published_on": published})
    return rows


def store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Store values that are not there yet."""
    if rows:
        connection.execute(insert(fund_price), rows)


def trading_days(calendars: Calendars, first: date, last: date) -> list[date]:
    """The trading days from one day to another, both included."""
    days = [first] if calendars.is_trading_day(first) else []
    day = first
    while (day := calendars.next_trading_day(day)) <= last:
        days.append(day)
    return days


def _published(by: date) -> Select[Any]:
    return select(fund_price).where(fund_price.c.published_on <= by, fund_price.c.date <= by)
