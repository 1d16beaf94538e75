"""Reads histories for the deviations in them. What a read table would save is told in decision 23."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from ..bundles import Bundle
from ..cases.context import Context
from ..errors import NotFound, Refusal
from ..history.chain import step_of
from ..model import Step
from ..store.tables import step as steps_table
from .deviations import KINDS, BundleOf, Deviation, deviations

ANY = "any"
AT_ONCE = 50  # cases whose histories are read together
MOST_READ = 5_000  # cases whose histories one sample may ask for


def demand_kind(kind: str | None) -> None:
    """Refuse a kind of deviation that there is not."""
    if kind is not None and kind not in (*KINDS, ANY):
        raise Refusal("There is no such kind of deviation.", deviation=kind)


def wanted(kind: str, found: Sequence[Deviation]) -> list[Deviation]:
    """The deviations of a kind."""
    return [one for one in found if kind in (one.kind, ANY)]


def bundles(context: Context, connection: Connection) -> BundleOf:
    """What gives a bundle by its digest."""

    def bundle_of(digest: str) -> Bundle:
        return context.shelf.bundle(connection, digest)

    return bundle_of


def deviations_of(context: Context, connection: Connection, history: Sequence[Step]) -> tuple[Deviation, ...]:
    """The deviations of one history; none where its bundle is not there any more, which `verify` says."""
    try:
        return deviations(history, bundles(context, connection))
    except NotFound:
        return ()


def histories(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, list[Step]]]:
    """The histories of some cases, in the order of their ids."""
    for place in range(0, len(ids), AT_ONCE):
        here = ids[place : place + AT_ONCE]
        found = select(steps_table).where(steps_table.c.case_id.in_(here))
        told: dict[int, list[Step]] = {one: [] for one in here}
        for row in connection.execute(found.order_by(steps_table.c.case_id, steps_table.c.seq)):
            told[row.case_id].append(step_of(row))
        yield from told.items()


def holding(
    context: Context, connection: Connection, ids: Sequence[int], kind: str, at: datetime | None = None
) -> list[int]:
    """The cases among some whose history, up to a moment if one is given, holds a deviation of a kind."""
    demand_kind(kind)
    if len(ids) > MOST_READ:
        raise Refusal(f"The histories of {len(ids)} cases would have to be read; choose a shorter period.", many=True)
    found = []
    for case_id, history in histories(connection, ids):
        told = [step for step in history if at is None or step.at <= at]
        if wanted(kind, deviations_of(context, connection, told)):
            found.append(case_id)
    return found
