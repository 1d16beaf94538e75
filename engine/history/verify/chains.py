"""The chain of a case: every row is there, is what was written, and is bound to the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from ...model import Problem
from ..chain import FIRST, stored_hash


def chain_problems(rows: Sequence[Row[Any]]) -> Iterator[Problem]:
    """Rows that are missing, changed or not bound to the row before them."""
    if not rows:
        yield Problem(what="history missing", detail="the case has no steps")
    before, expected = FIRST, 1
    for row in rows:
        if row.seq != expected:
            yield Problem(what="step missing", seq=expected, detail=f"the next step is {row.seq}")
        if bytes(row.prev_hash) != before:
            yield Problem(what="chain broken", seq=row.seq, detail="the step is not bound to the one before it")
        if stored_hash(row) != bytes(row.hash):
            yield Problem(what="step changed", seq=row.seq, detail="the hash of the row does not fit its content")
        before, expected = bytes(row.hash), row.seq + 1
