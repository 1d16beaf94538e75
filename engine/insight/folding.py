"""Folds cases that have ended into the rows that pages read, and takes one out again that is purged.

Steps are read and counted before anything is written; then one short transaction adds a batch up. A case is known by
its row in `walk`, so that it counts once, whoever folds, in whatever order and portions. Where to go on stands in
`walk_mark`; a step may be committed later than its moment says, so it is always looked back a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from ..canonical import instant, moment
from ..cases.context import Context
from ..store.database import alone
from ..store.tables import bundle, case, walk, walk_cell, walk_mark, walk_path, walk_variant, walked
from .adding import write
from .counting import Counted, counted_of, sums_of

BATCH = 200  # cases that one transaction adds up
BACK = timedelta(days=1)  # how far it is looked back behind what was counted last
FOLD = "insight"  # what whoever adds up does alone
HEAD = tuple(
    case.c[name] for name in ("id", "key", "version", "outcome", "status", "ended_at", "confidentiality", "seq")
)
PENDING = (
    select(*HEAD)
    .where(case.c.key == bindparam("process"), case.c.ended_at >= bindparam("since"))
    .where(~exists().where(walk.c.case_id == case.c.id))
    .order_by(case.c.ended_at, case.c.id)
    .limit(bindparam("most"))
)


def fold(context: Context, limit: int | None = None) -> int:
    """Add up the cases that have ended and are not counted yet, at most so many; how many they were."""
    done = 0
    for key in keys(context):
        while limit is None or done < limit:
            most = BATCH if limit is None else min(BATCH, limit - done)
            found = _fold_some(context, key, most)
            done += found
            if found < most:
                break
    return done


def keys(context: Context) -> list[str]:
    """The processes that have cases."""
    with context.database.reading() as connection:
        found = select(bundle.c.key).where(bundle.c.kind == "process").distinct().order_by(bundle.c.key)
        return list(connection.execute(found).scalars())


def _fold_some(context: Context, key: str, most: int) -> int:
    """Add up a batch of one process; how many cases were counted."""
    with context.database.reading() as connection:
        mark = connection.execute(select(walk_mark.c.reached).where(walk_mark.c.key == key)).scalar()
        since = moment(instant(mark) - BACK) if mark else ""
        rows = connection.execute(PENDING, {"process": key, "since": since, "most": most}).all()
        counted = list(counted_of(context, connection, rows))
    if not rows:
        return 0
    with context.database.writing() as connection:
        alone(connection, FOLD)
        _add(connection, counted)
        _reach(connection, key, mark, max(mark or "", rows[-1].ended_at), context.now_text())
    return len(counted)


def _add(connection: Connection, counted: Sequence[Counted]) -> None:
    """Write what is still there and that nobody has counted meanwhile."""
    ids = [one.row.id for one in counted]
    there = set(connection.execute(select(case.c.id).where(case.c.id.in_(ids))).scalars())
    there -= set(connection.execute(select(walk.c.case_id).where(walk.c.case_id.in_(ids))).scalars())
    sums = sums_of(one for one in counted if one.row.id in there)
    if sums.rows:
        connection.execute(insert(walk), sums.rows)
        write(connection, sums)


def _reach(connection: Connection, key: str, was: str | None, reached: str, at: str) -> None:
    """Write where to go on."""
    known = connection.execute(select(walk_mark.c.key).where(walk_mark.c.key == key)).first() is not None
    said = {"reached": reached, "at": at}
    if known:
        connection.execute(update(walk_mark).where(walk_mark.c.key == key).values(**said))
    else:
        connection.execute(insert(walk_mark).values(key=key, **said))


def forget(context: Context, connection: Connection, case_id: int) -> None:
    """Take a case out of all sums, before its steps go; one that is not counted is in none."""
    alone(connection, FOLD)
    if connection.execute(delete(walk).where(walk.c.case_id == case_id)).rowcount:
        rows = connection.execute(select(*HEAD).where(case.c.id == case_id)).all()
        write(connection, sums_of(counted_of(context, connection, rows)), sign=-1)


def clear(connection: Connection) -> None:
    """Forget all sums, so that they are made anew."""
    alone(connection, FOLD)
    for table in (walk, walk_cell, walk_variant, walk_path, walked, walk_mark):
        connection.execute(delete(table))
