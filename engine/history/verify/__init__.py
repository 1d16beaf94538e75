"""Verifies a case: the chain, the replay, the stored state, the read tables; every problem with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Select, Table, cast, select

from ...errors import NotFound
from ...model import CaseId, Problem, Step, Verification
from ...proof.verify.sealed import leaf_problems, purged
from ...spiff import Marking
from ...store.shelf import Shelf
from ...store.tables import case, step
from ..chain import step_of
from ..replay import replay, stored_archive
from .cases import case_problems, state_problems
from .chains import chain_problems
from .contents import content_problems
from .custody import hold_problems, vault_problems
from .tables import table_problems


def verify(connection: Connection, shelf: Shelf, case_id: int) -> Verification:
    """Everything that is wrong with a case; NotFound where there is no trace of it."""
    row = connection.execute(as_stored(case).where(case.c.id == case_id)).first()
    rows = connection.execute(as_stored(step).where(step.c.case_id == case_id).order_by(step.c.seq)).all()
    if row is None and not rows:
        return without_rows(connection, case_id)
    try:
        problems = (*problems_of(connection, shelf, row, rows), *leaf_problems(connection, case_id))
    except Exception as error:  # whatever somebody has written there, the answer is not that it is sound
        problems = (Problem(what="unreadable", detail=f"{type(error).__name__}: {error}"[:500]),)
    number = row.number if row else "?"
    return Verification(case_id=CaseId(str(case_id)), number=number, steps=len(rows), problems=problems)


def without_rows(connection: Connection, case_id: int) -> Verification:
    """What is to be said of a case that nothing is left of: that it was purged, or that a checkpoint covers it."""
    gone, problems = purged(connection, case_id), tuple(leaf_problems(connection, case_id))
    if gone is None and not problems:
        raise NotFound(f"There is no case {case_id}.")
    number = gone.number if gone else "?"
    return Verification(case_id=CaseId(str(case_id)), number=number, steps=0, problems=problems, purged=gone)


def as_stored(table: Table) -> Select[Any]:
    """The rows of a table in which bytes are bytes, also where somebody has written text in their place."""
    return select(
        *(cast(one, LargeBinary).label(one.name) if isinstance(one.type, LargeBinary) else one for one in table.columns)
    )


def problems_of(
    connection: Connection, shelf: Shelf, row: Row[Any] | None, rows: Sequence[Row[Any]]
) -> Iterable[Problem]:
    """The problems in the order of what rests on what: on a broken chain nothing does."""
    problems = list(chain_problems(rows))
    if row is None:
        problems.append(Problem(what="case missing", detail="there are steps without a case"))
    elif rows:
        problems += state_problems(row, rows[-1])
    if row is None or problems:
        return problems
    steps = [step_of(one) for one in rows]
    problems += content_problems(connection, shelf, steps)
    if not problems:
        marking = Marking.from_bytes(row.state)
        problems += case_problems(connection, shelf, row, marking, steps)
        problems += table_problems(connection, row, marking, steps)
        problems += replay_problems(connection, shelf, steps)
    return [*problems, *vault_problems(connection, steps), *hold_problems(connection, steps)]


def replay_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """A replay that comes to something else than what is recorded."""
    differs = replay(steps[0].case_id, steps, stored_archive(connection, shelf)).difference
    if differs is not None:
        detail = f"{differs.what}: recorded {differs.recorded}, replayed {differs.replayed}"
        yield Problem(what="replay differs", seq=differs.seq, detail=detail[:500])


__all__ = ["chain_problems", "verify"]
