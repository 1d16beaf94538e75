"""Holdings in the database: lots of shares by the order that brought them, the oldest sold first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from . import prices
from .model import Holding, Lot
from .sums import fen
from .tables import holding
from .walk import FACE_VALUE


def of_customer(connection: Connection, customer_id: str, on: date) -> list[Holding]:
    """What a customer has of each fund, valued at what was published by a day, by fund code."""
    query = select(holding).where(holding.c.customer_id == customer_id, holding.c.since <= on)
    rows = connection.execute(query.order_by(holding.c.fund_code, holding.c.since))
    return [_holding(connection, code, list(lots), on) for code, lots in groupby(rows, key=lambda row: row.fund_code)]


def lots(connection: Connection, customer_id: str, code: str) -> list[Lot]:
    """The lots that a customer has of a fund, the oldest first."""
    query = select(holding).where(holding.c.customer_id == customer_id, holding.c.fund_code == code)
    rows = connection.execute(query.order_by(holding.c.since, holding.c.id))
    return [Lot(id=row.id, shares=row.shares, cost=row.cost, since=row.since) for row in rows]


def add(
    connection: Connection,
    customer_id: str,
    code: str,
    *,
    shares: Decimal,
    cost: Decimal,
    since: date,
    order_id: int | None = None,
) -> None:
    """Add shares that a customer has from a day on."""
    values = {"customer_id": customer_id, "fund_code": code, "shares": shares, "cost": cost, "since": since}
    connection.execute(insert(holding).values(**values, order_id=order_id))


def take(connection: Connection, taken: Iterable[tuple[Lot, Decimal]]) -> None:
    """Take shares out of lots, each with its part of what it cost."""
    for lot, part in taken:
        if part == lot.shares:
            connection.execute(delete(holding).where(holding.c.id == lot.id))
        else:
            left = {"shares": lot.shares - part, "cost": lot.cost - fen(lot.cost * part / lot.shares)}
            connection.execute(update(holding).where(holding.c.id == lot.id).values(**left))


def _holding(connection: Connection, code: str, rows: list[Any], on: date) -> Holding:
    shares = sum((row.shares for row in rows), Decimal(0))
    price = prices.latest(connection, code, on) or prices.Price(date=on, nav=FACE_VALUE)
    return Holding(
        fund_code=code,
        shares=shares,
        cost=sum((row.cost for row in rows), Decimal(0)),
        nav=price.nav,
        nav_date=price.date,
        value=fen(shares * price.nav),
        first_at=rows[0].since,
    )
