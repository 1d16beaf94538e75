"""The part of the engine's front door about parameters and calendars: what is in force, and who changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .cases import configuring
from .cases.configuring import ConfigurationProposal, Setting
from .configuration import Configuration
from .model import Actor

if TYPE_CHECKING:
    from .cases.context import Context
    from .store.database import Database


class Settings:
    """The configuration of an engine."""

    context: Context
    database: Database

    def configure(
        self,
        *,
        by: Actor,
        parameters: Mapping[str, Any] | None = None,
        calendars: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> Configuration:
        """Put parameters or calendars in force for all steps from now on; what is not given stays as it is."""
        with self.database.writing() as connection:
            return configuring.configure(self.context, connection, parameters, calendars, by, reason)

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
        with self.database.writing() as connection:
            return configuring.propose(self.context, connection, values or {}, calendars, by, reason)

    def approve_configuration(self, proposal: int, *, by: Actor, remark: str = "") -> Configuration:
        """Put proposed values in force; Conflict where they were changed since, NotAllowed for who proposed them."""
        with self.database.writing() as connection:
            return configuring.approve(self.context, connection, proposal, by, remark)

    def reject_configuration(self, proposal: int, *, by: Actor, remark: str = "") -> ConfigurationProposal:
        """Decline proposed values, or withdraw one's own proposal."""
        with self.database.writing() as connection:
            return configuring.reject(self.context, connection, proposal, by, remark)

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

    def _configuration(self, connection: Any) -> Configuration:
        return configuring.in_force(self.context, connection)
