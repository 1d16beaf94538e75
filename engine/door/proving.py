"""The part of the engine's front door about proof: verifying, checkpoints, and what is held against them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from ..canonical import moment
from ..cases import reading
from ..cases.steps import number_of, open_case, settled
from ..cases.upgrading import outdated
from ..errors import NotAllowed
from ..history.chain import step_of
from ..history.replay import replay, stored_archive
from ..history.verify import verify
from ..jobs import run, sealing
from ..model import SYSTEM, Actor, CaseId, Replay, Verification
from ..proof import checkpoints, heads
from ..proof.checkpoints import Checkpoint, Inclusion
from ..proof.documents import Folder
from ..proof.verify import Whole, verify_whole
from ..store import files
from .part import Part


class Proving(Part):
    """What an engine proves."""

    def replay(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Replay:
        """Replay a case from its history and compare every step with its record."""
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
            steps = [step_of(one) for one in files.steps_of(connection, row.id)]
            return replay(CaseId(str(row.id)), steps, stored_archive(connection, self.context.shelf))

    def verify(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Verification:
        """Verify a case: chain, replay, stored state, read tables, vault."""
        with self.database.reading() as connection:
            if not actor.system:
                reading.read_case(self.context, connection, case_id, actor)
            return verify(connection, self.context.shelf, number_of(case_id))

    def case_ids(self) -> list[int]:
        """The ids of all cases that have a row or a step, for whoever verifies everything."""
        with self.database.reading() as connection:
            return files.all_ids(connection)

    def seal(self, *, by: Actor = SYSTEM, successor: str = "") -> Checkpoint | None:
        """Sign the heads of all cases that went on since the last checkpoint; None where there is nothing new.

        `successor` is the fingerprint of a key that is to sign from then on.
        """
        if not by.any_of(self.context.policy.menders):
            raise NotAllowed("Sealing needs a group that mends.", groups=sorted(self.context.policy.menders))
        made, jobs = sealing.seal(self.context, successor)
        run.follow_up(self.context, jobs)
        return made

    def plan_seals(self) -> None:
        """Let workers seal from now on, on the schedule of the policy; without a key to sign by there is none."""
        sealing.plan(self.context)

    def upgrade_cases(self) -> Iterator[CaseId]:
        """Bring every open case to the rules of this release by a step `upgraded`; each, when it is done."""
        with self.database.reading() as connection:
            found = outdated(connection)
        for case_id in found:
            settled(self.context, partial(open_case, self.context, case_id=CaseId(str(case_id))))
            yield CaseId(str(case_id))

    def verify_whole(self, folder: Folder | None = None) -> Whole:
        """Verify what no single case can: checkpoints, purges, numbers, contents; against the files of a folder."""
        with self.database.reading() as connection:
            return verify_whole(connection, self.context.shelf, folder)

    def case_ids_since(self, since: datetime) -> list[int]:
        """The ids of the cases that have a step since a moment."""
        with self.database.reading() as connection:
            return heads.touched(connection, moment(since))

    def checkpoints(self, *, limit: int = 50, before: int | None = None) -> list[Checkpoint]:
        """The checkpoints, newest first; `before` is the number of the last of the page before."""
        with self.database.reading() as connection:
            return checkpoints.page(connection, limit, before)

    def inclusions(self, case_id: CaseId | str) -> list[Inclusion]:
        """Every checkpoint that covers a case, oldest first, with the way up from its leaf."""
        with self.database.reading() as connection:
            return checkpoints.inclusions(connection, number_of(case_id))
