"""Orders in the database: accepted once by key, never changed but for their state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, tuple_, update

from .model import BUYS, COUNTED, Order
from .tables import trade_order


def accept(connection: Connection, values: Mapping[str, Any]) -> Order:
    """Keep an order that the customer has signed; the same key a second time answers the first one."""
    known = _one(connection, select(trade_order).where(trade_order.c.key == values["key"]))
    if known is not None:
        return known
    added = connection.execute(insert(trade_order).values(**values).returning(trade_order.c.id)).scalar_one()
    found = get(connection, int(added))
    assert found is not None
    return found


def get(connection: Connection, order_id: int) -> Order | None:
    """The order of an id."""
    return _one(connection, select(trade_order).where(trade_order.c.id == order_id))


def by_number(connection: Connection, number: str) -> Order | None:
    """The order of a number."""
    return _one(connection, select(trade_order).where(trade_order.c.number == number))


def of_case(connection: Connection, case_id: str) -> Order | None:
    """The order that a case is about; it has at most one."""
    return _one(connection, select(trade_order).where(trade_order.c.case_id == case_id))


def of_customer(connection: Connection, customer_id: str, *, limit: int = 20, after: int | None = None) -> list[Order]:
    """A customer's orders, newest first; `after` is the id of the last of the page before."""
    query = select(trade_order).where(trade_order.c.customer_id == customer_id)
    if after is not None and (last := get(connection, after)):
        query = query.where(tuple_(trade_order.c.accepted_at, trade_order.c.id) < tuple_(last.accepted_at, last.id))
    query = query.order_by(trade_order.c.accepted_at.desc(), trade_order.c.id.desc()).limit(limit)
    return [_order(row) for row in connection.execute(query)]


def flagged(connection: Connection, *, since: datetime) -> list[Order]:
    """The orders since a moment that the officers against money laundering should look at, newest first."""
    query = select(trade_order).where(trade_order.c.accepted_at >= since).order_by(trade_order.c.accepted_at.desc())
    return [order for order in map(_order, connection.execute(query)) if order.flags]


def change(connection: Connection, order_id: int, status: str, **more: Any) -> None:
    """Put an order into a state."""
    connection.execute(update(trade_order).where(trade_order.c.id == order_id).values(status=status, **more))


def bought_on(connection: Connection, customer_id: str, code: str, trade_date: date) -> Decimal:
    """What a customer has ordered of a fund for one trade date, in yuan."""
    query = _buys(customer_id).where(trade_order.c.fund_code == code, trade_order.c.trade_date == trade_date)
    return _total(connection, query)


def bought_since(connection: Connection, customer_id: str, since: datetime) -> tuple[int, Decimal]:
    """How many purchases a customer has ordered since a moment, and for how much in all."""
    query = _buys(customer_id).where(trade_order.c.accepted_at >= since)
    count = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return int(count), _total(connection, query)


def quick_on(connection: Connection, customer_id: str, code: str, trade_date: date) -> Decimal:
    """The shares of a fund that a customer has redeemed quickly for one trade date."""
    query = select(trade_order).where(
        trade_order.c.customer_id == customer_id,
        trade_order.c.fund_code == code,
        trade_order.c.type == "RED",
        trade_order.c.trade_date == trade_date,
        trade_order.c.status.in_(sorted(COUNTED)),
    )
    found = [_order(row) for row in connection.execute(query)]
    return sum((order.shares or Decimal(0) for order in found if order.terms.get("redeemMode") == "QUICK"), Decimal(0))


def last_like(
    connection: Connection, customer_id: str, code: str, type: str, quantity: Decimal, *, other_than: str
) -> datetime | None:
    """When a customer last ordered the same of a fund in another case."""
    column = trade_order.c.amount if type in BUYS else trade_order.c.shares
    query = select(func.max(trade_order.c.accepted_at)).where(
        trade_order.c.customer_id == customer_id,
        trade_order.c.fund_code == code,
        trade_order.c.type == type,
        column == quantity,
        trade_order.c.case_id != other_than,
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def any_confirmed(connection: Connection, customer_id: str, *, other_than: int) -> bool:
    """Whether a customer has had any other order confirmed."""
    query = select(trade_order.c.id).where(
        trade_order.c.customer_id == customer_id,
        trade_order.c.status.in_(("CONFIRMED", "PARTIAL")),
        trade_order.c.id != other_than,
    )
    return connection.execute(query.limit(1)).first() is not None


def _buys(customer_id: str) -> Select[Any]:
    return select(trade_order).where(
        trade_order.c.customer_id == customer_id,
        trade_order.c.type.in_(sorted(BUYS)),
        trade_order.c.status.in_(sorted(COUNTED)),
    )


def _total(connection: Connection, query: Select[Any]) -> Decimal:
    return sum((order.amount or Decimal(0) for order in map(_order, connection.execute(query))), Decimal(0))


def _one(connection: Connection, query: Select[Any]) -> Order | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else _order(row)


def _order(row: Row[Any]) -> Order:
    values = dict(row._mapping)
    return Order(**values | {"flags": tuple(values["flags"])})
