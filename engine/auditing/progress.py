"""How far the work on a sample is: which of its cases were opened, verified, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ..canonical import instant, moment
from ..model import CaseId
from ..store.tables import case, purge
from ..store.tables import reading as readings
from .papers import FINDING, NOTE, VERIFIED, Paper, of_sample
from .readings import OPENED
from .sampling import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The work on one case of a sample; a case that retention has purged has a policy, and is there no more."""

    case_id: CaseId
    number: str
    opened_at: datetime | None = None  # by whoever works on the sample, after it was drawn
    opened_by: str | None = None
    verified: Paper | None = None
    notes: tuple[Paper, ...] = ()
    findings: tuple[Paper, ...] = ()
    purged: str | None = None


def progress(connection: Connection, sample: Sample) -> tuple[Progress, ...]:
    """The work on every case of a sample, in the order in which they were drawn."""
    written = [one for one in of_sample(connection, sample.id) if not one.replaced]
    people = {sample.by, *(one.by for one in written)}
    opened = _opened(connection, sample, people)
    numbers, purged = _numbers(connection, sample), _purged(connection, sample)
    found = []
    for case_id in sample.cases:
        here = [one for one in written if one.case_id == case_id]
        at, by = opened.get(case_id, (None, None))
        number, policy = purged.get(case_id, (numbers.get(case_id, ""), None))
        found.append(
            Progress(
                case_id=case_id,
                number=number,
                opened_at=at,
                opened_by=by,
                verified=next((one for one in reversed(here) if one.kind == VERIFIED), None),
                notes=tuple(one for one in here if one.kind == NOTE),
                findings=tuple(one for one in here if one.kind == FINDING),
                purged=policy,
            )
        )
    return tuple(found)


def _ids(sample: Sample) -> list[int]:
    return [int(one) for one in sample.cases]


def _opened(connection: Connection, sample: Sample, people: set[str]) -> dict[CaseId, tuple[datetime, str]]:
    """When whoever works on a sample has opened its cases last."""
    found = select(readings.c.case_id, readings.c.at, readings.c.actor).where(
        readings.c.case_id.in_(_ids(sample)),
        readings.c.kind == OPENED,
        readings.c.actor.in_(sorted(people)),
        readings.c.at >= moment(sample.at),
    )
    rows = connection.execute(found.order_by(readings.c.id))
    return {CaseId(str(row.case_id)): (instant(row.at), row.actor) for row in rows}


def _numbers(connection: Connection, sample: Sample) -> dict[CaseId, str]:
    rows = connection.execute(select(case.c.id, case.c.number).where(case.c.id.in_(_ids(sample))))
    return {CaseId(str(row.id)): row.number for row in rows}


def _purged(connection: Connection, sample: Sample) -> dict[CaseId, tuple[str, str]]:
    """The numbers of purged cases, and the policies under which they were."""
    rows = connection.execute(
        select(purge.c.case_id, purge.c.number, purge.c.policy).where(purge.c.case_id.in_(_ids(sample)))
    )
    return {CaseId(str(row.case_id)): (row.number, row.policy) for row in rows}
