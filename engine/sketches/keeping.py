"""What process owners do with sketches: begin, list, open, discard. Each is a draft that belongs to a person."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, insert, select

from ..cases.context import Context
from ..errors import NotAllowed, NotFound, Refusal
from ..model import Actor, Deployment
from ..store import shelf
from ..store.tables import sketch
from . import rows
from .bounds import MOST_SKETCHES, Changed, demand_room, fitted, key_of, plain_files, plain_name
from .model import Outline, Sketch


def begin(
    context: Context,
    connection: Connection,
    by: Actor,
    *,
    key: str,
    version: int | None,
    files: Changed | None,
    name: str,
) -> Sketch:
    """Begin a sketch: of files, or else of a version of a key, the newest where none is named."""
    rows.demand_writer(context, by)
    demand_few(connection, by)
    if files is None:
        last = deployed(connection, key, version)
        bundle = context.shelf.bundle(connection, last.bundle)
        return insert_sketch(context, connection, by, key, name or fitted(bundle.name), last.bundle, bundle.files)
    plain = {path: body for path, body in plain_files(files).items() if body is not None}
    demand_room({path: len(body) for path, body in plain.items()})
    found, called = key_of(plain)
    key = found or key
    newest = shelf.newest(connection, key) if key else None
    base = newest.bundle if newest else None
    return insert_sketch(context, connection, by, key, name or called or key, base, plain)


def demand_few(connection: Connection, by: Actor) -> None:
    """Refuse one sketch more of somebody who has too many."""
    mine = select(func.count()).select_from(sketch).where(sketch.c.owner == by.name)
    if connection.execute(mine).scalar_one() >= MOST_SKETCHES:
        raise Refusal(f"A person has at most {MOST_SKETCHES} sketches; discard one.", bound="sketches")


def deployed(connection: Connection, key: str, version: int | None) -> Deployment:
    """A version of a key, the newest where none is named; NotFound where there is none."""
    for one in shelf.deployments(connection, key) if key else ():
        if version is None or one.version == version:
            return one
    raise NotFound(f"There is no version {version or ''} of {key[:80]}.")


def insert_sketch(
    context: Context,
    connection: Connection,
    by: Actor,
    key: str,
    name: str,
    base: str | None,
    files: Mapping[str, bytes],
) -> Sketch:
    """Store a new sketch at revision 1."""
    at = context.now_text()
    row = {"key": key, "name": plain_name(name), "base": base, "owner": by.name, "revision": 1}
    row |= {"created_at": at, "changed_at": at, "changed_by": by.name}
    made = connection.execute(insert(sketch).values(**row).returning(sketch)).one()
    for path, body in files.items():
        rows.write(connection, made.id, 1, path, body, {"at": at, "by": by.name})
    return rows.sketch_of(connection, made)


def listed(context: Context, connection: Connection, actor: Actor, key: str | None) -> list[Outline]:
    """The sketches of everybody, or those of one key, the last changed first."""
    rows.demand_reader(context, actor)
    found = select(sketch).order_by(sketch.c.changed_at.desc(), sketch.c.id.desc())
    return [
        rows.outline_of(row) for row in connection.execute(found if key is None else found.where(sketch.c.key == key))
    ]


def opened(context: Context, connection: Connection, sketch_id: int, actor: Actor) -> Sketch:
    """A sketch with its files."""
    rows.demand_reader(context, actor)
    return rows.sketch_of(connection, rows.row_of(connection, sketch_id))


def discard(context: Context, connection: Connection, sketch_id: int, by: Actor) -> None:
    """Throw a sketch of one's own away, for good."""
    rows.demand_writer(context, by)
    row = rows.row_of(connection, sketch_id, lock=True)
    if row.owner != by.name and not by.system:
        raise NotAllowed("A sketch is discarded by whose it is.", by=row.owner)
    rows.forget(connection, sketch_id)
