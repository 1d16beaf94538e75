"""Call-backs and the restrictions that follow from them, in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from .tables import callback, sales_restriction

FREE = 6  # no fund has this risk level, so nothing is restricted


def begin(connection: Connection, values: Mapping[str, Any]) -> None:
    """Enter a call-back; a second time changes nothing."""
    known = connection.execute(select(callback.c.case_id).where(callback.c.case_id == values["case_id"])).first()
    if known is None:
        connection.execute(insert(callback).values(attempts=[], answers={}, **values))


def get(connection: Connection, case_id: str) -> Mapping[str, Any] | None:
    """The call-back of a case."""
    row = connection.execute(select(callback).where(callback.c.case_id == case_id)).one_or_none()
    return None if row is None else dict(row._mapping)


def change(connection: Connection, case_id: str, **values: Any) -> None:
    """Write down more about a call-back."""
    connection.execute(update(callback).where(callback.c.case_id == case_id).values(**values))


def open_by_caller(connection: Connection) -> dict[str, int]:
    """How many call-backs each caller has open."""
    query = select(callback.c.caller, func.count().label("open")).where(
        callback.c.closed_at.is_(None), callback.c.caller.is_not(None)
    )
    return {row.caller: row.open for row in connection.execute(query.group_by(callback.c.caller))}


def restrict(connection: Connection, key: str, customer_id: str, level: int, reason: str, at: datetime) -> None:
    """Restrict what is sold to a customer from a risk level on, until somebody lifts it; once by key."""
    if connection.execute(select(sales_restriction.c.id).where(sales_restriction.c.key == key)).first() is None:
        values = {"customer_id": customer_id, "risk_level": level, "reason": reason, "since": at}
        connection.execute(insert(sales_restriction).values(key=key, **values))


def restricted_from(connection: Connection, customer_id: str) -> int:
    """The risk level from which on nothing is sold to a customer; 6 where all is."""
    query = select(func.min(sales_restriction.c.risk_level)).where(
        sales_restriction.c.customer_id == customer_id, sales_restriction.c.lifted_at.is_(None)
    )
    found = connection.execute(query).scalar()
    return FREE if found is None else int(found)


def lift(connection: Connection, customer_id: str, at: datetime) -> None:
    """Lift the restrictions of a customer who was reached after all."""
    still = (sales_restriction.c.customer_id == customer_id) & sales_restriction.c.lifted_at.is_(None)
    connection.execute(update(sales_restriction).where(still).values(lifted_at=at))
