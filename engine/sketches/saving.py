"""Saves what was changed in a sketch, file by file: of two who changed the same file one wins, and no text is lost.

Whoever saves names the revision that he has seen. A file that somebody else has changed since is a `Conflict`, unless
both have come to the same; files that nobody else has touched are joined by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ..canonical import instant
from ..cases.context import Context
from ..errors import Conflict, NotFound, Refusal
from ..model import Actor
from ..store.tables import bundle, sketch, sketch_file, sketch_lost
from . import rows
from .bounds import Changed, demand_room, key_of, plain_files
from .model import Lost, Sketch

MOST_LOST = 20  # texts of one person and file that wait for his decision


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What is to be saved: who has seen which revision, what he has changed, and the base that it is brought up to."""

    sketch: int
    seen: int
    changed: dict[str, bytes | None]
    by: Actor
    base: str | None = None


def saving(sketch_id: int, seen: int, changed: Changed, by: Actor, base: str | None = None) -> Saving:
    """What is to be saved, under paths that can be kept."""
    return Saving(sketch=sketch_id, seen=seen, changed=plain_files(changed), by=by, base=base)


def save(context: Context, connection: Connection, given: Saving) -> Sketch:
    """Save files as the next revision; Conflict where one of them has been changed since the revision that was seen."""
    rows.demand_writer(context, given.by)
    row = rows.row_of(connection, given.sketch, lock=True)
    if not 1 <= given.seen <= row.revision:
        raise Refusal(f"There is no revision {given.seen} of this sketch.", bound="revision", revision=row.revision)
    last = rows.last_of(connection, row.id, list(given.changed))
    now = {path: None if one.body is None else rows.unpacked(one.body) for path, one in last.items()}
    fresh = {path: body for path, body in given.changed.items() if now.get(path) != body}
    for path in fresh:
        if path in last and last[path].revision > given.seen:
            raise overtaken(path, last[path], row.revision)
    if given.base is not None:
        demand_base(connection, given.base, row.key)
    if fresh or given.base not in (None, row.base):
        put(context, connection, row.id, row.revision + 1, fresh, given)
    return rows.sketch_of(connection, rows.row_of(connection, row.id))


def overtaken(path: str, last: Any, revision: int) -> Conflict:
    """The refusal of a file that somebody else has saved in the meantime."""
    said = {"by": last.by, "at": last.at, "path": path, "revision": revision}
    return Conflict(f"{last.by} has changed {path}.", how="revision", **said)


def demand_base(connection: Connection, base: str, key: str) -> None:
    """Refuse a base that is no bundle of the same key."""
    found = connection.execute(select(bundle.c.key).where(bundle.c.digest == base)).scalar()
    if found != key:
        raise NotFound(f"There is no bundle {base[:12]} of {key}.")


def put(
    context: Context,
    connection: Connection,
    sketch_id: int,
    revision: int,
    fresh: dict[str, bytes | None],
    given: Saving,
) -> None:
    """Write files as a revision, within the bounds; a new process is called by what its files say."""
    said = {"at": context.now_text(), "by": given.by.name}
    for path, body in fresh.items():
        rows.write(connection, sketch_id, revision, path, body, said)
    entries = rows.entries_of(connection, sketch_id)
    demand_room({one.path: len(one.body) for one in entries})
    row = {"revision": revision, "changed_at": said["at"], "changed_by": said["by"]}
    if given.base is not None:
        row["base"] = given.base
    mine = update(sketch).where(sketch.c.id == sketch_id)
    connection.execute(mine.values(**row))
    key, _ = key_of({one.path: one.body for one in entries})
    if key:
        connection.execute(mine.where(sketch.c.base.is_(None)).values(key=key))


def keep_lost(context: Context, connection: Connection, given: Saving) -> dict[str, int]:
    """Keep what somebody could not save: the id of each text by its path."""
    rows.row_of(connection, given.sketch, lock=True)
    at = context.now_text()
    return {path: keep_text(connection, given, path, rows.packed(body), at) for path, body in given.changed.items()}


def keep_text(connection: Connection, given: Saving, path: str, body: bytes | None, at: str) -> int:
    """Keep one text, once; the oldest of many of a person goes."""
    mine = _mine(given.sketch, path, given.by.name)
    same = sketch_lost.c.body.is_(None) if body is None else sketch_lost.c.body == body
    known = connection.execute(select(sketch_lost.c.id).where(*mine, same, sketch_lost.c.revision == given.seen))
    if (kept := known.scalar()) is not None:
        return int(kept)
    row = {"sketch": given.sketch, "path": path, "person": given.by.name, "revision": given.seen, "body": body}
    found = connection.execute(insert(sketch_lost).values(**row, at=at).returning(sketch_lost.c.id)).scalar_one()
    oldest = select(sketch_lost.c.id).where(*mine).order_by(sketch_lost.c.id.desc()).offset(MOST_LOST).limit(1)
    if (last := connection.execute(oldest).scalar()) is not None:
        connection.execute(delete(sketch_lost).where(*mine, sketch_lost.c.id <= last))
    return int(found)


def _mine(sketch_id: int, path: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return (sketch_lost.c.sketch == sketch_id, sketch_lost.c.path == path, sketch_lost.c.person == person)


def lost(context: Context, connection: Connection, sketch_id: int, actor: Actor) -> list[Lost]:
    """What an actor could not save of a sketch and has not decided yet, the newest first."""
    rows.demand_reader(context, actor)
    here = (sketch_lost.c.sketch == sketch_id, sketch_lost.c.person == actor.name)
    return [
        lost_of(row) for row in connection.execute(select(sketch_lost).where(*here).order_by(sketch_lost.c.id.desc()))
    ]


def lost_of(row: Any) -> Lost:
    """A row as what was lost."""
    named = {name: getattr(row, name) for name in ("id", "sketch", "path", "person", "revision")}
    return Lost(**named, body=None if row.body is None else rows.unpacked(row.body), at=instant(row.at))


def settle(connection: Connection, sketch_id: int, lost_id: int, by: Actor) -> None:
    """Let what was lost go, once its owner has decided."""
    here = (sketch_lost.c.id == lost_id, sketch_lost.c.sketch == sketch_id, sketch_lost.c.person == by.name)
    if connection.execute(delete(sketch_lost).where(*here)).rowcount == 0:
        raise NotFound(f"There is no text {lost_id} of yours.")


def seen_state(connection: Connection, sketch_id: int, path: str, revision: int) -> tuple[bool, bytes | None]:
    """Whether it is known what a file was at a revision, and what that was; None where there was none."""
    row = rows.state_at(connection, sketch_id, path, revision)
    if row is not None:
        return True, None if row.body is None else rows.unpacked(row.body)
    here = (sketch_file.c.sketch == sketch_id, sketch_file.c.path == path)
    states = connection.execute(select(func.count()).select_from(sketch_file).where(*here)).scalar_one()
    return int(states) < rows.MOST_PAST, None
