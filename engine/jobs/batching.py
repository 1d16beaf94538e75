"""The job that works on a lane of a batch: some cases, then it plans itself anew behind all that is due by then.

What goes wrong with one case is that case's outcome, never the end of the batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter

from sqlalchemy import Connection

from ..batches import rows
from ..batches.kinds import KINDS, Asking, Changing, Kind
from ..batches.rows import FAILED, Batch, Result
from ..canonical import read
from ..cases.context import Context
from ..cases.steps import settled
from ..errors import EngineError, Unavailable
from ..model import CaseId
from .kinds import Gone, Jobs, taken_over
from .leases import Job

CHUNK = 50  # cases that one job deals with
MOST_LEFT = 20  # jobs that it leaves to be run at once, before it lets another job go on
LONGEST = 5.0  # seconds after which it does the same, so that a worker soon comes to other work

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """A case has a result already, or its batch is over: what was about to be done to it is not done."""


def work_on(context: Context, row: Job) -> Jobs:
    """Deal with the next cases of a lane; what they leave to be run at once."""
    said = read(bytes(row["payload"]))
    with context.database.reading() as connection:
        batch = rows.load(connection, said["batch"])
        ids = rows.next_cases(connection, said["batch"], said["lane"], CHUNK)
    if batch is None or batch.state != "running":
        raise Gone
    kind = KINDS.get(batch.kind)
    if kind is None:
        return no_such_kind(context, row, batch)
    results, left = dealt_with(context, batch, kind, ids)
    with context.database.writing() as connection:
        bring(context, connection, row, batch, results)
        if rows.next_cases(connection, batch.id, said["lane"], 1):
            rows.plan(connection, batch.id, said["lane"], context.now())
        rows.finish(connection, batch.id, context.now_text())
    return left


def bring(context: Context, connection: Connection, row: Job, batch: Batch, results: dict[int, Result]) -> None:
    """Write what some cases came to; Gone where the batch is over, or somebody else has done this job."""
    rows.lock(connection, batch.id)
    if not rows.is_running(connection, batch.id) or not taken_over(connection, row):
        raise Gone
    for case_id, result in results.items():
        rows.answer(connection, batch.id, case_id, result)


def no_such_kind(context: Context, row: Job, batch: Batch) -> Jobs:
    """End a batch that nobody here can work on."""
    log.error("there is no kind %s of a batch", batch.kind)
    with context.database.writing() as connection:
        taken_over(connection, row)
        rows.end(connection, batch.id, "failed", context.now_text())
    return ()


def dealt_with(context: Context, batch: Batch, kind: Kind, ids: list[int]) -> tuple[dict[int, Result], list[Job]]:
    """The results that are still to be written, case by case until the batch is cancelled or it took long."""
    results, left, until = dict[int, Result](), list[Job](), perf_counter() + LONGEST
    for case_id in ids:
        with context.database.reading() as connection:
            wanted = rows.is_running(connection, batch.id)
        if not wanted or len(left) >= MOST_LEFT or (perf_counter() > until and case_id != ids[0]):
            break
        match kind:
            case Asking():
                results[case_id] = asked(context, batch, kind, case_id)
            case Changing():
                unwritten, jobs = changed(context, batch, kind, case_id)
                results |= unwritten
                left += jobs
    return results, left


def asked(context: Context, batch: Batch, kind: Asking, case_id: int) -> Result:
    """What a case answers."""
    try:
        return kind.one(context, batch, CaseId(str(case_id)))
    except Unavailable:
        raise
    except Exception as error:
        return failed(batch, case_id, error)


def changed(context: Context, batch: Batch, kind: Changing, case_id: int) -> tuple[dict[int, Result], list[Job]]:
    """Change a case and write its result with it; a result that is still to be written says why it failed."""

    def work(connection: Connection) -> list[Job]:
        result, jobs = kind.one(context, connection, batch, CaseId(str(case_id)))
        if not rows.is_running(connection, batch.id) or not rows.answer(connection, batch.id, case_id, result):
            raise Overtaken
        return list(jobs)

    try:
        return {}, settled(context, work)
    except Overtaken:
        return {}, []
    except Unavailable:
        raise
    except Exception as error:
        return {case_id: failed(batch, case_id, error)}, []


def failed(batch: Batch, case_id: int, error: Exception) -> Result:
    """The result of a case that somebody's fault kept from having one."""
    if isinstance(error, EngineError):
        return Result(outcome=FAILED, detail={"why": str(error)})
    log.error("case %s of batch %s failed", case_id, batch.id, exc_info=error)
    return Result(outcome=FAILED, detail={"why": f"{type(error).__name__}: {error}"})


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {rows.JOB: work_on}
