"""Incidents: what technical staff must look at, one row per case, element and error; they stand outside the chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, text, tuple_, update

from ..canonical import digest, storable
from ..errors import NotFound
from ..model import NORMAL, Failure
from ..store.tables import incident, job

LONGEST = 2_000  # characters of an error's text
OPEN = text(
    'INSERT INTO incident (case_id, element, error, error_hash, opened_at, last_at, "count", jobs, '
    "kind, key, confidentiality) "
    "VALUES (:case_id, :element, :error, :error_hash, :at, :at, 1, CAST(:job AS TEXT), "
    ":kind, COALESCE((SELECT key FROM case_file WHERE id = :case_id), :key), "
    "COALESCE((SELECT confidentiality FROM case_file WHERE id = :case_id), :normal)) "
    "ON CONFLICT (case_id, element, error_hash) DO UPDATE SET "
    'last_at = excluded.last_at, "count" = incident."count" + 1, closed_at = NULL, closed_by = NULL, '
    "kind = excluded.kind, "
    "jobs = CASE WHEN ',' || incident.jobs || ',' LIKE '%,' || excluded.jobs || ',%' THEN incident.jobs "
    "ELSE COALESCE(incident.jobs || ',' || excluded.jobs, excluded.jobs, incident.jobs) END RETURNING id"
)


def open_incident(
    connection: Connection,
    case_id: int,
    element: str,
    error: str,
    at: str,
    parked: str | None = None,
    *,
    kind: Failure = "other",
    key: str = "",
) -> int:
    """Open an incident, or count it once more; its id. `key` is the process of what belongs to no case."""
    element, error = storable(element, 200), storable(error, LONGEST)
    row = {"case_id": case_id, "element": element, "error": error, "error_hash": digest(error.encode()), "at": at}
    row |= {"job": parked, "kind": kind, "key": key, "normal": NORMAL}
    return int(connection.execute(OPEN, row).scalar_one())


def settle(connection: Connection, case_id: int, left: set[str] | None, at: str, by: str) -> None:
    """Close the incidents of a case that no job waits for: those of elements that a step has left, or all (None).

    One of a deadlock names all elements at which the case waits; the first that is left ends it.
    """
    here = (incident.c.case_id == case_id, incident.c.closed_at.is_(None))
    for row in connection.execute(select(incident).where(*here).with_for_update()).all():
        if (left is None or left & set(row.element.split(", "))) and not jobs_of(connection, row):
            close_incident(connection, row.id, at, by)


def jobs_of(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """The jobs that were laid aside with an incident and are still there."""
    names = [tuple(map(int, name.split("."))) for name in (row.jobs or "").split(",") if name]
    if not names:
        return ()
    key = tuple_(job.c.case_id, job.c.seq, job.c.n)
    return connection.execute(select(job).where(key.in_(names), job.c.run_at.is_(None))).all()


def close_incident(connection: Connection, incident_id: int, at: str, by: str) -> None:
    """Close an incident, and let its parked jobs run again. NotFound where there is none open."""
    here = (incident.c.id == incident_id, incident.c.closed_at.is_(None))
    row = connection.execute(select(incident.c.jobs).where(*here).with_for_update()).first()
    if row is None:
        raise NotFound(f"There is no open incident {incident_id}.")
    connection.execute(update(incident).where(*here).values(closed_at=at, closed_by=by, jobs=None))
    for name in filter(None, (row.jobs or "").split(",")):
        case_id, seq, n = map(int, name.split("."))
        key = (job.c.case_id == case_id, job.c.seq == seq, job.c.n == n)
        connection.execute(update(job).where(*key).values(run_at=at, leased_until=None, attempts=0, hops=0))
