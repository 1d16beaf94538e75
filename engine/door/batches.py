"""The part of the engine's front door about batches: how far one is, what its cases came to, and how to cancel it."""

from __future__ import annotations

from ..batches import rows
from ..batches.rows import Answer, Batch, Progress
from ..cases import deploying, failures
from ..cases.retrying import RETRY
from ..cases.steps import number_of
from ..model import Actor, CaseId
from .interventions import demand_mender
from .part import Part


class Batches(Part):
    """Questions and acts over many cases."""

    def batches(
        self,
        actor: Actor,
        *,
        key: str | None = None,
        bundle: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> list[Batch]:
        """The batches of a process, about a bundle, of a kind, newest first; `after` is the last of the page before."""
        self._demand_onlooker(actor, kind)
        with self.database.reading() as connection:
            return rows.page(connection, limit, after, key=key, bundle=bundle, kind=kind)

    def batch(self, batch_id: int, actor: Actor) -> Batch:
        """A batch as it stands."""
        with self.database.reading() as connection:
            found = rows.find(connection, batch_id)
        self._demand_onlooker(actor, found.kind)
        return found

    def batch_progress(self, batch_id: int, actor: Actor) -> Progress:
        """How many cases a batch has, and how many of them came to each outcome."""
        found = self.batch(batch_id, actor)
        with self.database.reading() as connection:
            return rows.progress(connection, found.id)

    def batch_answers(
        self,
        batch_id: int,
        actor: Actor,
        *,
        outcome: str | None = None,
        limit: int = 50,
        after: CaseId | str | None = None,
    ) -> list[Answer]:
        """The results of the cases that an actor may see, of one outcome or of all; others are counted, not named."""
        found = self.batch(batch_id, actor)
        with self.database.reading() as connection:
            last = None if after is None else number_of(after)
            return rows.answers(self.context, connection, found.id, actor, outcome, limit, last)

    def cancel_batch(self, batch_id: int, *, by: Actor) -> Batch:
        """Stop a batch; what has an outcome keeps it. Conflict where it is over."""
        with self.database.writing() as connection:
            if rows.find(connection, batch_id).kind == RETRY:
                demand_mender(self.context, by)
            else:
                deploying.demand_deployer(self.context, by)
            return rows.cancel(self.context, connection, batch_id)

    def _demand_onlooker(self, actor: Actor, kind: str | None) -> None:
        """Refuse whoever may not look at batches of a kind."""
        demand = failures.demand_onlooker if kind == RETRY else deploying.demand_onlooker
        demand(self.context, actor)
