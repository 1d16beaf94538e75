"""The part of the engine's front door about parameters and calendars: what is in force, and who changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cases import configuring
from ..cases.configuring import ConfigurationProposal, Setting
from ..cases.steps import settled
from ..configuration import Configuration
from ..model import Actor
from .part import Part


class Settings(Part):
    """The configuration of an engine."""

    def configure(
        self,
        *,
        by: Actor,
        parameters: Mapping[str, Any] | None = None,
        calendars: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> Configuration:
        """Put parameters or calendars in force for all steps from now on; what is not given stays as it is."""
        return settled(
            self.context, lambda c: configuring.configure(self.context, c, parameters, calendars, by, reason)
        )

    def configuration(self) -> Configuration:
        """The configuration in force."""
        with self.database.reading() as connection:
            return self._configuration(connection)

    def propose_configuration(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        by: Actor,
        reason: str,
        calendars: Mapping[str, Any] | None = None,
    ) -> ConfigurationProposal:
        """Lay new values of parameters before a second process owner; Refusal for a value of another kind."""
        return settled(
            self.context, lambda c: configuring.propose(self.context, c, values or {}, calendars, by, reason)
        )

    def approve_configuration(self, proposal: int, *, by: Actor, remark: str = "") -> Configuration:
        """Put proposed values in force; Conflict where they were changed since, NotAllowed for who proposed them."""
        return settled(self.context, lambda c: configuring.approve(self.context, c, proposal, by, remark))

    def reject_configuration(self, proposal: int, *, by: Actor, remark: str = "") -> ConfigurationProposal:
        """Decline proposed values, or withdraw one's own proposal."""
        return settled(self.context, lambda c: configuring.reject(self.context, c, proposal, by, remark))

    def configuration_proposal(self, proposal: int) -> ConfigurationProposal:
        """One proposal of values."""
        with self.database.reading() as connection:
            return configuring.find_proposal(self.context, connection, proposal)

    def configuration_proposals(
        self, *, open_only: bool = True, limit: int = 50, after: int | None = None
    ) -> list[ConfigurationProposal]:
        """The proposals of values, newest first; `after` is the last of the page before."""
        with self.database.reading() as connection:
            return configuring.proposals(self.context, connection, open_only=open_only, limit=limit, after=after)

    def settings(self) -> list[Setting]:
        """Every value that a parameter has had, newest first."""
        with self.database.reading() as connection:
            return configuring.settings(connection)
