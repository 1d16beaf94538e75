"""Improvements in the database: recorded when they are approved, released by hand, measured after a while."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from .model import Improvement
from .tables import improvement

APPROVED, RELEASED, BETTER, NOT_BETTER = "APPROVED", "RELEASED", "BETTER", "NOT_BETTER"


def record(
    connection: Connection,
    *,
    case_id: str,
    case_number: str,
    round: int,
    period: str,
    topic: str,
    proposal: str,
    owner: str,
    due: date,
    expected: str,
    before: Decimal,
    at: datetime,
) -> None:
    """Add an approved improvement; the same topic of the same case and round is there once."""
    same = (improvement.c.case_id == case_id, improvement.c.round == round, improvement.c.topic == topic)
    if connection.execute(select(improvement.c.id).where(*same)).first() is not None:
        return
    connection.execute(
        insert(improvement).values(
            case_id=case_id,
            case_number=case_number,
            round=round,
            period=period,
            topic=topic,
            proposal=proposal,
            owner=owner,
            due=due,
            expected=expected,
            before=before,
            status=APPROVED,
            recorded_at=at,
        )
    )


def rounds(connection: Connection, case_id: str) -> int:
    """The newest round of a case, 0 where nothing was recorded."""
    newest = select(func.max(improvement.c.round)).where(improvement.c.case_id == case_id)
    return int(connection.execute(newest).scalar() or 0)


def of_round(connection: Connection, case_id: str, round: int) -> list[Improvement]:
    """The improvements of a round, in the order in which they were recorded."""
    query = select(improvement).where(improvement.c.case_id == case_id, improvement.c.round == round)
    return [_improvement(row) for row in connection.execute(query.order_by(improvement.c.id))]


def release(connection: Connection, case_id: str, round: int, on: date) -> None:
    """The improvements of a round work since a day."""
    here = (improvement.c.case_id == case_id, improvement.c.round == round)
    connection.execute(update(improvement).where(*here).values(status=RELEASED, released_on=on))


def measure(connection: Connection, identity: int, after: Decimal, *, better: bool, at: datetime) -> None:
    """Keep what an improvement has changed."""
    values = {"after": after, "status": BETTER if better else NOT_BETTER, "measured_at": at}
    connection.execute(update(improvement).where(improvement.c.id == identity).values(**values))


def newest(connection: Connection, *, limit: int = 50) -> list[Improvement]:
    """Improvements, newest first."""
    query = select(improvement).order_by(improvement.c.recorded_at.desc(), improvement.c.id.desc()).limit(limit)
    return [_improvement(row) for row in connection.execute(query)]


def _improvement(row: Row[Any]) -> Improvement:
    return Improvement(**row._mapping)
