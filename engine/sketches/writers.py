"""Who has worked on a bundle before it was proposed: four eyes are of somebody who has not."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ..bundles import Bundle
from ..store.tables import sketch, sketch_file
from .rows import sketch_of


def writers(connection: Connection, bundle: Bundle) -> frozenset[str]:
    """Whose sketches have just the files of a bundle, and everybody who has saved something in one of these."""
    found: set[str] = set()
    for row in connection.execute(select(sketch).where(sketch.c.key == bundle.key)).all():
        if sketch_of(connection, row).digest == bundle.digest:
            saved = select(sketch_file.c.by).where(sketch_file.c.sketch == row.id).distinct()
            found |= {row.owner, *connection.execute(saved).scalars()}
    return frozenset(found)
