"""Very many cases that stand where one stands: its rows with other numbers, each with a chain of its own.

What is copied is what the engine would have written, down to the hash, so the copies verify and go on like any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select

from engine import Engine
from engine.canonical import canonical, read
from engine.history.chain import FIRST, hash_of
from engine.store.tables import case, job, step, subscription, task

BATCH = 2_000
HASHED = ("seq", "at", "actor", "kind", "input", "effects", "semantics", "state_hash")


def multiply(engine: Engine, case_id: str, times: int) -> None:
    """Add so many cases like the one, which has only been started."""
    with engine.database.reading() as connection:
        (own,) = found(connection, case, "id", case_id)
        (began,) = found(connection, step, "case_id", case_id)
        beside = {table: found(connection, table, "case_id", case_id) for table in (task, job, subscription)}
    numbers = iter(range(int(case_id) + 1, int(case_id) + 1 + times))
    while batch := list(islice(numbers, BATCH)):
        with engine.database.writing() as connection:
            steps = [first_step(began, number) for number in batch]
            connection.execute(insert(step), steps)
            connection.execute(insert(case), [a_case(own, one) for one in steps])
            for table, rows in beside.items():
                if copied := list(numbered(table, rows, batch)):
                    connection.execute(insert(table), copied)


def found(connection: Any, table: Table, column: str, case_id: str) -> list[dict[str, Any]]:
    """The rows of a case in a table."""
    rows = connection.execute(select(table).where(table.c[column] == int(case_id)))
    return [dict(row) for row in rows.mappings()]


def first_step(began: dict[str, Any], number: int) -> dict[str, Any]:
    """The start of a case, with its hash."""
    given = canonical({**read(began["input"]), "number": called(number)})
    row = {**{name: began[name] for name in HASHED}, "case_id": number, "input": given, "prev_hash": FIRST}
    return {**row, "hash": hash_of(**row)}


def a_case(own: dict[str, Any], began: dict[str, Any]) -> dict[str, Any]:
    """The row of a case after that step."""
    return {**own, "id": began["case_id"], "number": called(began["case_id"]), "head": began["hash"]}


def numbered(table: Table, rows: list[dict[str, Any]], numbers: list[int]) -> Iterator[dict[str, Any]]:
    """The rows of another table, for each case."""
    for number in numbers:
        more = {"number": called(number)} if "number" in table.c else {}
        yield from ({**row, "case_id": number, **more} for row in rows)


def called(number: int) -> str:
    """The number of a case, as people see it."""
    return f"COP-20200101-{number:08d}"
