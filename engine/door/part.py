"""What every part of the front door stands on: the parts of the engine, and how a command becomes a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cases import configuring
from ..cases.context import Context
from ..cases.incidents import open_incident
from ..cases.steps import Taken, number_of, settled
from ..configuration import Configuration
from ..errors import StepFailed
from ..jobs import run
from ..model import Case
from ..store.database import Database


class Part:
    """A part of the front door."""

    context: Context
    database: Database

    def _configuration(self, connection: Any) -> Configuration:
        return configuring.in_force(self.context, connection)

    def _done(self, command: Callable[[Any], Taken]) -> Case:
        """The case after a command that always reaches one."""
        taken = self._taken(command)
        assert taken is not None
        return taken.case

    def _taken(self, command: Callable[[Any], Taken | None]) -> Taken | None:
        """Run a command in one transaction; a fault of the diagram opens an incident in a second one."""
        try:
            taken = settled(self.context, command)
        except StepFailed as error:
            if "case" in error.data:
                with self.database.writing() as connection:
                    at, case_id = self.context.now_text(), number_of(error.data["case"])
                    error.incident = open_incident(connection, case_id, error.element, error.why, at, kind=error.kind)
            raise
        if taken is not None:
            run.follow_up(self.context, taken.jobs)
        return taken
