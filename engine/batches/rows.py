"""The rows of batches: what was asked, the cases, and the outcome of each; written once, whoever comes twice.

The cases of a batch are dealt to lanes by their ids. A lane is worked off by one job at a time, so that as many workers
as there are lanes share a batch, and between two jobs of a lane everything else that is due has its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, insert, select, update

from ..canonical import canonical, instant, moment, read
from ..cases.context import Context
from ..cases.reading import visible_cases
from ..errors import Conflict, NotFound
from ..model import Actor, CaseId
from ..reasons import demand_short
from ..store import files
from ..store.tables import batch, batch_case, case

JOB = "batch"  # the kind of the jobs that work on one
LANES = 16
FAILED = "failed"  # the outcome of a case whose question could not be answered, or whose act was refused

State = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is asked or done of many cases of a process, held against a bundle; who asked, when and for what reason.

    `why` is what a batch has failed of that could not go on.
    """

    id: int
    kind: str
    key: str
    bundle: str
    asked: Mapping[str, Any]
    at: datetime
    by: str
    reason: str
    state: State
    ended_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one case came to: an outcome, the step that it is about, and what there is to say as plain JSON."""

    outcome: str
    seq: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a case that somebody may see."""

    case_id: CaseId
    number: str
    outcome: str
    seq: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch is: how many cases it has, how many came to each outcome, how many it has not come to."""

    total: int
    outcomes: Mapping[str, int]

    @property
    def done(self) -> int:
        """How many cases have an outcome."""
        return sum(self.outcomes.values())

    @property
    def left(self) -> int:
        """How many have none."""
        return self.total - self.done


# Beginning


def start(
    context: Context,
    connection: Connection,
    kind: str,
    key: str,
    bundle: str,
    asked: Mapping[str, Any],
    case_ids: Iterable[int],
    by: Actor,
    reason: str,
) -> Batch:
    """Begin a batch over some cases and leave it to workers; one without any case is done at once."""
    demand_short(reason)
    ids, now = sorted(set(case_ids)), context.now()
    ended = {} if ids else {"ended_at": moment(now)}
    row = {"kind": kind, "key": key, "bundle": bundle, "asked": canonical(dict(asked)).decode(), "at": moment(now)}
    row |= {"by": by.name, "reason": reason, "state": "running" if ids else "done", **ended}
    made = batch_of(connection.execute(insert(batch).values(**row).returning(batch)).one())
    if ids:
        connection.execute(insert(batch_case), [{"batch": made.id, "case_id": one} for one in ids])
    for lane in sorted({one % LANES for one in ids}):
        plan(connection, made.id, lane, now)
    return made


def plan(connection: Connection, batch_id: int, lane: int, at: datetime) -> None:
    """Let a worker go on with a lane of a batch."""
    files.add_job_beside(connection, JOB, at, {"batch": batch_id, "lane": lane})


# Working it off


def lock(connection: Connection, batch_id: int) -> None:
    """Let nobody else bring results of a batch or end it until the transaction is over."""
    connection.execute(select(batch.c.id).where(batch.c.id == batch_id).with_for_update())


OPEN = batch_case.c.batch == bindparam("of_batch"), batch_case.c.outcome.is_(None)
RUNNING = select(batch.c.id).where(batch.c.id == bindparam("batch"), batch.c.state == "running")
NEXT = (
    select(batch_case.c.case_id)
    .where(*OPEN, batch_case.c.case_id % LANES == bindparam("lane"))
    .order_by(batch_case.c.case_id)
    .limit(bindparam("most"))
)
WRITE = (
    update(batch_case)
    .where(*OPEN, batch_case.c.case_id == bindparam("case"))
    .values(outcome=bindparam("said"), seq=bindparam("about"), detail=bindparam("more"))
)


def is_running(connection: Connection, batch_id: int) -> bool:
    """Whether a batch still wants results."""
    return connection.execute(RUNNING, {"batch": batch_id}).first() is not None


def next_cases(connection: Connection, batch_id: int, lane: int, most: int) -> list[int]:
    """The next cases of a lane that have no outcome."""
    return list(connection.execute(NEXT, {"of_batch": batch_id, "lane": lane, "most": most}).scalars())


def written(result: Result) -> dict[str, Any]:
    """A result as it is stored; TypeError or ValueError where it says what is no plain JSON."""
    return {"said": result.outcome, "about": result.seq, "more": canonical(dict(result.detail)).decode()}


def answer(connection: Connection, batch_id: int, case_id: int, said: Mapping[str, Any]) -> bool:
    """Store the written result of a case, once; False where it has one."""
    return connection.execute(WRITE, {"of_batch": batch_id, "case": case_id, **said}).rowcount == 1


def finish(connection: Connection, batch_id: int, at: str) -> None:
    """End a batch all of whose cases have an outcome; whoever calls holds its lock."""
    left = exists().where(batch_case.c.batch == batch_id, batch_case.c.outcome.is_(None))
    end(connection, batch_id, "done", at, ~left)


def end(connection: Connection, batch_id: int, state: State, at: str, *when: Any, why: str | None = None) -> bool:
    """End a batch that is running; False where it is over."""
    here = (batch.c.id == batch_id, batch.c.state == "running", *when)
    return connection.execute(update(batch).where(*here).values(state=state, ended_at=at, why=why)).rowcount == 1


def cancel(context: Context, connection: Connection, batch_id: int) -> Batch:
    """End a batch before it is done; what has an outcome keeps it. Conflict where it is over."""
    found = find(connection, batch_id)
    if not end(connection, batch_id, "cancelled", context.now_text()):
        state = find(connection, batch_id).state
        raise Conflict(f"The batch {found.id} is {state}.", status=state)
    return find(connection, batch_id)


# Looking at it


def find(connection: Connection, batch_id: int) -> Batch:
    """A batch as it stands; NotFound where there is none."""
    row = connection.execute(select(batch).where(batch.c.id == batch_id)).first()
    if row is None:
        raise NotFound(f"There is no batch {batch_id}.")
    return batch_of(row)


def page(connection: Connection, limit: int, after: int | None, **filters: str | None) -> list[Batch]:
    """Batches, newest first; `after` is the last of the page before."""
    found: Select[Any] = select(batch).order_by(batch.c.id.desc()).limit(limit)
    for name, value in filters.items():
        if value is not None:
            found = found.where(batch.c[name] == value)
    return [batch_of(row) for row in connection.execute(found if after is None else found.where(batch.c.id < after))]


def progress(connection: Connection, batch_id: int) -> Progress:
    """How far a batch is."""
    of_batch = select(batch_case.c.outcome, func.count()).where(batch_case.c.batch == batch_id)
    counts = {row[0]: row[1] for row in connection.execute(of_batch.group_by(batch_case.c.outcome))}
    total = sum(counts.values())
    return Progress(total=total, outcomes={name: counts[name] for name in sorted(counts.keys() - {None})})


def answers(
    context: Context,
    connection: Connection,
    batch_id: int,
    actor: Actor,
    outcome: str | None,
    limit: int | None,
    after: int | None,
) -> list[Answer]:
    """The results that an actor may see, of one outcome or of all, by the ids of the cases."""
    here = (
        batch_case.c.batch == batch_id,
        batch_case.c.outcome.is_not(None),
        visible_cases(context, connection, actor),
    )
    found = select(batch_case, case.c.number).join(case, case.c.id == batch_case.c.case_id).where(*here)
    if outcome is not None:
        found = found.where(batch_case.c.outcome == outcome)
    if after is not None:
        found = found.where(batch_case.c.case_id > after)
    return answered(connection.execute(found.order_by(batch_case.c.case_id).limit(limit)).all())


def answered(rows: Sequence[Row[Any]]) -> list[Answer]:
    """Rows as results."""
    return [
        Answer(
            case_id=CaseId(str(row.case_id)),
            number=row.number,
            outcome=row.outcome,
            seq=row.seq,
            detail=read(row.detail) if row.detail else {},
        )
        for row in rows
    ]


def batch_of(row: Row[Any]) -> Batch:
    """A row as a batch."""
    return Batch(
        id=row.id,
        kind=row.kind,
        key=row.key,
        bundle=row.bundle,
        asked=read(row.asked),
        at=instant(row.at),
        by=row.by,
        reason=row.reason,
        state=row.state,
        ended_at=instant(row.ended_at) if row.ended_at else None,
        why=row.why or "",
    )
