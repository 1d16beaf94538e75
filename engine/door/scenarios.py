"""The part of the engine's front door for scenarios: run those of a bundle, with its check or alone, and play one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..bounded import NOT_READ
from ..bundles import normal_files, read_bundle
from ..cases import deploying, rehearsing
from ..cases.deploying import Examined
from ..scenarios import Around, Outcome
from .part import Part


class Scenarios(Part):
    """Test cases that live in bundles; none of them makes a case, and nothing leaves."""

    def examine(self, files: Mapping[str, bytes | str]) -> Examined:
        """What `check` finds, and how the scenarios went in it, if they were run: for whoever shows both."""
        with self.database.reading() as connection:
            return deploying.examine(self.context, connection, files, self._configuration(connection))

    def readable(self, files: Mapping[str, bytes | str]) -> bool:
        """Whether files are read within the limits of an upload: whoever reads them in this process asks first."""
        with self.database.reading() as connection:
            found = deploying.read_within_limits(self.context, connection, files, self._configuration(connection))
        return all(one.rule != NOT_READ for one in found)

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
