"""The part of the engine's front door for process owners: check, propose, approve, deploy, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping

from ..bundles import Bundle
from ..cases import deploying
from ..cases.deploying import Proposal
from ..cases.steps import settled
from ..model import Actor, Deployment, Finding
from ..store import shelf
from .part import Part


class Deployments(Part):
    """The bundles of an engine."""

    def check(self, files: Mapping[str, bytes | str], key: str | None = None) -> list[Finding]:
        """What is wrong with the files of a bundle, gravest first; nothing is stored, nothing is raised."""
        with self.database.reading() as connection:
            return deploying.check(self.context, connection, files, self._configuration(connection), key)

    def deploy(self, files: Mapping[str, bytes | str], *, by: Actor, reason: str = "") -> Deployment:
        """Put a bundle in force for all new cases; InvalidDiagram where `check` finds an error."""
        deploying.demand_deployer(self.context, by, alone=True)
        bundle = self._checked(files)
        context, now = self.context, self._configuration
        return settled(context, lambda c: deploying.deploy(context, c, bundle, now(c), by, reason))

    def propose(self, files: Mapping[str, bytes | str], *, by: Actor, reason: str) -> Proposal:
        """Lay a bundle before a second process owner; InvalidDiagram where `check` finds an error."""
        deploying.demand_deployer(self.context, by)
        bundle = self._checked(files)
        return settled(self.context, lambda c: deploying.propose(self.context, c, bundle, by, reason))

    def approve(self, proposal: int, *, by: Actor, remark: str = "") -> Deployment:
        """Put a proposed bundle in force; NotAllowed for whoever proposed it, InvalidDiagram if it has errors now."""
        with self.database.reading() as connection:
            files = deploying.proposed(self.context, connection, proposal, by)
        self._checked(files)
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
        """The newest version of every process and shared decision."""
        with self.database.reading() as connection:
            return shelf.in_force(connection)

    def bundle(self, digest: str) -> Bundle:
        """A bundle by its digest, whether it is in force or was once."""
        with self.database.reading() as connection:
            return self.context.shelf.bundle(connection, digest)

    def _checked(self, files: Mapping[str, bytes | str]) -> Bundle:
        """The bundle of some files that have no error; nobody waits for the check, as it holds no lock."""
        with self.database.reading() as connection:
            return deploying.checked(self.context, connection, files, self._configuration(connection))
