"""The log of material in the database: only added to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from .documents import Document
from .tables import material


def log(
    connection: Connection,
    papers: Iterable[Document],
    *,
    customer_id: str,
    case_id: str,
    case_number: str,
    at: datetime,
) -> None:
    """Keep what a customer is sent, with its hash."""
    rows = [
        {
            "customer_id": customer_id,
            "fund_code": paper.fund_code,
            "case_id": case_id,
            "case_number": case_number,
            "kind": paper.kind,
            "version": paper.version,
            "language": paper.language,
            "sha256": paper.sha256,
            "text": paper.text,
            "logged_at": at,
        }
        for paper in papers
    ]
    if rows:
        connection.execute(insert(material), rows)


def of_case(connection: Connection, case_id: str) -> list[tuple[Document, str]]:
    """What a case sent, in its order, each with the hash that was kept."""
    query = select(material).where(material.c.case_id == case_id).order_by(material.c.id)
    return [
        (
            Document(fund_code=row.fund_code, kind=row.kind, language=row.language, text=row.text, version=row.version),
            row.sha256,
        )
        for row in connection.execute(query)
    ]
