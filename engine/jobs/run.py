"""Runs what is due: one transaction for each job; each exactly once, a remote operator at least once."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from time import perf_counter

from sqlalchemy import update

from ..canonical import read
from ..cases.context import Context
from ..cases.incidents import open_incident
from ..errors import Refusal, StepFailed, Unavailable
from ..model import CaseId, Failure
from ..observing import JobSeen, Outcome
from ..spiff import NotWaiting
from ..store import files
from ..store.tables import NEVER, job
from . import batching, counting, keeping, kinds, sealing
from .kinds import Gone, Held, Jobs, Later, drop, row_element
from .leases import Job, give_back, lease, next_due, same, still_held

BATCH = 20
MOST_AT_ONCE = 30  # jobs that one thread runs after one commit
MOST_HOPS = 20_000  # jobs in a row that lead to one another; twice the instances of the longest loop over a list
ROUND = "{} jobs in a row have led here, and nobody and no time was waited for: the diagrams lead round in a circle"

REFUSED: dict[str, Failure] = {
    "message": "message",
    "post": "message",
    "deliver": "message",
    "start": "start",
    "plan": "start",
}
RUNNERS = {**kinds.RUNNERS, **sealing.RUNNERS, **keeping.RUNNERS, **batching.RUNNERS, **counting.RUNNERS}

log = logging.getLogger(__name__)


def run_due(context: Context, limit: int | None = None) -> int:
    """Run what is due now, and what that makes due; how many jobs were run."""
    count = 0
    while limit is None or count < limit:
        batch = lease(context, BATCH if limit is None else min(BATCH, limit - count))
        if not batch:
            break
        for done, row in enumerate(batch):
            if row["leased_until"] <= context.now_text():
                break  # the jobs before it took long; whoever is free may take the rest
            try:
                follow_up(context, run(context, row))
            except BaseException:
                give_back(context, batch[done:])
                raise
            count += 1
    return count


def follow_up(context: Context, rows: Jobs) -> None:
    """Run right after a commit what a step has left for its own thread, and what that leaves.

    The step stands whatever comes of it. What is too much, or cannot be reached now, is a worker's when its lease ends.
    """
    todo = deque(rows)
    for _ in range(MOST_AT_ONCE):
        if not todo:
            return
        try:
            todo.extend(run(context, todo.popleft()))
        except Unavailable as error:
            log.warning("left to a worker: %s", error)
            return


def run(context: Context, row: Job) -> Jobs:
    """Run one leased job; whatever goes wrong with it stays with it. What it leaves to be run at once."""
    began = perf_counter()
    try:
        left, outcome = attempt(context, row)
    except Unavailable:
        raise
    except Exception:  # of what takes a failed job aside: the others must not wait for it
        log.exception("a job could not be parked; it is tried again when its lease is over")
        left, outcome = (), "kept"
    seen = JobSeen(
        case_id=CaseId(str(row["case_id"])), kind=row["kind"], outcome=outcome, seconds=perf_counter() - began
    )
    context.observer(seen)
    return left


def attempt(context: Context, row: Job) -> tuple[Jobs, Outcome]:
    """Run a job; what it leaves, and what became of it."""
    try:
        if row["hops"] >= MOST_HOPS:
            raise StepFailed(row_element(row), ROUND.format(f"{MOST_HOPS:,}"), kind="bound")
        return RUNNERS[row["kind"]](replace(context, hops=row["hops"] + 1), row), "done"
    except (Gone, NotWaiting):
        drop(context, row)  # the case went on without it
        return (), "dropped"
    except Held:
        hold(context, row)
        return (), "kept"
    except Later:
        return (), "retried"
    except Unavailable:
        raise
    except Refusal as error:
        park(context, row, error)
    except Exception as error:
        log.exception("a job failed")
        park(context, row, StepFailed(row_element(row), f"{type(error).__name__}: {error}", kind="other"))
    return (), "parked"


def hold(context: Context, row: Job) -> None:
    """Lay a job of a suspended case aside; one that has been resumed meanwhile is due again."""
    with context.database.writing() as connection:
        found = files.load(connection, row["case_id"])
        suspended = found is not None and found.status == "suspended"
        connection.execute(update(job).where(*same(row)).values(leased_until=NEVER if suspended else None))


def park(context: Context, row: Job, error: Refusal) -> None:
    """Lay a job aside for a person to look at, as an incident of the case that it failed in."""
    failed = error if isinstance(error, StepFailed) else StepFailed(row_element(row), str(error), kind=refused(row))
    case_id = int(error.data["case"] if "case" in error.data else row["case_id"])
    with context.database.writing() as connection:
        parked = update(job).where(*still_held(row)).values(run_at=None, leased_until=None)
        if connection.execute(parked).rowcount == 1:
            name = f"{row['case_id']}.{row['seq']}.{row['n']}"
            open_incident(
                connection,
                case_id,
                failed.element,
                failed.why,
                context.now_text(),
                name,
                kind=failed.kind,
                key=str(read(bytes(row["payload"])).get("process", "")),
            )


def refused(row: Job) -> Failure:
    """What kind of failure it is if what a job does is refused."""
    return REFUSED.get(row["kind"], "rule")


__all__ = ["follow_up", "lease", "next_due", "run", "run_due"]
