"""Adds sums to the rows that pages read, or takes them out again; whoever does it is alone with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, tuple_, update

from ..store.tables import walk_cell, walk_path, walk_variant, walked
from .cells import Cell, Place, Tally, written
from .counting import Sums

Key = tuple[Any, ...]
New = dict[Key, dict[str, Any] | None]  # what a row says from now on; None: it goes
CELL = tuple(walk_cell.primary_key.columns)
VARIANT = tuple(walk_variant.primary_key.columns)


def write(connection: Connection, sums: Sums, sign: int = 1) -> None:
    """Add sums to what is there, or take them out of it."""
    _write_cells(connection, sums, sign)
    _write_variants(connection, sums, sign)
    _write_paths(connection, sums, sign)
    _write_passed(connection, sums, sign)


def _write_cells(connection: Connection, sums: Sums, sign: int) -> None:
    known: dict[Key, Any] = {}
    for some in _some(sums.cells):
        for row in connection.execute(select(walk_cell).where(tuple_(*CELL).in_(some))):
            known[Place(*row[:6])] = Cell.read(row.tally, bytes(row.parts))
    new: New = {}
    for place, cell in sums.cells.items():
        was = known.get(place, Cell())
        was.merge(cell, sign)
        new[place] = was.plain() if was.tally.cases else None
    store(connection, walk_cell, new, known)


def _write_variants(connection: Connection, sums: Sums, sign: int) -> None:
    known: dict[Key, Any] = {}
    for some in _some([(*place, name) for place, name in sums.variants]):
        for row in connection.execute(select(walk_variant).where(tuple_(*VARIANT).in_(some))):
            known[tuple(row[:7])] = Tally.read(json.loads(row.tally))
    new: New = {}
    for (place, name), tally in sums.variants.items():
        was = known.get((*place, name), Tally())
        was.merge(tally, sign)
        new[*place, name] = {"cases": was.cases, "tally": written(was.plain())} if was.cases else None
    store(connection, walk_variant, new, known)


def _write_paths(connection: Connection, sums: Sums, sign: int) -> None:
    known: dict[Key, Any] = {}
    for some in _some(sums.paths):
        found = select(walk_path).where(tuple_(walk_path.c.key, walk_path.c.variant).in_(some))
        known |= {(row.key, row.variant): row.cases for row in connection.execute(found)}
    new: New = {}
    for name, (times, path) in sums.paths.items():
        left = known.get(name, 0) + sign * times
        new[name] = {"cases": left, "path": path} if left else None
    store(connection, walk_path, new, known)


def _write_passed(connection: Connection, sums: Sums, sign: int) -> None:
    known: dict[Key, Any] = {}
    key = (walked.c.bundle, walked.c.confidentiality, walked.c.part)
    for some in _some(sums.passed):
        for row in connection.execute(select(walked).where(tuple_(*key).in_(some))):
            known[row.bundle, row.confidentiality, row.part] = row.times
    new: New = {}
    for name, times in sums.passed.items():
        left = known.get(name, 0) + sign * times
        new[name] = {"times": left} if left else None
    store(connection, walked, new, known)


def store(
    connection: Connection,
    table: Table,
    new: New,
    known: Iterable[Key],
) -> None:
    """Write rows by their keys: those that are there are changed, or go where there is nothing to say any more."""
    names, there = [column.name for column in table.primary_key], set(known)
    key = [table.c[name] == bindparam(f"its_{name}") for name in names]
    fresh, other, gone = [], [], []
    for place, values in new.items():
        its = {f"its_{name}": value for name, value in zip(names, place, strict=True)}
        if place not in there and values is not None:
            fresh.append({**dict(zip(names, place, strict=True)), **values})
        elif place in there and values is not None:
            other.append({**its, **values})
        elif place in there:
            gone.append(its)
    if fresh:
        connection.execute(insert(table), fresh)
    if other:
        connection.execute(update(table).where(*key), other)
    if gone:
        connection.execute(delete(table).where(*key), gone)


def _some(names: Iterable[Any], most: int = 100) -> Iterator[list[Any]]:
    """Names in groups that fit into a statement."""
    given = [tuple(name) for name in names]
    for begin in range(0, len(given), most):
        yield given[begin : begin + most]
