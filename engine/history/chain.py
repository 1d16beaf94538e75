"""One row of the history and its hash: SHA-256(hash before + canonical row without its own hash).

`docs/history-format.md` describes the same for a reader who has only this file's output and a standard library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..canonical import canonical, instant, read
from ..model import CaseId, Effect, Step

FIRST = bytes(32)  # what the first step has before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row of the history as it is stored."""

    case_id: int
    seq: int
    at: str
    actor: str
    kind: str
    input: bytes
    effects: bytes
    semantics: int
    state_hash: bytes
    prev_hash: bytes
    hash: bytes


def link(
    *,
    case_id: int,
    seq: int,
    at: str,
    actor: str,
    kind: str,
    input: Mapping[str, Any],
    effects: Iterable[Effect],
    state_hash: bytes,
    prev_hash: bytes,
    semantics: int,
) -> Link:
    """The row for a step, bound to the one before it."""
    stored_input, stored_effects = canonical(dict(input)), canonical(plain(effects))
    row: dict[str, Any] = {"case_id": case_id, "seq": seq, "at": at, "actor": actor, "kind": kind}
    row["semantics"] = semantics
    found = hash_of(**row, input=stored_input, effects=stored_effects, state_hash=state_hash, prev_hash=prev_hash)
    return Link(
        **row, input=stored_input, effects=stored_effects, state_hash=state_hash, prev_hash=prev_hash, hash=found
    )


def plain(effects: Iterable[Effect]) -> list[list[Any]]:
    """Effects as they are stored: kind, element, occurrence, and the detail where there is one."""
    return [
        [e.kind, e.element, e.occurrence] if e.detail is None else [e.kind, e.element, e.occurrence, e.detail]
        for e in effects
    ]


def hash_of(*, prev_hash: bytes, **row: Any) -> bytes:
    """The hash of a row."""
    return hashlib.sha256(prev_hash + line_of(prev_hash=prev_hash, **row)).digest()


def line_of(
    *,
    case_id: int,
    seq: int,
    at: str,
    actor: str,
    kind: str,
    input: bytes,
    effects: bytes,
    semantics: int,
    state_hash: bytes,
    prev_hash: bytes,
) -> bytes:
    """A row as it is hashed; keys in the order of canonical JSON, parts that are canonical stay as they are."""
    return b"".join(
        (
            b'{"actor":', canonical(actor),
            b',"at":', canonical(at),
            b',"case":', canonical(str(case_id)),
            b',"effects":', effects,
            b',"input":', input,
            b',"kind":', canonical(kind),
            b',"prev_hash":"', prev_hash.hex().encode(),
            b'","semantics":', canonical(semantics),
            b',"seq":', canonical(seq),
            b',"state_hash":"', state_hash.hex().encode(), b'"}',
        )
    )  # fmt: skip


def stored_line(row: Any) -> bytes:
    """A stored row as it was hashed."""
    return line_of(
        case_id=row.case_id,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        input=bytes(row.input),
        effects=bytes(row.effects),
        semantics=row.semantics,
        state_hash=bytes(row.state_hash),
        prev_hash=bytes(row.prev_hash),
    )


def stored_hash(row: Any) -> bytes:
    """The hash that a stored row should have."""
    return hashlib.sha256(bytes(row.prev_hash) + stored_line(row)).digest()


def step_of(row: Any) -> Step:
    """A stored row as a step."""
    return Step(
        case_id=CaseId(str(row.case_id)),
        seq=row.seq,
        at=instant(row.at),
        actor=row.actor,
        kind=row.kind,
        input=read(bytes(row.input)),
        effects=tuple(Effect(*effect) for effect in read(bytes(row.effects))),
        semantics=row.semantics,
        state_hash=bytes(row.state_hash).hex(),
        prev_hash=bytes(row.prev_hash).hex(),
        hash=bytes(row.hash).hex(),
    )
