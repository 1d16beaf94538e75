"""What no single case can tell: numbers without gaps, rows of no case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, select

from ...model import Problem
from ...store.tables import (
    case,
    counter,
    draft,
    incident,
    job,
    legal_hold,
    message,
    paper,
    purge,
    reading,
    sample,
    step,
    subscription,
    task,
    vault,
)

OF_A_CASE = (step, task, job, subscription, draft, incident, legal_hold)
EVER_OF_A_CASE = (reading, paper)  # they stay when the case is purged
MOST_NAMED = 20


def number_problems(connection: Connection) -> Iterator[Problem]:
    """Numbers of a process and day that are missing, or that its counter does not know; purged ones count."""
    used: dict[tuple[str, str], set[int]] = defaultdict(set)
    for table in (case, purge):
        for number in connection.execute(select(table.c.number)).scalars():
            prefix, _, value = str(number).rpartition("-")
            series, _, day = prefix.rpartition("-")
            if value.isdecimal():
                used[series, day].add(int(value))
    counters = {(row.prefix, row.day): row.value for row in connection.execute(select(counter))}
    for series, day in sorted(used.keys() | counters.keys()):
        found, last = used.get((series, day), set()), counters.get((series, day), 0)
        wrong = sorted(found ^ set(range(1, last + 1))) if len(found) != last or (found and max(found) != last) else []
        for one in wrong[:MOST_NAMED]:
            name = f"{series}-{day}-{one:06d}"
            yield Problem(what="number unknown" if one in found else "number missing", detail=name)


def orphan_problems(connection: Connection) -> Iterator[Problem]:
    """Rows of cases that there are not."""
    for table in OF_A_CASE:
        yield from _orphans(connection, table, table.c.case_id > 0)
    for table in EVER_OF_A_CASE:
        yield from _orphans(connection, table, ~exists().where(purge.c.case_id == table.c.case_id))
    yield from _orphans(connection, vault, vault.c.case_id >= 0)
    waits = exists().where(message.c.id == -vault.c.case_id, message.c.status == "waiting")
    for case_id in connection.execute(select(vault.c.case_id).where(vault.c.case_id < 0, ~waits).distinct()).scalars():
        yield Problem(what="row of no case", detail=f"vault: of message {-case_id}")
    yield from _dangling(connection, paper, paper.c.sample, sample)
    yield from _dangling(connection, paper, paper.c.replaces, paper.alias("other"))


def _orphans(connection: Connection, table: Table, wanted: ColumnElement[bool]) -> Iterator[Problem]:
    named = table.c.case_id.is_not(None)  # a paper about a sample names none
    found = select(table.c.case_id).where(named, wanted, ~exists().where(case.c.id == table.c.case_id)).distinct()
    for case_id in connection.execute(found.order_by(table.c.case_id).limit(MOST_NAMED)).scalars():
        yield Problem(what="row of no case", case=str(case_id), detail=table.name)


def _dangling(connection: Connection, table: Table, column: ColumnElement[Any], other: Any) -> Iterator[Problem]:
    found = select(table.c.id).where(column.is_not(None), ~exists().where(other.c.id == column))
    for one in connection.execute(found.limit(MOST_NAMED)).scalars():
        yield Problem(what="row refers to nothing", detail=f"{table.name} {one}")
