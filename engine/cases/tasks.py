"""What people do with tasks: claim, release, assign, complete, keep a draft. Each change is a step of the case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_

from ..bundles import Bundle
from ..canonical import canonical, instant, moment, read
from ..diagram import Element
from ..errors import Conflict, FieldError, InvalidForm, NotAllowed, NotFound, Refusal
from ..forms import accept, accept_plain
from ..model import NORMAL, Actor, Task, TaskId
from ..spiff import Marking, NotWaiting
from ..store import files
from ..store.tables import draft, step, task
from ..store.vault import Shelter, demand_known
from .change import queues
from .context import Context
from .steps import Opened, Taken, demand_open, open_case, take

LONGEST_NAME = 200  # of a person
DONE = ("completed", "skipped")  # the kinds by which somebody has answered for a task


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody has begun to fill in, and when he kept it last."""

    task: Task
    at: datetime


def place(task_id: TaskId | str) -> tuple[int, int]:
    """The case and the occurrence of a task's id; NotFound where it is none."""
    parts = str(task_id).split(".")
    plain = len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts)
    if not plain or len(parts[0]) > 18 or len(parts[2]) > 9:  # what the columns hold
        raise NotFound(f"There is no task {str(task_id)[:60]}.")
    return int(parts[0]), int(parts[2])


def find(context: Context, connection: Connection, task_id: TaskId | str, actor: Actor) -> Task:
    """An open task that an actor may see; NotFound for every other."""
    case_id, occurrence = place(task_id)
    rows = files.tasks_of(connection, case_id, occurrence)
    if not rows or not may_see_row(context, rows[0], actor):
        raise NotFound(f"There is no open task {task_id}.")
    return as_task(context, connection, rows[0])


def may_see_row(context: Context, row: Any, actor: Actor) -> bool:
    """Whether an actor may see an open task."""
    groups = filter(None, row.groups.split(","))
    return may_see(context, actor, row.confidentiality or NORMAL, groups, row.assignee)


def may_see(context: Context, actor: Actor, confidentiality: str, groups: Iterable[str], assignee: str | None) -> bool:
    """Whether an actor may see a task: his own, his groups', or as one who reads or assigns all."""
    if not context.policy.may_see_class(actor, confidentiality):
        return False
    everywhere = context.policy.readers | context.policy.assigners
    return actor.system or assignee == actor.name or not actor.groups.isdisjoint({*groups, *everywhere})


def as_task(context: Context, connection: Connection, row: Any) -> Task:
    """A row as a task, with its name and form from the bundle."""
    bundle = context.shelf.bundle(connection, row.bundle)
    form = bundle.form_of(row.element)
    return files.task_of(row, element_of(bundle, row.element).name or row.element, form.path if form else None)


def element_of(bundle: Bundle, element: str) -> Element:
    """An element of a bundle's diagram."""
    assert bundle.diagram is not None
    return bundle.diagram.element(element)


def claim(context: Context, connection: Connection, task_id: TaskId | str, by: Actor) -> Task:
    """Take a task for oneself; claiming one's own again changes nothing."""
    opened, rows = opened_task(context, connection, task_id, by)
    row = rows[0]
    if row.assignee == by.name:
        return as_task(context, connection, row)
    if row.assignee is not None:
        raise Conflict(f"{row.assignee} has claimed this task.", by=row.assignee, at=row.claimed_at)
    demand_candidate(row, by)
    demand_four_eyes(context, connection, row, by)
    return give(context, connection, opened, rows, "claimed", by.name, by)


def release(context: Context, connection: Connection, task_id: TaskId | str, by: Actor) -> Task:
    """Give a claimed task back to its groups: one's own, or anybody's for whoever assigns."""
    opened, rows = opened_task(context, connection, task_id, by)
    row = rows[0]
    if row.assignee is None:
        return as_task(context, connection, row)
    if row.assignee != by.name and not by.any_of(context.policy.assigners):
        raise NotAllowed("Only its owner or whoever assigns tasks can release this task.", by=row.assignee)
    if not row.groups:
        raise NotAllowed("This task is for one person; assign it to somebody else.")
    return give(context, connection, opened, rows, "released", None, by)


def assign(
    context: Context, connection: Connection, task_id: TaskId | str, to: str, by: Actor, reason: str = ""
) -> Task:
    """Give a task to somebody: for whoever assigns, or its owner who hands it over."""
    opened, rows = opened_task(context, connection, task_id, by)
    if not to.strip() or len(to) > LONGEST_NAME:
        raise Refusal("Say to whom the task goes.")
    if rows[0].assignee != by.name and not by.any_of(context.policy.assigners):
        raise NotAllowed("Assigning tasks needs a group that assigns.", groups=sorted(context.policy.assigners))
    if rows[0].assignee == to:
        return as_task(context, connection, rows[0])
    demand_four_eyes(context, connection, rows[0], Actor(to))
    return give(context, connection, opened, rows, "assigned", to, by, reason.strip())


def give(
    context: Context,
    connection: Connection,
    opened: Opened,
    rows: Sequence[Any],
    kind: str,
    to: str | None,
    by: Actor,
    reason: str = "",
) -> Task:
    """Move a task to another queue, as a step."""
    row = rows[0]
    given: dict[str, Any] = {"task": row.occurrence, "element": row.element}
    if to is not None:
        given["assignee"] = to
    if reason:
        given["reason"] = reason
    take(context, connection, opened, kind, given, by)
    here = (task.c.case_id == row.case_id, task.c.occurrence == row.occurrence)
    connection.execute(delete(task).where(*here))
    claimed_at = moment(opened.at) if to else None
    kept = {column.name: row._mapping[column.name] for column in task.c}
    fresh = {**kept, "assignee": to, "claimed_at": claimed_at}
    groups = [group for group in row.groups.split(",") if group]
    connection.execute(insert(task), [{**fresh, "queue": queue} for queue in queues(groups, to)])
    return as_task(context, connection, files.tasks_of(connection, row.case_id, row.occurrence)[0])


def opened_task(
    context: Context, connection: Connection, task_id: TaskId | str, by: Actor
) -> tuple[Opened, Sequence[Any]]:
    """A task that an actor may see, with its case loaded and locked; Conflict where it is no longer open."""
    case_id, occurrence = place(task_id)
    opened = open_case(context, connection, str(case_id))
    rows = files.tasks_of(connection, case_id, occurrence)
    if not rows:
        raise gone(context, connection, opened, task_id, by)
    if not may_see_row(context, rows[0], by):
        raise NotFound(f"There is no open task {task_id}.")
    demand_open(opened)
    empty = {name for name, held in (("draft", rows[0].has_draft), ("job", rows[0].has_job)) if not held}
    return replace(opened, empty=frozenset(empty)), rows


def gone(
    context: Context, connection: Connection, opened: Opened, task_id: TaskId | str, by: Actor
) -> NotFound | Conflict:
    """Why a task is not open, for whoever could see it: somebody completed it, or the case went on without it."""
    occurrence, ended = place(task_id)[1], None
    found = select(step.c.actor, step.c.at, step.c.kind, step.c.input, step.c.effects).where(
        step.c.case_id == opened.id
    )
    for row in connection.execute(found.order_by(step.c.seq.desc())):
        effects = {effect[0]: effect for effect in read(bytes(row.effects)) if effect[2] == occurrence}
        if ended is None and row.kind in DONE and read(bytes(row.input))["task"] == occurrence:
            ended = Conflict(f"{row.actor} {row.kind} this task.", by=row.actor, at=row.at, how=row.kind)
        elif ended is None and "cancelled" in effects:
            ended = Conflict("The case went on without this task.", by=row.actor, at=row.at, how="withdrawn")
        if ended is not None and "offered" in effects:
            said = effects["offered"][3]
            person = by.name if ended.by == by.name else said.get("assignee")
            if may_see(context, by, opened.row.confidentiality, said["groups"], person):
                return ended
            break
    return NotFound(f"There is no open task {task_id}.")


def demand_candidate(row: Any, by: Actor) -> None:
    """Refuse whoever is in none of a task's groups."""
    groups = [group for group in row.groups.split(",") if group]
    if not by.any_of(groups):
        raise NotAllowed(f"This task is for {' or '.join(groups) or 'one person'}.", groups=groups)


def demand_four_eyes(context: Context, connection: Connection, row: Any, by: Actor) -> None:
    """Refuse whoever did one of the tasks that this one is to be done by another for."""
    if done := done_before(context, connection, row, by):
        raise NotAllowed(
            "Somebody else must do this task: four eyes.", four_eyes=done, element=row.element, person=by.name
        )


def done_before(context: Context, connection: Connection, row: Task | Any, by: Actor) -> list[str]:
    """The elements that somebody did of those that a task is to be done by another for."""
    return [] if by.system else barred(context, connection, row, [by.name]).get(by.name, [])


def barred(context: Context, connection: Connection, row: Task | Any, names: Collection[str]) -> dict[str, list[str]]:
    """Those among some actors who may not do a task, each with what he did of that which others have to have done."""
    element = element_of(context.shelf.bundle(connection, row.bundle), row.element)
    listed = {name.strip() for name in element.metadata.get("fourEyes", "").split(",")} - {""}
    if not listed:
        return {}
    here = (step.c.case_id == int(row.case_id), step.c.kind.in_(DONE), step.c.actor.in_(names))
    found: dict[str, set[str]] = {}
    for name, given in connection.execute(select(step.c.actor, step.c.input).where(*here)):
        found.setdefault(name, set()).add(read(bytes(given))["element"])
    return {name: sorted(done & listed) for name, done in found.items() if done & listed}


def complete(
    context: Context, connection: Connection, task_id: TaskId | str, values: Mapping[str, Any], by: Actor
) -> Taken:
    """Complete a task with what its form asks for; whoever completes an unclaimed one claims it by that."""
    opened, rows = opened_task(context, connection, task_id, by)
    row = rows[0]
    if row.assignee is None:
        demand_candidate(row, by)
    elif row.assignee != by.name and not by.system:
        raise Conflict(f"{row.assignee} has claimed this task.", by=row.assignee, at=row.claimed_at, how="claimed")
    demand_four_eyes(context, connection, row, by)
    shelter = opened.shelter()
    accepted = submission(context, connection, opened, row, values, shelter)
    given = {"task": row.occurrence, "element": row.element, "values": accepted}
    try:
        return take(context, connection, opened, "completed", given, by, shelter)
    except NotWaiting:
        raise gone(context, connection, opened, task_id, by) from None


def submission(
    context: Context, connection: Connection, opened: Opened, row: Any, values: Mapping[str, Any], shelter: Shelter
) -> dict[str, Any]:
    """The values of a form as they are recorded: checked, personal ones sheltered, emptied ones null."""
    bundle = context.shelf.bundle(connection, row.bundle)
    form = bundle.form_of(row.element)
    if form is None:
        if values:
            raise InvalidForm({str(name): FieldError("undeclared") for name in values})
        return {}
    accepted = accept(form, values, context.formats, context.exists(connection))
    demand_known(accepted, held_by(opened.marking))
    accepted = shelter.without_personal(form.schema, accepted)
    if not element_of(bundle, row.element).variable_name:
        held = held_at(opened.marking, row.occurrence)
        accepted |= {name: None for name in form.properties if name in held and name not in accepted}
    return accepted


def held_by(marking: Marking) -> list[Any]:
    """All data that a case holds: its own, and that of the instances in it."""
    return [marking.data, *(dict(token.locals) for token in marking.tokens)]


def held_at(marking: Marking, occurrence: int) -> set[str]:
    """The names that hold a value where a task stands: those of the case, and those of the instances around it."""
    tokens = {token.occurrence: token for token in marking.tokens}
    here = tokens.get(occurrence)
    around = (here, *(tokens[host] for host in here.scope)) if here else ()
    return set(marking.data).union(*(token.locals for token in around))


def save_draft(
    context: Context, connection: Connection, task_id: TaskId | str, values: Mapping[str, Any], by: Actor
) -> None:
    """Keep what somebody has typed so far, unchecked; what is personal is kept apart and goes with the draft."""
    case_id, occurrence = place(task_id)
    files.load(connection, case_id)  # locked, so that the task does not go while its draft comes
    found = find(context, connection, task_id, by)
    form = context.shelf.bundle(connection, found.bundle).form_of(found.element)
    given = accept_plain(values)
    known = {name: value for name, value in given.items() if form and (name in form.properties or form.open)}
    personal = {name for name, one in (form.properties if form else {}).items() if _touches_personal(one)}
    files.keep_draft(
        connection,
        case_id=case_id,
        occurrence=occurrence,
        person=by.name,
        bundle=found.bundle,
        values=canonical({name: value for name, value in known.items() if name not in personal}),
        personal=canonical({name: value for name, value in known.items() if name in personal}),
        at=context.now_text(),
    )


def _touches_personal(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    inside = [*(schema.get("properties") or {}).values(), schema.get("items")]
    return schema.get("x-personal") is True or any(_touches_personal(one) for one in inside)


def read_draft(context: Context, connection: Connection, task_id: TaskId | str, actor: Actor) -> dict[str, Any] | None:
    """What an actor has typed so far, if he kept it under the bundle that the task still has."""
    found = find(context, connection, task_id, actor)
    case_id, occurrence = place(task_id)
    here = (draft.c.case_id == case_id, draft.c.occurrence == occurrence, draft.c.person == actor.name)
    row = connection.execute(select(draft).where(*here, draft.c.bundle == found.bundle)).first()
    return None if row is None else {**read(bytes(row.values)), **read(bytes(row.personal or b"{}"))}


def drafts_of(
    context: Context, connection: Connection, actor: Actor, limit: int, after: TaskId | str | None
) -> list[Draft]:
    """The open tasks with a draft of an actor's that he may still see, the last kept first."""
    newest = (draft.c.at, draft.c.case_id, draft.c.occurrence)
    mine = draft.c.person == actor.name
    found = select(task, draft.c.at.label("kept_at")).join(
        draft, (draft.c.case_id == task.c.case_id) & (draft.c.occurrence == task.c.occurrence)
    )
    found = found.where(mine, draft.c.bundle == task.c.bundle)
    if after is not None:
        case_id, occurrence = place(after)
        last = select(*newest).where(mine, draft.c.case_id == case_id, draft.c.occurrence == occurrence)
        if (row := connection.execute(last).first()) is not None:
            found = found.where(tuple_(*newest) < tuple_(*row))
    rows = connection.execute(found.order_by(*(column.desc() for column in newest), task.c.queue)).all()
    once = {(row.case_id, row.occurrence): row for row in rows if may_see_row(context, row, actor)}
    return [
        Draft(task=as_task(context, connection, row), at=instant(row.kept_at)) for row in list(once.values())[:limit]
    ]


__all__ = [
    "Draft",
    "as_task",
    "assign",
    "claim",
    "complete",
    "done_before",
    "drafts_of",
    "find",
    "place",
    "read_draft",
    "release",
    "save_draft",
]
