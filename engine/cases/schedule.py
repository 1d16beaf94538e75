"""Processes that begin by the clock: the time of their start event says when the next case of them begins.

The next start is one job of no case. It is planned when a version goes in force, and again by the start itself; what
was missed while nobody worked is made up for once. While several versions have a share of the new cases, the one that
most of them begin with says when, or else the last of those that begin by the clock. A version that waits for its
moment has a job of its own, which wakes the plan then.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from ..bundles import Bundle
from ..calendars.terms import SHORTEST
from ..canonical import read
from ..configuration import Configuration
from ..diagram import Element
from ..errors import Refusal
from ..feel import ExpressionError, compile_expression, parse_duration, parse_repeating
from ..store import files, rollouts, shelf
from ..store.database import alone
from ..store.tables import job
from .context import Context

KIND = "plan"


class Over(Refusal):
    """The moment at which a case was to begin is over."""


def follow(context: Context, connection: Connection, key: str, configuration: Configuration) -> None:
    """Bring the plan of a process to the versions that are in force: what is planned by the same one stays."""
    plan_alone(connection, key)
    bundle = leading(context, connection, key)
    planned = [read(bytes(row.payload)) for row in jobs_of(connection, key)]
    if [one.get("bundle") for one in planned if "wake" not in one] != ([bundle.digest] if bundle else []):
        plan(connection, key, bundle, configuration, context.now())
    wake(context, connection, key)


def plan(
    connection: Connection,
    key: str,
    bundle: Bundle | None,
    configuration: Configuration,
    at: datetime,
    since: datetime | None = None,
) -> None:
    """Plan the next start of a process in the place of the one that was due; none where it comes no more."""
    plan_alone(connection, key)
    forget(connection, key)
    if bundle is None or (event := timed_start(bundle)) is None:
        return
    with suppress(Over):
        begins = next_start(event, configuration, at, since or at)
        said = {"process": key, "element": event.id, "bundle": bundle.digest}
        files.add_job_beside(connection, KIND, begins, said)


def leading(context: Context, connection: Connection, key: str) -> Bundle | None:
    """The version that says when cases of a process begin by the clock; None where nothing does."""
    asked = rollouts.standing(connection, key, context.now_text())
    bundles = (context.shelf.bundle(connection, turn.deployment.bundle) for turn in reversed(asked))
    return next((bundle for bundle in bundles if timed_start(bundle)), None)


def wake(context: Context, connection: Connection, key: str) -> None:
    """Plan to look at the plan again at the moment at which the next version comes in force, if it needs one."""
    forget(connection, key, waking=True)
    coming = rollouts.coming(rollouts.history(connection, key), context.now())
    known = {one.version: one.bundle for one in shelf.deployments(connection, key)} if coming else {}
    bundles = [context.shelf.bundle(connection, known[row.version]) for row in coming]
    if any(map(timed_start, bundles)) or (coming and leading(context, connection, key)):
        first = min(row.effective_at for row in coming)
        files.add_job_beside(connection, KIND, first, {"process": key, "wake": True})


def plan_alone(connection: Connection, key: str) -> None:
    """Let nobody else plan the next start of a process until the transaction ends; before its job is touched."""
    alone(connection, f"{KIND} {key}")


def forget(connection: Connection, key: str, *, waking: bool = False) -> None:
    """Take back the next start of a process, or the moment at which its plan is looked at again."""
    for row in jobs_of(connection, key):
        if ("wake" in read(bytes(row.payload))) == waking:
            connection.execute(delete(job).where(job.c.case_id == 0, job.c.seq == 0, job.c.n == row.n))


def jobs_of(connection: Connection, key: str) -> list[Row[Any]]:
    """The jobs that plan the starts of a process."""
    planned = connection.execute(select(job).where(job.c.case_id == 0, job.c.kind == KIND))
    return [row for row in planned if read(bytes(row.payload))["process"] == key]


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
        raise Over(f"{text} is over; a case can only begin at a moment to come.")
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
