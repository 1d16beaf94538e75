"""Where the open cases of a process stand now: counted from the live tables, of at most `MOST` cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from ..store.tables import case, incident, task

MOST = 5_000  # open cases that are looked at, the newest; a page says when there are more
OPEN = ("open", "suspended")
Spot = tuple[str, str]  # the bundle that an element is drawn in, and its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The open cases by version, and their open tasks, overdue ones and incidents by element."""

    cases: Mapping[int, int]
    tasks: Mapping[Spot, int]
    overdue: Mapping[Spot, int]
    incidents: Mapping[Spot, int]
    more: bool  # whether there are more than were looked at


def standing(connection: Connection, key: str, classes: Collection[str] | None, now: str) -> Standing:
    """Where the open cases of a process stand."""
    found = select(case.c.id, case.c.version, case.c.bundle).where(case.c.key == key, case.c.status.in_(OPEN))
    if classes is not None:
        found = found.where(case.c.confidentiality.in_(classes))
    rows = connection.execute(found.order_by(case.c.id.desc()).limit(MOST + 1)).all()
    more, last = len(rows) > MOST, rows[MOST].id if len(rows) > MOST else 0
    near = found.where(case.c.id > last).subquery()
    tasks: Counter[Spot] = Counter()
    overdue: Counter[Spot] = Counter()
    one_row = select(task.c.case_id, task.c.occurrence, task.c.bundle, task.c.element, task.c.due)
    one_row = one_row.join(near, near.c.id == task.c.case_id).distinct()  # a task stands in several queues
    for row in connection.execute(one_row):
        tasks[row.bundle, row.element] += 1
        overdue[row.bundle, row.element] += row.due < now
    troubles = select(near.c.bundle, incident.c.element, func.count()).select_from(incident)
    troubles = troubles.join(near, and_(near.c.id == incident.c.case_id, incident.c.closed_at.is_(None)))
    rows_of_trouble = connection.execute(troubles.group_by(near.c.bundle, incident.c.element))
    return Standing(
        cases=Counter(row.version for row in rows[:MOST]),
        tasks=dict(tasks),
        overdue={spot: count for spot, count in overdue.items() if count},
        incidents={(digest, element): count for digest, element, count in rows_of_trouble},
        more=more,
    )
