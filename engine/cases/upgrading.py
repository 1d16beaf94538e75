"""Finds the cases that were last moved by the rules of another release; to open one brings it to those of this one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ..store.tables import case, step
from . import semantics


def outdated(connection: Connection) -> list[int]:
    """The cases that have not ended and whose last step was taken by other rules than those of this release."""
    last = (step.c.case_id == case.c.id) & (step.c.seq == case.c.seq)
    found = select(case.c.id).join(step, last).where(case.c.ended_at.is_(None))
    return list(connection.execute(found.where(step.c.semantics != semantics.newest()).order_by(case.c.id)).scalars())
