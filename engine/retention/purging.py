"""Purges one case: first a row of the chain of purges that answers for it, then everything of the case goes.

The row says under which policy, by whom and when, how many steps there were and the head of their chain, so that a
signed checkpoint can still be held against it. A case that others came from waits until they are due as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from ..canonical import canonical
from ..cases.context import Context
from ..cases.holding import CHUNK, CUSTODY, demand_free, descendants
from ..errors import OnHold
from ..history.chain import FIRST
from ..insight import folding
from ..store import files
from ..store.database import alone
from ..store.tables import case, draft, incident, job, legal_hold, purge, step, subscription, task, vault

TABLES = (step, vault, task, job, draft, subscription, incident, legal_hold)
HASHED = ("at", "by", "ended_at", "key", "number", "policy", "started_at", "steps")


def purge_case(context: Context, connection: Connection, case_id: int, *, policy: str, cutoff: str, by: str) -> str:
    """Purge a case that ended by a moment; "purged", or why it was not: "gone", "held", "needed"."""
    alone(connection, CUSTODY)
    row = files.load(connection, case_id)
    if row is None or row.ended_at is None or row.ended_at > cutoff:
        return "gone"
    if (why := in_the_way(connection, case_id, cutoff)) is not None:
        return why
    said = {"case_id": row.id, "policy": policy, "at": context.now_text(), "by": by, "steps": row.seq}
    said |= {name: row._mapping[name] for name in ("number", "key", "started_at", "ended_at")}
    record(connection, {**said, "head": bytes(row.head)})
    context.elsewhere.purge(connection, str(case_id))
    folding.forget(context, connection, case_id)
    for table in TABLES:
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(case).where(case.c.id == case_id))
    return "purged"


def in_the_way(connection: Connection, case_id: int, cutoff: str) -> str | None:
    """Why a case that is due cannot be purged yet: a legal hold, or a case that came from it and is still needed."""
    try:
        demand_free(connection, case_id)
    except OnHold:
        return "held"
    family = descendants(connection, case_id)
    for begin in range(0, len(family), CHUNK):
        young = or_(case.c.ended_at.is_(None), case.c.ended_at > cutoff)
        if connection.execute(select(case.c.id).where(case.c.id.in_(family[begin : begin + CHUNK]), young)).first():
            return "needed"
    return None


def record(connection: Connection, said: Mapping[str, Any]) -> None:
    """Add a row to the chain of purges."""
    last = connection.execute(select(purge.c.hash).order_by(purge.c.id.desc()).limit(1)).scalar()
    row = {**said, "prev_hash": bytes(last) if last is not None else FIRST}
    connection.execute(insert(purge).values(**row, hash=hash_of(row)))


def hash_of(row: Mapping[str, Any]) -> bytes:
    """The hash of a row of the chain of purges: SHA-256(hash before + canonical row without its own hash)."""
    said = {name: row[name] for name in HASHED}
    before = bytes(row["prev_hash"])
    said |= {"case": str(row["case_id"]), "head": bytes(row["head"]).hex(), "prev_hash": before.hex()}
    return hashlib.sha256(before + canonical(said)).digest()
