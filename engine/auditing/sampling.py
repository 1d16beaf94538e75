"""Random samples of cases that anybody can draw again: the seed and the ids alone decide.

A case's place in the draw is SHA-256 of the ASCII text `seed:id`; the sample are the first ones. No random generator
is involved, so that a reader with the ids and a shell comes to the same. A sample is a row that nobody changes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any

from sqlalchemy import Connection, insert, select

from ..canonical import canonical, instant, read
from ..cases.context import Context
from ..errors import NotFound, Refusal
from ..model import Actor, CaseId
from ..reasons import demand_short
from ..store.tables import sample as samples
from .deviating import holding
from .population import Selection, check, demand_auditor, ids_of

MOST = 1_000  # cases of one sample
LONGEST_SEED = 64
LEAST_REASON = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample on record; `digest` is that of the ids that it was drawn from, `cases` stand as they were drawn."""

    id: int
    at: datetime
    by: str
    seed: str
    size: int
    selection: Selection
    classes: tuple[str, ...] | None  # the confidentiality classes that it was drawn from; None is every one
    population: int
    digest: str
    cases: tuple[CaseId, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A sample drawn again from what fits its filters now."""

    population: int
    digest: str
    cases: tuple[CaseId, ...]
    same_population: bool
    same_cases: bool
    later: int  # cases that fit the filters but began, or ended, after the sample was drawn
    gone: tuple[CaseId, ...]  # cases of the sample that do not fit its filters any more


def rank(seed: str, case_id: int) -> bytes:
    """The place of a case in the draw of a seed."""
    return hashlib.sha256(f"{seed}:{case_id}".encode()).digest()


def drawn(seed: str, ids: Iterable[int], size: int) -> list[int]:
    """The first cases of a draw, in its order."""
    return nsmallest(size, ids, key=lambda case_id: rank(seed, case_id))


def digest_of(ids: Iterable[int]) -> str:
    """SHA-256 of the ids in ascending order, each in decimal digits on a line of its own."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()


def draw(
    context: Context, connection: Connection, selection: Selection, size: int, seed: str, reason: str, by: Actor
) -> Sample:
    """Draw a sample and put it on record; an empty seed is drawn too."""
    demand_auditor(context, by)
    check(selection)
    demand_draw(size, seed, reason)
    classes, seed = context.policy.classes_open_to(by), seed.strip() or secrets.token_hex(8)
    ids = population(context, connection, selection, classes)
    if not ids:
        raise Refusal("No case fits these filters.", empty=True)
    chosen = [str(one) for one in drawn(seed, ids, size)]
    row = {
        "at": context.now_text(),
        "by": by.name,
        "seed": seed,
        "size": size,
        "filters": canonical({"classes": classes, **selection.plain()}).decode(),
        "population": len(ids),
        "digest": digest_of(ids),
        "cases": canonical(chosen).decode(),
        "reason": reason.strip(),
    }
    made = connection.execute(insert(samples).values(**row).returning(samples)).one()
    return sample_of(made)


def demand_draw(size: int, seed: str, reason: str) -> None:
    """Refuse a draw that says too much or too little."""
    if not 1 <= size <= MOST:
        raise Refusal(f"A sample has 1 to {MOST} cases.", field="size")
    if len(seed) > LONGEST_SEED or not (seed.isascii() and (seed.isprintable())):
        raise Refusal(f"A seed has at most {LONGEST_SEED} printable ASCII characters.", field="seed")
    if len(reason.strip()) < LEAST_REASON or "\0" in reason:
        raise Refusal("Say what the sample is for.", field="reason")
    demand_short(reason)


def population(
    context: Context,
    connection: Connection,
    selection: Selection,
    classes: tuple[str, ...] | None,
    at: datetime | None = None,
) -> list[int]:
    """The ids that a sample is drawn from, in their order; for a deviation every history has to be read."""
    ids = ids_of(connection, selection, classes, at=at)
    return ids if selection.deviation is None else holding(context, connection, ids, selection.deviation, at)


def sample_of(row: Any) -> Sample:
    """A stored row as a sample."""
    filters = read(row.filters)
    classes = filters.get("classes")
    return Sample(
        id=row.id,
        at=instant(row.at),
        by=row.by,
        seed=row.seed,
        size=row.size,
        selection=Selection.of(filters),
        classes=None if classes is None else tuple(classes),
        population=row.population,
        digest=row.digest,
        cases=tuple(CaseId(one) for one in read(row.cases)),
        reason=row.reason,
    )


def find(context: Context, connection: Connection, sample_id: int, actor: Actor) -> Sample:
    """A sample that an actor may see: as an auditor of all classes that it was drawn from; NotFound for every other."""
    demand_auditor(context, actor)
    row = connection.execute(select(samples).where(samples.c.id == sample_id)).first()
    if row is None or not visible(context, found := sample_of(row), actor):
        raise NotFound(f"There is no sample {sample_id}.")
    return found


def visible(context: Context, one: Sample, actor: Actor) -> bool:
    """Whether an actor may see all classes that a sample was drawn from."""
    classes = context.policy.classes_open_to(actor)
    return classes is None or (one.classes is not None and set(one.classes) <= set(classes))


def newest(
    context: Context, connection: Connection, actor: Actor, limit: int, after: int | None
) -> tuple[list[Sample], int | None]:
    """The samples that an actor may see, newest first, and the last one looked at if there are more."""
    demand_auditor(context, actor)
    found = select(samples).order_by(samples.c.id.desc()).limit(limit + 1)
    if after is not None:
        found = found.where(samples.c.id < after)
    rows = [sample_of(row) for row in connection.execute(found)]
    later = rows[limit - 1].id if len(rows) > limit else None
    return [one for one in rows[:limit] if visible(context, one, actor)], later


def redraw(context: Context, connection: Connection, one: Sample) -> Redrawn:
    """Draw a sample again as of its moment, and say what has changed since."""
    ids = population(context, connection, one.selection, one.classes, one.at)
    now = len(ids_of(connection, one.selection, one.classes))
    then = len(ids_of(connection, one.selection, one.classes, at=one.at))
    chosen = tuple(CaseId(str(found)) for found in drawn(one.seed, ids, one.size))
    found = digest_of(ids)
    return Redrawn(
        population=len(ids),
        digest=found,
        cases=chosen,
        same_population=found == one.digest,
        same_cases=chosen == one.cases,
        later=now - then,
        gone=_gone(one.cases, ids),
    )


def _gone(cases: Sequence[CaseId], ids: Sequence[int]) -> tuple[CaseId, ...]:
    there = set(ids)
    return tuple(one for one in cases if int(one) not in there)
