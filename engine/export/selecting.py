"""Which cases an export is of, and their steps: read in small pages, each as of one moment, up to where its case stood.

So an export of any size holds a page in memory, and no transaction waits for whoever takes the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from ..canonical import moment, read
from ..cases.context import Context
from ..cases.reading import visible_cases
from ..cases.steps import number_of
from ..model import Actor
from ..store.tables import case, step
from .model import Entry

CASES = 200  # read at once
STEPS = 1_000

HEAD = tuple(column for column in case.c if column.name not in ("state", "head"))
ENTRY = (step.c.case_id, step.c.seq, step.c.at, step.c.actor, step.c.kind, step.c.input, step.c.effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Cases by what they are of, when they were started (`since` is in, `until` is out), how they stand, or by id."""

    key: str | None = None
    version: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None
    ids: tuple[str, ...] | None = None

    @property
    def short(self) -> str:
        """The same in a line."""
        version = f"version {self.version}" if self.version is not None else ""
        since, until = (f"{one:%Y-%m-%d}" if one else "" for one in (self.since, self.until))
        period = f"{since}..{until}" if since or until else ""
        ids = f"{len(self.ids)} cases" if self.ids is not None else ""
        return ", ".join(filter(None, (self.key, version, period, self.status, ids))) or "all"


def condition(selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions on the rows of cases that a selection comes to."""
    plain = {"key": selection.key, "version": selection.version, "status": selection.status}
    found: list[ColumnElement[bool]] = [case.c[name] == value for name, value in plain.items() if value is not None]
    if selection.since is not None:
        found.append(case.c.started_at >= moment(selection.since))
    if selection.until is not None:
        found.append(case.c.started_at < moment(selection.until))
    if selection.ids is not None:
        found.append(case.c.id.in_(sorted({number_of(one) for one in selection.ids})))
    return found


def count(context: Context, connection: Connection, selection: Selection, by: Actor) -> int:
    """How many cases there are in a selection, of those that somebody may see."""
    found = select(func.count()).select_from(case)
    found = found.where(visible_cases(context, connection, by), *condition(selection))
    return int(connection.execute(found).scalar_one())


def heads(context: Context, selection: Selection, by: Actor) -> Iterator[Sequence[Row[Any]]]:
    """The rows of the selected cases without their states, page by page, in the order in which they were started."""
    last = 0
    while True:
        with context.database.reading() as connection:
            found = select(*HEAD).where(case.c.id > last, *condition(selection))
            found = found.where(visible_cases(context, connection, by)).order_by(case.c.id).limit(CASES)
            page = connection.execute(found).all()
        if not page:
            return
        yield page
        last = page[-1].id


def entries(context: Context, page: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], Iterator[Entry]]]:
    """Each case of a page with its steps, which must be taken before the next case is."""
    for some in batches(page):
        if some[0].seq > STEPS:
            yield some[0], in_parts(context, some[0])
            continue
        by_case: dict[int, list[Entry]] = {one.id: [] for one in some}
        for row in rows_of(context, [one.id for one in some], 1, max(one.seq for one in some)):
            by_case[row.case_id].append(entry_of(row))
        for one in some:
            yield one, (entry for entry in by_case[one.id] if entry.seq <= one.seq)


def batches(page: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """The cases of a page in groups of not too many steps; one of more than that is alone."""
    some: list[Row[Any]] = []
    steps = 0
    for one in page:
        if some and steps + one.seq > STEPS:
            yield some
            some, steps = [], 0
        some.append(one)
        steps += one.seq
    if some:
        yield some


def in_parts(context: Context, row: Row[Any]) -> Iterator[Entry]:
    """The steps of a long case, some at a time."""
    for first in range(1, row.seq + 1, STEPS):
        for one in rows_of(context, [row.id], first, min(first + STEPS - 1, row.seq)):
            yield entry_of(one)


def rows_of(context: Context, ids: Sequence[int], first: int, last: int) -> list[Row[Any]]:
    """The rows of some steps of cases."""
    here = (step.c.case_id.in_(ids), step.c.seq.between(first, last))
    with context.database.reading() as connection:
        return list(connection.execute(select(*ENTRY).where(*here).order_by(step.c.case_id, step.c.seq)))


def entry_of(row: Row[Any]) -> Entry:
    """A row as much of a step as becomes events."""
    return Entry(row.seq, row.at, row.actor, row.kind, read(bytes(row.input)), read(bytes(row.effects)))
