"""The part of the engine's front door that steers new cases: who gets which version, from when, and back again."""

from __future__ import annotations

from datetime import datetime

from ..cases import rolling, starting, steering
from ..cases.deploying import Proposal
from ..cases.rolling import Reach
from ..cases.steps import settled
from ..model import Actor, Draw, Rollout, Share, Standing
from ..store import rollouts
from .part import Part


class Rolling(Part):
    """The versions that new cases begin with."""

    def roll_out(
        self, key: str, version: int, percent: int, *, by: Actor, reason: str, effective_at: datetime | None = None
    ) -> Rollout:
        """Let a deployed version have a share of the new cases, now or from a moment on.

        NotAllowed(how="propose") where the policy wants a second person and it has never had so many.
        """
        context, now = self.context, self._configuration
        reach = Reach(percent=percent, effective_at=effective_at)
        return settled(context, lambda c: steering.roll_out(context, c, key, version, reach, now(c), by, reason))

    def propose_rollout(
        self, key: str, version: int, percent: int, *, by: Actor, reason: str, effective_at: datetime | None = None
    ) -> Proposal:
        """Lay before a second process owner that a deployed version is to have more of the new cases."""
        context, reach = self.context, Reach(percent=percent, effective_at=effective_at)
        return settled(context, lambda c: steering.propose(context, c, key, version, reach, by, reason))

    def stop_rollout(self, key: str, *, by: Actor, reason: str, version: int | None = None) -> Rollout:
        """Give no more new cases to a version that has a share or waits for its moment; Conflict where none does."""
        context, now = self.context, self._configuration
        return settled(context, lambda c: steering.stop(context, c, key, version, now(c), by, reason))

    def roll_back(self, key: str, to_version: int, *, by: Actor, reason: str) -> Rollout:
        """Let every new case begin with a version that was in force for all before; open cases stay where they are."""
        context, now = self.context, self._configuration
        return settled(context, lambda c: steering.roll_back(context, c, key, to_version, now(c), by, reason))

    def rollouts(self, key: str) -> list[Rollout]:
        """All that was ever said about which new cases get which version, newest first."""
        with self.database.reading() as connection:
            return rollouts.history(connection, key)

    def rolled_out(self, key: str) -> Standing:
        """What new cases of a key begin with now, and what waits for its moment."""
        with self.database.reading() as connection:
            return rolling.standing(self.context, connection, key)

    def shares(self) -> dict[str, tuple[Share, ...]]:
        """Of every key the versions that new cases begin with now, with their shares."""
        with self.database.reading() as connection:
            asked = rollouts.standing_of_all(connection, self.context.now_text())
        return {key: tuple(rollouts.shares(turns)) for key, turns in asked.items()}

    def draw_version(self, key: str, *, by: Actor, coin: str) -> Draw:
        """The version that a start with this coin would get now, to show its form; give the draw to `start`."""
        with self.database.reading() as connection:
            return starting.draw(self.context, connection, key, by, coin)
