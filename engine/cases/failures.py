"""The open incidents that somebody may see: a page of them, how many, and which are alike.

A page looks at no more than some thousand incidents, along the index of their last failure, however many are open and
however few of them somebody may see. Where that was not enough to fill it, the next page goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, and_, func, or_, select, true, tuple_

from ..errors import NotAllowed, NotFound
from ..model import Actor, Failure, OpenIncident
from ..store import files
from ..store.tables import access, case, incident
from .context import Context
from .queues import queues_of
from .reading import concerning

MOST_LOOKED = 2_000  # incidents that are looked at for one page
MOST_COUNTED = 1_000  # for one count, or to find those that are alike
MOST_ALIKE = 6
ORDER = (incident.c.last_at, incident.c.id)
OF_CASE = (case.c.number, case.c.bundle, case.c.status)
PLACE = re.compile(r"([0-9]{1,18})\.([0-9TZ:.-]{1,27})")  # an id and when it failed last


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Which incidents: those of a process, of a kind, at an element, with the same error as another (its `alike`)."""

    key: str | None = None
    kind: Failure | None = None
    element: str | None = None
    alike: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """A page of open incidents, and where the next one begins; None: nothing is left."""

    incidents: tuple[OpenIncident, ...]
    later: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Several open incidents with the same error at the same element; `like` is the last of them."""

    count: int
    like: OpenIncident


def demand_onlooker(context: Context, actor: Actor) -> None:
    """Refuse whoever neither decides about incidents nor audits."""
    groups = context.policy.menders | context.policy.auditors
    if not actor.any_of(groups):
        raise NotAllowed("This is for those who mend, and for auditors.", groups=sorted(groups))


def page(
    context: Context,
    connection: Connection,
    failed: Failed,
    actor: Actor,
    limit: int,
    after: str | None = None,
    oldest: bool = False,
) -> Failures:
    """Some open incidents, those that failed last first, or those that have waited longest; one statement."""
    looked = looked_at(failed, MOST_LOOKED, place(after) if after else None, oldest)
    shown = and_(visible(context, actor, looked), *conditions(failed, looked))
    last = select(looked.c.id).order_by(*in_order(looked, not oldest)).limit(1).scalar_subquery()
    how_many = select(func.count()).select_from(looked).scalar_subquery()
    found = (
        select(looked, *OF_CASE, shown.label("shown"), how_many.label("looked"))
        .select_from(with_cases(looked))
        .where(or_(shown, looked.c.id == last))
        .order_by(*in_order(looked, oldest))
        .limit(limit + 1)
    )
    rows = connection.execute(found).all()
    seen = [row for row in rows if row.shown]
    if len(seen) > limit:
        end: Row[Any] | None = seen[limit - 1]
    else:  # the last one that was looked at is there, whoever may see it
        end = rows[-1] if rows and rows[-1].looked == MOST_LOOKED else None
    incidents = tuple(listed(row) for row in seen[:limit])
    return Failures(incidents=incidents, later=f"{end.id}.{end.last_at}" if end is not None else None)


def count(context: Context, connection: Connection, failed: Failed, actor: Actor, most: int) -> int:
    """How many an actor may see of the open incidents that failed last, up to a number."""
    looked = looked_at(failed, max(most, MOST_COUNTED))
    shown = (visible(context, actor, looked), *conditions(failed, looked))
    rows = select(looked.c.id).select_from(with_cases(looked)).where(*shown).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def alike(context: Context, connection: Connection, failed: Failed, actor: Actor) -> list[Alike]:
    """Which of the incidents that failed last have the same error at the same element, the most of them first."""
    looked = looked_at(failed, MOST_COUNTED)
    shown = (visible(context, actor, looked), *conditions(failed, looked))
    groups = (
        select(func.count().label("times"), func.max(looked.c.id).label("id"))
        .select_from(with_cases(looked))
        .where(*shown)
        .group_by(looked.c.key, looked.c.element, looked.c.error_hash)
        .having(func.count() > 1)
        .order_by(func.count().desc(), func.max(looked.c.id).desc())
        .limit(MOST_ALIKE)
        .subquery()
    )
    found = (
        select(groups.c.times, incident, *OF_CASE)
        .select_from(with_cases(incident).join(groups, incident.c.id == groups.c.id))
        .order_by(groups.c.times.desc(), groups.c.id.desc())
    )
    return [Alike(count=row.times, like=listed(row)) for row in connection.execute(found)]


def cases_of(context: Context, connection: Connection, failed: Failed, actor: Actor) -> list[int]:
    """The cases of all open incidents that fit and an actor may see."""
    here = (*is_open(failed), *conditions(failed, incident), incident.c.case_id > 0, visible(context, actor, incident))
    found = select(incident.c.case_id).distinct().select_from(with_cases(incident)).where(*here)
    return list(connection.execute(found).scalars())


def lock_of_case(connection: Connection, case_id: int, failed: Failed) -> Sequence[Row[Any]]:
    """The open incidents of a case that fit, locked until the transaction ends; the case is locked before them."""
    here = (*is_open(failed), *conditions(failed, incident), incident.c.case_id == case_id)
    return connection.execute(select(incident).where(*here).order_by(incident.c.id).with_for_update()).all()


def looked_at(failed: Failed, most: int, after: tuple[str, int] | None = None, oldest: bool = False) -> CTE:
    """The incidents that are looked at: so many that an index finds, in their order, after a place."""
    found: Select[Any] = select(incident).where(*is_open(failed))
    if after is not None:
        here = tuple_(*ORDER)
        found = found.where(here > tuple_(*after) if oldest else here < tuple_(*after))
    return found.order_by(*in_order(incident, oldest)).limit(most).cte("looked")


def is_open(failed: Failed) -> list[ColumnElement[bool]]:
    """The conditions by which an index finds open incidents in their order."""
    names = {"key": failed.key, "element": failed.element if failed.key else None}
    names |= {"kind": None if names["element"] else failed.kind}
    given = [incident.c[name] == value for name, value in names.items() if value is not None]
    return [incident.c.closed_at.is_(None), *given]


def conditions(failed: Failed, rows: Any) -> list[ColumnElement[bool]]:
    """All conditions that somebody has asked for, by an index or not."""
    wanted = {"key": failed.key, "kind": failed.kind, "element": failed.element, "error_hash": failed.alike}
    return [rows.c[name] == value for name, value in wanted.items() if value is not None]


def in_order(rows: Any, oldest: bool) -> Sequence[ColumnElement[Any]]:
    """The order of a list: what failed last first, or what has waited longest."""
    columns = [rows.c[column.name] for column in ORDER]
    return columns if oldest else [column.desc() for column in columns]


def with_cases(rows: Any) -> Any:
    """Incidents beside their cases."""
    return rows.outerjoin(case, case.c.id == rows.c.case_id)


def visible(context: Context, actor: Actor, rows: Any) -> ColumnElement[bool]:
    """The condition under which an actor may see an incident that stands beside its case; those of none all may see."""
    if actor.system:
        return true()
    open_class: ColumnElement[bool] = rows.c.confidentiality.in_(context.policy.classes_open_to(actor) or ())
    if context.policy.may_read_all(actor):
        return open_class
    keys = select(access.c.key).where(access.c.group.in_(actor.groups))
    near = concerning(keys, actor.name, queues_of(actor, "all"))
    return and_(open_class, or_(rows.c.case_id == 0, rows.c.key.in_(keys), near))


def place(after: str) -> tuple[str, int]:
    """Where a page begins; NotFound for what is no place."""
    found = PLACE.fullmatch(after)
    if found is None:
        raise NotFound("This is no place in the list of incidents.")
    return found[2], int(found[1])


def listed(row: Row[Any]) -> OpenIncident:
    """A row as an incident in a list."""
    return OpenIncident(
        incident=files.incident_of(row),
        key=row.key,
        bundle=row.bundle or "",
        number=row.number or "",
        status=row.status,
    )
