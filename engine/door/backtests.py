"""The part of the engine's front door for whoever wants to know what a draft would have made of the past."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ..backtest import Tested
from ..batches import rows
from ..batches.rows import Batch
from ..bundles import Bundle
from ..cases import deploying, reading
from ..cases.steps import settled
from ..model import Actor, CaseId
from ..past import choosing, working
from ..past.choosing import Chosen, Past
from ..store import shelf
from .part import Part


class Backtests(Part):
    """Drafts on cases of the past."""

    def backtest(
        self, bundle: str | Mapping[str, bytes | str], past: Past | None = None, *, by: Actor, reason: str = ""
    ) -> Batch:
        """Try a bundle on finished cases of its process; workers do it, `run_due` is one.

        `bundle` is the digest of a stored bundle, or the files of a draft, which are checked and kept.
        """
        deploying.demand_deployer(self.context, by)
        draft = None if isinstance(bundle, str) else self._sound(bundle)

        def begin(connection: Connection) -> Batch:
            if draft is not None:
                shelf.store_bundle(connection, draft)
            digest = draft.digest if draft is not None else str(bundle)
            tried = self.context.shelf.bundle(connection, digest)
            chosen = choosing.choose(self.context, connection, tried, past or Past())
            given = (working.BACKTEST, tried.key, digest, chosen.plain(), chosen.ids, by, reason)
            return rows.start(self.context, connection, *given)

        return settled(self.context, begin)

    def past(self, bundle: Bundle, past: Past | None = None, *, by: Actor) -> Chosen:
        """The finished cases that a bundle, stored or not, would be tried on."""
        deploying.demand_deployer(self.context, by)
        with self.database.reading() as connection:
            return choosing.choose(self.context, connection, bundle, past or Past())

    def tried(self, bundle: str | Bundle, case_id: CaseId | str, actor: Actor) -> Tested:
        """One case beside what a bundle would have made of it; NotFound for whoever may not see the case."""
        deploying.demand_onlooker(self.context, actor)
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
            found = self.context.shelf.bundle(connection, bundle) if isinstance(bundle, str) else bundle
            return working.tried(self.context, connection, found, CaseId(str(row.id)))

    def drafted(self, files: Mapping[str, bytes | str]) -> Bundle:
        """The bundle of some files that have no error, stored nowhere; InvalidDiagram where they have one."""
        return self._sound(files)

    def _sound(self, files: Mapping[str, bytes | str]) -> Bundle:
        with self.database.reading() as connection:
            return deploying.checked(self.context, connection, files, self._configuration(connection))
