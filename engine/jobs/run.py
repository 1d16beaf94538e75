"""Runs what is due: one transaction for each job; each exactly once, a remote operator at least once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, tuple_, update

from ..canonical import moment, read
from ..cases import messages, starting
from ..cases.change import job as made_job
from ..cases.context import Context
from ..cases.incidents import open_incident
from ..cases.steps import Opened, Taken, demand_open, facts_of, open_case, take
from ..configuration import Configuration
from ..errors import Conflict, NotFound, Refusal, StepFailed
from ..model import SYSTEM, CaseId
from ..operators import Call, DiagramError, Operator
from ..policy import OWNER
from ..spiff import NotWaiting
from ..store import files, shelf
from ..store.tables import job
from ..store.vault import revealer

BATCH = 20
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)

Job = Mapping[str, Any]


def run_due(context: Context, limit: int | None = None) -> int:
    """Run what is due now, and what that makes due; how many jobs were run."""
    count = 0
    while limit is None or count < limit:
        batch = lease(context, BATCH if limit is None else min(BATCH, limit - count))
        if not batch:
            break
        for row in batch:
            run(context, row)
            count += 1
    with context.database.writing() as connection:
        messages.expire(context, connection)
    return count


def lease(context: Context, most: int) -> list[Job]:
    """Take some due jobs for a while; nobody else runs them until the lease is over."""
    now = context.now()
    due = and_(job.c.run_at <= moment(now), or_(job.c.leased_until.is_(None), job.c.leased_until <= moment(now)))
    key = (job.c.case_id, job.c.seq, job.c.n)
    first = select(*key).where(due).order_by(job.c.run_at, *key).limit(most).with_for_update(skip_locked=True)
    with context.database.reading() as connection:  # most polls find nothing, and must not wait for a writer
        if connection.execute(select(job.c.n).where(due).limit(1)).first() is None:
            return []
    with context.database.writing() as connection:
        taken = update(job).where(tuple_(*key).in_(first)).values(leased_until=moment(now + context.policy.lease))
        rows = [row._asdict() for row in connection.execute(taken.returning(job))]
    return sorted(rows, key=lambda row: (row["run_at"], row["case_id"], row["seq"], row["n"]))


def next_due(context: Context) -> str | None:
    """When the next job is due, as a canonical moment."""
    with context.database.reading() as connection:
        return connection.execute(select(func.min(job.c.run_at))).scalar()


def run_now(context: Context, rows: Iterable[Job]) -> None:
    """Run jobs that a step left for its own thread; the worker takes over what this thread does not get to."""
    for row in rows:
        run(context, row)


def run(context: Context, row: Job) -> None:
    """Run one leased job; whatever goes wrong with it stays with it."""
    kind = RUNNERS[row["kind"]]
    try:
        kind(context, row)
    except (NotWaiting, NotFound, Conflict):
        drop(context, row)  # the case went on without it
    except Refusal as error:
        park(context, row, error)


def drop(context: Context, row: Job) -> None:
    """Delete a job that has no object any more."""
    with context.database.writing() as connection:
        taken_over(connection, row)


def taken_over(connection: Connection, row: Job) -> bool:
    """Delete the job within the transaction that does its work; False where somebody else has done it."""
    same = (job.c.case_id == row["case_id"], job.c.seq == row["seq"], job.c.n == row["n"])
    return connection.execute(delete(job).where(*same)).rowcount == 1


def park(context: Context, row: Job, error: Refusal) -> None:
    """Lay a job aside for a person to look at, as an incident."""
    element = error.element if isinstance(error, StepFailed) else row_element(row)
    why = error.why if isinstance(error, StepFailed) else str(error)
    with context.database.writing() as connection:
        same = (job.c.case_id == row["case_id"], job.c.seq == row["seq"], job.c.n == row["n"])
        connection.execute(update(job).where(*same).values(run_at=None, leased_until=None))
        name = f"{row['case_id']}.{row['seq']}.{row['n']}"
        open_incident(connection, row["case_id"], element, why, context.now_text(), name)


def row_element(row: Job) -> str:
    """The element that a job belongs to, where it says one."""
    return str(read(bytes(row["payload"])).get("element", ""))


@contextmanager
def on_case(context: Context, row: Job) -> Iterator[tuple[Connection, Opened]]:
    """The job's case, loaded and locked; Conflict where it is over or another worker has done the job."""
    with context.database.writing() as connection:
        opened = open_case(context, connection, str(row["case_id"]))
        demand_open(opened)
        if not taken_over(connection, row):
            raise Conflict("Another worker has done this job.")
        yield connection, opened


def fire(context: Context, row: Job) -> None:
    """A timer is due."""
    with on_case(context, row) as (connection, opened):
        taken = take(context, connection, opened, "fired", {"timer": row["occurrence"]}, SYSTEM)
    follow_up(context, taken)


def remind(context: Context, row: Job) -> None:
    """A share of a task's term is over: say so in the history, and tell whom the policy names."""
    percent = read(bytes(row["payload"]))["percent"]
    term = next((one for one in context.policy.terms if one.percent == percent), None)
    if term is None:
        return drop(context, row)
    with on_case(context, row) as (connection, opened):
        tasks = files.tasks_of(connection, opened.id, row["occurrence"])
        if not tasks:
            return
        task = tasks[0]
        given = {"task": task.occurrence, "element": task.element, "percent": percent, "tell": term.tell}
        take(context, connection, opened, term.kind, given, SYSTEM)
        if context.policy.remind_with:
            to = [task.assignee] if task.assignee else []
            groups = ([] if to else task.groups.split(",")) if term.tell == OWNER else [term.tell]
            said = {"task": task.element, "people": to, "also": groups, "percent": percent, "due": task.due}
            tell = {"operator": context.policy.remind_with, "parameters": said, "element": task.element}
            files.add_jobs(connection, [tell_job(opened, tell)])


def tell_job(opened: Opened, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A job that calls a remote operator and brings no answer back."""
    return made_job("tell", facts_of(opened), 0, moment(opened.at), payload)


def operate(context: Context, row: Job) -> None:
    """Call a remote operator, outside of any transaction, and bring its answer as a step."""
    asked = read(bytes(row["payload"]))
    operator = context.registry.get(asked["operator"])
    if operator is None:
        raise StepFailed(asked["element"], f"there is no operator {asked['operator']}")
    try:
        given = {"result": operator.run(call(context, row, asked))}
        kind = "answered"
    except DiagramError as error:
        given, kind = {"code": error.code, "result": error.payload}, "failed"
    except Refusal:
        raise
    except Exception as error:
        return again(context, row, operator, error)
    if row["kind"] == "tell":
        return drop(context, row)
    with on_case(context, row) as (connection, opened):
        taken = take(context, connection, opened, kind, {"operator": row["occurrence"], **given}, SYSTEM)
    follow_up(context, taken)


def again(context: Context, row: Job, operator: Operator, error: Exception) -> None:
    """Try a failed operator later, a little longer each time; after its retries it is for a person."""
    attempts = row["attempts"] + 1
    why = f"{operator.name} failed {attempts} times: {type(error).__name__}: {error}"
    if attempts > operator.retries:
        return park(context, row, StepFailed(row_element(row), why))
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)
    with context.database.writing() as connection:
        same = (job.c.case_id == row["case_id"], job.c.seq == row["seq"], job.c.n == row["n"])
        later = {"run_at": moment(context.now() + wait), "leased_until": None, "attempts": attempts}
        connection.execute(update(job).where(*same).values(**later))


def call(context: Context, row: Job, asked: Mapping[str, Any]) -> Call:
    """What a remote operator is given."""
    with context.database.reading() as connection:
        found = files.load_plain(connection, row["case_id"])
        if found is None:
            raise NotFound(f"There is no case {row['case_id']}.")
        configuration = configuration_in_force(context, connection)
        reveal_all = revealer(connection)
        revealed = {name: reveal_all(value) for name, value in asked["parameters"].items()}
    at = context.now()
    return Call(
        operator=asked["operator"],
        parameters=asked["parameters"],
        element=asked["element"],
        occurrence=row["occurrence"],
        case_id=CaseId(str(row["case_id"])),
        case_number=found.number,
        process=found.key,
        at=at,
        data=read(bytes(found.state)).get("data", {}),
        parameter=configuration.parameter,
        moment=lambda term: configuration.due(term, at).at,
        reveal=lambda value: next((r for n, r in revealed.items() if asked["parameters"][n] == value), value),
        key=f"{row['case_id']}.{row['seq']}.{row['n']}",
        database=context.database,
    )


def configuration_in_force(context: Context, connection: Connection) -> Configuration:
    """The configuration that a step taken now would have."""
    digest = shelf.configured(connection)
    assert digest is not None
    return context.shelf.configuration(connection, digest)


def begin(context: Context, row: Job) -> None:
    """Start the linked case that a step asked for."""
    asked = read(bytes(row["payload"]))
    with context.database.writing() as connection:
        if not taken_over(connection, row):
            return
        try:
            data = asked.get("data") or {}
            taken = starting.start(context, connection, asked["process"], data, SYSTEM, parent=row["case_id"])
        except NotFound as error:
            raise StepFailed(asked["element"], str(error)) from error
    follow_up(context, taken)


def hand_over(context: Context, row: Job) -> None:
    """Bring a message that a case has thrown to the case that waits for it."""
    said = read(bytes(row["payload"]))
    payload = said["payload"] if isinstance(said["payload"], dict) else {}
    with context.database.writing() as connection:
        if not taken_over(connection, row):
            return
        taken = messages.send(context, connection, said["name"], payload, payload or None, None, SYSTEM, None)
    if taken is not None:
        follow_up(context, taken)


def fan_out(context: Context, row: Job) -> None:
    """Bring a signal to every other case that waits for it."""
    said = read(bytes(row["payload"]))
    with context.database.writing() as connection:
        if taken_over(connection, row):
            messages.fan_out(connection, row, context.now_text(), said["name"], said["payload"])


def hear(context: Context, row: Job) -> None:
    """A signal of another case reaches this one."""
    said = read(bytes(row["payload"]))
    with on_case(context, row) as (connection, opened):
        taken = messages.hear(context, connection, opened, said["name"], said["payload"])
    if taken is not None:
        follow_up(context, taken)


def follow_up(context: Context, taken: Taken) -> None:
    """What comes right after a commit: messages that came early, and the jobs that this thread runs itself."""
    names = {e.detail["name"] for e in taken.effects if e.kind == "subscribed" and e.detail["kind"] == "message"}
    while names:
        with context.database.writing() as connection:
            delivered = messages.deliver_waiting(context, connection, names)
        for one in delivered:
            follow_up(context, one)
        if not delivered:
            break
    run_now(context, taken.jobs)


RUNNERS: dict[str, Callable[[Context, Job], None]] = {
    "timer": fire,
    "term": remind,
    "operator": operate,
    "tell": operate,
    "start": begin,
    "message": hand_over,
    "signal": fan_out,
    "hear": hear,
}

__all__ = ["follow_up", "lease", "next_due", "run", "run_due", "run_now"]
