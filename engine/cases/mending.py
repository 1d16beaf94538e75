"""What a person decides about an incident: its jobs run again, or what failed is given up. Both are steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, select, tuple_

from ..errors import NotFound, Refusal
from ..model import Actor, CaseId
from ..store.tables import incident, job
from .context import Context
from .incidents import close_incident, jobs_of
from .reading import read_case
from .steps import Opened, Taken, demand_open, open_case, take


def retry(context: Context, connection: Connection, incident_id: int, by: Actor, reason: str) -> None:
    """Close an incident and let its jobs run again."""
    opened, row = opened_for(context, connection, incident_id, by)
    let_run(context, connection, opened, row, said(row, reason), by)


def let_run(
    context: Context,
    connection: Connection,
    opened: Opened | None,
    row: Row[Any],
    given: Mapping[str, Any],
    by: Actor,
) -> None:
    """Close an incident that is locked, as is its case, and let its jobs run; a case that goes on takes a step."""
    if opened is not None and opened.row.status in ("open", "suspended"):
        take(context, connection, opened, "retried", given, by)
    close_incident(connection, row.id, context.now_text(), by.name)


def give_up(context: Context, connection: Connection, incident_id: int, by: Actor, reason: str) -> Taken:
    """Close an incident and ask no more: its operators have failed, its messages and starts are dropped.

    An operator that is given up takes the way drawn for its error, else the case goes on without its answer. A timer
    cannot be given up, because the case waits for nothing else there: mend the diagram and migrate, or cancel the case.
    """
    opened, row = opened_for(context, connection, incident_id, by)
    if opened is None:
        raise Refusal("This incident belongs to no case; retry it.")
    demand_open(opened)
    jobs = jobs_of(connection, row)
    kept = sorted({one.kind for one in jobs} & {"timer", "plan"})
    if kept or not jobs:
        raise Refusal(f"There is nothing here that can be given up{': ' + ', '.join(kept) if kept else ''}.")
    operators = sorted(one.occurrence for one in jobs if one.kind == "operator" and one.case_id == opened.id)
    key = tuple_(job.c.case_id, job.c.seq, job.c.n)
    close_incident(connection, incident_id, context.now_text(), by.name)
    connection.execute(delete(job).where(key.in_([(one.case_id, one.seq, one.n) for one in jobs])))
    return take(context, connection, opened, "given_up", {**said(row, reason), "operators": operators}, by)


def opened_for(context: Context, connection: Connection, incident_id: int, by: Actor) -> tuple[Opened | None, Row[Any]]:
    """The case of an open incident, loaded and locked before the incident is; None where it belongs to none."""
    row = connection.execute(select(incident).where(incident.c.id == incident_id)).first()
    if row is None:
        raise NotFound(f"There is no open incident {incident_id}.")
    case_id = CaseId(str(row.case_id))
    if row.case_id == 0:
        return None, row
    read_case(context, connection, case_id, by)
    opened = open_case(context, connection, case_id)
    here = (incident.c.id == incident_id, incident.c.closed_at.is_(None))
    locked = connection.execute(select(incident).where(*here).with_for_update()).first()
    if locked is None:
        raise NotFound(f"There is no open incident {incident_id}.")
    return opened, locked


def said(row: Row[Any], reason: str) -> dict[str, Any]:
    """What a step says of an incident."""
    return {"incident": row.id, "element": row.element, "error": row.error, "reason": reason}
