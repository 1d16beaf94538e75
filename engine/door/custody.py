"""The part of the engine's front door for those who keep personal data: legal holds, disposition, retention."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..canonical import read
from ..cases import disposing, holding
from ..cases.reading import read_case
from ..errors import NotAllowed, Refusal
from ..jobs import keeping, run
from ..model import SYSTEM, Actor, Case, CaseId, Disposal, Hold
from ..retention.running import Retained, Run
from ..store.vault import references
from .part import Part


class Custody(Part):
    """Who may keep, and who must let go."""

    def hold(self, case_id: CaseId | str, *, by: Actor, reason: str) -> Case:
        """Place a legal hold: nothing of the case is disposed of or purged while it stands."""
        why = _said(reason, "Say why the case is to be kept.")
        return self._done(lambda c: holding.place(self.context, c, self._entrusted(c, case_id, by), by, why))

    def release_hold(self, case_id: CaseId | str, *, by: Actor, reason: str) -> Case:
        """Release a legal hold; what retention has passed by meanwhile is looked at again."""
        why = _said(reason, "Say why the hold is released.")
        return self._done(lambda c: holding.release(self.context, c, self._entrusted(c, case_id, by), by, why))

    def hold_on(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Hold | None:
        """The legal hold that a case is under, if it is."""
        with self.database.reading() as connection:
            row = read_case(self.context, connection, case_id, actor)
            found = holding.hold_of(connection, row.id)
        return None if found is None else holding.as_hold(found)

    def dispose(
        self,
        case_id: CaseId | str,
        disposition: str,
        *,
        under: str,
        by: Actor,
        reason: str,
        references: Collection[str] | None = None,
        fields: Collection[str] | None = None,
    ) -> Case:
        """Erase, anonymise or restrict personal values of a case, open or ended: by reference, by field, else all.

        `under` names the rule. Chain and replay hold; the step says what became of what. OnHold says who has placed
        the hold that stands in the way; Conflict that nothing is left.
        """
        why, rule = _said(reason, "Say why."), _said(under, "Say under which rule.")
        chosen = {"references": references, "fields": fields}
        return self._done(
            lambda c: disposing.dispose(
                self.context, c, self._entrusted(c, case_id, by), disposition, rule, by, why, **chosen
            )
        )

    def disposals(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> dict[str, Disposal]:
        """What became of the personal values that a case knows, by the names of their references."""
        with self.database.reading() as connection:
            row = read_case(self.context, connection, case_id, actor)
            held = references(read(bytes(row.state)))
            return disposing.disposals(connection, {row.id, *disposing.owners(held)})

    def retain(self, *, by: Actor = SYSTEM, limit: int | None = None, dry_run: bool = False) -> Retained:
        """Do what the policy says with cases that ended long ago: each whole, or nothing of it."""
        if not by.any_of(self.context.policy.custodians):
            raise NotAllowed("Retention needs a group that keeps data.", groups=sorted(self.context.policy.custodians))
        retained = Run(context=self.context, by=by, limit=limit, dry=dry_run).all_due({})
        if not dry_run and retained.done:
            run.follow_up(self.context, keeping.seal_purges(self.context))
        return retained

    def _entrusted(self, connection: Any, case_id: CaseId | str, by: Actor) -> CaseId | str:
        """A case that somebody may see, if data are entrusted to him."""
        read_case(self.context, connection, case_id, by)
        groups = self.context.policy.custodians
        if not by.any_of(groups):
            raise NotAllowed("Holding and disposing need a group that keeps data.", groups=sorted(groups))
        return case_id


def _said(text: str, otherwise: str) -> str:
    """What was said; Refusal where nothing was."""
    if not text.strip():
        raise Refusal(otherwise)
    return text.strip()
