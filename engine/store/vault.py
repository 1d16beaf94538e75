"""Personal values stand here; everywhere else stands a reference with a commitment to the value.

A reference is `{"$vault": "case.seq.n", "sha256": commitment}`; the commitment is SHA-256(salt + canonical value). When
the row is erased, chain and replay hold, and nobody can guess the value from the commitment, because the salt is gone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from sqlalchemy import Connection, insert, select

from ..canonical import canonical, read
from ..errors import FieldError, InvalidForm, NotFound, Restricted
from .tables import vault

REFERENCE = frozenset({"$vault", "sha256"})
RESTRICTED = "restricted"  # the disposition of a value that is stored and not used
PLACE = re.compile(r"(\d{1,18})\.(\d{1,9})\.(\d{1,9})", re.ASCII)  # as much as the columns hold


class Kept(TypedDict):
    """One row of the vault."""

    case_id: int
    seq: int
    n: int
    field: str
    value: bytes
    salt: bytes


class Shelter:
    """Takes personal values out of the data of one step."""

    def __init__(self, case_id: int, seq: int) -> None:
        self.case_id, self.seq, self.count = case_id, seq, 0
        self.rows = list[Kept]()  # those that are not stored yet

    def without_personal(self, schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with a reference in the place of every personal one."""
        kept = dict(values)
        for name, one in (schema.get("properties") or {}).items():
            if isinstance(one, dict) and name in kept:
                kept[name] = self._sheltered(one, kept[name], name)
        return kept

    def without_personal_answer(self, schema: Mapping[str, Any] | None, answer: Any, operator: str) -> Any:
        """The answer of an operator with references in the places that its schema marks as personal."""
        return answer if schema is None else self._sheltered(schema, answer, operator)

    def _sheltered(self, schema: Mapping[str, Any], value: Any, field: str) -> Any:
        if value is None or is_reference(value):
            return value
        if schema.get("x-personal") is True:
            return self._put(field, value)
        if isinstance(value, dict):
            inside = (schema.get("properties") or {}).items()
            return {**value, **{n: self._sheltered(s, value[n], f"{field}.{n}") for n, s in inside if n in value}}
        if isinstance(value, list) and isinstance(schema.get("items"), dict):
            return [self._sheltered(schema["items"], item, field) for item in value]
        return value

    def demand_kept(self, connection: Connection, answer: Any) -> None:
        """Refuse references in an operator's answer to what was never kept, nor is with this step; ValueError."""
        own = {row["n"]: commitment(row["salt"], row["value"]) for row in self.rows}
        for one in references(answer):
            case_id, seq, n = place(one)
            here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
            kept = connection.execute(select(vault.c.salt, vault.c.value).where(*here)).first()
            found = own.get(n) if (case_id, seq) == (self.case_id, self.seq) else None
            if kept is not None:
                found = commitment(kept.salt, kept.value) if kept.value is not None else one["sha256"]
            if found != one["sha256"]:
                raise ValueError(f"the answer refers to {str(one['$vault'])[:40]}, which was never kept")

    def _put(self, field: str, value: Any) -> dict[str, str]:
        self.count += 1
        stored, salt, n = canonical(value), secrets.token_bytes(16), self.count
        self.rows.append(Kept(case_id=self.case_id, seq=self.seq, n=n, field=field, value=stored, salt=salt))
        return {"$vault": f"{self.case_id}.{self.seq}.{n}", "sha256": commitment(salt, stored)}

    def store(self, connection: Connection) -> None:
        """Write what was taken out since the last time."""
        if self.rows:
            connection.execute(insert(vault), self.rows)
            self.rows = []


def commitment(salt: bytes, stored: bytes) -> str:
    """What a reference says of its value without saying it."""
    return hashlib.sha256(salt + stored).hexdigest()


def is_reference(value: Any) -> bool:
    """Whether a value stands for one in the vault."""
    return isinstance(value, dict) and value.keys() == REFERENCE


def references(value: Any) -> Iterator[dict[str, str]]:
    """Every reference in some data."""
    if is_reference(value):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def demand_known(values: Mapping[str, Any], held: Any = None) -> None:
    """Refuse references that a person makes up or takes from elsewhere; what the case holds may come back to it."""
    given = {name: found for name, value in values.items() if (found := list(references(value)))}
    known = list(references(held)) if given else []
    made_up = [name for name, found in given.items() if any(one not in known for one in found)]
    if made_up:
        raise InvalidForm({name: FieldError("personal") for name in made_up})


def place(reference: Mapping[str, str]) -> tuple[int, int, int]:
    """Case, step and number of a reference; NotFound where it is none."""
    name = reference.get("$vault") if isinstance(reference, Mapping) else None
    found = PLACE.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        raise NotFound("This is no reference to the vault.")
    return int(found[1]), int(found[2]), int(found[3])


def look_up(connection: Connection, reference: Mapping[str, str], *, custody: bool = False) -> Any:
    """The value behind a reference; None once it is erased. NotFound where it was never kept.

    Restricted where it is, unless it is looked at in `custody`, which no operator does.
    """
    case_id, seq, n = place(reference)
    here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
    found = connection.execute(select(vault.c.value, vault.c.disposition).where(*here)).first()
    if found is None:
        raise NotFound("The vault has no such value.")
    if found.disposition == RESTRICTED and not custody:
        raise Restricted
    return None if found.value is None else read(found.value)
