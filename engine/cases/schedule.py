"""Processes that begin by the clock: the time of their start event says when the next case of them begins.

The next start is one job of no case. It is planned when a version goes in force, and again by the start itself; what
was missed while nobody worked is made up for once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from ..bundles import Bundle
from ..canonical import read
from ..configuration import Configuration
from ..diagram import Element
from ..errors import Refusal
from ..feel import ExpressionError, compile_expression
from ..store import files
from ..store.tables import job

KIND = "plan"


def plan(connection: Connection, bundle: Bundle, configuration: Configuration, at: datetime) -> None:
    """Plan the next start of a process in the place of the one before; a process that people begin has none."""
    forget(connection, bundle.key)
    if event := timed_start(bundle):
        begins = next_start(event, configuration, at)
        files.add_job_beside(connection, KIND, begins, {"process": bundle.key, "element": event.id})


def forget(connection: Connection, key: str) -> None:
    """Take back the next start of a process."""
    planned = connection.execute(select(job).where(job.c.case_id == 0, job.c.kind == KIND)).all()
    for row in planned:
        if read(bytes(row.payload))["process"] == key:
            connection.execute(delete(job).where(job.c.case_id == 0, job.c.seq == 0, job.c.n == row.n))


def timed_start(bundle: Bundle) -> Element | None:
    """The start event of a process that begins by the clock."""
    starts = bundle.diagram.start_events() if bundle.diagram else ()
    return next((start for start in starts if start.event is not None and start.event.kind == "timer"), None)


def next_start(event: Element, configuration: Configuration, at: datetime) -> datetime:
    """When the next case begins; Refusal where the expression gives no moment to come."""
    assert event.event is not None
    text = event.event.expression or ""
    try:
        given = compile_expression(text, configuration.language).evaluate({}, now=at)
        begins = configuration.calendars.due(given, at).at
    except (ExpressionError, ValueError) as error:
        raise Refusal(f"{text} is no time at which a case can begin: {error}") from error
    if begins <= at:
        raise Refusal(f"{text} is over; a case can only begin at a moment to come.")
    return begins
