"""The part of the engine's front door for process owners: check, propose, approve, deploy, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..bundles import Bundle
from ..cases import deploying
from ..cases.deploying import Proposal
from ..cases.rolling import Reach
from ..cases.steps import settled
from ..model import Actor, Deployment, Finding
from ..store import rollouts, shelf
from .part import Part


class Deployments(Part):
    """The bundles of an engine."""

    def check(self, files: Mapping[str, bytes | str], key: str | None = None) -> list[Finding]:
        """What is wrong with the files of a bundle, gravest first; nothing is stored, nothing is raised."""
        with self.database.reading() as connection:
            return deploying.check(self.context, connection, files, self._configuration(connection), key)

    def deploy(
        self,
        files: Mapping[str, bytes | str],
        *,
        by: Actor,
        reason: str = "",
        percent: int = 100,
        effective_at: datetime | None = None,
    ) -> Deployment:
        """Put a bundle in force for new cases: for all or a share of them, now or from a moment (with its zone) on.

        InvalidDiagram where `check` finds an error.
        """
        deploying.demand_deployer(self.context, by, directly=True)
        bundle, reach = self._checked(files, effective_at), Reach(percent=percent, effective_at=effective_at)
        context, now = self.context, self._configuration
        return settled(context, lambda c: deploying.deploy(context, c, bundle, reach, now(c), by, reason))

    def propose(
        self,
        files: Mapping[str, bytes | str],
        *,
        by: Actor,
        reason: str,
        percent: int = 100,
        effective_at: datetime | None = None,
    ) -> Proposal:
        """Lay a bundle before a second process owner who has not worked on it; InvalidDiagram where it has errors."""
        deploying.demand_deployer(self.context, by)
        bundle, reach = self._checked(files, effective_at), Reach(percent=percent, effective_at=effective_at)
        return settled(self.context, lambda c: deploying.propose(self.context, c, bundle, reach, by, reason))

    def approve(self, proposal: int, *, by: Actor, remark: str = "") -> Deployment:
        """Do what a proposal asks for; NotAllowed for who proposed or wrote it, InvalidDiagram if it has errors now."""
        with self.database.reading() as connection:
            files, since = deploying.proposed(self.context, connection, proposal, by)
        self._checked(files, since)
        context, now = self.context, self._configuration
        return settled(context, lambda c: deploying.approve(context, c, proposal, now(c), by, remark))

    def reject(self, proposal: int, *, by: Actor, remark: str = "") -> Proposal:
        """Decline a proposal, or withdraw one's own."""
        return settled(self.context, lambda c: deploying.reject(self.context, c, proposal, by, remark))

    def proposals(self, *, open_only: bool = True) -> list[Proposal]:
        """The proposals, newest first."""
        with self.database.reading() as connection:
            return deploying.proposals(connection, open_only=open_only)

    def deployments(self, key: str | None = None) -> list[Deployment]:
        """All versions of everything, or of one key, newest first."""
        with self.database.reading() as connection:
            return shelf.deployments(connection, key)

    def in_force(self) -> list[Deployment]:
        """Of every process and shared decision the version of all new cases that are in the share of no other."""
        with self.database.reading() as connection:
            return rollouts.in_force(connection, self.context.now_text())

    def bundle(self, digest: str) -> Bundle:
        """A bundle by its digest, whether it is in force or was once."""
        with self.database.reading() as connection:
            return self.context.shelf.bundle(connection, digest)

    def _checked(self, files: Mapping[str, bytes | str], since: datetime | None = None) -> Bundle:
        """The bundle of some files that have no error; nobody waits for the check, as it holds no lock."""
        with self.database.reading() as connection:
            return deploying.checked(self.context, connection, files, self._configuration(connection), since)
