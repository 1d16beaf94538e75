"""The part of the engine's front door for drafts of bundles: process owners work on them, auditors may look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cases.steps import settled
from ..errors import Conflict
from ..model import Actor
from ..sketches import keeping, presence, rows, saving
from ..sketches.bounds import Changed
from ..sketches.model import Lost, Outline, Presence, Sketch
from .part import Part


class Sketches(Part):
    """What process owners work on before anything is deployed."""

    def sketch_begin(
        self,
        *,
        by: Actor,
        key: str = "",
        version: int | None = None,
        files: Mapping[str, bytes | str] | None = None,
        name: str = "",
    ) -> Sketch:
        """Begin a sketch: of files, which may be none, or of a version of a key, the newest where none is named."""
        said: dict[str, Any] = {"key": key, "version": version, "files": files, "name": name}
        return settled(self.context, lambda c: keeping.begin(self.context, c, by, **said))

    def sketches(self, actor: Actor, key: str | None = None) -> list[Outline]:
        """The sketches of everybody, or those of one key, the last changed first."""
        with self.database.reading() as connection:
            return keeping.listed(self.context, connection, actor, key)

    def sketch(self, sketch_id: int, actor: Actor) -> Sketch:
        """A sketch with its files."""
        with self.database.reading() as connection:
            return keeping.opened(self.context, connection, sketch_id, actor)

    def sketch_save(
        self, sketch_id: int, revision: int, changed: Changed, *, by: Actor, settles: int | None = None
    ) -> Sketch:
        """Save files (None deletes one) by somebody who has seen a revision; `settles` is what he had lost before.

        Conflict names who has saved one of the files since, and when; what is refused is kept as `lost`.
        """
        return self._saved(saving.saving(sketch_id, revision, changed, by), settles)

    def sketch_rebase(self, sketch_id: int, revision: int, base: str, changed: Changed, *, by: Actor) -> Sketch:
        """Bring a sketch up to another bundle of its key, with what that changes in its files."""
        return self._saved(saving.saving(sketch_id, revision, changed, by, base), None)

    def sketch_seen(self, sketch_id: int, *, by: Actor) -> list[Presence]:
        """Note that somebody works on a sketch; who else does, on it or on another one of its process."""
        return settled(self.context, lambda c: presence.seen(self.context, c, sketch_id, by))

    def sketch_others(self, sketch_id: int, actor: Actor) -> list[Presence]:
        """Who else works on a sketch or on another one of its process; nothing is noted."""
        with self.database.reading() as connection:
            rows.demand_reader(self.context, actor)
            row = rows.row_of(connection, sketch_id)
            return presence.others(self.context, connection, row.id, row.key, actor)

    def sketch_discard(self, sketch_id: int, *, by: Actor) -> None:
        """Throw a sketch of one's own away, for good."""
        settled(self.context, lambda c: keeping.discard(self.context, c, sketch_id, by))

    def sketch_lost(self, sketch_id: int, actor: Actor) -> list[Lost]:
        """What an actor could not save of a sketch and has not decided yet, the newest first."""
        with self.database.reading() as connection:
            return saving.lost(self.context, connection, sketch_id, actor)

    def sketch_forget(self, sketch_id: int, lost: int, *, by: Actor) -> None:
        """Let what one could not save go."""
        settled(self.context, lambda c: saving.settle(c, sketch_id, lost, by))

    def sketch_state(self, sketch_id: int, path: str, revision: int, actor: Actor) -> tuple[bool, bytes | None]:
        """Whether it is still known what a file was at a revision, and what that was; None where there was none."""
        with self.database.reading() as connection:
            rows.demand_reader(self.context, actor)
            return saving.seen_state(connection, sketch_id, path, revision)

    def _saved(self, given: saving.Saving, settles: int | None) -> Sketch:
        def command(connection: Any) -> Sketch:
            made = saving.save(self.context, connection, given)
            if settles is not None:
                saving.settle(connection, given.sketch, settles, given.by)
            return made

        try:
            return settled(self.context, command)
        except Conflict as error:
            if (path := error.data.get("path")) is not None and given.base is None:
                kept = settled(self.context, lambda c: saving.keep_lost(self.context, c, given))
                error.data["lost"] = kept[path]
            raise
