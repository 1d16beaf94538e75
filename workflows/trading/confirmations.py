"""What the registrar has said of an order, and what follows from it for the holding; each order is settled once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from . import holdings, orders
from .model import BUYS, CONFIRMED, REJECTED, Confirmation, Order
from .sums import taken_from
from .tables import confirmation

NOTHING = Decimal(0)


def read(said: Mapping[str, Any], order: Order) -> Confirmation:
    """The content of the registrar's message; what it leaves out is nothing, and the day is the order's."""
    nav, confirmed, nav_date = said.get("nav"), said.get("confirmDate"), said.get("navDate")
    return Confirmation(
        outcome=str(said["outcome"]),
        amount=Decimal(said.get("amount") or 0),
        shares=Decimal(said.get("shares") or 0),
        nav=None if nav is None else Decimal(nav),
        fee=Decimal(said.get("fee") or 0),
        nav_date=date.fromisoformat(nav_date) if nav_date else None,
        confirm_date=date.fromisoformat(confirmed) if confirmed else order.confirm_date,
        reason=said.get("reason"),
    )


def of_order(connection: Connection, order_id: int) -> Confirmation | None:
    """The confirmation of an order."""
    row = connection.execute(select(confirmation).where(confirmation.c.order_id == order_id)).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    return Confirmation(**{name: values[name] for name in values if name not in ("order_id", "settled_at")})


def settle(connection: Connection, order: Order, said: Confirmation, at: datetime) -> Confirmation:
    """Book a confirmation into the holding; an order that is settled keeps its first one."""
    known = of_order(connection, order.id)
    if known is not None:
        return known
    values = {name: getattr(said, name) for name in Confirmation.__slots__}
    connection.execute(insert(confirmation).values(order_id=order.id, settled_at=at, **values))
    orders.change(connection, order.id, said.outcome)
    if said.outcome != REJECTED:
        _book(connection, order, said)
    return said


def _book(connection: Connection, order: Order, said: Confirmation) -> None:
    bought_code = order.fund_code if order.type in BUYS else order.target
    if order.type not in BUYS:
        sold = said.shares if order.type == "RED" else order.shares or NOTHING
        held = holdings.lots(connection, order.customer_id, order.fund_code)
        holdings.take(connection, taken_from(held, sold))
    if bought_code and said.shares > 0:
        holdings.add(
            connection,
            order.customer_id,
            bought_code,
            shares=said.shares,
            cost=said.amount,
            since=said.confirm_date,
            order_id=order.id,
        )


def refundable(order: Order, said: Confirmation) -> Decimal:
    """What of the money of a purchase goes back to the customer."""
    if order.type not in BUYS or said.outcome == CONFIRMED:
        return NOTHING
    return (order.amount or NOTHING) - (NOTHING if said.outcome == REJECTED else said.amount)
