"""What the domain reads from the engine's own tables: nothing else of it may know them, and nothing here writes.

Local operators run inside a step and cannot ask the engine's front door, so these few questions go to its tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select

from engine.canonical import read
from engine.model import SYSTEM
from engine.store.tables import case, step

OPEN = ("open", "suspended")
TOOK_PART = ("started", "claimed", "completed", "assigned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A case as others name it."""

    id: str
    number: str
    process: str
    version: int


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
    query = (
        select(step.c.actor)
        .join(case, case.c.id == step.c.case_id)
        .where(_named(wanted))
        .where(step.c.kind.in_(TOOK_PART), step.c.actor != SYSTEM.name)
    )
    return set(connection.execute(query.distinct()).scalars())


def known(connection: Connection, name: str) -> Known | None:
    """The case of an id or a number."""
    row = connection.execute(select(case.c.id, case.c.number, case.c.key, case.c.version).where(_named([name]))).first()
    return None if row is None else Known(id=str(row.id), number=row.number, process=row.key, version=row.version)


def who_did(connection: Connection, case_id: str, element: str) -> str | None:
    """Who completed a task of a case last."""
    query = select(step.c.actor, step.c.input).where(step.c.case_id == int(case_id), step.c.kind == "completed")
    rows = connection.execute(query.order_by(step.c.seq.desc()))
    return next((str(row.actor) for row in rows if read(bytes(row.input)).get("element") == element), None)


def _named(names: list[str]) -> ColumnElement[bool]:
    ids = [int(name) for name in names if name.isascii() and name.isdecimal() and len(name) < 19]
    return or_(case.c.id.in_(ids), case.c.number.in_(names))
