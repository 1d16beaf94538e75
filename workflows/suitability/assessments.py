"""Risk assessments in the database: taken, put in force or dropped; the customer's own row follows the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..tables import customer
from .tables import risk_assessment

TAKEN, IN_FORCE, SUPERSEDED = "TAKEN", "IN_FORCE", "SUPERSEDED"
DROPPED = ("DISPUTED", "UNCONFIRMED", "VOID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One assessment of a customer; without `valid_to` it never came into force."""

    id: int
    customer_id: str
    risk_class: str
    lowest: bool
    taken_at: datetime
    valid_to: date | None
    score: int
    answers_hash: str
    status: str


def latest(connection: Connection, customer_id: str) -> Assessment | None:
    """The assessment that is in force or was last; whether it still counts, its `valid_to` says."""
    found = of_customer(connection, customer_id)
    return next((one for one in found if one.status == IN_FORCE), None)


def of_customer(connection: Connection, customer_id: str) -> list[Assessment]:
    """Every assessment of a customer, newest first."""
    query = select(risk_assessment).where(risk_assessment.c.customer_id == customer_id)
    order = (risk_assessment.c.taken_at.desc(), risk_assessment.c.id.desc())
    return [_assessment(row) for row in connection.execute(query.order_by(*order))]


def get(connection: Connection, id: int) -> Assessment | None:
    """The assessment of an id."""
    row = connection.execute(select(risk_assessment).where(risk_assessment.c.id == id)).one_or_none()
    return None if row is None else _assessment(row)


def take(
    connection: Connection,
    *,
    customer_id: str,
    case_id: str,
    case_number: str,
    questionnaire: str,
    answers_hash: str,
    score: int,
    risk_class: str,
    at: datetime,
) -> int:
    """Keep what a questionnaire came to; it counts towards the quotas, and for nothing else yet."""
    made = insert(risk_assessment).values(
        customer_id=customer_id,
        case_id=case_id,
        case_number=case_number,
        questionnaire=questionnaire,
        answers_hash=answers_hash,
        score=score,
        risk_class=risk_class,
        lowest=False,
        taken_at=at,
        status=TAKEN,
    )
    return int(connection.execute(made.returning(risk_assessment.c.id)).scalar_one())


def put_in_force(connection: Connection, id: int, *, lowest: bool, valid_to: date) -> Assessment:
    """Let an assessment supersede the one before it, and the customer's row follow."""
    found = get(connection, id)
    if found is None or found.status != TAKEN:
        raise ValueError(f"the assessment {id} is not one that was taken and waits")
    table = risk_assessment.c
    before = (table.customer_id == found.customer_id, table.status == IN_FORCE)
    connection.execute(update(risk_assessment).where(*before).values(status=SUPERSEDED))
    now = {"lowest": lowest, "valid_to": valid_to, "status": IN_FORCE}
    connection.execute(update(risk_assessment).where(table.id == id).values(**now))
    connection.execute(
        update(customer)
        .where(customer.c.id == found.customer_id)
        .values(risk_class=found.risk_class, lowest_class=lowest, assessment_valid_to=valid_to)
    )
    put = get(connection, id)
    assert put is not None
    return put


def drop(connection: Connection, id: int, status: str) -> None:
    """Close an assessment that does not come into force."""
    if status not in DROPPED:
        raise ValueError(f"{status} is no reason to drop an assessment; there are {', '.join(DROPPED)}")
    waiting = (risk_assessment.c.id == id, risk_assessment.c.status == TAKEN)
    if not connection.execute(update(risk_assessment).where(*waiting).values(status=status)).rowcount:
        raise ValueError(f"the assessment {id} is not one that was taken and waits")


def add(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Store assessments of the past as they are."""
    if listed := list(rows):
        connection.execute(insert(risk_assessment), listed)


def _assessment(row: Row[Any]) -> Assessment:
    return Assessment(**{name: getattr(row, name) for name in Assessment.__dataclass_fields__})
