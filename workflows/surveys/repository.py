"""Surveys in the database: one row a case, filled as it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from .model import ANSWERED, DECLINED, EXPIRED, LATE, NOT_ASKED, PLANNED, SENT, Survey
from .tables import survey


def get(connection: Connection, case_id: str) -> Survey | None:
    """The survey of a case."""
    row = connection.execute(select(survey).where(survey.c.case_id == case_id)).one_or_none()
    return None if row is None else _survey(row)


def plan(
    connection: Connection,
    *,
    case_id: str,
    case_number: str,
    customer_id: str | None,
    about: str,
    process: str,
    agent: str | None,
    why: str,
    at: datetime,
) -> Survey:
    """Add a survey, which nobody is asked if there is a reason why; planned twice, it stands once."""
    if (known := get(connection, case_id)) is not None:
        return known
    values: dict[str, Any] = {"case_id": case_id, "case_number": case_number, "customer_id": customer_id}
    values |= {"about": about, "process": process, "agent": agent, "why": why, "planned_at": at}
    values |= {"status": NOT_ASKED if why else PLANNED, "reasons": [], "comment": "", "counted": False}
    connection.execute(insert(survey).values(**values))
    return next(iter(_where(connection, survey.c.case_id == case_id)))


def asked_since(connection: Connection, customer_id: str, since: datetime, *, other_than: str) -> bool:
    """Whether another survey of a customer was planned after a moment, and he was or will be asked."""
    query = select(survey.c.case_id).where(
        survey.c.customer_id == customer_id,
        survey.c.planned_at > since,
        survey.c.status != NOT_ASKED,
        survey.c.case_id != other_than,
    )
    return connection.execute(query.limit(1)).first() is not None


def note(connection: Connection, case_id: str, status: str, at: datetime, why: str = "") -> None:
    """Keep how a survey stands: sent, declined, expired, not asked after all."""
    values: dict[str, Any] = {"status": status, "why": why}
    if status == SENT:
        values["sent_at"] = func.coalesce(survey.c.sent_at, at)
    connection.execute(update(survey).where(survey.c.case_id == case_id).values(**values))


def answer(
    connection: Connection,
    case_id: str,
    *,
    csat: int,
    ces: int | None,
    nps: int | None,
    resolved: str | None,
    reasons: Iterable[str],
    comment: str,
    late: bool,
    at: datetime,
) -> None:
    """Keep the answers; those that come too late are kept and not counted."""
    values: dict[str, Any] = {"csat": csat, "ces": ces, "nps": nps, "resolved": resolved, "comment": comment}
    values |= {"status": LATE if late else ANSWERED, "reasons": list(reasons), "counted": not late, "answered_at": at}
    connection.execute(update(survey).where(survey.c.case_id == case_id).values(**values))


def rates(connection: Connection, first: datetime, end: datetime) -> dict[str, int]:
    """How many of the surveys that were sent within a time were answered in time, declined, expired."""
    query = select(survey.c.status, func.count().label("n")).where(survey.c.sent_at >= first, survey.c.sent_at < end)
    found = {row.status: row.n for row in connection.execute(query.group_by(survey.c.status))}
    sent = sum(found.values())
    expired = found.get(EXPIRED, 0) + found.get(LATE, 0)
    return {"sent": sent, "answered": found.get(ANSWERED, 0), "declined": found.get(DECLINED, 0), "expired": expired}


def _where(connection: Connection, *conditions: Any) -> list[Survey]:
    return [_survey(row) for row in connection.execute(select(survey).where(*conditions))]


def _survey(row: Row[Any]) -> Survey:
    values = dict(row._mapping)
    return Survey(**values | {"reasons": tuple(values["reasons"])})
