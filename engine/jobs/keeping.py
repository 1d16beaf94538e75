"""The job that lets go of what is over, and has the purges sealed at its end: until then they would prove nothing."""

from __future__ import annotations

from collections.abc import Callable

from ..canonical import read
from ..cases.context import Context
from ..retention import schedule
from . import sealing
from .kinds import Jobs, taken_over
from .leases import Job


def retain(context: Context, row: Job) -> Jobs:
    """Deal with cases whose time is over, each in a transaction of its own, and plan the next run."""
    following = schedule.run(context, read(bytes(row["payload"])))
    with context.database.writing() as connection:
        if taken_over(connection, row) and following is not None:
            schedule.plan(connection, *following)
    over = following is None or following[0] > context.now()
    return seal_purges(context) if over else ()


def seal_purges(context: Context) -> Jobs:
    """Make a checkpoint, where anybody can sign it; the jobs that bring it to its places."""
    return sealing.seal(context)[1] if context.signing is not None else ()


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {schedule.KIND: retain}
