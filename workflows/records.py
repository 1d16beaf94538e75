"""What the domain reads from the engine's own tables: nothing else of it may know them, and nothing here writes.

Local operators run inside a step and cannot ask the engine's front door, so these two questions go to its tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, or_, select

from engine.model import SYSTEM
from engine.store.tables import case, step

OPEN = ("open", "suspended")
TOOK_PART = ("started", "claimed", "completed", "assigned")


def open_cases(connection: Connection, customer_id: str, *, other_than: str) -> int:
    """How many other open cases are about a customer."""
    mine = case.c.customer == customer_id
    query = select(func.count()).where(mine, case.c.status.in_(OPEN), case.c.id != int(other_than))
    return int(connection.execute(query).scalar_one())


def people_of(connection: Connection, cases: Iterable[str]) -> set[str]:
    """Who has done anything in some cases, named by id or number."""
    wanted = sorted(set(cases))
    if not wanted:
        return set()
    ids = [int(name) for name in wanted if name.isascii() and name.isdecimal() and len(name) < 19]
    query = (
        select(step.c.actor)
        .join(case, case.c.id == step.c.case_id)
        .where(or_(case.c.id.in_(ids), case.c.number.in_(wanted)))
        .where(step.c.kind.in_(TOOK_PART), step.c.actor != SYSTEM.name)
    )
    return set(connection.execute(query.distinct()).scalars())
