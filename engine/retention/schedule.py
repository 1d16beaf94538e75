"""The job of no case that runs retention once a day, in batches; it remembers how far each disposition has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from ..cases.context import Context
from ..model import SYSTEM
from ..store import files
from ..store.database import alone
from ..store.tables import job
from .running import Run, as_places

KIND = "retain"
EVERY = timedelta(days=1)
BATCH = 50  # cases that one job deals with, so that a worker soon comes to other work


def plan_first(context: Context) -> None:
    """Plan the first run where the policy has rules and none is planned."""
    if not context.policy.retention:
        return
    with context.database.reading() as connection:
        planned = is_planned(connection)
    if not planned:
        with context.database.writing() as connection:
            alone(connection, KIND)
            if not is_planned(connection):
                plan(connection, context.now() + EVERY, {})


def is_planned(connection: Connection) -> bool:
    """Whether a run waits, be it that it was laid aside for a person to look at."""
    return connection.execute(select(job.c.n).where(job.c.case_id == 0, job.c.kind == KIND)).first() is not None


def plan(connection: Connection, at: datetime, reached: Mapping[str, Any]) -> None:
    """Plan a run."""
    files.add_job_beside(connection, KIND, at, {"reached": {name: list(one) for name, one in reached.items()}})


def run(context: Context, asked: Mapping[str, Any]) -> tuple[datetime, Mapping[str, Any]] | None:
    """Run what a job asks for; when the next run is and from where, None where it asked for some cases only."""
    if "cases" in asked:
        Run(context=context, by=SYSTEM).these(asked["cases"])
        return None
    retained = Run(context=context, by=SYSTEM, limit=BATCH).all_due(as_places(asked["reached"]))
    return context.now() + (timedelta(0) if retained.more else EVERY), retained.reached
