"""The part of the engine's front door for whoever looks at a case as it was: step by step, as of any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property

from ..bundles import Bundle
from ..cases.reading import read_case
from ..configuration import Configuration
from ..history.chain import step_of
from ..history.film import Film
from ..history.kept import Kept
from ..history.replay import Archive
from ..mapping import Declared
from ..model import SYSTEM, Actor, CaseId, Step
from ..store import files
from .part import Part

ROOM = 64_000_000  # bytes of frames and markings that one process keeps


class Replaying(Part):
    """What somebody sees who replays a case without changing it."""

    def film(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Film:
        """A case that can be looked at as of every step; NotFound for whoever may not see it."""
        with self.database.reading() as connection:
            row = read_case(self.context, connection, case_id, actor)
        number = int(row.id)

        def steps(first: int, last: int) -> Sequence[Step]:
            with self.database.reading() as connection:
                return [step_of(one) for one in files.steps_between(connection, number, first, last)]

        def hashes(seqs: Sequence[int]) -> Mapping[int, str]:
            with self.database.reading() as connection:
                return files.hashes_of(connection, number, seqs)

        archive = Archive(
            bundle=cache(self._kept_bundle),
            configuration=cache(self._kept_configuration),
            mapping=cache(self._kept_mapping),
        )
        return Film(
            case_id=CaseId(str(number)),
            last=int(row.seq),
            steps=steps,
            hashes=hashes,
            archive=archive,
            kept=self._worked_out,
        )

    @cached_property
    def _worked_out(self) -> Kept:
        """What all films of this process share."""
        return Kept(ROOM)

    def _kept_bundle(self, digest: str) -> Bundle:
        with self.database.reading() as connection:
            return self.context.shelf.bundle(connection, digest)

    def _kept_configuration(self, digest: str) -> Configuration:
        with self.database.reading() as connection:
            return self.context.shelf.configuration(connection, digest)

    def _kept_mapping(self, digest: str) -> Declared:
        with self.database.reading() as connection:
            return self.context.shelf.mapping(connection, digest)


__all__ = ["Replaying"]
