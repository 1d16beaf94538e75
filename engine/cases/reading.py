"""What an actor may see: authorisation is the query, and what somebody may not see is not found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from ..canonical import moment
from ..errors import NotFound
from ..model import Actor, Case, CaseId, Task
from ..store import files, shelf
from ..store.tables import NEVER, case, step, task
from .context import Context
from .steps import number_of
from .tasks import as_task

View = Literal["all", "mine", "groups"]
ORDER = (task.c.due, task.c.priority, task.c.case_id, task.c.occurrence)
MOST_COUNTED = 1_000


def visible_cases(context: Context, connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may read a case."""
    if actor.system:
        return true()
    classes = context.policy.classes_open_to(actor)
    open_class = case.c.confidentiality.in_(classes or ())
    if context.policy.may_read_all(actor):
        return open_class
    keys = shelf.readable_keys(connection, actor)
    works_on_it = exists().where(task.c.case_id == case.c.id, task.c.queue.in_(queues_of(actor, "all")))
    return and_(open_class, or_(case.c.key.in_(keys), case.c.started_by == actor.name, works_on_it))


def read_case(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> Row[Any]:
    """The row of a case that an actor may see; NotFound for every other."""
    condition = visible_cases(context, connection, actor)
    row = connection.execute(select(case).where(case.c.id == number_of(case_id), condition)).first()
    if row is None:
        raise NotFound(f"There is no case {case_id}.")
    return row


def as_cases(connection: Connection, rows: Sequence[Row[Any]]) -> list[Case]:
    """Rows as cases with their open incidents."""
    incidents = files.incidents_of(connection, [row.id for row in rows]) if rows else []
    return [files.case_of(row, None, [i for i in incidents if i.case_id == str(row.id)]) for row in rows]


def list_cases(
    context: Context,
    connection: Connection,
    actor: Actor,
    limit: int,
    after: CaseId | str | None,
    ids: Iterable[CaseId | str] | None = None,
    **filters: str | None,
) -> list[Case]:
    """The cases that an actor may see, newest first; `after` is the last of the page before, `ids` are never cut."""
    found: Select[Any] = select(case).where(visible_cases(context, connection, actor))
    for name, value in filters.items():
        if value is not None:
            found = found.where(case.c[name] == value)
    if after is not None:
        found = found.where(case.c.id < number_of(after))
    found = found.order_by(case.c.id.desc())
    found = found.limit(limit) if ids is None else found.where(case.c.id.in_(sorted(set(map(number_of, ids)))))
    return as_cases(connection, connection.execute(found).all())


def holding(text: str, customers: Iterable[str], subjects: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition for cases whose number or subject holds a text, or that are about a customer or a subject."""
    wanted = text.strip().lower()
    inside = [func.lower(column).contains(wanted, autoescape=True) for column in (case.c.number, case.c.subject)]
    return or_(
        *(inside if wanted else ()),
        case.c.customer.in_(sorted(set(customers))),
        *(and_(case.c.key == key, case.c.subject == subject) for key, subject in sorted(set(subjects))),
    )


def search_cases(
    context: Context,
    connection: Connection,
    actor: Actor,
    wanted: ColumnElement[bool],
    limit: int,
    after: CaseId | str | None,
) -> list[Case]:
    """The cases under a condition that an actor may see, newest first; `after` is the last case of the page before."""
    found: Select[Any] = select(case).where(visible_cases(context, connection, actor), wanted)
    if after is not None:
        found = found.where(case.c.id < number_of(after))
    return as_cases(connection, connection.execute(found.order_by(case.c.id.desc()).limit(limit)).all())


def linked_cases(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> list[Case]:
    """The case that a case came from, and those that came from it."""
    row = read_case(context, connection, case_id, actor)
    near = or_(case.c.parent == row.id, case.c.id == row.parent if row.parent else false())
    found = select(case).where(near, visible_cases(context, connection, actor)).order_by(case.c.id)
    return as_cases(connection, connection.execute(found).all())


def inbox(
    context: Context,
    connection: Connection,
    actor: Actor,
    view: View,
    limit: int,
    after: Task | None,
    due_before: datetime | None,
) -> list[Task]:
    """The tasks in an actor's queues, most urgent first; each queue is read by its index and no further than a page."""
    parts = [queue_page(context, actor, queue, limit, after, due_before) for queue in queues_of(actor, view)]
    if not parts:
        return []
    rows = connection.execute(union_all(*parts)).all()
    one_each = {(row.case_id, row.occurrence): row for row in rows}
    ordered = sorted(one_each.values(), key=lambda row: (row.due, row.priority, row.case_id, row.occurrence))
    return [as_task(context, connection, row) for row in ordered[:limit]]


def queues_of(actor: Actor, view: View) -> list[str]:
    """The queues that an actor's tasks stand in."""
    mine = [f"u:{actor.name}"] if view != "groups" else []
    return mine + ([f"g:{group}" for group in sorted(actor.groups)] if view != "mine" else [])


def queue_page(
    context: Context, actor: Actor, queue: str, limit: int, after: Task | None, due_before: datetime | None
) -> Select[Any]:
    """One page of one queue."""
    found = select(task).where(*in_queue(context, actor, queue, due_before))
    if after is not None:
        due = moment(after.due) if after.due else NEVER
        found = found.where(tuple_(*ORDER) > tuple_(due, after.priority, number_of(after.case_id), after.occurrence))
    return select(found.order_by(*ORDER).limit(limit).subquery())


def in_queue(context: Context, actor: Actor, queue: str, due_before: datetime | None) -> list[ColumnElement[bool]]:
    """The condition for the tasks of a queue that an actor may see."""
    found = [task.c.queue == queue]
    classes = context.policy.classes_open_to(actor)
    if classes is not None:
        found.append(task.c.confidentiality.in_(classes))
    if due_before is not None:
        found.append(task.c.due < moment(due_before))
    return found


def count_tasks(context: Context, connection: Connection, actor: Actor, view: View, due_before: datetime | None) -> int:
    """How many tasks stand in an actor's queues, counted up to a thousand for each queue."""
    parts = [
        select(task.c.case_id, task.c.occurrence)
        .where(*in_queue(context, actor, queue, due_before))
        .limit(MOST_COUNTED)
        for queue in queues_of(actor, view)
    ]
    if not parts:
        return 0
    rows = union_all(*(select(part.subquery()) for part in parts)).subquery()
    distinct = select(rows.c.case_id, rows.c.occurrence).distinct().subquery()
    return int(connection.execute(select(func.count()).select_from(distinct)).scalar_one())


def done_by(
    context: Context, connection: Connection, actor: Actor, since: datetime, limit: int, after: str | None
) -> list[Any]:
    """The completed-steps of an actor since a moment with their cases, newest first; `after` is case.seq of one."""
    found = (
        select(step.c.case_id, step.c.seq, step.c.at, step.c.input, case.c.number, case.c.key, case.c.bundle)
        .join(case, case.c.id == step.c.case_id)
        .where(step.c.actor == actor.name, step.c.at >= moment(since), step.c.kind == "completed")
        .where(visible_cases(context, connection, actor))
    )
    newest = (step.c.at, step.c.case_id, step.c.seq)
    if after is not None:
        case_id, _, seq = after.partition(".")
        last = select(*newest).where(step.c.case_id == number_of(case_id), step.c.seq == number_of(seq))
        if (row := connection.execute(last).first()) is not None:
            found = found.where(tuple_(*newest) < tuple_(*row))
    return list(connection.execute(found.order_by(*(column.desc() for column in newest)).limit(limit)).all())
