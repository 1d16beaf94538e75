"""The part of the engine's front door for whoever intervenes: each command needs a right and, but a retry, a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..cases import correcting, declaring, jumping, mending, migrating, suspending
from ..cases.context import Context
from ..cases.reading import read_case
from ..cases.steps import Taken, cancel, settled
from ..cases.tasks import place
from ..errors import NotAllowed, Refusal
from ..model import Actor, Case, CaseId, Jump, Obstacle, TaskId
from .part import Part


class Interventions(Part):
    """What somebody does to a case that its diagram does not foresee."""

    def cancel(self, case_id: CaseId | str, *, by: Actor, reason: str) -> Case:
        """Give a case up: every task, timer and message is withdrawn, what happened stays."""
        why = _reason(reason, "Say why the case is given up.")

        def give_up(connection: Any) -> Taken:
            row = read_case(self.context, connection, case_id, by)
            if row.started_by != by.name:
                _demand(by, self.context.policy.assigners, "Giving a case up needs a group that assigns.")
            return cancel(self.context, connection, case_id, by, why)

        return self._done(give_up)

    def suspend(self, case_id: CaseId | str, *, by: Actor, reason: str) -> Case:
        """Let a case rest: its tasks leave every inbox, nothing fires, messages are kept until it is resumed."""
        why = _reason(reason, "Say why the case is suspended.")
        return self._done(lambda c: suspending.suspend(self.context, c, self._assigned(c, case_id, by), by, why))

    def resume(self, case_id: CaseId | str, *, by: Actor, reason: str) -> Case:
        """Let a suspended case go on; what came due meanwhile happens now."""
        why = _reason(reason, "Say why the case is resumed.")
        return self._done(lambda c: suspending.resume(self.context, c, self._assigned(c, case_id, by), by, why))

    def migrate(
        self,
        case_id: CaseId | str,
        *,
        by: Actor,
        reason: str,
        to: int | None = None,
        mapping: Mapping[str, str] | None = None,
        script: str = "",
    ) -> Case:
        """Move an open case to a version of its process, None is the newest; NotMigratable names what is in the way.

        `mapping` gives the new id of an element or flow where it has another one; `script` are lines
        `name = expression` over the data of the case, run once.
        """
        why = _reason(reason, "Say why the case is moved.")
        with self.database.reading() as connection:
            self._deployed(connection, case_id, by)
            wanted = migrating.wanted(self.context, connection, case_id, to, mapping or {}, script)
        deployed, declared = wanted
        settled(self.context, lambda c: declaring.keep(c, deployed.key, declared))

        def move(connection: Any) -> Taken:
            self._deployed(connection, case_id, by)
            return migrating.migrate(self.context, connection, case_id, deployed, declared, by, why)

        return self._done(move)

    def obstacles(
        self,
        case_id: CaseId | str,
        *,
        by: Actor,
        to: int | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> list[Obstacle]:
        """What stands in the way of moving a case to a version; nothing is changed."""
        with self.database.reading() as connection:
            self._deployed(connection, case_id, by)
            return migrating.obstacles(self.context, connection, case_id, to, mapping or {}, by)

    def correct(
        self,
        case_id: CaseId | str,
        values: Mapping[str, Any] | None = None,
        *,
        by: Actor,
        reason: str,
        remove: Iterable[str] = (),
    ) -> Case:
        """Give fields of a case's data other values, or `remove` them; InvalidForm where a form says otherwise.

        Old and new stand in the history. What was worked out from the old values stays: tasks, terms, timers, keys.
        """
        why = _reason(reason, "Say why the data are corrected.")

        def mend(connection: Any) -> Taken:
            self._corrected(connection, case_id, by)
            return correcting.correct(self.context, connection, case_id, values or {}, remove, by, why)

        return self._done(mend)

    def jump(self, case_id: CaseId | str, at: TaskId | str | int, *, to: str, by: Actor, reason: str) -> Case:
        """Let a case go on at another element than where it waits; NotJumpable where that would break something.

        `at` is the task or the token that leaves; everything that belongs to it is withdrawn.
        """
        why = _reason(reason, "Say why the case goes on elsewhere.")

        def go(connection: Any) -> Taken:
            self._corrected(connection, case_id, by)
            token = jumping.place_in(case_id, at)
            return jumping.jump(self.context, connection, case_id, token, to, by, why)

        return self._done(go)

    def jumps(self, case_id: CaseId | str, *, by: Actor) -> list[Jump]:
        """Where the tokens of a case stand, and the elements at which each may go on; nothing is changed."""
        with self.database.reading() as connection:
            self._corrected(connection, case_id, by)
            return jumping.jumps(self.context, connection, case_id, by)

    def skip(self, task_id: TaskId | str, *, by: Actor, reason: str, values: Mapping[str, Any] | None = None) -> Case:
        """Leave a task out: the case goes on as if it had been completed, with the values that are known."""
        why = _reason(reason, "Say why the task is skipped.")

        def leave(connection: Any) -> Taken:
            self._corrected(connection, str(place(task_id)[0]), by)
            return jumping.skip(self.context, connection, task_id, values or {}, by, why)

        return self._done(leave)

    def retry(self, incident: int, *, by: Actor, reason: str = "") -> None:
        """Close an incident and let its jobs run again."""
        demand_mender(self.context, by)
        settled(self.context, lambda c: mending.retry(self.context, c, incident, by, reason.strip()))

    def give_up(self, incident: int, *, by: Actor, reason: str) -> Case:
        """Close an incident and ask no more: the case takes the way drawn for the error, else goes on without."""
        why = _reason(reason, "Say why it is given up.")
        demand_mender(self.context, by)
        return self._done(lambda c: mending.give_up(self.context, c, incident, by, why))

    def _assigned(self, connection: Any, case_id: CaseId | str, by: Actor) -> CaseId | str:
        """A case that somebody may see and suspend."""
        read_case(self.context, connection, case_id, by)
        _demand(by, self.context.policy.assigners, "Suspending and resuming cases needs a group that assigns.")
        return case_id

    def _corrected(self, connection: Any, case_id: CaseId | str, by: Actor) -> None:
        """Refuse whoever may not see the case, or not correct it."""
        read_case(self.context, connection, case_id, by)
        _demand(by, self.context.policy.correctors, "Correcting, moving and skipping need a group that corrects.")

    def _deployed(self, connection: Any, case_id: CaseId | str, by: Actor) -> None:
        """Refuse whoever may not see the case, or not decide what version it has."""
        read_case(self.context, connection, case_id, by)
        _demand(by, self.context.policy.deployers, "Moving cases to another version needs a group that deploys.")


def demand_mender(context: Context, by: Actor) -> None:
    """Refuse whoever does not decide what becomes of an incident."""
    _demand(by, context.policy.menders, "Retrying and giving up need a group that mends.")


def _reason(text: str, otherwise: str) -> str:
    """The reason that was given; Refusal where there is none."""
    if not text.strip():
        raise Refusal(otherwise)
    return text.strip()


def _demand(by: Actor, groups: Iterable[str], otherwise: str) -> None:
    """Refuse whoever is in none of the groups."""
    if not by.any_of(groups):
        raise NotAllowed(otherwise, groups=sorted(groups))
