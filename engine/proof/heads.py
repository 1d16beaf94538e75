"""Finds the cases that went on: by the index of who did what when, without reading the whole history.

A moment in a step is that of a machine's clock, which may have been put back, and a step is seen when it is committed,
which may be later. So whoever looks for what is new looks back a good while, and leaves out what is known.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, text

# One look into the index for each person, however many steps there are; then the newest steps of each.
GONE_ON = """
WITH RECURSIVE actors (actor) AS (
    SELECT min(actor) FROM step
    UNION ALL
    SELECT (SELECT min(step.actor) FROM step WHERE step.actor > actors.actor) FROM actors WHERE actors.actor IS NOT NULL
),
gone_on (case_id) AS (
    SELECT DISTINCT step.case_id FROM actors CROSS JOIN step WHERE step.actor = actors.actor AND step.at > :since
)
"""
NOT_SEALED = """
NOT EXISTS (
    SELECT 1 FROM checkpoint_leaf
    WHERE checkpoint_leaf.case_id = case_file.id AND checkpoint_leaf.seq = case_file.seq
    AND checkpoint_leaf.head = case_file.head
)
"""
HEADS = "SELECT case_file.id, case_file.seq, case_file.head FROM case_file"
RECENT_HEADS = text(f"{GONE_ON} {HEADS} JOIN gone_on ON gone_on.case_id = case_file.id WHERE {NOT_SEALED}")
ALL_HEADS = text(f"{HEADS} WHERE {NOT_SEALED}")
COUNT = text(f"SELECT count(*) FROM case_file WHERE {NOT_SEALED}")
TOUCHED = text(f"{GONE_ON} SELECT case_id FROM gone_on ORDER BY case_id")

Head = tuple[int, int, bytes]  # case, step, hash


def unsealed(connection: Connection, since: str | None) -> list[Head]:
    """The heads that no checkpoint covers, by case; of cases that went on since a moment, or of all."""
    found = connection.execute(ALL_HEADS) if since is None else connection.execute(RECENT_HEADS, {"since": since})
    return sorted(map(_head, found))


def count_unsealed(connection: Connection) -> int:
    """How many cases have gone on since they were sealed, or never were."""
    return int(connection.execute(COUNT).scalar_one())


def touched(connection: Connection, since: str) -> list[int]:
    """The cases that have a step since a moment."""
    return list(connection.execute(TOUCHED, {"since": since}).scalars())


def _head(row: Row[Any]) -> Head:
    return int(row.id), int(row.seq), bytes(row.head)
