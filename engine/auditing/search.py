"""The search over cases and their steps: bounded work for every page, and honest about how far it has come.

With an actor it goes along the index of who did what; else through the cases, the newest first. What stands behind a
reference to the vault is never compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from ..canonical import instant, moment, shortest
from ..cases.context import Context
from ..cases.reading import visible_cases
from ..errors import Refusal
from ..history.chain import step_of
from ..model import Actor, CaseId, Step
from ..store.tables import case
from ..store.tables import step as steps
from ..store.vault import is_reference
from .deviating import demand_kind, deviations_of, histories, wanted
from .deviations import Deviation
from .population import LONGEST, Selection, check, conditions, demand_reader

MOST_STEPS = 2_000  # that are read for one page
MOST_CASES = 5_000  # ids that one page goes back, whether they fit or not
TOGETHER, READ_WHOLE, AT_ONCE = 200, 20, 500  # cases asked for together, histories read whole, steps read together
PLACE = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})")
LAST = 999_999_999  # a step that no case has
BRIEF = (case.c.id, case.c.number, case.c.key, case.c.version, case.c.bundle, case.c.status, case.c.customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for; everything that is given has to fit. `since` and `until` bound the moment of the step."""

    actor: str | None = None
    kind: str | None = None
    element: str | None = None
    field: str | None = None  # the name of a value; without one, every value is compared
    value: str | None = None
    contains: bool = False  # whether the value may be a part of a text
    since: datetime | None = None
    until: datetime | None = None
    key: str | None = None
    version: int | None = None
    status: str | None = None
    customer: str | None = None
    deviation: str | None = None  # a kind of deviation, or any


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A step that fits, with what a list says of its case."""

    case_id: CaseId
    number: str
    key: str
    version: int
    bundle: str
    status: str
    customer: str | None
    step: Step
    deviation: Deviation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a search: what fits, how much was looked at for it, and where the next page begins."""

    hits: tuple[Hit, ...]
    steps: int  # that were read
    cases: int  # that were gone through; 0 along the index of an actor
    back_to: str | None = None  # the number of the last case that was looked at
    back_at: datetime | None = None  # along the index of an actor, the moment of the last step
    later: str | None = None  # None: nothing is left


def search(
    context: Context, connection: Connection, query: Query, actor: Actor, limit: int, after: str | None
) -> Found:
    """A page of the steps that fit, the newest first."""
    demand_reader(context, actor)
    _demand(query)
    selection = Selection(key=query.key, version=query.version, status=query.status, customer=query.customer)
    check(selection)
    seen = [visible_cases(context, connection, actor), *conditions(selection)]
    if query.deviation is not None:
        return _deviating(context, connection, query, seen, limit, _place(after))
    if query.actor is not None:
        return _along(connection, query, seen, limit, _place(after))
    return _through(connection, query, seen, limit, _place(after))


def _demand(query: Query) -> None:
    """Refuse what is no query."""
    demand_kind(query.deviation)
    texts = (query.actor, query.kind, query.element, query.field, query.value)
    if any(text is not None and (len(text) > LONGEST or "\0" in text) for text in texts):
        raise Refusal("A filter is too long, or no text.")
    if query.field is not None and query.value is None:
        raise Refusal("Say which value the field shall have.", field="value")


def _place(after: str | None) -> tuple[int, int] | None:
    """The case and step that a page ends with."""
    if after is None:
        return None
    found = PLACE.fullmatch(after)
    if found is None:
        raise Refusal("This is no place in a search.")
    return int(found[1]), int(found[2])


# Along the index of who did what


def _along(
    connection: Connection, query: Query, seen: Sequence[ColumnElement[bool]], limit: int, after: tuple[int, int] | None
) -> Found:
    """The steps of one actor, the newest first."""
    hits: list[Hit] = []
    read, last = 0, after
    back_at: datetime | None = None
    while read < MOST_STEPS:
        rows = _next_of(connection, query, last)
        known = _cases(connection, {row.case_id for row in rows}, seen)
        for row in rows:
            if len(hits) == limit:
                return Found(hits=tuple(hits), steps=read, cases=0, back_at=back_at, later=_name(last))
            read, last, back_at = read + 1, (row.case_id, row.seq), instant(row.at)
            if row.case_id in known and query.kind in (None, row.kind):
                hits += [_hit(known[row.case_id], one) for one in _fits(query, row)]
        if len(rows) < AT_ONCE:
            return Found(hits=tuple(hits), steps=read, cases=0)
    return Found(hits=tuple(hits), steps=read, cases=0, back_at=back_at, later=_name(last))


def _next_of(connection: Connection, query: Query, last: tuple[int, int] | None) -> Sequence[Any]:
    """Some steps of an actor in a period, behind the last one that was looked at."""
    newest = (steps.c.at, steps.c.case_id, steps.c.seq)
    found = select(steps).where(steps.c.actor == query.actor, *_period(query))
    if last is not None:
        here = select(*newest).where(steps.c.case_id == last[0], steps.c.seq == last[1])
        place = connection.execute(here).first()
        found = found if place is None else found.where(tuple_(*newest) < tuple_(*place))
    return connection.execute(found.order_by(*(column.desc() for column in newest)).limit(AT_ONCE)).all()


def _cases(connection: Connection, ids: set[int], seen: Sequence[ColumnElement[bool]]) -> dict[int, Any]:
    """What lists say of some cases, as far as they fit."""
    return {row.id: row for row in connection.execute(select(*BRIEF).where(case.c.id.in_(ids), *seen))} if ids else {}


def _name(place: tuple[int, int] | None) -> str | None:
    return None if place is None else f"{place[0]}.{place[1]}"


# Through the cases, the newest first


def _through(
    connection: Connection, query: Query, seen: Sequence[ColumnElement[bool]], limit: int, after: tuple[int, int] | None
) -> Found:
    """The steps of the cases, newest case first, and in each the last step first."""
    hits: list[Hit] = []
    read = cases = 0
    walk = _Walk.of(connection, after)
    for batch in walk.batches(connection, [*seen, *_alive(query)], TOGETHER):
        known = {row.id: row for row in batch}
        for row in walk.steps(connection, list(known), _plain(query)):
            if read == MOST_STEPS or len(hits) == limit:
                cases += sum(1 for one in known if one > row.case_id)
                number = known[row.case_id].number
                return Found(hits=tuple(hits), steps=read, cases=cases, back_to=number, later=walk.last)
            read += 1
            walk.last = f"{row.case_id}.{row.seq}"
            hits += [_hit(known[row.case_id], one) for one in _fits(query, row)]
        cases += len(batch)
    return walk.ended(connection, hits, read, cases)


def _deviating(
    context: Context,
    connection: Connection,
    query: Query,
    seen: Sequence[ColumnElement[bool]],
    limit: int,
    after: tuple[int, int] | None,
) -> Found:
    """The deviations of the cases, newest case first; their histories are read whole."""
    hits: list[Hit] = []
    read = cases = 0
    walk = _Walk.of(connection, after)
    for batch in walk.batches(connection, [*seen, *_alive(query)], READ_WHOLE):
        told = dict(histories(connection, [row.id for row in batch]))
        for row in batch:
            if read >= MOST_STEPS or len(hits) >= limit:
                return Found(hits=tuple(hits), steps=read, cases=cases, back_to=row.number, later=walk.last)
            history, cases = told[row.id], cases + 1
            read += len(history)
            by_seq = {step.seq: step for step in history}
            for one in reversed(wanted(query.deviation or "", deviations_of(context, connection, history))):
                if len(hits) >= limit and hits[-1].step.seq != one.seq:  # what one step holds stays together
                    return Found(hits=tuple(hits), steps=read, cases=cases, back_to=row.number, later=walk.last)
                if walk.is_new(row.id, one.seq) and _suits(query, by_seq[one.seq], one):
                    hits.append(_hit(row, by_seq[one.seq], one))
                    walk.last = f"{row.id}.{one.seq}"
            walk.last = f"{row.id}.0"
    return walk.ended(connection, hits, read, cases)


@dataclass
class _Walk:
    """Goes back through the cases from the place where the page before ended, but not too far."""

    start: int  # the case to begin with
    seq: int  # and the step of it that was looked at last
    floor: int  # the case to stop before
    last: str = ""

    @classmethod
    def of(cls, connection: Connection, after: tuple[int, int] | None) -> _Walk:
        newest = connection.execute(select(func.max(case.c.id))).scalar() or 0
        start, seq = (newest, LAST) if after is None or after[0] > newest else after
        return cls(start, seq, start - MOST_CASES, f"{start}.{seq}")

    def batches(
        self, connection: Connection, wanted: Sequence[ColumnElement[bool]], together: int
    ) -> Iterator[Sequence[Any]]:
        """The cases that fit, some at a time."""
        below = self.start + (1 if self.seq else 0)
        while True:
            found = select(*BRIEF).where(case.c.id < below, case.c.id > self.floor, *wanted)
            rows = connection.execute(found.order_by(case.c.id.desc()).limit(together)).all()
            if rows:
                yield rows
            if len(rows) < together:
                return
            below = rows[-1].id

    def steps(self, connection: Connection, ids: Sequence[int], plain: Sequence[ColumnElement[bool]]) -> Iterator[Any]:
        """The steps of some cases, the last first, that were not looked at before."""
        place = (self.start, self.seq)
        while True:
            found: Select[Any] = select(steps).where(steps.c.case_id.in_(ids), *plain)
            found = found.where(tuple_(steps.c.case_id, steps.c.seq) < tuple_(*place))
            found = found.order_by(steps.c.case_id.desc(), steps.c.seq.desc()).limit(AT_ONCE)
            rows = connection.execute(found).all()
            yield from rows
            if len(rows) < AT_ONCE:
                return
            place = (rows[-1].case_id, rows[-1].seq)

    def is_new(self, case_id: int, seq: int) -> bool:
        """Whether a step was not on a page before."""
        return (case_id, seq) < (self.start, self.seq)

    def ended(self, connection: Connection, hits: Sequence[Hit], read: int, cases: int) -> Found:
        """The page when no case is left in reach: there may be some behind it."""
        oldest = connection.execute(select(func.min(case.c.id))).scalar() or 0
        more = oldest <= self.floor
        numbers = select(case.c.number).where(case.c.id > self.floor).order_by(case.c.id).limit(1)
        return Found(
            hits=tuple(hits),
            steps=read,
            cases=cases,
            back_to=connection.execute(numbers).scalar() if more else None,
            later=f"{self.floor}.{LAST}" if more else None,
        )


# What fits


def _plain(query: Query) -> list[ColumnElement[bool]]:
    """What the database itself compares of a step."""
    found = [steps.c.kind == query.kind] if query.kind is not None else []
    return found + _period(query)


def _period(query: Query) -> list[ColumnElement[bool]]:
    found = [steps.c.at >= moment(query.since)] if query.since is not None else []
    return found + ([steps.c.at < moment(query.until)] if query.until is not None else [])


def _alive(query: Query) -> list[ColumnElement[bool]]:
    """The cases that can have had a step in a period."""
    found = [case.c.last_at >= moment(query.since)] if query.since is not None else []
    return found + ([case.c.started_at < moment(query.until)] if query.until is not None else [])


def _fits(query: Query, row: Any) -> Iterator[Step]:
    """The step of a row, if what it holds fits."""
    if query.element is not None and not _names(row, query.element):
        return
    step = step_of(row)
    if _touches(query, step) and _holds(query, step):
        yield step


def _names(row: Any, element: str) -> bool:
    """Whether the bytes of a row can name an element at all; reading them costs more."""
    name = f'"{element}"'.encode()
    return name in bytes(row.effects) or name in bytes(row.input)


def _suits(query: Query, step: Step, one: Deviation) -> bool:
    """Whether a deviation is where the rest of a query looks."""
    when = (query.since is None or step.at >= query.since) and (query.until is None or step.at < query.until)
    who = query.actor in (None, step.actor) and query.kind in (None, step.kind)
    return when and who and query.element in (None, one.element) and _holds(query, step)


def _touches(query: Query, step: Step) -> bool:
    """Whether a step is about an element: its input names it, or something happened there."""
    return (
        query.element is None
        or step.input.get("element") == query.element
        or any(effect.element == query.element for effect in step.effects)
    )


def _holds(query: Query, step: Step) -> bool:
    """Whether something that came in with a step has the value."""
    if query.value is None:
        return True
    return any(
        query.field in (None, name) and equal(value, query.value, contains=query.contains)
        for name, value in leaves(step.input)
    )


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in some data with the name that it stands under; what stands in the vault is none."""
    if is_reference(value):
        return
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from leaves(inside, key)
    elif isinstance(value, list):
        for inside in value:
            yield from leaves(inside, name)
    else:
        yield name, value


def equal(value: Any, wanted: str, *, contains: bool) -> bool:
    """Whether a value is what somebody wrote, as a number if it is one, else as a text whatever its case."""
    if contains:
        return wanted.casefold() in written(value).casefold()
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = _number(wanted)
        return number is not None and number == value
    return wanted.casefold() == written(value).casefold()


def _number(text: str) -> Decimal | None:
    """A number as people write it, with commas between thousands or without."""
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def written(value: Any) -> str:
    """A plain value as text."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return shortest(value) if isinstance(value, Decimal) else str(value)


def _hit(row: Any, step: Step, deviation: Deviation | None = None) -> Hit:
    known = {name: value for name, value in row._asdict().items() if name != "id"}
    return Hit(case_id=step.case_id, step=step, deviation=deviation, **known)
