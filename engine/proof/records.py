"""Rows beside the histories that a checkpoint binds one by one: readings, samples, papers, deployments, rollouts,
decisions.

Each is written once, or decided once. Its digest is sealed when it is first found, under the name of its table and its
key; a row that is committed late is found at the next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Table, and_, cast, exists, literal, select

from ..canonical import canonical, digest
from ..store.tables import (
    checkpoint_record,
    configuration,
    configuration_proposal,
    deployment,
    paper,
    proposal,
    reading,
    rollout,
    sample,
)

# Columns that a release has added, and what stands in them where nobody has said anything: rows that were sealed before
# go on having their digest, and whatever else is written there is found.
ADDED: Mapping[str, Mapping[str, Any]] = {
    "proposal": {"authors": None, "effective_at": None, "percent": 100, "version": None},
}
BATCH = 1_000  # of a table that grows: it is read from its end until there are so many rows that are sealed
FEW: Mapping[Table, ColumnElement[bool]] = {
    deployment: deployment.c.version > 0,
    rollout: rollout.c.number > 0,
    configuration: configuration.c.version > 0,
    proposal: proposal.c.decision.is_not(None),
    configuration_proposal: configuration_proposal.c.decision.is_not(None),
    sample: sample.c.id > 0,
}
MANY = (reading, paper)
TABLES = (*FEW, *MANY)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Record:
    """A row that is sealed: its table, its key as text, the digest of what stands in it."""

    name: str
    id: str
    digest: bytes

    @property
    def leaf(self) -> bytes:
        """The record as a leaf of a tree."""
        return canonical({"digest": self.digest.hex(), "id": self.id, "name": self.name})


def key_of(table: Table) -> ColumnElement[str]:
    """The key of a row as text."""
    first, *others = (cast(column, String) for column in table.primary_key.columns)
    found: ColumnElement[str] = first
    for other in others:
        found = found + literal("/") + other
    return found.label("record_id")


def unsealed(connection: Connection, *, full: bool) -> list[Record]:
    """The rows that no checkpoint binds; of tables that grow only near their end, unless all of them are to be read."""
    few = (record_of(t, row) for t, ready in FEW.items() for row in connection.execute(not_sealed(t).where(ready)))
    many = (record_of(table, row) for table in MANY for row in _from_the_end(connection, table, full))
    return sorted([*few, *many])


def not_sealed(table: Table) -> Select[Any]:
    """The rows of a table that no checkpoint binds."""
    return select(table, key_of(table)).where(~_sealed(table))


def _sealed(table: Table) -> ColumnElement[bool]:
    return exists().where(and_(checkpoint_record.c.name == table.name, checkpoint_record.c.id == key_of(table).element))


def _from_the_end(connection: Connection, table: Table, full: bool) -> Iterator[Any]:
    last = None
    while True:
        asked = select(table, key_of(table), _sealed(table).label("is_sealed")).order_by(table.c.id.desc()).limit(BATCH)
        rows = connection.execute(asked if last is None else asked.where(table.c.id < last)).all()
        yield from (row for row in rows if not row.is_sealed)
        if len(rows) < BATCH or (not full and all(row.is_sealed for row in rows)):
            return
        last = rows[-1].id


def record_of(table: Table, row: Any) -> Record:
    """A row as it is sealed."""
    added = ADDED.get(str(table.name), {})
    said = {str(column.name): _plain(row._mapping[column]) for column in table.columns}
    values = {name: value for name, value in said.items() if name not in added or value != added[name]}
    return Record(name=str(table.name), id=row.record_id, digest=bytes.fromhex(digest(canonical(values))))


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value
