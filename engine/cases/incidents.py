"""Incidents: what technical staff must look at, one row per case, element and error; they stand outside the chain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from ..canonical import digest
from ..errors import NotFound
from ..store.tables import incident, job

LONGEST = 2_000  # characters of an error's text


def open_incident(
    connection: Connection, case_id: int, element: str, error: str, at: str, parked: str | None = None
) -> int:
    """Open an incident, or count it once more; its id."""
    error = error[:LONGEST]
    same = (
        incident.c.case_id == case_id,
        incident.c.element == element,
        incident.c.error_hash == digest(error.encode()),
    )
    times = incident.c["count"].label("times")
    known = connection.execute(select(incident.c.id, times).where(*same)).first()
    if known is not None:
        again: dict[str, Any] = {"last_at": at, "count": known.times + 1, "closed_at": None, "closed_by": None}
        connection.execute(update(incident).where(incident.c.id == known.id).values(**again, job=parked))
        return int(known.id)
    row = {
        "case_id": case_id,
        "element": element,
        "error": error,
        "error_hash": digest(error.encode()),
        "opened_at": at,
        "last_at": at,
        "count": 1,
        "job": parked,
    }
    return int(connection.execute(insert(incident).values(**row).returning(incident.c.id)).scalar_one())


def close_incident(connection: Connection, incident_id: int, at: str, by: str) -> Any:
    """Close an incident, and let its parked job run again; its row. NotFound where there is none open."""
    row = connection.execute(
        select(incident).where(incident.c.id == incident_id, incident.c.closed_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(f"There is no open incident {incident_id}.")
    connection.execute(update(incident).where(incident.c.id == incident_id).values(closed_at=at, closed_by=by))
    if row.job:
        case_id, seq, n = (int(part) for part in row.job.split("."))
        key = (job.c.case_id == case_id, job.c.seq == seq, job.c.n == n)
        connection.execute(update(job).where(*key).values(run_at=at, leased_until=None, attempts=0))
    return row
