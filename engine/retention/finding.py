"""Finds the cases that are due, the first ended first, by an index that holds none but ended cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, bindparam, select, tuple_

from ..store.tables import case, deployment
from .rules import Rule

Place = tuple[str, int]  # when a case ended, and its id
BEGINNING: Place = ("", 0)

DUE = (
    select(case.c.ended_at, case.c.id)
    .where(case.c.key == bindparam("key"), case.c.ended_at <= bindparam("cutoff"))
    .where(
        tuple_(case.c.ended_at, case.c.id)
        > tuple_(bindparam("after", type_=case.c.ended_at.type), bindparam("id", type_=case.c.id.type))
    )
    .order_by(case.c.ended_at, case.c.id)
    .limit(bindparam("most", type_=case.c.seq.type))
)


def due(connection: Connection, key: str, cutoff: str, after: Place, most: int) -> Sequence[Row[tuple[str, int]]]:
    """Some cases of a process that have ended by a moment, after a place in their order."""
    given = {"key": key, "cutoff": cutoff, "after": after[0], "id": after[1], "most": most}
    return connection.execute(DUE, given).all()  # type: ignore[return-value]


def keys_of(connection: Connection, rules: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    """Every rule with every process that it is for, as far as one was ever deployed."""
    found = select(deployment.c.key).distinct().order_by(deployment.c.key)
    keys = list(connection.execute(found).scalars())
    for rule in rules:
        named = {other.key for other in rules if other.do == rule.do and other.key}
        yield from ((rule, key) for key in keys if (key == rule.key if rule.key else key not in named))
