"""What pages ask: each question reads a bounded number of rows, however many cases there were.

Whoever asks sees the classes of confidentiality that are open to him; the cases of others are in no number of his.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, func, select

from ..canonical import instant, read
from ..store.tables import bundle, walk, walk_cell, walk_mark, walk_path, walk_variant, walked
from .cells import ALL, EVER, EVERY, Cell, Tally, merged, month, week
from .walks import Path

Classes = Collection[str] | None  # None is every one


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which finished cases of a process: ended in some periods, of a version, with an outcome, begun by a team."""

    key: str
    periods: tuple[str, ...] = (EVER,)
    version: int = EVERY
    outcome: str = ALL
    team: str = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One of the ways that cases went, and the cases that went it."""

    variant: str
    path: Path
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways that most cases went, and how many there are in all."""

    shown: tuple[Way, ...]
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """By what the cases of a process can be told apart: outcomes and teams that there have been."""

    outcomes: tuple[str, ...]
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """The finished cases that were asked for, added up, and as of when."""

    where: Where
    cell: Cell
    counted_at: datetime | None


def ask(connection: Connection, where: Where, classes: Classes) -> Insight:
    """Everything about some cases."""
    found = select(walk_cell.c.tally, walk_cell.c.parts).where(*_here(walk_cell, where, classes))
    cells = (Cell.read(row.tally, bytes(row.parts)) for row in connection.execute(found))
    at = connection.execute(select(walk_mark.c.at).where(walk_mark.c.key == where.key)).scalar()
    return Insight(where=where, cell=merged(cells), counted_at=instant(at) if at else None)


def by_version(connection: Connection, where: Where, versions: Collection[int], classes: Classes) -> dict[int, Tally]:
    """The cases of each of some versions."""
    here = _here(walk_cell, where, classes, version=False)
    found = select(walk_cell.c.version, walk_cell.c.tally).where(walk_cell.c.version.in_(sorted(versions)), *here)
    sums = {version: Tally() for version in versions}
    for version, tally in connection.execute(found):
        sums[version].merge(Tally.read(json.loads(tally)))
    return sums


def by_period(connection: Connection, where: Where, classes: Classes) -> dict[str, Tally]:
    """The cases of each period, in the order of the periods."""
    found = select(walk_cell.c.period, walk_cell.c.tally).where(*_here(walk_cell, where, classes))
    sums = {period: Tally() for period in where.periods}
    for period, tally in connection.execute(found):
        sums[period].merge(Tally.read(json.loads(tally)))
    return sums


def ways(connection: Connection, where: Where, classes: Classes, limit: int) -> Ways:
    """The ways that most cases went."""
    here = _here(walk_variant, where, classes)
    cases = func.sum(walk_variant.c.cases)
    ranked = select(walk_variant.c.variant).where(*here).group_by(walk_variant.c.variant)
    names = connection.execute(ranked.order_by(cases.desc(), walk_variant.c.variant).limit(limit)).scalars().all()
    count = connection.execute(select(func.count(walk_variant.c.variant.distinct())).where(*here)).scalar_one()
    return Ways(shown=tuple(_ways(connection, where, here, names)), all=count)


def way(connection: Connection, where: Where, classes: Classes, variant: str) -> Way | None:
    """One way, as the cases that were asked for went it."""
    return next(_ways(connection, where, _here(walk_variant, where, classes), [variant]), None)


def _ways(
    connection: Connection, where: Where, here: Sequence[ColumnElement[bool]], names: Sequence[str]
) -> Iterator[Way]:
    tallies: dict[str, Tally] = {}
    found = select(walk_variant.c.variant, walk_variant.c.tally).where(*here, walk_variant.c.variant.in_(names))
    for name, tally in connection.execute(found):
        tallies.setdefault(name, Tally()).merge(Tally.read(json.loads(tally)))
    paths = select(walk_path.c.variant, walk_path.c.path)
    paths = paths.where(walk_path.c.key == where.key, walk_path.c.variant.in_(names))
    read_paths = {row.variant: _path(row.path) for row in connection.execute(paths)}
    for name in names:
        if name in tallies and name in read_paths:
            yield Way(variant=name, path=read_paths[name], tally=tallies[name])


def _path(stored: str) -> Path:
    said = {name: tuple(ids) for name, ids in read(stored).items()}
    return Path(elements=said["elements"], flows=said["flows"], again=said["again"])


def cases_of(connection: Connection, key: str, variant: str, classes: Classes, limit: int) -> list[int]:
    """Some cases that went a way, the last begun first."""
    found = select(walk.c.case_id).where(walk.c.key == key, walk.c.variant == variant)
    if classes is not None:
        found = found.where(walk.c.confidentiality.in_(classes))
    return list(connection.execute(found.order_by(walk.c.case_id.desc()).limit(limit)).scalars())


def choices(connection: Connection, key: str, classes: Classes) -> Choices:
    """By what the cases of a process can be told apart."""
    whole = Where(key=key)
    here = _here(walk_cell, whole, classes, of=False)
    rows = connection.execute(select(walk_cell.c.outcome, walk_cell.c.team).distinct().where(*here)).all()
    outcomes = sorted({row.outcome for row in rows} - {ALL, ""})
    return Choices(outcomes=tuple(outcomes), teams=tuple(sorted({row.team for row in rows} - {ALL, ""})))


def count_walked(connection: Connection, key: str, classes: Classes) -> dict[str, dict[str, int]]:
    """How often finished cases passed each element and flow of the bundles of a process, by the bundle's digest."""
    found = select(walked.c.bundle, walked.c.part, func.sum(walked.c.times))
    found = found.join(bundle, bundle.c.digest == walked.c.bundle).where(bundle.c.key == key)
    if classes is not None:
        found = found.where(walked.c.confidentiality.in_(classes))
    counts: dict[str, dict[str, int]] = {}
    for digest, part, times in connection.execute(found.group_by(walked.c.bundle, walked.c.part)):
        counts.setdefault(digest, {})[part] = int(times)
    return counts


def _here(
    table: Table, where: Where, classes: Classes, *, version: bool = True, of: bool = True
) -> list[ColumnElement[bool]]:
    """The conditions that find cells by the beginning of their key."""
    found: list[ColumnElement[bool]] = [table.c.key == where.key, table.c.period.in_(where.periods)]
    if version:
        found.append(table.c.version == where.version)
    if of:
        found += [table.c.outcome == where.outcome, table.c.team == where.team]
    if classes is not None:
        found.append(table.c.confidentiality.in_(classes))
    return found


# Periods


def weeks(last: date, count: int) -> tuple[str, ...]:
    """So many ISO weeks, the one of a day the last."""
    return tuple(week(last - timedelta(days=7 * back)) for back in reversed(range(count)))


def months(last: date, count: int) -> tuple[str, ...]:
    """So many months, the one of a day the last."""
    number = last.year * 12 + last.month - 1
    return tuple(month(date((number - back) // 12, (number - back) % 12 + 1, 1)) for back in reversed(range(count)))
