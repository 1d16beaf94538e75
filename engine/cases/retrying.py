"""Many incidents are retried together, those that are alike: a batch, in which each is a step of its case.

Who asks for the same a second time while it runs gets the batch that runs. What has been closed by then is left alone,
and what fails again is open again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from ..batches import rows
from ..batches.rows import Batch, Result
from ..canonical import canonical
from ..errors import Conflict, Refusal
from ..model import Actor, CaseId
from ..store.database import alone
from ..store.tables import batch
from . import failures
from .context import Context
from .failures import Failed
from .mending import let_run, said
from .steps import open_case

RETRY = "retry"  # the kind of the batch
RETRIED, OVER = "retried", "over"  # what becomes of a case: over is whatever was closed in the meantime


def begin(context: Context, connection: Connection, failed: Failed, by: Actor, reason: str) -> Batch:
    """Begin to retry all open incidents that fit and somebody may see, or find the batch that does so.

    Refusal where neither process nor element is named; Conflict where none of them is open any more.
    """
    if not failed.key or not failed.element:
        raise Refusal("Say at which element of which process.")
    asked = {name: value for name, value in asdict(failed).items() if value is not None}
    alone(connection, f"retry {failed.key}")
    here = (batch.c.kind == RETRY, batch.c.key == failed.key, batch.c.state == "running")
    same = batch.c.asked == canonical(asked).decode()
    if (row := connection.execute(select(batch).where(*here, same)).first()) is not None:
        return rows.batch_of(row)
    cases = failures.cases_of(context, connection, failed, by)
    if not cases:
        raise Conflict("None of these incidents is open any more.", how="closed")
    return rows.start(context, connection, RETRY, failed.key, "", asked, cases, by, reason)


def one(
    context: Context, connection: Connection, batch: Batch, case_id: CaseId
) -> tuple[Result, Iterable[Mapping[str, Any]]]:
    """Retry what is open of a case, each incident by a step of its own."""
    opened, by = open_case(context, connection, case_id), Actor(batch.by)
    found = failures.lock_of_case(connection, opened.id, Failed(**batch.asked))
    for row in found:
        let_run(context, connection, opened, row, {**said(row, batch.reason), "batch": batch.id}, by)
        opened = open_case(context, connection, case_id)
    return Result(outcome=RETRIED if found else OVER, seq=opened.row.seq), ()


__all__ = ["OVER", "RETRIED", "RETRY", "begin", "one"]
