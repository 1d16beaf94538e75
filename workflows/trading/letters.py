"""Signed risk-mismatch warning letters: what was shown, what was ticked, and a hash over all of it.

A letter is good for the order of its case and for no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.canonical import canonical, digest

from .tables import warning_letter


def keep(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a signed letter and answer its id; the same key a second time answers the first one's."""
    query = select(warning_letter.c.id).where(warning_letter.c.key == values["key"])
    known = connection.execute(query).scalar()
    if known is not None:
        return int(known)
    hashed = {**values, "sha256": fingerprint(values)}
    added = connection.execute(insert(warning_letter).values(**hashed).returning(warning_letter.c.id))
    return int(added.scalar_one())


def of_case(connection: Connection, case_id: str, code: str) -> int | None:
    """The id of the letter that was signed for the order of a case, about this very fund."""
    query = select(warning_letter.c.id).where(warning_letter.c.case_id == case_id, warning_letter.c.fund_code == code)
    found = connection.execute(query.order_by(warning_letter.c.id.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def fingerprint(values: Mapping[str, Any]) -> str:
    """The hash of a letter: of everything that was shown, said and signed."""
    names = ("customer_id", "fund_code", "risk_class", "risk_level", "language", "text", "points", "statement")
    said = [values[name] for name in names]
    return digest(canonical([*said, values["signed_at"].isoformat(), values["signature"]]))


def signed(name: str, text: str) -> str:
    """The hash that stands for a signature under a text; the name itself is not kept beside it."""
    return digest(canonical([name, text]))
