"""Complaints in the database: one row a case, filled as the case goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from ..tables import complaint
from .model import Complaint


def get(connection: Connection, case_id: str) -> Complaint | None:
    """The complaint of a case."""
    row = connection.execute(select(complaint).where(complaint.c.case_id == case_id)).one_or_none()
    return None if row is None else _complaint(row)


def register(
    connection: Connection,
    *,
    case_id: str,
    case_number: str,
    customer_id: str | None,
    source: str,
    category: str,
    complainants: int,
    amount_claimed: Decimal,
    related_case: str | None,
    concerned: Iterable[str],
    received_at: datetime,
    at: datetime,
) -> None:
    """Enter a complaint; entered again, what the customer says is corrected and the first registration stays."""
    said: dict[str, Any] = {
        "customer_id": customer_id,
        "source": source,
        "category": category,
        "complainants": complainants,
        "amount_claimed": amount_claimed,
        "related_case": related_case,
        "concerned": sorted(set(concerned)),
        "received_at": received_at,
    }
    if get(connection, case_id) is None:
        fixed = {"case_id": case_id, "case_number": case_number, "registered_at": at, "evidence": []}
        connection.execute(insert(complaint).values(**fixed, **said))
    else:
        _change(connection, case_id, said)


def assign(
    connection: Connection,
    case_id: str,
    *,
    handler: str | None,
    severity: str | None,
    due_at: datetime,
    warn_at: datetime,
    evidence: Iterable[Mapping[str, Any]],
) -> None:
    """Record who handles a complaint and until when; evidence that is frozen already is not touched."""
    known = get(connection, case_id)
    frozen = [dict(item) for item in (known.evidence if known and known.evidence else evidence)]
    values: dict[str, Any] = {"handler": handler, "due_at": due_at, "warn_at": warn_at, "evidence": frozen}
    _change(connection, case_id, values | ({"severity": severity} if severity else {}))


def close(
    connection: Connection,
    case_id: str,
    *,
    finding: str | None,
    root_cause: str | None,
    compensation: Decimal | None,
    at: datetime,
) -> None:
    """Close a complaint; closed again, the first moment stays."""
    values = {"finding": finding, "root_cause": root_cause, "compensation": compensation}
    _change(connection, case_id, values | {"closed_at": func.coalesce(complaint.c.closed_at, at)})


def in_days(
    connection: Connection, customer_id: str, *, days: int, before: datetime, other_than: str | None = None
) -> int:
    """How many complaints of a customer were received in the days before a moment, apart from one case."""
    query = select(func.count()).where(
        complaint.c.customer_id == customer_id,
        complaint.c.received_at > before - timedelta(days=days),
        complaint.c.received_at <= before,
    )
    if other_than is not None:
        query = query.where(complaint.c.case_id != other_than)
    return int(connection.execute(query).scalar_one())


def of_customer(
    connection: Connection, customer_id: str, *, limit: int = 20, after: str | None = None
) -> list[Complaint]:
    """A customer's complaints, newest first; `after` is the case of the last of the page before."""
    query = select(complaint).where(complaint.c.customer_id == customer_id)
    if after is not None and (last := get(connection, after)):
        earlier = complaint.c.received_at < last.received_at
        query = query.where(
            or_(earlier, and_(complaint.c.received_at == last.received_at, complaint.c.case_id > after))
        )
    query = query.order_by(complaint.c.received_at.desc(), complaint.c.case_id).limit(limit)
    return [_complaint(row) for row in connection.execute(query)]


def about(connection: Connection, cases: Iterable[str]) -> list[Complaint]:
    """The complaints that are, or that name, one of these cases, by id or number."""
    wanted = sorted(set(cases))
    if not wanted:
        return []
    named = or_(
        *(column.in_(wanted) for column in (complaint.c.case_id, complaint.c.case_number, complaint.c.related_case))
    )
    return [_complaint(row) for row in connection.execute(select(complaint).where(named).order_by(complaint.c.case_id))]


def open_by_handler(connection: Connection) -> dict[str, int]:
    """How many open complaints each handler has."""
    query = select(complaint.c.handler, func.count().label("open")).where(
        complaint.c.closed_at.is_(None), complaint.c.handler.is_not(None)
    )
    return {row.handler: row.open for row in connection.execute(query.group_by(complaint.c.handler))}


def _change(connection: Connection, case_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(complaint).where(complaint.c.case_id == case_id).values(**values))


def _complaint(row: Row[Any]) -> Complaint:
    values = dict(row._mapping)
    lists = {"concerned": tuple(values["concerned"]), "evidence": tuple(values["evidence"])}
    return Complaint(**values | lists)
