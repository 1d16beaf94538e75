"""Which cases somebody asks about: the filters that samples and searches share. It knows no history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from ..canonical import instant, moment
from ..cases.context import Context
from ..errors import NotAllowed, Refusal
from ..model import Actor
from ..store.tables import case

STATUSES = ("open", "suspended", "completed", "cancelled")
ENDED = ("completed", "cancelled")
LONGEST = 200  # characters of a filter
MOST_VERSIONS = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The cases that fit all that is given; they began from `since` on and before `until`."""

    key: str | None = None
    version: int | None = None
    status: str | None = None
    outcome: str | None = None
    customer: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    deviation: str | None = None  # a kind of deviation that their histories hold

    def plain(self) -> dict[str, Any]:
        """What is given, as plain data."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: moment(value) if isinstance(value, datetime) else value
            for name, value in given.items()
            if value is not None
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Selection:
        """The selection that `plain` wrote."""
        given: dict[str, Any] = {one.name: plain[one.name] for one in fields(cls) if one.name in plain}
        return cls(**given | {name: instant(given[name]) for name in ("since", "until") if name in given})


def demand_reader(context: Context, by: Actor) -> None:
    """Refuse whoever does not read the cases of every process."""
    if not context.policy.may_read_all(by):
        raise NotAllowed("This needs a group that reads every case.", groups=sorted(context.policy.readers))


def demand_auditor(context: Context, by: Actor) -> None:
    """Refuse whoever is no auditor, or may not read what he would audit."""
    if not by.any_of(context.policy.auditors):
        raise NotAllowed("This needs a group that audits.", groups=sorted(context.policy.auditors))
    demand_reader(context, by)


def check(selection: Selection) -> None:
    """Refuse filters that nothing can fit because they are none."""
    texts = (selection.key, selection.status, selection.outcome, selection.customer, selection.deviation)
    if any(text is not None and (len(text) > LONGEST or "\0" in text) for text in texts):
        raise Refusal("A filter is too long, or no text.")
    if selection.status is not None and selection.status not in STATUSES:
        raise Refusal("There is no such status.", status=selection.status)
    if selection.version is not None and not 0 <= selection.version <= MOST_VERSIONS:
        raise Refusal("There is no such version.", version=str(selection.version))


def conditions(selection: Selection) -> Iterator[ColumnElement[bool]]:
    """What a row of a case must fulfil; what its history holds is another question."""
    for name in ("key", "version", "status", "outcome", "customer"):
        if (value := getattr(selection, name)) is not None:
            yield case.c[name] == value
    if selection.since is not None:
        yield case.c.started_at >= moment(selection.since)
    if selection.until is not None:
        yield case.c.started_at < moment(selection.until)


def of_classes(classes: tuple[str, ...] | None) -> Iterator[ColumnElement[bool]]:
    """What confines cases to some classes; None is every class."""
    if classes is not None:
        yield case.c.confidentiality.in_(classes)


def ids_of(
    connection: Connection, selection: Selection, classes: tuple[str, ...] | None, *, at: datetime | None = None
) -> list[int]:
    """The ids of the cases of a selection in their order; `at` leaves out what began or ended after a moment."""
    wanted = [*conditions(selection), *of_classes(classes), *([] if at is None else [_by(selection, at)])]
    found = select(case.c.id).where(*wanted).order_by(case.c.id)
    return [int(one) for one in connection.execute(found).scalars()]


def _by(selection: Selection, at: datetime) -> ColumnElement[bool]:
    """The cases that were there at a moment, and had ended by then if they are to have ended."""
    began = case.c.started_at <= moment(at)
    ended = selection.status in ENDED or selection.outcome is not None
    return and_(began, case.c.ended_at <= moment(at)) if ended else began
