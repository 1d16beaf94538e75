"""The part of the engine's front door for scenarios: run those of a bundle, and play one that is being recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..bundles import normal_files, read_bundle
from ..cases import rehearsing
from ..scenarios import Around, Outcome
from .part import Part


class Scenarios(Part):
    """Test cases that live in bundles; none of them makes a case, and nothing leaves."""

    def rehearse(self, files: Mapping[str, bytes | str]) -> list[Outcome]:
        """Run all scenarios of a bundle that can be read; ValueError or MalformedXml where it cannot."""
        bundle = read_bundle(normal_files(files))
        with self.database.reading() as connection:
            return rehearsing.outcomes(self.context, connection, bundle, self._configuration(connection))

    @contextmanager
    def rehearsal(self) -> Iterator[Around]:
        """What a scenario finds around its bundle now, for as long as it is played."""
        with self.database.reading() as connection:
            yield rehearsing.around(self.context, connection, self._configuration(connection))
