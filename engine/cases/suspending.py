"""Suspends and resumes a case: while it is suspended nobody can do its tasks, nothing in it fires, messages wait.

Its terms go on: whoever resumes a case late has it late. What came due meanwhile happens right after it is resumed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, update

from ..canonical import moment
from ..errors import Conflict
from ..model import Actor, CaseId
from ..store import files
from ..store.database import alone
from ..store.tables import NEVER, job, task
from .change import Change
from .change import job as made_job
from .context import Context
from .steps import Opened, Taken, demand_open, facts_of, open_case, store_rows, take


def suspend(context: Context, connection: Connection, case_id: CaseId | str, by: Actor, reason: str) -> Taken:
    """Suspend an open case; Conflict where it is not open."""
    opened = open_case(context, connection, case_id)
    demand_open(opened)
    taken = take(context, connection, opened, "suspended", {"reason": reason}, by)
    connection.execute(update(task).where(task.c.case_id == opened.id).values(queue=_queue(func.upper)))
    connection.execute(update(job).where(job.c.case_id == opened.id).values(leased_until=NEVER))
    return taken


def resume(context: Context, connection: Connection, case_id: CaseId | str, by: Actor, reason: str) -> Taken:
    """Resume a suspended case; Conflict where it is not suspended."""
    opened = open_case(context, connection, case_id)
    if opened.row.status != "suspended":
        raise Conflict(f"The case {opened.row.number} is {opened.row.status}.", status=opened.row.status)
    taken = take(context, connection, opened, "resumed", {"reason": reason}, by)
    connection.execute(update(task).where(task.c.case_id == opened.id).values(queue=_queue(func.lower)))
    held = (job.c.case_id == opened.id, job.c.leased_until == NEVER)
    connection.execute(update(job).where(*held).values(leased_until=None))
    return Taken(taken.case, store_rows(context, connection, came_meanwhile(connection, opened)))


def _queue(change: Any) -> Any:
    """The queue of a task with the letter before its colon changed: an upper one is in nobody's inbox."""
    return change(func.substr(task.c.queue, 1, 1)).concat(func.substr(task.c.queue, 2))


def came_meanwhile(connection: Connection, opened: Opened) -> Change:
    """The job that looks for messages that came while the case was suspended, if it waits for any."""
    names = sorted({one.name for one in opened.marking.subscriptions if one.kind == "message"})
    for name in names:
        alone(connection, f"message {name}")  # whoever keeps one now has seen the case suspended, or sees it resumed
    if not (names and files.came_early(connection, names, moment(opened.at))):
        return Change()
    return Change(jobs=[made_job("deliver", facts_of(opened), 0, moment(opened.at), {"names": names})])
