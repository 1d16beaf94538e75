"""The rows of sketches, how they are read and locked. Bodies are packed; of a path the newest row counts."""

from __future__ import annotations

import zlib
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select

from ..canonical import instant
from ..cases.context import Context
from ..errors import NotAllowed, NotFound
from ..model import Actor
from ..store.tables import sketch, sketch_file, sketch_lost, sketching
from .model import Entry, Outline, Sketch

MOST_PAST = 200  # states of one file that stay, so that who has seen one of them can be merged with


def demand_reader(context: Context, actor: Actor) -> None:
    """For whoever neither deploys nor audits there are no sketches."""
    if not actor.any_of(context.policy.deployers | context.policy.auditors):
        raise NotFound("There are no sketches.")


def demand_writer(context: Context, by: Actor) -> None:
    """Refuse whoever may not deploy."""
    demand_reader(context, by)
    if not by.any_of(context.policy.deployers):
        needed = " or ".join(sorted(context.policy.deployers))
        raise NotAllowed(f"Working on a sketch needs {needed}.", groups=sorted(context.policy.deployers))


def row_of(connection: Connection, sketch_id: int, *, lock: bool = False) -> Any:
    """The row of a sketch; NotFound where there is none, or none any more."""
    asked = select(sketch).where(sketch.c.id == sketch_id)
    row = connection.execute(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise NotFound(f"There is no sketch {sketch_id}.")
    return row


def outline_of(row: Any) -> Outline:
    """A row as an outline."""
    return Outline(**_said(row))


def _said(row: Any) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("id", "key", "name", "base", "owner", "revision", "changed_by")}
    return said | {"created_at": instant(row.created_at), "changed_at": instant(row.changed_at)}


def sketch_of(connection: Connection, row: Any) -> Sketch:
    """A row with the files of its sketch."""
    return Sketch(**_said(row), entries=tuple(entries_of(connection, row.id)))


def newest_of(sketch_id: int) -> Any:
    """The newest row of each path of a sketch, as a condition on `sketch_file`."""
    last = (
        select(sketch_file.c.path, func.max(sketch_file.c.revision).label("revision"))
        .where(sketch_file.c.sketch == sketch_id)
        .group_by(sketch_file.c.path)
        .subquery()
    )
    here = and_(sketch_file.c.path == last.c.path, sketch_file.c.revision == last.c.revision)
    return select(sketch_file).join(last, here).where(sketch_file.c.sketch == sketch_id)


def entries_of(connection: Connection, sketch_id: int) -> list[Entry]:
    """The files of a sketch as they are, by path."""
    found = connection.execute(newest_of(sketch_id).order_by(sketch_file.c.path))
    return [
        Entry(path=one.path, body=unpacked(one.body), revision=one.revision, at=instant(one.at), by=one.by)
        for one in found
        if one.body is not None
    ]


def last_of(connection: Connection, sketch_id: int, paths: list[str]) -> dict[str, Any]:
    """The newest row of some paths, those of deleted files too."""
    found = connection.execute(newest_of(sketch_id).where(sketch_file.c.path.in_(paths)))
    return {one.path: one for one in found}


def write(connection: Connection, sketch_id: int, revision: int, path: str, body: bytes | None, said: Any) -> None:
    """Put a file in the place of what was there; the oldest of many states goes."""
    row = {"sketch": sketch_id, "path": path, "revision": revision, "body": packed(body), **said}
    connection.execute(insert(sketch_file).values(**row))
    here = (sketch_file.c.sketch == sketch_id, sketch_file.c.path == path)
    newest = select(sketch_file.c.revision).where(*here).order_by(sketch_file.c.revision.desc())
    last = connection.execute(newest.offset(MOST_PAST).limit(1)).scalar()
    if last is not None:
        connection.execute(delete(sketch_file).where(*here, sketch_file.c.revision <= last))


def state_at(connection: Connection, sketch_id: int, path: str, revision: int) -> Any | None:
    """The row of a path that was in force at a revision; None where it is not known any more, or never was."""
    here = (sketch_file.c.sketch == sketch_id, sketch_file.c.path == path, sketch_file.c.revision <= revision)
    return connection.execute(select(sketch_file).where(*here).order_by(sketch_file.c.revision.desc())).first()


def forget(connection: Connection, sketch_id: int) -> None:
    """Delete a sketch with all that belongs to it."""
    for table in (sketch_file, sketch_lost, sketching):
        connection.execute(delete(table).where(table.c.sketch == sketch_id))
    connection.execute(delete(sketch).where(sketch.c.id == sketch_id))


def packed(body: bytes | None) -> bytes | None:
    """A body as it is stored; a deleted file has none."""
    return None if body is None else zlib.compress(body)


def unpacked(body: Any) -> bytes:
    """A stored body as it was saved."""
    return zlib.decompress(bytes(body))
