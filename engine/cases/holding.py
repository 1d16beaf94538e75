"""Legal holds: while one stands on a case, nothing of it or of a case that it came from is disposed of or purged.

A case that came from another one may hold references to the values of that one, so a hold reaches up to its origins.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from ..canonical import instant, moment
from ..errors import Conflict, OnHold
from ..model import Actor, CaseId, Hold
from ..store import files
from ..store.database import alone
from ..store.tables import case, legal_hold
from .context import Context
from .steps import Taken, open_case, take

CUSTODY = "custody"  # what holds, dispositions and purges do one at a time; before the case is locked
CHUNK = 500


def place(context: Context, connection: Connection, case_id: CaseId | str, by: Actor, reason: str) -> Taken:
    """Place a hold on a case, whatever its status; Conflict, with who and when, where there is one."""
    alone(connection, CUSTODY)
    opened = open_case(context, connection, case_id)
    if (found := hold_of(connection, opened.id)) is not None:
        raise Conflict("The case is under a legal hold already.", by=found.by, at=found.at, how="held")
    taken = take(context, connection, opened, "hold_placed", {"reason": reason}, by)
    row = {"case_id": opened.id, "seq": opened.next_seq, "at": moment(opened.at), "by": by.name}
    connection.execute(insert(legal_hold).values(**row))
    return taken


def release(context: Context, connection: Connection, case_id: CaseId | str, by: Actor, reason: str) -> Taken:
    """Release the hold of a case; Conflict where it is under none. What retention has passed by is looked at again."""
    alone(connection, CUSTODY)
    opened = open_case(context, connection, case_id)
    if hold_of(connection, opened.id) is None:
        raise Conflict("The case is under no legal hold.", how="released")
    taken = take(context, connection, opened, "hold_released", {"reason": reason}, by)
    connection.execute(delete(legal_hold).where(legal_hold.c.case_id == opened.id))
    if context.policy.retention:
        due = [opened.id, *origins(connection, opened.row)]
        files.add_job_beside(connection, "retain", opened.at, {"cases": due}, case_id=opened.id)
    return taken


def hold_of(connection: Connection, case_id: int) -> Row[Any] | None:
    """The hold that a case is under."""
    return connection.execute(select(legal_hold).where(legal_hold.c.case_id == case_id)).first()


def as_hold(row: Row[Any]) -> Hold:
    """A row as a hold."""
    return Hold(case_id=CaseId(str(row.case_id)), seq=row.seq, at=instant(row.at), by=row.by)


def demand_free(connection: Connection, case_id: int) -> None:
    """Refuse to dispose of anything of a case that is under a hold, or that a case under a hold came from."""
    family = [case_id, *descendants(connection, case_id)]
    for begin in range(0, len(family), CHUNK):
        held = select(legal_hold, case.c.number).join(case, case.c.id == legal_hold.c.case_id)
        some = family[begin : begin + CHUNK]
        found = connection.execute(held.where(legal_hold.c.case_id.in_(some)).order_by(legal_hold.c.case_id)).first()
        if found is not None:
            said = f"{OnHold.__doc__} {found.number}: {found.by}, {found.at}"
            raise OnHold(said, by=found.by, at=found.at, number=found.number, case=str(found.case_id))


def descendants(connection: Connection, case_id: int) -> list[int]:
    """The cases that came from a case, and those that came from them."""
    found: list[int] = []
    above = [case_id]
    while above:
        rows = connection.execute(select(case.c.id).where(case.c.parent.in_(above[:CHUNK]))).scalars()
        above = [*above[CHUNK:], *(new := [one for one in rows if one not in found])]
        found += new
    return found


def origins(connection: Connection, row: Any) -> list[int]:
    """The case that a case came from, and where that came from."""
    found: list[int] = []
    parent = row.parent
    while parent is not None and parent not in found:
        found.append(parent)
        parent = connection.execute(select(case.c.parent).where(case.c.id == parent)).scalar()
    return found
