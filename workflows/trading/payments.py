"""Money that an order takes from the customer's card, and what goes back to it; each once by its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, Row, insert, select, update

from .tables import payment

DEBIT, REFUND = "DEBIT", "REFUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One movement of money, in yuan."""

    key: str
    order_id: int
    kind: str
    amount: Decimal


def ask(connection: Connection, wanted: Payment, at: datetime) -> Payment:
    """Keep what the bank is asked for; the same key a second time answers the first one."""
    known = connection.execute(select(payment).where(payment.c.key == wanted.key)).one_or_none()
    if known is not None:
        return Payment(key=known.key, order_id=known.order_id, kind=known.kind, amount=known.amount)
    values = {"key": wanted.key, "order_id": wanted.order_id, "kind": wanted.kind, "amount": wanted.amount}
    connection.execute(insert(payment).values(**values, requested_at=at))
    return wanted


def settle(connection: Connection, order_id: int, kind: str, at: datetime) -> None:
    """Record that the money of an order has moved; the first time counts."""
    open_one = (payment.c.order_id == order_id) & (payment.c.kind == kind) & payment.c.settled_at.is_(None)
    connection.execute(update(payment).where(open_one).values(settled_at=at))


def of_order(connection: Connection, order_id: int) -> list[Row[tuple[object, ...]]]:
    """The payments of an order, in their order."""
    query = select(payment).where(payment.c.order_id == order_id).order_by(payment.c.id)
    return list(connection.execute(query))


def held(connection: Connection, order_id: int) -> Decimal:
    """What has been taken for an order and has not gone back."""
    total = Decimal(0)
    for row in of_order(connection, order_id):
        if row.kind == REFUND:
            total -= row.amount
        elif row.settled_at is not None:
            total += row.amount
    return total
