"""The job of no case that adds up finished cases: never within a step, a batch at a time, from where it came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from ..cases.context import Context
from ..insight import folding
from ..store import files
from ..store.database import alone
from ..store.tables import job
from .kinds import Gone, Jobs, taken_over
from .leases import Job

KIND = "count"
EVERY = timedelta(minutes=1)
SOME = 500  # cases that one job deals with, so that a worker soon comes to other work


def plan(context: Context) -> None:
    """Plan a run for now, unless one is planned."""
    planned = select(job.c.n).where(job.c.case_id == 0, job.c.kind == KIND)
    with context.database.reading() as connection:
        if connection.execute(planned).first() is not None:
            return
    with context.database.writing() as connection:
        alone(connection, f"plan {KIND}")
        if connection.execute(planned).first() is None:
            files.add_job_beside(connection, KIND, context.now(), {})


def count(context: Context, row: Job) -> Jobs:
    """Add up some cases and plan the next run: at once while there are more."""
    done = folding.fold(context, SOME)
    with context.database.writing() as connection:
        if not taken_over(connection, row):
            raise Gone
        wait = timedelta(0) if done >= SOME else EVERY
        files.add_job_beside(connection, KIND, context.now() + wait, {})
    return ()


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {KIND: count}
