"""Who has opened a case, and who has looked behind a masked value: written down, and shown to those who watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, exists, insert, select, true

from ..canonical import instant, moment
from ..cases.context import Context
from ..cases.reading import read_case
from ..cases.steps import number_of
from ..cases.tasks import may_see_row
from ..errors import NotAllowed, Refusal
from ..model import Actor, CaseId
from ..store import files
from ..store.tables import case
from ..store.tables import reading as readings
from .population import LONGEST, of_classes

OPENED, REVEALED = "opened", "revealed"
ONCE_IN = timedelta(hours=1)
STANDS = exists().where(
    readings.c.case_id == bindparam("case_id"),
    readings.c.actor == bindparam("actor"),
    readings.c.kind == OPENED,
    readings.c.at > bindparam("since"),
)
ASKED = select(STANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody opened a case, or looked behind a reference of it; a purged case has no number and no customer."""

    id: int
    case_id: CaseId
    number: str | None
    customer: str | None
    actor: str
    at: datetime
    kind: str
    reference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Which readings somebody wants; everything that is given has to fit."""

    actor: str | None = None
    case_id: CaseId | str | None = None
    customer: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def stands(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> bool:
    """Whether it is written already that somebody has opened a case within the hour."""
    since = moment(context.now() - ONCE_IN)
    given = {"case_id": number_of(case_id), "actor": actor.name, "since": since}
    return bool(connection.execute(ASKED, given).scalar())


def demand_reader_of(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> None:
    """Refuse whoever sees neither a case nor an open task of it: he cannot have opened it."""
    rows = files.tasks_of(connection, number_of(case_id))
    if not any(may_see_row(context, row, actor) for row in rows):
        read_case(context, connection, case_id, actor)


def write(context: Context, connection: Connection, case_id: CaseId | str, actor: Actor) -> None:
    """Write that somebody has opened a case."""
    row = {"case_id": number_of(case_id), "actor": actor.name, "at": context.now_text()}
    connection.execute(insert(readings).values(**row, kind=OPENED, reference="", reason=""))


def newest(
    context: Context, connection: Connection, actor: Actor, watched: Watched, limit: int, after: int | None
) -> list[Reading]:
    """The readings of cases whose class is open to whoever watches, newest first; `after` ends the page before."""
    if not actor.any_of(context.policy.watchers):
        raise NotAllowed("This needs a group that watches who reads.", groups=sorted(context.policy.watchers))
    found = select(readings, case.c.number, case.c.customer)
    found = found.outerjoin(case, case.c.id == readings.c.case_id).where(*_conditions(context, actor, watched))
    if after is not None:
        found = found.where(readings.c.id < after)
    rows = connection.execute(found.order_by(readings.c.id.desc()).limit(limit))
    return [Reading(**{**row._asdict(), "case_id": CaseId(str(row.case_id)), "at": instant(row.at)}) for row in rows]


def _conditions(context: Context, actor: Actor, watched: Watched) -> list[ColumnElement[bool]]:
    texts = {"actor": watched.actor, "kind": watched.kind}
    if any(text is not None and (len(text) > LONGEST or "\0" in text) for text in (*texts.values(), watched.customer)):
        raise Refusal("A filter is too long, or no text.")
    found = [readings.c[name] == value for name, value in texts.items() if value is not None]
    found += list(of_classes(context.policy.classes_open_to(actor)))
    found += [case.c.customer == watched.customer] if watched.customer is not None else []
    found += [readings.c.case_id == number_of(watched.case_id)] if watched.case_id is not None else []
    found += [readings.c.at >= moment(watched.since)] if watched.since is not None else []
    return [*found, readings.c.at < moment(watched.until) if watched.until is not None else true()]
