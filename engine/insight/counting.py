"""From the steps of finished cases to what they come to: reads, and writes nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from ..canonical import instant
from ..cases.context import Context
from ..diagram import Diagram
from ..errors import EngineError, Unavailable
from ..history.chain import step_of
from ..store.tables import step
from .cells import CANCELLED, Cell, Place, Tally, periods, places
from .walks import Path, Walk, Walking

TOGETHER = 2_000  # steps that are read at once
NOTHING = Diagram(processes=())
UNREADABLE = Walk(team="", path=Path(), milliseconds=0, late=None, parts={}, passed={})

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Sums:
    """What a batch of walks adds to the tables."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[Place, Cell] = field(default_factory=dict)
    variants: dict[tuple[Place, str], Tally] = field(default_factory=dict)
    paths: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    passed: Counter[tuple[str, str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A case's row with its walk, and what the row of it says."""

    row: Row[Any]
    walk: Walk
    day: date

    @property
    def outcome(self) -> str:
        """The end that the case came to."""
        return CANCELLED if self.row.status == "cancelled" else self.row.outcome or ""

    def as_row(self) -> dict[str, Any]:
        """The row of `walk`."""
        return {
            "case_id": self.row.id,
            "key": self.row.key,
            "version": self.row.version,
            "ended_at": self.row.ended_at,
            "outcome": self.outcome,
            "team": self.walk.team,
            "confidentiality": self.row.confidentiality,
            "variant": self.walk.path.variant,
            "milliseconds": self.walk.milliseconds,
            "late": self.walk.late,
        }


def counted_of(context: Context, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Counted]:
    """The walks of some cases; one whose history cannot be read counts as nothing but a case."""

    @cache
    def diagram(key: str) -> Diagram:
        try:
            return context.shelf.bundle(connection, key).diagram or NOTHING
        except EngineError:  # somebody has written another digest there: it is for `verify` to say so
            return NOTHING

    def mapping(key: str) -> Mapping[str, str]:
        return context.shelf.mapping(connection, key).elements

    for some in _batches(rows):
        by_id = {row.id: row for row in some}
        found = select(step).where(step.c.case_id.in_(list(by_id))).order_by(step.c.case_id, step.c.seq)
        for case_id, stored in groupby(connection.execute(found), key=lambda row: row.case_id):
            made: Walk = UNREADABLE
            zone: tzinfo = UTC
            try:
                steps = [step_of(one) for one in stored]
                zone = context.shelf.configuration(connection, steps[0].input["config"]).zone
                made = Walking(diagram, mapping).walk(steps)
            except Unavailable:
                raise
            except Exception:  # what is wrong with a history is for `verify` to say; here it must not be in the way
                log.exception("the history of case %s cannot be counted", case_id)
            row = by_id[case_id]
            yield Counted(row=row, walk=made, day=instant(row.ended_at).astimezone(zone).date())


def _batches(rows: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """Cases in groups of not too many steps; one of more than that is alone."""
    some: list[Row[Any]] = []
    for row in rows:
        if some and sum(one.seq for one in some) + row.seq > TOGETHER:
            yield some
            some = []
        some.append(row)
    if some:
        yield some


def sums_of(counted: Iterable[Counted]) -> Sums:
    """What some walks come to: those that count in the same cells are added up first."""
    sums = Sums()
    alike: dict[tuple[Any, ...], tuple[Cell, dict[str, Tally]]] = {}
    for one in counted:
        row, made = one.row, one.walk
        sums.rows.append(one.as_row())
        said = (row.key, periods(one.day), row.version, one.outcome, made.team, row.confidentiality)
        cell, variants = alike.setdefault(said, (Cell(), {}))
        late = int(bool(made.late))
        tally = Tally(cases=1, timed=int(made.late is not None), late=late, again=int(bool(made.path.again)))
        tally.time.add(made.milliseconds)
        cell.merge(Cell(tally=tally, parts=dict(made.parts)))
        name = made.path.variant
        variants.setdefault(name, Tally()).merge(tally)
        times, _ = sums.paths.get((row.key, name), (0, ""))
        sums.paths[row.key, name] = times + 1, made.path.plain().decode()
        for (digest, id), passed in made.passed.items():
            sums.passed[digest, row.confidentiality, id] += passed
    for said, (cell, variants) in alike.items():
        for place in places(*said):
            sums.cells.setdefault(place, Cell()).merge(cell)
            for name, tally in variants.items():
                sums.variants.setdefault((place, name), Tally()).merge(tally)
    return sums
