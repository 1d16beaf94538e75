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
    survey_planned_at: datetime | None,
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
                survey_planned_at=survey_planned_at,
            )
        )


def surveyed_since(connection: Connection, customer_id: str, since: datetime, *, other_than: str) -> bool:
    """Whether a survey was planned for a customer after a moment, by another case."""
    query = select(inquiry.c.case_id).where(
        inquiry.c.customer_id == customer_id,
        inquiry.c.survey_planned_at > since,
        inquiry.c.case_id != other_than,
    )
    return connection.execute(query.limit(1)).first() is not None


def knowledge_gaps(connection: Connection, *, since: datetime) -> list[tuple[str, str]]:
    """Case number and gap of the inquiries closed after a moment that left one, newest first."""
    query = select(inquiry.c.case_number, inquiry.c.knowledge_gap).where(
        inquiry.c.closed_at > since, inquiry.c.knowledge_gap != ""
    )
    return [(number, gap) for number, gap in connection.execute(query.order_by(inquiry.c.closed_at.desc()))]
