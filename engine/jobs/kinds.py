"""What each kind of job does: a step of its case, a call outside of any transaction, a start, a message handed over."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, bindparam, delete

from ..canonical import instant, moment, normal, read
from ..cases import configuring, disposing, messages, redating, schedule, starting
from ..cases.change import job as made_job
from ..cases.context import Context
from ..cases.incidents import open_incident
from ..cases.revealing import Revealing
from ..cases.steps import Opened, Taken, facts_of, open_case, settled, take
from ..cases.tasks import as_task
from ..errors import Conflict, NotFound, Refusal, Restricted, StepFailed
from ..model import SYSTEM, CaseId, Failure
from ..operators import Call, Operator, said_by
from ..policy import OWNER
from ..store import files
from ..store.tables import job
from ..store.vault import look_up, references
from .leases import Job, postpone

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
ALONE = frozenset({"timer", "operator"})  # kinds of which a token has one job and no other
# Built once: building a statement costs as much as executing it.
TAKE_OVER = delete(job).where(
    job.c.case_id == bindparam("case"), job.c.seq == bindparam("step"), job.c.n == bindparam("number")
)

Jobs = Iterable[Job]  # what a job leaves to be run at once
T = TypeVar("T")


class Gone(Exception):
    """A job has no object any more: its case is over, or another worker has done it."""


class Later(Exception):
    """A job has failed and is tried again later."""


class Held(Exception):
    """The case of a job is suspended: the job waits until somebody resumes it."""


def on_case(context: Context, row: Job, command: Callable[[Connection, Opened], T]) -> T:
    """What a command on the job's case comes to; Gone where it is over or the job is done, Held where it rests."""

    def work(connection: Connection) -> T:
        try:
            opened = open_case(context, connection, str(row["case_id"]), row["run_at"])
        except NotFound:
            raise Gone from None
        if opened.row.status == "suspended":
            raise Held
        if opened.row.status != "open" or not taken_over(connection, row):
            raise Gone
        return command(connection, replace(opened, done=row["occurrence"]) if row["kind"] in ALONE else opened)

    return settled(context, work)


def taken_over(connection: Connection, row: Job) -> bool:
    """Delete the job within the transaction that does its work; False where somebody else has done it."""
    return connection.execute(TAKE_OVER, {"case": row["case_id"], "step": row["seq"], "number": row["n"]}).rowcount == 1


def drop(context: Context, row: Job) -> None:
    """Delete a job that has no object any more."""
    with context.database.writing() as connection:
        taken_over(connection, row)


def row_element(row: Job) -> str:
    """The element that a job belongs to, where it says one."""
    return str(read(bytes(row["payload"])).get("element", ""))


def fire(context: Context, row: Job) -> Jobs:
    """A timer is due."""
    given = {"timer": row["occurrence"]}
    return on_case(context, row, lambda c, opened: take(context, c, opened, "fired", given, SYSTEM)).jobs


def remind(context: Context, row: Job) -> Jobs:
    """A share of a task's term is over: say so in the history, and tell whom the policy names."""
    percent = read(bytes(row["payload"]))["percent"]
    term = next((one for one in context.policy.terms if one.percent == percent), None)
    if term is None:
        raise Gone

    def say(connection: Connection, opened: Opened) -> None:
        tasks = files.tasks_of(connection, opened.id, row["occurrence"])
        if not tasks:
            raise Gone
        task = tasks[0]
        given = {"task": task.occurrence, "element": task.element, "percent": percent, "tell": term.tell}
        take(context, connection, opened, term.kind, given, SYSTEM)
        if context.policy.remind_with:
            to = [task.assignee] if task.assignee else []
            groups = ([] if to else task.groups.split(",")) if term.tell == OWNER else [term.tell]
            name = as_task(context, connection, task).name
            said = {"task": task.element, "name": name, "people": to, "also": groups}
            said |= {"percent": percent, "due": task.due}
            tell = {"operator": context.policy.remind_with, "parameters": said, "element": task.element}
            tell["bundle"] = task.bundle
            files.add_jobs(connection, [tell_job(opened, tell)])

    on_case(context, row, say)
    return ()


def tell_job(opened: Opened, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A job that calls a remote operator and brings no answer back."""
    return made_job("tell", facts_of(opened), 0, moment(opened.at), payload)


def operate(context: Context, row: Job) -> Jobs:
    """Call a remote operator, outside of any transaction, and bring its answer as a step."""
    asked = read(bytes(row["payload"]))
    operator = context.registry.get(asked["operator"])
    if operator is None:
        raise StepFailed(asked["element"], f"there is no operator {asked['operator']}", kind="missing")
    failure: Failure = "reminder" if row["kind"] == "tell" else "operator"
    known = dict[str, Callable[[], Any]]()
    reveal = Revealing(lambda reference: known[reference["$vault"]]())
    try:
        said, code = said_by(operator, call(context, row, asked, known, reveal))
    except Held:
        raise
    except Refusal as error:
        raise StepFailed(asked["element"], reveal.hidden(f"{operator.name}: {error}"), kind=failure) from error
    except Exception as error:
        again(context, row, operator, error, reveal.hidden(f"{type(error).__name__}: {error}"), failure)
    if row["kind"] == "tell":
        raise Gone

    def answer(connection: Connection, opened: Opened) -> Taken:
        shelter, plain = opened.shelter(), normal(said)
        shelter.demand_kept(connection, plain)
        result = shelter.without_personal_answer(operator.result, plain, operator.name)
        given = {"operator": row["occurrence"], "result": result}
        if code is None:
            return take(context, connection, opened, "answered", given, SYSTEM, shelter)
        return take(context, connection, opened, "failed", {**given, "code": code}, SYSTEM, shelter)

    return on_case(context, row, answer).jobs


def again(context: Context, row: Job, operator: Operator, error: Exception, said: str, failure: Failure) -> NoReturn:
    """Try a failed operator Later, a little longer each time; after its retries the job fails with what was said."""
    attempts = row["attempts"] + 1
    if attempts > operator.retries:
        why = f"{operator.name} failed {attempts} times: {said}"
        raise StepFailed(row_element(row), why, kind=failure) from error
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)
    postpone(context, row, context.now() + wait, attempts)
    raise Later from error


def call(
    context: Context, row: Job, asked: Mapping[str, Any], known: dict[str, Callable[[], Any]], reveal: Revealing
) -> Call:
    """What a remote operator is given; `known` gets what gives the values behind the references in its parameters."""
    with context.database.reading() as connection:
        found = files.load_plain(connection, row["case_id"])
        if found is None:
            raise NotFound(f"There is no case {row['case_id']}.")
        if found.status == "suspended":
            raise Held
        configuration = configuring.in_force(context, connection)
        bundle = context.shelf.bundle(connection, asked.get("bundle") or found.bundle)
        known |= {one["$vault"]: behind(connection, one) for one in references(asked["parameters"])}
    at = context.now()
    return Call(
        operator=asked["operator"],
        parameters=asked["parameters"],
        element=asked["element"],
        occurrence=row["occurrence"],
        case_id=CaseId(str(row["case_id"])),
        case_number=found.number,
        process=found.key,
        by=SYSTEM.name,
        parent=CaseId(str(found.parent)) if found.parent else None,
        at=at,
        data=read(bytes(found.state)).get("data", {}),
        parameter=configuration.parameter,
        moment=lambda term: configuration.due(term, at).at,
        calendars=configuration.calendars,
        post=partial(post, context, row["case_id"]),
        reveal=reveal,
        key=f"{row['case_id']}.{row['seq']}.{row['n']}",
        database=context.database,
        dispose=partial(dispose_by, context),
        translate=bundle.translate,
    )


def dispose_by(
    context: Context,
    case_id: CaseId | str,
    disposition: str,
    *,
    under: str,
    reason: str,
    fields: Collection[str] | None = None,
) -> int:
    """Dispose of what is left of a case's values for an operator; how many they were."""

    def work(connection: Connection) -> int:
        try:
            taken = disposing.dispose(context, connection, case_id, disposition, under, SYSTEM, reason, fields=fields)
        except Conflict:
            return 0
        return len(disposing.named_by(connection, int(taken.case.id), taken.case.seq))

    return settled(context, work)


def behind(connection: Connection, reference: Mapping[str, str]) -> Callable[[], Any]:
    """What gives an operator the value behind a reference when it asks; Restricted where nobody may use it."""
    try:
        return partial(lambda value: value, look_up(connection, reference))
    except Restricted as error:
        return partial(_refuse, error)


def _refuse(error: Restricted) -> NoReturn:
    raise error


def post(
    context: Context, case_id: int, name: str, payload: Mapping[str, Any], *, at: datetime, message_id: str
) -> None:
    """Leave a message for a case to a worker, in a transaction of its own."""
    hops = context.hops_to(moment(at))
    with context.database.writing() as connection:
        files.post(connection, case_id, name, payload, at=at, message_id=message_id, hops=hops)


def begin(context: Context, row: Job) -> Jobs:
    """Start the linked case that a step asked for; what is null in its data is not given to it."""
    asked = read(bytes(row["payload"]))
    data = {name: value for name, value in (asked.get("data") or {}).items() if value is not None}

    def start(connection: Connection) -> Taken:
        if not taken_over(connection, row):
            raise Gone
        return starting.start(context, connection, asked["process"], data, SYSTEM, parent=row["case_id"])

    try:
        return settled(context, start).jobs
    except NotFound as error:
        raise StepFailed(asked["element"], str(error), kind="missing") from error


def begin_by_clock(context: Context, row: Job) -> Jobs:
    """Start a case of a process whose time has come, and plan the next one; or look at the plan of a new version."""
    asked = read(bytes(row["payload"]))
    key = asked["process"]

    def start(connection: Connection) -> Taken | None:
        schedule.plan_alone(connection, key)
        if not taken_over(connection, row):
            raise Gone
        configuration = configuring.in_force(context, connection)
        if "wake" in asked:
            schedule.follow(context, connection, key, configuration)
            return None
        bundle, planned = schedule.leading(context, connection, key), instant(row["run_at"])
        schedule.plan(connection, key, bundle, configuration, context.now(), planned)
        return starting.start(context, connection, key, {}, SYSTEM, way=starting.BY_CLOCK)

    taken = settled(context, start)
    return taken.jobs if taken else ()


def date_anew(context: Context, row: Job) -> Jobs:
    """A year has been loaded in which a case has terms or timers."""
    known = read(bytes(row["payload"]))["known"]
    taken = on_case(context, row, lambda c, opened: redating.redate(context, c, opened, known))
    return taken.jobs if taken else ()


def hand_over(context: Context, row: Job) -> Jobs:
    """Bring a message that a case has thrown to the case that waits for it."""
    said = read(bytes(row["payload"]))
    payload = {} if said["payload"] is None else said["payload"]
    if not isinstance(payload, dict):  # thrown before a step refused it
        why = f"the content of the message {said['name']} is no context"
        raise StepFailed(row_element(row), why, kind="message")

    def bring(connection: Connection) -> Taken | None:
        taken = messages.send(context, connection, said["name"], payload, None, None, SYSTEM, None)
        if not taken_over(connection, row):  # after the case that hears it, as everybody locks
            raise Gone
        return taken

    taken = settled(context, bring)
    return taken.jobs if taken else ()


def bring(context: Context, row: Job) -> Jobs:
    """Bring a message that an operator has posted to its case; one that is over has no use for it any more."""
    said = read(bytes(row["payload"]))

    def sent(connection: Connection) -> Taken | None:
        case, given = str(row["case_id"]), (said["name"], said["payload"])
        taken = messages.send(context, connection, *given, None, case, SYSTEM, said["id"])
        if not taken_over(connection, row):
            raise Gone
        return taken

    try:
        taken = settled(context, sent)
    except Conflict as error:
        raise Gone from error
    return taken.jobs if taken else ()


def deliver(context: Context, row: Job) -> Jobs:
    """Bring the messages that came before this case began to wait for them; one that is refused waits on."""
    names = read(bytes(row["payload"]))["names"]
    left: list[Job] = []
    with context.database.reading() as connection:
        early = files.early_messages(connection, names, context.now_text())
    for key in early:
        try:
            taken = settled(context, partial(messages.deliver_kept, context, key))
        except Refusal as error:
            element = error.element if isinstance(error, StepFailed) else ", ".join(names)
            kind: Failure = error.kind if isinstance(error, StepFailed) else "message"
            with context.database.writing() as connection:
                open_incident(connection, row["case_id"], element, str(error), context.now_text(), kind=kind)
        else:
            left += taken.jobs if taken else ()
    drop(context, row)
    return left


def fan_out(context: Context, row: Job) -> Jobs:
    """Bring a signal to every other case that waits for it."""
    said = read(bytes(row["payload"]))
    with context.database.writing() as connection:
        if taken_over(connection, row):
            messages.fan_out(connection, row, context.now_text(), said["name"], said["payload"])
    return ()


def hear(context: Context, row: Job) -> Jobs:
    """A signal of another case reaches this one."""
    said = read(bytes(row["payload"]))
    given = {"signal": said["name"], "payload": said["payload"]}
    return on_case(context, row, lambda c, opened: take(context, c, opened, "signalled", given, SYSTEM)).jobs


RUNNERS: dict[str, Callable[[Context, Job], Jobs]] = {
    "timer": fire,
    "term": remind,
    "operator": operate,
    "tell": operate,
    "start": begin,
    "plan": begin_by_clock,
    "redate": date_anew,
    "message": hand_over,
    "post": bring,
    "deliver": deliver,
    "signal": fan_out,
    "hear": hear,
}
