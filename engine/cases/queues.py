"""What stands in an actor's queues: one index range of `task` for each, merged by the database, a page at a time.

Every range is in the order of the index, so the database merges them and reads little more than the page, however
much stands in the queues. A statement is built once for each shape of a question: building one for two hundred queues
takes longer than executing it.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, bindparam, func, select, tuple_, union_all

from ..canonical import moment
from ..model import Actor, Task
from ..store.tables import NEVER, PAUSED, task
from .context import Context
from .tasks import as_task, place

View = Literal["all", "mine", "groups"]
Key = tuple[str, int, int, int]

ORDER = (task.c.due, task.c.priority, task.c.case_id, task.c.occurrence)
KEY = itemgetter(*(list(task.c).index(column) for column in ORDER))  # of a row; its attributes are slow
AFTER = tuple(f"after_{column.name}" for column in ORDER)
MOST_COUNTED = 1_000
SHAPES = 64  # statements that are kept


class Shape(NamedTuple):
    """What a question has: so many queues, so many open classes (None: every one), an end, a beginning."""

    queues: int
    classes: int | None
    before: bool
    after: bool
    merges: bool  # whether the database merges ranges by itself; else each is cut to a page of its own


def queues_of(actor: Actor, view: View) -> list[str]:
    """The queues that an actor's tasks stand in."""
    mine = [f"u:{actor.name}"] if view != "groups" else []
    return mine + ([f"g:{group}" for group in sorted(actor.groups)] if view != "mine" else [])


def inbox(
    context: Context,
    connection: Connection,
    actor: Actor,
    view: View,
    limit: int,
    after: Task | None,
    due_before: datetime | None,
) -> list[Task]:
    """The tasks in an actor's queues, most urgent first; a task that stands in several of them comes once."""
    shape, given = asked(context, actor, view, due_before)
    last, found = key_of(after) if after else None, dict[Key, Row[Any]]()
    while shape.queues and len(found) < limit:
        begin = dict(zip(AFTER, last, strict=True)) if last else {}
        rows = connection.execute(page_of(shape._replace(after=bool(last))), {**given, **begin, "most": limit}).all()
        found |= {KEY(row): row for row in rows}
        if len(rows) < limit:
            break
        last = next(reversed(found))
    return [as_task(context, connection, row) for row in list(found.values())[:limit]]


def count_tasks(context: Context, connection: Connection, actor: Actor, view: View, due_before: datetime | None) -> int:
    """How many tasks stand in an actor's queues; more than a thousand are counted as a thousand."""
    shape, given = asked(context, actor, view, due_before)
    if not shape.queues:
        return 0
    return int(connection.execute(count_of(shape), {**given, "most": MOST_COUNTED}).scalar_one())


def key_of(given: Task) -> Key:
    """Where a task stands in the order of the inbox."""
    case_id, occurrence = place(given.id)
    open_end = PAUSED if given.paused else NEVER
    return (moment(given.due) if given.due else open_end, given.priority, case_id, occurrence)


def asked(context: Context, actor: Actor, view: View, due_before: datetime | None) -> tuple[Shape, dict[str, Any]]:
    """The shape of a question, and what is filled into its statement."""
    queues, classes = queues_of(actor, view), context.policy.classes_open_to(actor)
    given: dict[str, Any] = {f"queue_{number}": queue for number, queue in enumerate(queues)}
    given |= {f"class_{number}": name for number, name in enumerate(classes or ())}
    if due_before is not None:
        given["before"] = moment(due_before)
    open_classes = None if classes is None else len(classes)
    return Shape(len(queues), open_classes, due_before is not None, False, context.database.sqlite), given


@lru_cache(SHAPES)
def page_of(shape: Shape) -> Select[Any]:
    """One page, in the order of the inbox."""
    most: Any = bindparam("most")
    parts = [in_queue(number, shape) for number in range(shape.queues)]
    if not shape.merges:
        parts = [part.order_by(*ORDER).limit(most) for part in parts]
    rows = union_all(*parts).subquery()
    return select(rows).order_by(*(rows.c[column.name] for column in ORDER)).limit(most)


@lru_cache(SHAPES)
def count_of(shape: Shape) -> Select[Any]:
    """How many different tasks there are, up to a number."""
    most: Any = bindparam("most")
    parts = [in_queue(number, shape).with_only_columns(*ORDER[2:]).limit(most) for number in range(shape.queues)]
    rows = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(func.count()).select_from(select(rows).distinct().limit(most).subquery())


def in_queue(number: int, shape: Shape) -> Select[Any]:
    """The tasks of one queue that an actor may see."""
    conditions: list[ColumnElement[bool]] = [task.c.queue == text(f"queue_{number}")]
    if shape.classes is not None:
        conditions.append(task.c.confidentiality.in_([text(f"class_{one}") for one in range(shape.classes)]))
    if shape.before:
        conditions.append(task.c.due < text("before"))
    if shape.after:
        conditions.append(tuple_(*ORDER) > tuple_(*(bindparam(f"after_{c.name}", type_=c.type) for c in ORDER)))
    return select(task).where(*conditions)


def text(name: str) -> Any:
    """A parameter that holds a text."""
    return bindparam(name, type_=Text)
