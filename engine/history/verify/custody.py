"""Verifies what custody has done to a case: every value that is gone was disposed of by a step, and the hold stands.

A value may belong to another case, from which it came; then the steps of that case count, or its purge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from ...canonical import moment
from ...cases.disposing import FINAL, disposals, name_of, values_of
from ...errors import NotFound
from ...model import Disposal, Problem, Step
from ...store.tables import legal_hold, purge, vault
from ...store.vault import commitment, place, references


def vault_problems(connection: Connection, steps: Sequence[Step]) -> Iterator[Problem]:
    """Personal values that are not the ones the history is committed to, or are gone without a step that says so."""
    own = int(steps[0].case_id)
    rows = {name_of(row): row for row in values_of(connection, own)}
    named = [(one.seq, reference) for one in steps for reference in references(dict(one.input))]
    known = disposals(connection, {own, *_places(named)})
    seen = set[str]()
    for seq, reference in named:
        try:
            case_id, _, _ = place(reference)
        except NotFound:
            yield Problem(what="personal value missing", seq=seq, detail=str(reference["$vault"]))
            continue
        name = reference["$vault"]
        row = rows.get(name) if case_id == own else _row(connection, reference)
        if row is not None:
            yield from value_problems(row, seq, name, known.get(name), reference["sha256"])
        elif case_id == own or not is_purged(connection, case_id):
            yield Problem(what="personal value missing", seq=seq, detail=name)
        seen.add(name)
    for name, row in rows.items():
        if name not in seen:
            yield from value_problems(row, row.seq, name, known.get(name))
    for name, said in known.items():
        if name not in rows and name not in seen and said.case_id == steps[0].case_id:
            yield Problem(what="personal value missing", seq=said.seq, detail=name)


def value_problems(
    row: Row[Any], seq: int, name: str, said: Disposal | None, committed: str | None = None
) -> Iterator[Problem]:
    """What is wrong with one row of the vault, given what the history says became of it."""
    gone = said is not None and said.disposition in FINAL
    if row.value is None and not gone:
        yield Problem(what="personal value erased without a step", seq=seq, detail=name)
    elif gone and (row.value is not None or row.salt is not None):
        yield Problem(what="personal value not erased", seq=seq, detail=name)
    elif row.disposition != (said.disposition if said else None):
        yield Problem(what="disposition changed", seq=seq, detail=name)
    elif row.value is not None and committed and commitment(bytes(row.salt or b""), bytes(row.value)) != committed:
        yield Problem(what="personal value changed", seq=seq, detail=name)


def hold_problems(connection: Connection, steps: Sequence[Step]) -> Iterator[Problem]:
    """A legal hold that does not follow from the steps that placed and released it."""
    last = next((one for one in reversed(steps) if one.kind in ("hold_placed", "hold_released")), None)
    expected = None
    if last is not None and last.kind == "hold_placed":
        expected = (last.seq, moment(last.at), last.actor)
    columns = (legal_hold.c.seq, legal_hold.c.at, legal_hold.c.by)
    row = connection.execute(select(*columns).where(legal_hold.c.case_id == int(steps[0].case_id))).first()
    found = None if row is None else tuple(row)
    if found != expected:
        yield Problem(what="legal hold changed", seq=last.seq if last else None, detail=f"{found}, not {expected}")


def is_purged(connection: Connection, case_id: int) -> bool:
    """Whether retention has deleted a case."""
    return connection.execute(select(purge.c.id).where(purge.c.case_id == case_id)).first() is not None


def _row(connection: Connection, reference: Mapping[str, str]) -> Row[Any] | None:
    case_id, seq, n = place(reference)
    here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
    return connection.execute(select(vault).where(*here)).first()


def _places(named: Sequence[tuple[int, Mapping[str, str]]]) -> set[int]:
    """The cases in whose vault some references point; what points nowhere is a problem of its own."""
    found = set[int]()
    for _, reference in named:
        try:
            found.add(place(reference)[0])
        except NotFound:
            continue
    return found
