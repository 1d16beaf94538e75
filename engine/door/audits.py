"""The part of the engine's front door for auditors: they read everything that is open to them, and change no case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..auditing import deviating, papers, readings, sampling
from ..auditing.deviations import Deviation
from ..auditing.papers import Asked, Paper
from ..auditing.population import Selection
from ..auditing.progress import Progress, progress
from ..auditing.readings import Reading, Watched
from ..auditing.sampling import Redrawn, Sample
from ..auditing.search import Found, Query, search
from ..cases.reading import read_case
from ..cases.steps import settled
from ..history.chain import step_of
from ..model import SYSTEM, Actor, CaseId
from ..store import files
from .proving import Proving

MOST_VERIFIED = 50  # cases of a sample at once


class Audits(Proving):
    """What an auditor asks, draws and writes down."""

    def look_for(self, query: Query, actor: Actor, *, limit: int = 25, after: str | None = None) -> Found:
        """A page of the steps that fit a query, newest first; `after` is what the page before said as `later`."""
        with self.database.reading() as connection:
            return search(self.context, connection, query, actor, limit, after)

    def deviations(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> tuple[Deviation, ...]:
        """Where a case has left what its diagram foresees."""
        with self.database.reading() as connection:
            row = read_case(self.context, connection, case_id, actor)
            history = [step_of(one) for one in files.steps_of(connection, row.id)]
            return deviating.deviations_of(self.context, connection, history)

    def draw(self, selection: Selection, *, size: int, reason: str, by: Actor, seed: str = "") -> Sample:
        """Draw a random sample of the cases of a selection, and put it on record; without a seed one is drawn too."""
        return settled(self.context, lambda c: sampling.draw(self.context, c, selection, size, seed, reason, by))

    def sample(self, sample_id: int, actor: Actor) -> Sample:
        """A sample on record."""
        with self.database.reading() as connection:
            return sampling.find(self.context, connection, sample_id, actor)

    def samples(self, actor: Actor, *, limit: int = 25, after: int | None = None) -> tuple[list[Sample], int | None]:
        """The samples, newest first, and where the next page begins."""
        with self.database.reading() as connection:
            return sampling.newest(self.context, connection, actor, limit, after)

    def redraw(self, sample_id: int, actor: Actor) -> Redrawn:
        """Draw a sample again from its record; nothing is stored."""
        with self.database.reading() as connection:
            return sampling.redraw(self.context, connection, sampling.find(self.context, connection, sample_id, actor))

    def progress(self, sample_id: int, actor: Actor) -> tuple[Progress, ...]:
        """How far the work on a sample is, case by case as they were drawn."""
        with self.database.reading() as connection:
            return progress(connection, sampling.find(self.context, connection, sample_id, actor))

    def verify_sample(self, sample_id: int, cases: Iterable[CaseId | str], *, by: Actor) -> list[Paper]:
        """Verify cases of a sample, and put on record what that came to."""
        drawn = self.sample(sample_id, by)
        chosen = [one for one in drawn.cases if one in set(map(str, cases))][:MOST_VERIFIED]
        found = [self.verify(one, by) for one in chosen]

        def keep(connection: Any) -> list[Paper]:
            heads = [papers.head_of(connection, one.case_id, one.steps) for one in found]
            return [
                papers.verified(self.context, connection, by, drawn, one, head)
                for one, head in zip(found, heads, strict=True)
            ]

        return settled(self.context, keep)

    def write_paper(
        self,
        kind: str,
        text: str,
        *,
        by: Actor,
        severity: str | None = None,
        case: CaseId | str | None = None,
        seq: int | None = None,
        sample: int | None = None,
    ) -> Paper:
        """Write a note or a finding about a case, a step of it, a sample, or a case as one of a sample."""
        said: dict[str, Any] = {"kind": kind, "text": text, "severity": severity}
        about: dict[str, Any] = {"case_id": case, "seq": seq, "sample": sample}
        return settled(self.context, lambda c: papers.write(self.context, c, by, **said, **about))

    def correct_paper(self, paper_id: int, text: str, *, by: Actor, severity: str | None = None) -> Paper:
        """Write a paper that stands in the place of one's own; Conflict where another does already."""
        return settled(self.context, lambda c: papers.correct(self.context, c, paper_id, by, text, severity))

    def paper(self, paper_id: int, actor: Actor) -> Paper:
        """A working paper."""
        with self.database.reading() as connection:
            return papers.find(self.context, connection, paper_id, actor)

    def papers(
        self, actor: Actor, asked: Asked | None = None, *, limit: int = 25, after: int | None = None
    ) -> tuple[list[Paper], int | None]:
        """The working papers, newest first, and where the next page begins."""
        with self.database.reading() as connection:
            return papers.newest(self.context, connection, actor, asked or Asked(), limit, after)

    def papers_before(self, paper_id: int, actor: Actor) -> list[Paper]:
        """The papers whose place a paper has taken, the latest first."""
        with self.database.reading() as connection:
            return papers.before(connection, papers.find(self.context, connection, paper_id, actor))

    def papers_of(self, sample_id: int, actor: Actor) -> list[Paper]:
        """Every working paper of a sample, oldest first, those that were replaced too."""
        with self.database.reading() as connection:
            return papers.of_sample(connection, sampling.find(self.context, connection, sample_id, actor).id)

    def opened(self, case_id: CaseId | str, actor: Actor) -> None:
        """Write down that somebody reads a case: once for each person, case and hour."""
        with self.database.reading() as connection:
            if readings.stands(self.context, connection, case_id, actor):
                return
            readings.demand_reader_of(self.context, connection, case_id, actor)
        settled(self.context, lambda c: readings.write(self.context, c, case_id, actor))

    def readings(
        self, actor: Actor, watched: Watched | None = None, *, limit: int = 25, after: int | None = None
    ) -> list[Reading]:
        """Who has read which case, newest first; `after` is the last of the page before."""
        with self.database.reading() as connection:
            return readings.newest(self.context, connection, actor, watched or Watched(), limit, after)
