"""Recommendations in the database, and the shortest holding of funds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from .tables import fund_holding, recommendation

OPEN, ACCEPTED, REPLACED = "OPEN", "ACCEPTED", "REPLACED"
CLOSED = ("DECLINED", "EXPIRED", "WITHDRAWN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One proposal to a customer: its funds, until when it counts, and what became of it."""

    id: str
    case_id: str
    case_number: str
    customer_id: str
    items: tuple[Mapping[str, Any], ...]
    status: str
    reason: str | None
    chosen: str | None
    issued_at: datetime
    valid_until: date
    closed_at: datetime | None


def issue(
    connection: Connection,
    *,
    case_id: str,
    case_number: str,
    customer_id: str,
    items: Iterable[Mapping[str, Any]],
    at: datetime,
    valid_until: date,
) -> str:
    """Keep a proposal; an earlier one of the case that is still open is replaced by it."""
    table = recommendation.c
    mine = table.case_id == case_id
    made = connection.execute(select(func.count()).select_from(recommendation).where(mine)).scalar_one()
    close(connection, case_id, REPLACED, at=at)
    id = f"{case_number}-{made + 1}"
    connection.execute(
        insert(recommendation).values(
            id=id,
            case_id=case_id,
            case_number=case_number,
            customer_id=customer_id,
            items=[dict(item) | {"proposedAmount": str(item["proposedAmount"])} for item in items],
            status=OPEN,
            issued_at=at,
            valid_until=valid_until,
        )
    )
    return id


def close(
    connection: Connection,
    case_id: str,
    status: str,
    *,
    at: datetime,
    reason: str | None = None,
    chosen: str | None = None,
) -> bool:
    """End the open proposal of a case; False where there is none."""
    table = recommendation.c
    still = (table.case_id == case_id, table.status == OPEN)
    said = {"status": status, "reason": reason, "chosen": chosen, "closed_at": at}
    return bool(connection.execute(update(recommendation).where(*still).values(**said)).rowcount)


def get(connection: Connection, id: str) -> Recommendation | None:
    """The recommendation of an id."""
    row = connection.execute(select(recommendation).where(recommendation.c.id == id)).one_or_none()
    return None if row is None else _recommendation(row)


def open_of(connection: Connection, case_id: str) -> Recommendation | None:
    """The proposal of a case that the customer may still take up."""
    table = recommendation.c
    row = connection.execute(select(recommendation).where(table.case_id == case_id, table.status == OPEN)).one_or_none()
    return None if row is None else _recommendation(row)


def of_customer(connection: Connection, customer_id: str) -> list[Recommendation]:
    """Every recommendation to a customer, newest first."""
    table = recommendation.c
    query = select(recommendation).where(table.customer_id == customer_id)
    return [_recommendation(row) for row in connection.execute(query.order_by(table.issued_at.desc(), table.id.desc()))]


def holdings(connection: Connection) -> dict[str, int]:
    """The shortest holding in days of the funds that have one."""
    return {row.fund_code: row.days for row in connection.execute(select(fund_holding))}


def set_holdings(connection: Connection, days: Mapping[str, int]) -> None:
    """Store the shortest holdings of new funds."""
    connection.execute(insert(fund_holding), [{"fund_code": code, "days": count} for code, count in days.items()])


def _recommendation(row: Row[Any]) -> Recommendation:
    values = {name: getattr(row, name) for name in Recommendation.__dataclass_fields__}
    return Recommendation(**values | {"items": tuple(values["items"])})
