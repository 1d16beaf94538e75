"""The rows of cases: what a step loads, and what it stores in its one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, exists, insert, select, text, update

from ..canonical import canonical, instant, moment, normal, read
from ..history.chain import Link
from ..model import Case, CaseId, Incident, Task, TaskId
from .tables import (
    NEVER,
    PAUSED,
    case,
    checkpoint_leaf,
    configuration,
    draft,
    incident,
    job,
    message,
    purge,
    step,
    subscription,
    task,
)

IN_FORCE = (
    select(configuration.c.digest).order_by(configuration.c.version.desc()).limit(1).scalar_subquery().label("config")
)
# Statements of the hot path are built once: building one costs as much as executing it.
FAILED = exists().where(incident.c.case_id == case.c.id, incident.c.closed_at.is_(None)).label("failed")
LOOK = select(case, IN_FORCE, FAILED).where(case.c.id == bindparam("id"))
LOAD = LOOK.with_for_update(of=case)
TASK_NAMES = tuple(column.name for column in task.c)  # a row of tasks begins with these
TASKS = select(task).where(task.c.case_id == bindparam("case_id")).order_by(task.c.occurrence, task.c.queue)
# With the task comes whether its case has any drafts and jobs: most have none, and need not be told to forget them.
ONE_TASK = TASKS.where(task.c.occurrence == bindparam("occurrence")).add_columns(
    exists().where(draft.c.case_id == bindparam("case_id")).label("has_draft"),
    exists().where(job.c.case_id == bindparam("case_id")).label("has_job"),
)
UPDATE_CASE = update(case).where(case.c.id == bindparam("case_id"))
OCCURRENCES: BindParameter[Any] = bindparam("occurrences", expanding=True)
FORGET = {
    table.name: delete(table).where(table.c.case_id == bindparam("case_id"), table.c.occurrence.in_(OCCURRENCES))
    for table in (task, draft, job, subscription)
}
NEXT_NUMBER = text(
    "INSERT INTO counter (prefix, day, value) VALUES (:prefix, :day, 1) "
    "ON CONFLICT (prefix, day) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
INCIDENTS = (
    select(incident).where(incident.c.case_id.in_(bindparam("case_ids", expanding=True))).order_by(incident.c.id.desc())
)
OPEN_INCIDENTS = INCIDENTS.where(incident.c.closed_at.is_(None))
NAMES: BindParameter[Any] = bindparam("names", expanding=True)
WAITING = (message.c.status == "waiting", message.c.expires_at > bindparam("now"))
EARLY = select(message.c.id).where(message.c.name.in_(NAMES), *WAITING).order_by(message.c.id)
KEEP_DRAFT = text(
    'INSERT INTO draft (case_id, occurrence, person, bundle, "values", personal, at) '
    "VALUES (:case_id, :occurrence, :person, :bundle, :values, :personal, :at) "
    "ON CONFLICT (case_id, occurrence, person) DO UPDATE SET "
    'bundle = excluded.bundle, "values" = excluded."values", personal = excluded.personal, at = excluded.at'
)


def load(connection: Connection, case_id: int) -> Row[Any] | None:
    """The row of a case, locked until the transaction ends, with the configuration in force."""
    return connection.execute(LOAD, {"id": case_id}).first()


def look(connection: Connection, case_id: int) -> Row[Any] | None:
    """The row of a case as it stands, not locked, with the configuration in force."""
    return connection.execute(LOOK, {"id": case_id}).first()


def load_plain(connection: Connection, case_id: int) -> Row[Any] | None:
    """The row of a case as it stands, not locked."""
    return connection.execute(select(case).where(case.c.id == case_id)).first()


def tasks_of(connection: Connection, case_id: int, occurrence: int | None = None) -> Sequence[Row[Any]]:
    """The rows of the open tasks of a case, or of one of them: one for each queue."""
    if occurrence is None:
        return connection.execute(TASKS, {"case_id": case_id}).all()
    return connection.execute(ONE_TASK, {"case_id": case_id, "occurrence": occurrence}).all()


def next_id(connection: Connection) -> int:
    """An id for a new case, never given before."""
    if connection.dialect.name == "sqlite":  # the transaction holds the write lock
        last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'case_file'")).scalar()
        return (last or 0) + 1
    return int(connection.execute(text("SELECT nextval(pg_get_serial_sequence('case_file', 'id'))")).scalar_one())


def next_number(connection: Connection, prefix: str, day: str) -> str:
    """The next case number of a process and day, like INQ-20261121-000001."""
    value = connection.execute(NEXT_NUMBER, {"prefix": prefix, "day": day}).scalar_one()
    return f"{prefix}-{day}-{value:06d}"


def insert_case(connection: Connection, row: Mapping[str, Any]) -> None:
    """Store a new case."""
    connection.execute(insert(case), dict(row))


def update_case(connection: Connection, case_id: int, values: Mapping[str, Any]) -> None:
    """Store what a step changed in the case's own row."""
    connection.execute(UPDATE_CASE, {"case_id": case_id, **values})


def append(connection: Connection, link: Link) -> None:
    """Append a step to the history."""
    connection.execute(insert(step), {name: getattr(link, name) for name in Link.__slots__})


def forget(connection: Connection, case_id: int, gone: Mapping[str, Sequence[int]]) -> None:
    """Delete the rows of tokens that are gone, table by table."""
    for name, occurrences in gone.items():
        connection.execute(FORGET[name], {"case_id": case_id, "occurrences": list(occurrences)})


def date_tasks(connection: Connection, case_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Give open tasks other ends; those of timers have no rows, and none is found."""
    for row in rows:
        here = (task.c.case_id == case_id, task.c.occurrence == row["occurrence"])
        connection.execute(update(task).where(*here).values(due=row["due"], provisional=row["provisional"]))


def add_jobs(connection: Connection, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store the jobs of a step, numbered from 1; the rows as they are stored."""
    numbered = [{**row, "n": number} for number, row in enumerate(rows, 1)]
    if numbered:
        connection.execute(insert(job), numbered)
    return numbered


def post(
    connection: Connection,
    case_id: int,
    name: str,
    payload: Mapping[str, Any],
    *,
    at: datetime,
    message_id: str,
    hops: int = 0,
) -> None:
    """Store a message that a worker is to bring to a case at a moment."""
    said = {"name": name, "payload": normal(dict(payload)), "id": message_id}
    add_job_beside(connection, "post", at, said, case_id=case_id, hops=hops)


def add_job_beside(
    connection: Connection, kind: str, at: datetime, payload: Mapping[str, Any], *, case_id: int = 0, hops: int = 0
) -> None:
    """Store a job that no step wrote: its step is 0, and its number is never used again."""
    row = {"case_id": case_id, "seq": 0, "n": secrets.randbits(62), "kind": kind, "occurrence": 0, "hops": hops}
    connection.execute(insert(job).values(**row, run_at=moment(at), attempts=0, payload=canonical(dict(payload))))


def came_early(connection: Connection, names: Sequence[str], now: str) -> bool:
    """Whether a message of one of these names has come before anybody waited for it."""
    return bool(early_messages(connection, names, now))


def early_messages(connection: Connection, names: Sequence[str], now: str) -> list[int]:
    """The messages of these names that nobody has waited for yet, oldest first."""
    return list(connection.execute(EARLY, {"names": list(names), "now": now}).scalars())


def keep_draft(connection: Connection, **row: Any) -> None:
    """Keep somebody's draft of a task in the place of the one before."""
    connection.execute(KEEP_DRAFT, row)


def case_of(row: Any, changed: Mapping[str, Any] | None = None, incidents: Iterable[Incident] = ()) -> Case:
    """A row as a case, with what a step has changed in it since it was read."""
    now = {**row._asdict(), **(changed or {})}
    return Case(
        id=CaseId(str(now["id"])),
        number=now["number"],
        key=now["key"],
        version=now["version"],
        bundle=now["bundle"],
        status=now["status"],
        data=read(bytes(now["state"])).get("data", {}),
        started_at=instant(now["started_at"]),
        started_by=now["started_by"],
        ended_at=instant(now["ended_at"]) if now["ended_at"] else None,
        outcome=now["outcome"],
        confidentiality=now["confidentiality"],
        parent=CaseId(str(now["parent"])) if now["parent"] else None,
        customer=now["customer"],
        subject=now["subject"],
        seq=now["seq"],
        incidents=tuple(incidents),
    )


def task_of(row: Any, name: str, form: str | None) -> Task:
    """A row as a task; its name and its form stand in the bundle."""
    one = dict(zip(TASK_NAMES, row))  # noqa: B905  what stands behind the columns of the table is not of the task
    return Task(
        id=TaskId(f"{one['case_id']}.{one['seq']}.{one['occurrence']}"),
        case_id=CaseId(str(one["case_id"])),
        case_number=one["number"],
        key=one["key"],
        bundle=one["bundle"],
        element=one["element"],
        name=name,
        occurrence=one["occurrence"],
        groups=tuple(one["groups"].split(",")) if one["groups"] else (),
        assignee=one["assignee"],
        due=None if one["due"] in (NEVER, PAUSED) else instant(one["due"]),
        paused=one["due"] == PAUSED,
        provisional=one["provisional"],
        priority=one["priority"],
        offered_at=instant(one["offered_at"]),
        claimed_at=instant(one["claimed_at"]) if one["claimed_at"] else None,
        form=form,
        status="suspended" if one["queue"][0].isupper() else "open",
        confidentiality=one["confidentiality"],
    )


def incident_of(row: Any) -> Incident:
    """A row as an incident."""
    return Incident(
        id=row.id,
        case_id=CaseId(str(row.case_id)),
        element=row.element,
        error=row.error,
        opened_at=instant(row.opened_at),
        last_at=instant(row.last_at),
        count=row._mapping["count"],
        closed_at=instant(row.closed_at) if row.closed_at else None,
        kind=row.kind,
        alike=row.error_hash,
        parked=bool(row.jobs),
    )


def incidents_of(connection: Connection, case_ids: Sequence[int], *, open_only: bool = True) -> list[Incident]:
    """The incidents of some cases, newest first."""
    rows = connection.execute(OPEN_INCIDENTS if open_only else INCIDENTS, {"case_ids": list(case_ids)})
    return [incident_of(row) for row in rows]


def all_incidents(connection: Connection, *, open_only: bool, limit: int, after: int | None = None) -> list[Incident]:
    """The incidents of all cases, newest first; `after` is the last of the page before."""
    found: Select[Any] = select(incident).order_by(incident.c.id.desc()).limit(limit)
    if after is not None:
        found = found.where(incident.c.id < after)
    rows = connection.execute(found.where(incident.c.closed_at.is_(None)) if open_only else found)
    return [incident_of(row) for row in rows]


def all_ids(connection: Connection) -> list[int]:
    """The ids of all cases that have a row or a step, or are sealed or purged, in their order."""
    others = (select(table.c.case_id) for table in (step, checkpoint_leaf, purge))
    return sorted(connection.execute(select(case.c.id).union(*others)).scalars())


def semantics_of(connection: Connection, case_id: int, seq: int) -> int:
    """The rules by which a step was taken."""
    return int(connection.execute(select(step.c.semantics).filter_by(case_id=case_id, seq=seq)).scalar_one())


def steps_of(connection: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The stored rows of a case's history, in their order."""
    return connection.execute(select(step).where(step.c.case_id == case_id).order_by(step.c.seq)).all()


def steps_between(connection: Connection, case_id: int, first: int, last: int) -> Sequence[Row[Any]]:
    """The stored rows of some steps of a case, in their order."""
    here = (step.c.case_id == case_id, step.c.seq.between(first, last))
    return connection.execute(select(step).where(*here).order_by(step.c.seq)).all()


def hashes_of(connection: Connection, case_id: int, seqs: Iterable[int]) -> dict[int, str]:
    """The hashes of some steps of a case, by their numbers."""
    here = (step.c.case_id == case_id, step.c.seq.in_(list(seqs)))
    rows = connection.execute(select(step.c.seq, step.c.hash).where(*here))
    return {row.seq: bytes(row.hash).hex() for row in rows}
