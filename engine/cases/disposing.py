"""Disposes of personal values: erased, anonymised, or restricted to storage; a step says by whom and under what rule.

The step names references only. What held a value in the clear goes in the same transaction: drafts, kept messages,
waiting jobs, texts of incidents, and what an installation keeps in tables of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from ..canonical import instant, read
from ..errors import Conflict, NotFound, Refusal
from ..model import Actor, CaseId, Disposal
from ..store.database import alone
from ..store.tables import step, vault
from ..store.vault import RESTRICTED, place
from .context import Context
from .forgetting import forget
from .holding import CUSTODY, demand_free
from .steps import Opened, Taken, open_case, take

FINAL = frozenset({"erased", "anonymised"})  # the value and its salt are gone
DISPOSITIONS = FINAL | {RESTRICTED}
CHUNK = 500


def dispose(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    disposition: str,
    under: str,
    by: Actor,
    reason: str,
    *,
    references: Collection[str] | None = None,
    fields: Collection[str] | None = None,
) -> Taken:
    """Dispose of values of a case: those named, those of some fields, else all that are left.

    NotFound for a reference to no value of this case, Conflict for one that is disposed of or where nothing is left,
    OnHold while a legal hold stands.
    """
    if disposition not in DISPOSITIONS:
        raise Refusal(f"{disposition} is none of {', '.join(sorted(DISPOSITIONS))}.")
    alone(connection, CUSTODY)
    opened = open_case(context, connection, case_id)
    demand_free(connection, opened.id)
    rows = values_of(connection, opened.id)
    if references is not None:
        chosen = named(connection, opened, rows, references, disposition)
    else:
        chosen = [row for row in rows if is_open(row, disposition) and of_fields(row, fields)]
    if not chosen:
        raise Conflict("Nothing of this is left to be disposed of.", how="disposed")
    return carry_out(context, connection, opened, chosen, disposition, {"under": under, "reason": reason}, by)


def carry_out(
    context: Context,
    connection: Connection,
    opened: Opened,
    rows: Sequence[Row[Any]],
    disposition: str,
    said: Mapping[str, Any],
    by: Actor,
) -> Taken:
    """Take the step, mark or empty the rows of the vault, and let go of what else holds the values."""
    given = {**said, "disposition": disposition, "references": [name_of(row) for row in rows]}
    taken = take(context, connection, opened, "disposed", given, by)
    gone = {"value": None, "salt": None} if disposition in FINAL else {}
    for row in rows:
        here = (vault.c.case_id == row.case_id, vault.c.seq == row.seq, vault.c.n == row.n)
        connection.execute(update(vault).where(*here).values(disposition=disposition, **gone))
    if gone:
        forget(context, connection, opened.id, [read(bytes(row.value)) for row in rows if row.value is not None])
    return taken


def values_of(connection: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The rows of the vault that a case has written."""
    return connection.execute(select(vault).where(vault.c.case_id == case_id).order_by(vault.c.seq, vault.c.n)).all()


def is_open(row: Row[Any], disposition: str) -> bool:
    """Whether a value can still be disposed of in this way; what is restricted can be erased later."""
    return row.value is not None and (disposition in FINAL or row.disposition is None)


def of_fields(row: Row[Any], fields: Collection[str] | None) -> bool:
    """Whether a value stands in one of some fields, or inside of one."""
    return fields is None or any(row.field == name or row.field.startswith(f"{name}.") for name in fields)


def name_of(row: Row[Any]) -> str:
    """The name of a value: case.seq.n."""
    return f"{row.case_id}.{row.seq}.{row.n}"


def named(
    connection: Connection, opened: Opened, rows: Iterable[Row[Any]], references: Collection[str], disposition: str
) -> list[Row[Any]]:
    """The rows of references, all of the case itself and none disposed of like this before."""
    known = {name_of(row): row for row in rows}
    if strange := sorted(set(references) - known.keys()):
        raise NotFound(f"The case has no value {strange[0][:40]}.")
    chosen = [known[name] for name in known if name in references]
    for row in chosen:
        if not is_open(row, disposition):
            before = disposals(connection, [opened.id]).get(name_of(row))
            by, at = (before.by, before.at.isoformat()) if before else (None, None)
            raise Conflict(f"The value {name_of(row)} is {row.disposition}.", by=by, at=at, how=row.disposition)
    return chosen


def disposals(connection: Connection, cases: Iterable[int]) -> dict[str, Disposal]:
    """What was disposed of in some cases, by the name of the value; the last disposition counts."""
    found: dict[str, Disposal] = {}
    wanted = sorted(set(cases))
    for begin in range(0, len(wanted), CHUNK):
        here = (step.c.case_id.in_(wanted[begin : begin + CHUNK]), step.c.kind == "disposed")
        for row in connection.execute(select(step).where(*here).order_by(step.c.case_id, step.c.seq)):
            said = read(bytes(row.input))
            for name in said["references"]:
                found[name] = Disposal(
                    disposition=said["disposition"],
                    at=instant(row.at),
                    by=row.actor,
                    under=said["under"],
                    reason=said["reason"],
                    case_id=CaseId(str(row.case_id)),
                    seq=row.seq,
                )
    return found


def named_by(connection: Connection, case_id: int, seq: int) -> list[str]:
    """The values that a step disposed of."""
    found = connection.execute(select(step.c.input).where(step.c.case_id == case_id, step.c.seq == seq)).scalar_one()
    return list(read(bytes(found))["references"])


def owners(references: Iterable[Mapping[str, str]]) -> set[int]:
    """The cases in whose vault some references point."""
    return {place(one)[0] for one in references}


__all__ = ["FINAL", "disposals", "dispose", "is_open", "name_of", "of_fields", "owners", "values_of"]
