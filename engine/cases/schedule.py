"""Processes that begin by the clock: the time of their start event says when the next case of them begins.

The next start is one job of no case. It is planned when a version goes in force, and again by the start itself; what
was missed while nobody worked is made up for once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from ..bundles import Bundle
from ..calendars.terms import SHORTEST
from ..canonical import read
from ..configuration import Configuration
from ..diagram import Element
from ..errors import Refusal
from ..feel import ExpressionError, compile_expression, parse_duration, parse_repeating
from ..store import files
from ..store.database import alone
from ..store.tables import job

KIND = "plan"


def plan(
    connection: Connection, bundle: Bundle, configuration: Configuration, at: datetime, since: datetime | None = None
) -> None:
    """Plan the next start of a process in the place of the one that was due; one that people begin has none."""
    plan_alone(connection, bundle.key)
    forget(connection, bundle.key)
    if event := timed_start(bundle):
        begins = next_start(event, configuration, at, since or at)
        files.add_job_beside(connection, KIND, begins, {"process": bundle.key, "element": event.id})


def plan_alone(connection: Connection, key: str) -> None:
    """Let nobody else plan the next start of a process until the transaction ends; before its job is touched."""
    alone(connection, f"{KIND} {key}")


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


def next_start(event: Element, configuration: Configuration, at: datetime, since: datetime) -> datetime:
    """When the next case begins; Refusal where the expression gives no moment to come."""
    assert event.event is not None
    text, cyclic = event.event.expression or "", event.event.timer == "timeCycle"
    try:
        begins = after(text, configuration, at, since) if cyclic else moment_of(text, configuration, at)
    except (ExpressionError, ValueError) as error:
        raise Refusal(f"{text} is no time at which a case can begin: {error}") from error
    if begins <= at:
        raise Refusal(f"{text} is over; a case can only begin at a moment to come.")
    return begins


def after(text: str, configuration: Configuration, at: datetime, since: datetime) -> datetime:
    """The moment of a cycle after the one that was due, or after those that have gone by; a late worker shifts none."""
    times, every = parse_repeating(str(value_of(text, configuration, since))) or (0, "")
    if times:
        raise ValueError("it goes on without end; leave the number out, as in R/P7D")
    length = parse_duration(every)
    if isinstance(length, timedelta) and length >= SHORTEST:
        return since + ((at - since) // length + 1) * length
    begins = since
    while begins <= at:
        before, begins = begins, moment_of(text, configuration, begins)
        if begins - before < SHORTEST:
            raise ValueError("it comes again within less than a minute")
    return begins


def moment_of(text: str, configuration: Configuration, at: datetime) -> datetime:
    """The moment that an expression means, seen from another one."""
    value = value_of(text, configuration, at)
    _, every = (parse_repeating(value) if isinstance(value, str) else None) or (0, value)
    return configuration.calendars.due(every, at).at


def value_of(text: str, configuration: Configuration, at: datetime) -> Any:
    """The value of an expression that reads no data."""
    return compile_expression(text, configuration.language).evaluate({}, now=at)
