"""The part of the engine's front door that writes event logs: of what somebody may see, by pseudonyms or by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import insert

from ..errors import NotAllowed, Refusal
from ..export import Pseudonyms, Selection
from ..export.names import as_they_are
from ..export.selecting import count
from ..export.writing import Format, export
from ..model import Actor
from ..reasons import demand_short
from ..store.tables import reading
from .part import Part

ALL = Selection()


class Exporting(Part):
    """Event logs of cases."""

    def exportable(self, selection: Selection = ALL, *, by: Actor) -> int:
        """How many cases an export of a selection would hold."""
        with self.database.reading() as connection:
            return count(self.context, connection, selection, by)

    def may_export_names(self, actor: Actor) -> bool:
        """Whether somebody may have a log with the ids of people, customers and cases."""
        return actor.any_of(self.context.policy.auditors)

    def export_log(
        self,
        format: Format,
        selection: Selection = ALL,
        *,
        by: Actor,
        key: bytes | None,
        reason: str = "",
        seen: Callable[[int], object] = lambda cases: None,
    ) -> Iterator[bytes]:
        """The bytes of an event log, written while it is read; people, customers and cases have pseudonyms by a key.

        Without a key they have their own ids: that needs an auditor and a reason, and is put on record for each case
        before anything of it is written. `seen` is told how many cases were written since the last time.
        """
        if key is not None:
            self._demand_reader(by)
            return export(self.context, format, selection, by, Pseudonyms(key), seen=seen)
        if not self.may_export_names(by):
            raise NotAllowed("Exporting with names needs an auditor.", groups=sorted(self.context.policy.auditors))
        if not reason.strip():
            raise Refusal("Say why the export needs names.")
        demand_short(reason)
        said = {"reference": f"{format}: {selection.short}"[:64], "actor": by.name, "reason": reason.strip()}

        def put_on_record(cases: Sequence[int]) -> None:
            at = self.context.now_text()
            with self.database.writing() as connection:
                rows = [{**said, "case_id": one, "at": at, "kind": "exported"} for one in cases]
                connection.execute(insert(reading), rows)

        return export(self.context, format, selection, by, as_they_are, before=put_on_record, seen=seen)

    def _demand_reader(self, by: Actor) -> None:
        policy = self.context.policy
        if not by.any_of(policy.readers | policy.auditors):
            raise NotAllowed("Exporting needs a group that reads every case.", groups=sorted(policy.readers))
