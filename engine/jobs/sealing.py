"""Jobs of no case: the next checkpoint is made by the clock, and each is brought to every place where it belongs."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from ..canonical import canonical, moment, read
from ..cases.context import Context
from ..cases.incidents import open_incident
from ..errors import Refusal, StepFailed, Unavailable
from ..proof import checkpoints
from ..proof.checkpoints import Checkpoint
from ..proof.documents import document_of
from ..store import files
from ..store.database import alone
from ..store.tables import job
from .kinds import Gone, Jobs, Later, taken_over
from .leases import Job, postpone

SEAL, PUBLISH = "seal", "publish"
FIRST_WAIT, LONGEST_WAIT, RETRIES = timedelta(seconds=30), timedelta(hours=6), 20  # about three days of trying

log = logging.getLogger(__name__)


def plan(context: Context) -> None:
    """Plan a checkpoint for now, unless one is planned or nobody can sign it."""
    if context.signing is None:
        return
    planned = select(job.c.n).where(job.c.case_id == 0, job.c.kind == SEAL)
    with context.database.reading() as connection:
        if connection.execute(planned).first() is not None:
            return
    with context.database.writing() as connection:
        alone(connection, f"plan {SEAL}")
        if connection.execute(planned).first() is None:
            files.add_job_beside(connection, SEAL, context.now(), {})


def seal(context: Context, successor: str = "") -> tuple[Checkpoint | None, Jobs]:
    """Make a checkpoint if there is anything new, and the jobs that bring it to its places."""
    if context.signing is None:
        raise Refusal("This engine was opened without a key to sign checkpoints.")
    with context.database.reading() as connection:
        prepared = checkpoints.prepare(connection, context.signing(), context.now(), successor)
    if prepared is None:
        return None, ()
    with context.database.writing() as connection:
        if not checkpoints.store(connection, prepared):
            return None, ()  # another one has sealed the same
        rows = [_publishing(context, prepared.checkpoint.number, name) for name in context.sinks]
        if rows:
            connection.execute(insert(job), rows)
    return prepared.checkpoint, rows


def _publishing(context: Context, number: int, sink: str) -> dict[str, Any]:
    """The job that brings a checkpoint to a place; it is leased to the thread that made it."""
    now = context.now()
    held = {"run_at": moment(now), "leased_until": moment(now + context.policy.lease), "attempts": 0, "hops": 0}
    payload = canonical({"checkpoint": number, "element": SEAL, "sink": sink})
    key = {"case_id": 0, "seq": 0, "n": secrets.randbits(62)}
    return {**key, "kind": PUBLISH, "occurrence": 0, **held, "payload": payload}


def seal_by_clock(context: Context, row: Job) -> Jobs:
    """Make the checkpoint whose time has come and plan the next; what goes wrong is an incident, the plan goes on."""
    why = ""
    left: Jobs = ()
    try:
        _, left = seal(context)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("a checkpoint could not be made")
        why = f"{type(error).__name__}: {error}"
    with context.database.writing() as connection:
        alone(connection, f"plan {SEAL}")
        if not taken_over(connection, row):
            raise Gone
        if why:
            open_incident(connection, 0, SEAL, why, context.now_text(), kind="checkpoint")
        if context.signing is not None:
            files.add_job_beside(connection, SEAL, context.now() + context.policy.seal_every, {})
    return left


def publish(context: Context, row: Job) -> Jobs:
    """Bring a checkpoint to a place outside; what fails is tried again, in the end it is an incident."""
    said = read(bytes(row["payload"]))
    sink = context.sinks.get(said["sink"])
    with context.database.reading() as connection:
        made = checkpoints.find(connection, said["checkpoint"])
        document = document_of(connection, made) if made else None
    if sink is None or document is None:
        raise Gone
    try:
        sink.put(document)
    except Exception as error:
        attempts = row["attempts"] + 1
        why = f"checkpoint {said['checkpoint']} did not reach {said['sink']}: {type(error).__name__}: {error}"
        log.warning("%s", why)
        if attempts > RETRIES or isinstance(error, Refusal):
            raise StepFailed(SEAL, why, kind="checkpoint") from error
        wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)
        postpone(context, row, context.now() + wait, attempts)
        raise Later from error
    with context.database.writing() as connection:
        taken_over(connection, row)
    return ()


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {SEAL: seal_by_clock, PUBLISH: publish}
