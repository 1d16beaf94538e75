"""Terms that ran past the last year whose working days were known get their true end as soon as that year is loaded.

Such a term was counted by the rule of the week, as the calendars count what they do not know. So its end is the k-th
working day after the years that were known, and the k-th true one is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from ..calendars import Calendars
from ..calendars.days import ONE_DAY, nth_after
from ..canonical import instant, moment, read
from ..configuration import Configuration
from ..model import SYSTEM, Effect
from ..store import files
from ..store.database import alone
from ..store.tables import job, step, task
from .change import Row as JobRow
from .change import term_jobs
from .context import Context
from .steps import YEARS, Opened, Taken, facts_of, take

KIND = "redate"


def plan(connection: Connection, before: Configuration, after: Configuration, at: datetime) -> None:
    """Have a worker look at every case with a term or a timer in a year that is known now and was not before."""
    if after.last_year > before.last_year:
        alone(connection, YEARS)  # a step that has counted without it is seen by the next question, or counts anew
        beyond = moment(datetime(before.last_year + 1, 1, 1, tzinfo=before.zone))
        tasks = select(task.c.case_id).where(task.c.provisional)
        timers = select(job.c.case_id).where(job.c.kind == "timer", job.c.run_at >= beyond)
        for case_id in connection.execute(tasks.union(timers)).scalars().all():
            files.add_job_beside(connection, KIND, at, {"known": before.last_year}, case_id=case_id)


def redate(context: Context, connection: Connection, opened: Opened, known: int) -> Taken | None:
    """Take the step that dates the provisional terms and timers of a case anew; None where it has none."""
    calendars = opened.configuration.calendars
    rows = connection.execute(select(task).where(task.c.case_id == opened.id, task.c.provisional)).all()
    dues = {row.occurrence: row.due for row in rows}
    timers = {timer.occurrence: timer.due for timer in opened.marking.timers if timer.provisional}
    if not (dues or timers):
        return None
    given = {
        "tasks": {str(occurrence): meant(calendars, due, known) for occurrence, due in sorted(dues.items())},
        "timers": {str(occurrence): meant(calendars, due, known) for occurrence, due in sorted(timers.items())},
        "last": calendars.business.last_year,
    }
    taken = take(context, connection, opened, "redated", given, SYSTEM)
    effects = {effect.occurrence: effect for effect in effects_of(connection, opened.id, opened.next_seq)}
    for occurrence in timers:
        here = (job.c.case_id == opened.id, job.c.kind == "timer", job.c.occurrence == occurrence)
        connection.execute(update(job).where(*here).values(run_at=effects[occurrence].detail["due"]))
    reminders = [made for row in {row.occurrence: row for row in rows}.values()
                 for made in _moved(context, connection, opened, row, effects[row.occurrence])]  # fmt: skip
    files.add_jobs(connection, reminders)
    return taken


def meant(calendars: Calendars, due: str, known: int) -> str:
    """The moment that was meant by one that was counted by the rule of the week after the last known year."""
    local, last = calendars.local(instant(due)), date(known, 12, 31)
    count = sum(day.weekday() not in calendars.business.weekend for day in days(last, local.date()))
    day = nth_after(last, count, calendars.business.is_expected) if count else local.date()
    return moment(datetime.combine(day, local.timetz()).astimezone(UTC))


def days(after: date, to: date) -> Iterable[date]:
    """The days after one, to another."""
    return (after + ONE_DAY * number for number in range(1, (to - after).days + 1))


def effects_of(connection: Connection, case_id: int, seq: int) -> list[Effect]:
    """What followed from a step."""
    here = select(step.c.effects).where(step.c.case_id == case_id, step.c.seq == seq)
    return [Effect(*effect) for effect in read(bytes(connection.execute(here).scalar_one()))]


def _moved(
    context: Context, connection: Connection, opened: Opened, row: Row[Any], redated: Effect
) -> Iterator[JobRow]:
    """Bring a task's rows to the new end of its term; the reminders that are still to come."""
    here = (task.c.case_id == opened.id, task.c.occurrence == row.occurrence)
    said = redated.detail
    connection.execute(update(task).where(*here).values(due=said["due"], provisional=said.get("provisional", False)))
    reminders = (job.c.case_id == opened.id, job.c.kind == "term", job.c.occurrence == row.occurrence)
    connection.execute(delete(job).where(*reminders))
    offers = effects_of(connection, opened.id, row.seq)
    offer = next(one for one in offers if one.kind == "offered" and one.occurrence == row.occurrence)
    facts = replace(facts_of(opened), at=instant(row.offered_at))
    offer = replace(offer, detail={**offer.detail, **said})
    for made in term_jobs(offer, facts, opened.configuration, context.policy):
        if made["run_at"] > moment(opened.at):
            yield made
