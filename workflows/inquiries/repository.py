"""Closed inquiries in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from ..tables import inquiry


def close(
    connection: Connection,
    *,
    case_id: str,
    case_number: str,
    customer_id: str | None,
    at: datetime,
    knowledge_gap: str,
) -> None:
    """Record how an inquiry was closed; said twice, it stands once."""
    if connection.execute(select(inquiry.c.case_id).where(inquiry.c.case_id == case_id)).first() is None:
        connection.execute(
            insert(inquiry).values(
                case_id=case_id,
                case_number=case_number,
                customer_id=customer_id,
                closed_at=at,
                knowledge_gap=knowledge_gap,
            )
        )


def knowledge_gaps(connection: Connection, *, since: datetime) -> list[tuple[str, str]]:
    """Case number and gap of the inquiries closed after a moment that left one, newest first."""
    query = select(inquiry.c.case_number, inquiry.c.knowledge_gap).where(
        inquiry.c.closed_at > since, inquiry.c.knowledge_gap != ""
    )
    return [(number, gap) for number, gap in connection.execute(query.order_by(inquiry.c.closed_at.desc()))]
