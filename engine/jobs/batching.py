"""The job that works on a lane of a batch: some cases, then it plans itself anew behind all that is due by then.

What goes wrong with one case is that case's outcome, never the end of the batch. What goes wrong beside the cases ends
it as failed, and the batch says of what: nobody has to look for an incident that belongs to no case.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

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
MOST_SAID = 2_000  # characters of an error's text

log = logging.getLogger(__name__)


Written = dict[str, Any]  # a result as it is stored


class Overtaken(Exception):
    """A case has a result already, or its batch is over: what was about to be done to it is not done."""


def work_on(context: Context, row: Job) -> Jobs:
    """Deal with the next cases of a lane; what they leave to be run at once."""
    said = read(bytes(row["payload"]))
    try:
        return next_of_lane(context, row, said["batch"], said["lane"])
    except (Gone, Unavailable):
        raise
    except Exception as error:
        log.exception("batch %s cannot go on", said["batch"])
        fail(context, row, said["batch"], told(error))
        return ()


def next_of_lane(context: Context, row: Job, batch_id: int, lane: int) -> Jobs:
    """The same, with whatever goes wrong beside the cases as it comes."""
    with context.database.reading() as connection:
        if not rows.is_running(connection, batch_id):
            raise Gone
        batch = rows.find(connection, batch_id)
        ids = rows.next_cases(connection, batch_id, lane, CHUNK)
    kind = KINDS.get(batch.kind)
    if kind is None:
        raise EngineError(f"there is no kind {batch.kind} of a batch")
    results, left = dealt_with(context, batch, kind, ids)
    with context.database.writing() as connection:
        bring(context, connection, row, batch, results)
        if rows.next_cases(connection, batch.id, lane, 1):
            rows.plan(connection, batch.id, lane, context.now())
        rows.finish(connection, batch.id, context.now_text())
    return left


def bring(context: Context, connection: Connection, row: Job, batch: Batch, results: dict[int, Written]) -> None:
    """Write what some cases came to; Gone where the batch is over, or somebody else has done this job."""
    rows.lock(connection, batch.id)
    if not rows.is_running(connection, batch.id) or not taken_over(connection, row):
        raise Gone
    for case_id, result in results.items():
        rows.answer(connection, batch.id, case_id, result)


def fail(context: Context, row: Job, batch_id: int, why: str) -> None:
    """End a batch that cannot go on; Gone where somebody else has done this job."""
    with context.database.writing() as connection:
        rows.lock(connection, batch_id)
        if not taken_over(connection, row):
            raise Gone
        rows.end(connection, batch_id, "failed", context.now_text(), why=why)


def dealt_with(context: Context, batch: Batch, kind: Kind, ids: list[int]) -> tuple[dict[int, Written], list[Job]]:
    """The results that are still to be stored, case by case until the batch is cancelled or it took long."""
    results, left, until = dict[int, Written](), list[Job](), perf_counter() + LONGEST
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


def asked(context: Context, batch: Batch, kind: Asking, case_id: int) -> Written:
    """What a case answers."""
    try:
        return rows.written(kind.one(context, batch, CaseId(str(case_id))))
    except Unavailable:
        raise
    except Exception as error:
        return failed(batch, case_id, error)


def changed(context: Context, batch: Batch, kind: Changing, case_id: int) -> tuple[dict[int, Written], list[Job]]:
    """Change a case and store its result with it; a result that is still to be stored says why it failed."""

    def work(connection: Connection) -> list[Job]:
        result, jobs = kind.one(context, connection, batch, CaseId(str(case_id)))
        said = rows.written(result)
        if not rows.is_running(connection, batch.id) or not rows.answer(connection, batch.id, case_id, said):
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


def failed(batch: Batch, case_id: int, error: Exception) -> Written:
    """The result of a case that somebody's fault kept from having one."""
    if not isinstance(error, EngineError):
        log.error("case %s of batch %s failed", case_id, batch.id, exc_info=error)
    return rows.written(Result(outcome=FAILED, detail={"why": told(error)}))


def told(error: Exception) -> str:
    """What an error says, as it can be stored whatever it says."""
    text = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    return text[:MOST_SAID].replace("\0", "").encode("utf-8", "replace").decode()


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {rows.JOB: work_on}
