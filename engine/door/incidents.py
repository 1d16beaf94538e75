"""The part of the engine's front door about incidents: which are open, which are alike, and those retried together.

One of them is retried or given up in `interventions`.
"""

from __future__ import annotations

from ..batches.rows import Batch
from ..cases import failures, retrying
from ..cases.failures import Alike, Failed, Failures
from ..cases.steps import settled
from ..errors import Refusal
from ..model import Actor
from .interventions import demand_mender
from .part import Part

EVERY = Failed()


class Incidents(Part):
    """What failed in the cases that somebody may see, and waits for a person."""

    def open_incidents(
        self, actor: Actor, failed: Failed = EVERY, *, limit: int = 50, after: str | None = None, oldest: bool = False
    ) -> Failures:
        """A page of open incidents, what failed last first; `after` is the `later` of the page before.

        A page looks at some thousand incidents at most: it may hold less than its limit, and others come later.
        """
        failures.demand_onlooker(self.context, actor)
        with self.database.reading() as connection:
            return failures.page(self.context, connection, failed, actor, limit, after, oldest)

    def count_incidents(self, actor: Actor, failed: Failed = EVERY, *, most: int = failures.MOST_COUNTED) -> int:
        """How many incidents are open, up to a number, among those that failed last."""
        failures.demand_onlooker(self.context, actor)
        with self.database.reading() as connection:
            return failures.count(self.context, connection, failed, actor, most)

    def alike_incidents(self, actor: Actor, failed: Failed = EVERY) -> list[Alike]:
        """The open incidents that several have in common, among those that failed last."""
        failures.demand_onlooker(self.context, actor)
        with self.database.reading() as connection:
            return failures.alike(self.context, connection, failed, actor)

    def retry_all(self, failed: Failed, *, by: Actor, reason: str) -> Batch:
        """Retry all open incidents at an element that somebody may see, each by a step of its case; workers do it.

        While it runs, whoever asks for the same gets the same batch. Conflict where none is open any more.
        """
        demand_mender(self.context, by)
        why = reason.strip()
        if not why:
            raise Refusal("Say why they are tried again.")
        return settled(self.context, lambda c: retrying.begin(self.context, c, failed, by, why))


__all__ = ["Incidents"]
