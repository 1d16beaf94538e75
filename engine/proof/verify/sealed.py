"""What checkpoints bind against what is stored: heads of cases, rows beside the histories, the chain of purges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, func, or_, select

from ...model import Problem, Purged
from ...retention.purging import hash_of
from ...store.tables import case, checkpoint_leaf, checkpoint_record, purge, step
from ..checkpoints import NONE, Leaf
from ..records import TABLES, Record, key_of, record_of

BESIDE = {table.name: table for table in TABLES}
HEADS = (
    select(checkpoint_leaf, step.c.hash.label("found"))
    .outerjoin(step, and_(step.c.case_id == checkpoint_leaf.c.case_id, step.c.seq == checkpoint_leaf.c.seq))
    .where(or_(step.c.hash.is_(None), step.c.hash != checkpoint_leaf.c.head))
    .order_by(checkpoint_leaf.c.case_id, checkpoint_leaf.c.number)
)


def leaf_problems(connection: Connection, case_id: int | None = None) -> Iterator[Problem]:
    """Sealed steps that are gone or are others now, unless a purge answers for the case; of one case or of all."""
    found = HEADS if case_id is None else HEADS.where(checkpoint_leaf.c.case_id == case_id)
    for row in connection.execute(found).all():
        leaf = Leaf(case_id=row.case_id, seq=row.seq, head=bytes(row.head))
        yield from _unanswered(connection, leaf, row.number, row.found is None)


def outside_leaf_problems(connection: Connection, leaves: Iterable[Leaf], number: int) -> Iterator[Problem]:
    """The same for the leaves of a checkpoint that stands in a file."""
    for leaf in leaves:
        here = (step.c.case_id == leaf.case_id, step.c.seq == leaf.seq)
        found = connection.execute(select(step.c.hash).where(*here)).scalar()
        if found is None or bytes(found) != leaf.head:
            yield from _unanswered(connection, leaf, number, found is None)


def _unanswered(connection: Connection, leaf: Leaf, number: int, gone: bool) -> Iterator[Problem]:
    row = purge_of(connection, leaf.case_id)
    if row is not None and (leaf.seq < row.steps or (leaf.seq == row.steps and leaf.head == bytes(row.head))):
        return
    what = "sealed step missing" if gone else "sealed step changed"
    yield Problem(what=what, case=str(leaf.case_id), seq=leaf.seq, detail=f"checkpoint {number}")


def purge_of(connection: Connection, case_id: int) -> Row[Any] | None:
    """The row of the purge that answers for a case."""
    return connection.execute(select(purge).where(purge.c.case_id == case_id)).first()


def purged(connection: Connection, case_id: int) -> Purged | None:
    """Under which policy, by whom and when a case was purged, if it was."""
    row = purge_of(connection, case_id)
    return None if row is None else Purged(number=row.number, policy=row.policy, at=row.at, by=row.by, steps=row.steps)


def purge_problems(connection: Connection, sealed: str) -> Iterator[Problem]:
    """A chain of purges that is broken, that says what is not so, or that goes on behind what was sealed last."""
    before, known, covered = NONE, sealed == NONE, {NONE}
    for row in connection.execute(select(purge).order_by(purge.c.id)).all():
        found = partial(Problem, case=str(row.case_id), detail=f"purge {row.id}: {row.number}, {row.policy}, {row.by}")
        if bytes(row.prev_hash).hex() != before or hash_of(row._asdict()) != bytes(row.hash):
            yield found(what="purge changed")
        before = bytes(row.hash).hex()
        covered.add(before)
        if known:
            yield found(what="purge not sealed")
        known = known or before == sealed
        yield from (found(what=what) for what in _wrong_with(connection, row))
    if sealed not in covered:
        yield Problem(what="purge missing", detail=f"the last sealed one has the hash {sealed}")


def _wrong_with(connection: Connection, row: Row[Any]) -> Iterator[str]:
    last = {"case_id": row.case_id, "seq": row.steps, "head": row.head}
    if connection.execute(select(checkpoint_leaf.c.number).filter_by(**last)).first() is None:
        yield "purge of what was never sealed"
    for column in (step.c.case_id, case.c.id):
        if connection.execute(select(column).where(column == row.case_id).limit(1)).first() is not None:
            yield "purge not whole"


def record_problems(connection: Connection) -> Iterator[Problem]:
    """Rows beside the histories that are gone or are others than those that were sealed."""
    sealed = select(checkpoint_record.c.name, func.count()).group_by(checkpoint_record.c.name)
    for name, count in connection.execute(sealed).all():
        table, found = BESIDE.get(name), 0
        for row in () if table is None else connection.execute(_joined(table)):
            found += 1
            assert table is not None
            if record_of(table, row).digest != bytes(row.sealed):
                yield Problem(what="sealed row changed", detail=f"{name} {row.record_id}, in checkpoint {row.number_}")
        if found < count:
            yield from _missing(connection, name)


def _joined(table: Table) -> Select[Any]:
    same = and_(checkpoint_record.c.name == table.name, checkpoint_record.c.id == key_of(table).element)
    sealed = (checkpoint_record.c.digest.label("sealed"), checkpoint_record.c.number.label("number_"))
    return select(table, key_of(table), *sealed).join(checkpoint_record, same)


def _missing(connection: Connection, name: str) -> Iterator[Problem]:
    table = BESIDE.get(name)
    there = set() if table is None else set(connection.execute(select(key_of(table)).select_from(table)).scalars())
    wanted = select(checkpoint_record).where(checkpoint_record.c.name == name).order_by(checkpoint_record.c.number)
    for row in connection.execute(wanted):
        if row.id not in there:
            yield Problem(what="sealed row missing", detail=f"{name} {row.id}, in checkpoint {row.number}")


def outside_record_problems(connection: Connection, records: Iterable[Record], number: int) -> Iterator[Problem]:
    """The same for the records of a checkpoint that stands in a file."""
    for one in records:
        table = BESIDE.get(one.name)
        if table is None or _digest_of(connection, table, one.id) != one.digest:
            yield Problem(what="sealed row changed", detail=f"{one.name} {one.id}, in checkpoint {number}")


def _digest_of(connection: Connection, table: Table, id: str) -> bytes | None:
    row = connection.execute(select(table, key_of(table)).where(key_of(table).element == id)).first()
    return None if row is None else record_of(table, row).digest
