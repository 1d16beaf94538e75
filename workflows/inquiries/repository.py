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
