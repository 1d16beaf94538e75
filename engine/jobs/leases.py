"""Leases of jobs: a worker takes some that are due for a while, and gives back what it could not finish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select, tuple_, update

from ..canonical import moment
from ..cases import messages
from ..cases.context import Context
from ..errors import Unavailable
from ..store.tables import NEVER, job, message

Job = Mapping[str, Any]


def lease(context: Context, most: int) -> list[Job]:
    """Take some due jobs for a while; nobody else runs them until the lease is over."""
    now = context.now()
    due = and_(job.c.run_at <= moment(now), is_free(now, context.policy.lease))
    over = and_(message.c.status == "waiting", message.c.expires_at <= moment(now))
    with context.database.reading() as connection:  # most polls find nothing, and must not wait for a writer
        work, old = connection.execute(select(earliest(job.c.run_at, due), earliest(message.c.expires_at, over))).one()
    if old is not None:
        with context.database.writing() as connection:
            messages.expire(context, connection)
    if work is None:
        return []
    key = (job.c.case_id, job.c.seq, job.c.n)
    # By the index alone: thousands are due at the same moment where terms end with the shift, and none is sorted twice.
    first = select(*key).where(due).order_by(job.c.run_at).limit(most).with_for_update(skip_locked=True).cte()
    taken = update(job).where(tuple_(*key).in_(select(first))).values(leased_until=moment(now + context.policy.lease))
    with context.database.writing() as connection:
        rows = [row._asdict() for row in connection.execute(taken.returning(job))]
    return sorted(rows, key=lambda row: (row["run_at"], row["case_id"], row["seq"], row["n"]))


def earliest(moments: ColumnElement[str], where: ColumnElement[bool]) -> ScalarSelect[str]:
    """The earliest of the moments that fulfil a condition; by its index, where EXISTS might be looked for in all rows.

    PostgreSQL takes a third of the rows for due where it does not know the moment, and reads them from the first on.
    """
    return select(moments).where(where).order_by(moments).limit(1).scalar_subquery()


def is_free(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """The condition that nobody holds a job: its lease is over, or so far ahead that the clock was put back since."""
    until, longest = job.c.leased_until, moment(now + 2 * lease)  # clocks of two machines may differ by a lease
    return or_(until.is_(None), until <= moment(now), and_(until > longest, until < NEVER))


def give_back(context: Context, rows: Sequence[Job]) -> None:
    """Let others have what this worker cannot finish."""
    for row in rows:  # one at a time: who holds one job must not wait for another
        with suppress(Unavailable), context.database.writing() as connection:
            connection.execute(update(job).where(*still_held(row)).values(leased_until=None))


def postpone(context: Context, row: Job, run_at: datetime, attempts: int) -> None:
    """Let a job that has failed wait for its next attempt."""
    later = {"run_at": moment(run_at), "leased_until": None, "attempts": attempts}
    with context.database.writing() as connection:
        connection.execute(update(job).where(*still_held(row)).values(**later))


def same(row: Job) -> tuple[ColumnElement[bool], ...]:
    """The condition that finds a job by its key."""
    return job.c.case_id == row["case_id"], job.c.seq == row["seq"], job.c.n == row["n"]


def still_held(row: Job) -> tuple[ColumnElement[bool], ...]:
    """The condition that finds a job by its key as long as nobody else has taken it over."""
    return *same(row), job.c.leased_until == row["leased_until"]


def next_due(context: Context) -> str | None:
    """When the next job is due, as a canonical moment."""
    with context.database.reading() as connection:
        held = job.c.leased_until.is_not_distinct_from(NEVER)
        return connection.execute(select(func.min(job.c.run_at)).where(~held)).scalar()
