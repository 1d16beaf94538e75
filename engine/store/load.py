"""How much there is to do: a few counts by index, each bounded, for whoever watches an installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from .tables import NEVER, incident, job, message, task

MOST = 100_000  # a count of so many means so many or more


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What waits in a database; `oldest_due` is the moment since which the oldest due job waits."""

    jobs_due: int
    jobs_parked: int
    incidents_open: int
    tasks_open: int
    messages_waiting: int
    oldest_due: str | None


def counted(found: Select[Any]) -> Select[Any]:
    """How many rows there are, up to the bound."""
    return select(func.count()).select_from(found.limit(MOST).subquery())


NOW: BindParameter[Any] = bindparam("now")
IS_DUE = (job.c.run_at <= NOW, job.c.leased_until.is_distinct_from(NEVER))  # those of suspended cases rest with them
DUE = counted(select(job.c.case_id).where(*IS_DUE))
OLDEST = select(func.min(job.c.run_at)).where(*IS_DUE)
PARKED = counted(select(job.c.case_id).where(job.c.run_at.is_(None)))
INCIDENTS = counted(select(incident.c.id).where(incident.c.closed_at.is_(None)))
TASKS = counted(select(task.c.case_id, task.c.occurrence).distinct())
MESSAGES = counted(select(message.c.id).where(message.c.status == "waiting", message.c.expires_at > NOW))
LOAD = select(
    *(
        found.scalar_subquery().label(name)
        for name, found in (
            ("jobs_due", DUE),
            ("jobs_parked", PARKED),
            ("incidents_open", INCIDENTS),
            ("tasks_open", TASKS),
            ("messages_waiting", MESSAGES),
            ("oldest_due", OLDEST),
        )
    )
)


def load(connection: Connection, now: str) -> Load:
    """What waits at a moment."""
    return Load(**connection.execute(LOAD, {"now": now}).one()._mapping)
