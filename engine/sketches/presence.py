"""Who has a sketch of a process open: whoever was seen there within the last two minutes of the engine's clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from ..canonical import instant, moment
from ..cases.context import Context
from ..model import Actor
from ..store.tables import sketch, sketching
from . import rows
from .model import Presence

LONGEST = timedelta(minutes=2)


def seen(context: Context, connection: Connection, sketch_id: int, by: Actor) -> list[Presence]:
    """Note that somebody works on a sketch; who else does, on it or on another one of its process."""
    rows.demand_writer(context, by)
    row = rows.row_of(connection, sketch_id, lock=True)
    mine = (sketching.c.sketch == sketch_id, sketching.c.person == by.name)
    if connection.execute(update(sketching).where(*mine).values(at=context.now_text())).rowcount == 0:
        connection.execute(insert(sketching).values(sketch=sketch_id, person=by.name, at=context.now_text()))
    connection.execute(delete(sketching).where(sketching.c.sketch == sketch_id, sketching.c.at < _since(context)))
    return others(context, connection, row.id, row.key, by)


def others(context: Context, connection: Connection, sketch_id: int, key: str, actor: Actor) -> list[Presence]:
    """Who else works on a sketch or on another one of the same key, those on this sketch first."""
    fresh = (sketching.c.at >= _since(context), sketching.c.person != actor.name)
    here = sketch.c.id == sketch_id
    asked = select(sketching).join(sketch, sketch.c.id == sketching.c.sketch)
    asked = asked.where(*fresh, here | (sketch.c.key == key) if key else here)
    found = [Presence(sketch=one.sketch, person=one.person, at=instant(one.at)) for one in connection.execute(asked)]
    return sorted(found, key=lambda one: (one.sketch != sketch_id, one.person, one.sketch))


def _since(context: Context) -> str:
    return moment(context.now() - LONGEST)
