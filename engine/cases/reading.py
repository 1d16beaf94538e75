"""What an actor may see: authorisation is the query, and what somebody may not see is not found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)

from ..canonical import moment
from ..errors import NotFound
from ..model import Actor, Case, CaseId
from ..store import files, shelf
from ..store.tables import access, case, step, task
from .context import Context
from .queues import queues_of
from .steps import number_of


def visible_cases(context: Context, connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may read a case."""
    if actor.system:
        return true()
    open_class = case.c.confidentiality.in_(context.policy.classes_open_to(actor) or ())
    if context.policy.may_read_all(actor):
        return open_class
    return and_(open_class, concerning(shelf.readable_keys(connection, actor), actor.name, queues_of(actor, "all")))


def concerning(keys: Any, name: Any, queues: Any) -> ColumnElement[bool]:
    """The condition for cases of some processes, those that somebody has started, and those he has work in."""
    works_on_it = exists().where(task.c.case_id == case.c.id, task.c.queue.in_(queues))
    return or_(case.c.key.in_(keys), case.c.started_by == name, works_on_it)


# Reading one case is done several times for every page, and building a statement costs more than executing it.
ONE = select(case).where(case.c.id == bindparam("id"))
ONE_OF_CLASSES = ONE.where(case.c.confidentiality.in_(bindparam("classes", expanding=True)))
READABLE = select(access.c.key).where(access.c.group.in_(bindparam("groups", expanding=True)))
ONE_NEAR = ONE_OF_CLASSES.where(concerning(READABLE, bindparam("name"), bindparam("queues", expanding=True)))


def read_case(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> Row[Any]:
    """The row of a case that an actor may see; NotFound for every other."""
    given = {"id": number_of(case_id), "classes": context.policy.classes_open_to(actor) or ()}
    statement = ONE if actor.system else ONE_OF_CLASSES
    if not context.policy.may_read_all(actor):
        statement = ONE_NEAR
        given |= {"groups": sorted(actor.groups), "name": actor.name, "queues": queues_of(actor, "all")}
    row = connection.execute(statement, given).first()
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
