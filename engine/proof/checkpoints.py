"""Checkpoints: a signed Merkle root over the heads of all cases that went on since the one before.

They are numbered from 1 and bound to each other as steps are. docs/history-format.md says the same for other readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ..canonical import canonical, instant, moment, read
from ..store.database import alone
from ..store.tables import checkpoint, checkpoint_leaf, checkpoint_record, purge
from . import heads, merkle, records
from .records import Record
from .signing import Signer, fingerprint

NONE = "0" * 64  # before the first checkpoint, and where nothing was purged
ALONE = "seal"  # what whoever stores a checkpoint does alone
LOOK_BACK = timedelta(days=2)  # how far a clock may have been put back, and how late a step may be committed
SWEEP = 24  # every so many checkpoints all heads are looked at, whatever their moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The head of a case as a checkpoint binds it."""

    case_id: int
    seq: int
    head: bytes

    @property
    def content(self) -> bytes:
        """The canonical bytes, which are hashed as a leaf of the tree."""
        return canonical({"case": str(self.case_id), "head": self.head.hex(), "seq": self.seq})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint: the body is what is signed."""

    number: int
    at: datetime
    body: bytes
    signature: bytes
    public_key: bytes

    @property
    def said(self) -> Mapping[str, Any]:
        """The body, read."""
        found: Mapping[str, Any] = read(self.body)
        return found

    @property
    def key(self) -> str:
        """The fingerprint of the key that signed it."""
        return fingerprint(self.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """The way from the head of a case to a checkpoint."""

    checkpoint: Checkpoint
    leaf: bytes
    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A checkpoint that is signed and not stored yet."""

    checkpoint: Checkpoint
    leaves: Sequence[Leaf]
    records: Sequence[Record]


def prepare(connection: Connection, signer: Signer, now: datetime, successor: str = "") -> Prepared | None:
    """The next checkpoint, if there is anything new; `successor` names a key that is to sign from then on."""
    last = newest(connection)
    number = last.number + 1 if last else 1
    # What is of a time to come was written before the clock was put back, so the clock says little of what is new.
    full = last is None or number % SWEEP == 0 or last.at > now
    since = None if full or last is None else moment(last.at - LOOK_BACK)
    leaves = [Leaf(case_id=one, seq=seq, head=head) for one, seq, head in heads.unsealed(connection, since)]
    fresh = records.unsealed(connection, full=full)
    purges = last_purge(connection)
    if not (leaves or fresh or successor) and purges == (last.said["purges"] if last else NONE):
        return None
    said = {
        "at": moment(now),
        "cases": len(leaves),
        "key": fingerprint(signer.public_key),
        "number": number,
        "prev": hashlib.sha256(last.body).hexdigest() if last else NONE,
        "purges": purges,
        "records": merkle.root([one.leaf for one in fresh]).hex(),
        "root": merkle.root([one.content for one in leaves]).hex(),
    }
    body = canonical({**said, "successor": successor} if successor else said)
    made = Checkpoint(
        number=number, at=now, body=body, signature=signer.sign(body), public_key=signer.public_key
    )  # fmt: skip
    return Prepared(checkpoint=made, leaves=leaves, records=fresh)


def store(connection: Connection, prepared: Prepared) -> bool:
    """Store a checkpoint; False where somebody else has stored one since it was prepared."""
    made = prepared.checkpoint
    alone(connection, ALONE)
    last = newest(connection)
    if made.number != (last.number + 1 if last else 1):
        return False
    row = {"number": made.number, "at": moment(made.at), "body": made.body}
    connection.execute(insert(checkpoint).values(**row, signature=made.signature, public_key=made.public_key))
    _add(connection, checkpoint_leaf, made.number, prepared.leaves, ("case_id", "seq", "head"))
    _add(connection, checkpoint_record, made.number, prepared.records, ("name", "id", "digest"))
    return True


def _add(connection: Connection, table: Any, number: int, rows: Iterable[Any], names: Sequence[str]) -> None:
    if found := [{"number": number, **{name: getattr(row, name) for name in names}} for row in rows]:
        connection.execute(insert(table), found)


def last_purge(connection: Connection) -> str:
    """The hash of the last row of the chain of purges."""
    found = connection.execute(select(purge.c.hash).order_by(purge.c.id.desc()).limit(1)).scalar()
    return NONE if found is None else bytes(found).hex()


def newest(connection: Connection) -> Checkpoint | None:
    """The last checkpoint."""
    row = connection.execute(select(checkpoint).order_by(checkpoint.c.number.desc()).limit(1)).first()
    return checkpoint_of(row) if row else None


def page(connection: Connection, limit: int, before: int | None = None) -> list[Checkpoint]:
    """Checkpoints, newest first; `before` is the number of the last of the page before."""
    found = select(checkpoint).order_by(checkpoint.c.number.desc()).limit(limit)
    rows = connection.execute(found if before is None else found.where(checkpoint.c.number < before))
    return [checkpoint_of(row) for row in rows]


def find(connection: Connection, number: int) -> Checkpoint | None:
    """A checkpoint by its number."""
    row = connection.execute(select(checkpoint).where(checkpoint.c.number == number)).first()
    return checkpoint_of(row) if row else None


def checkpoint_of(row: Row[Any]) -> Checkpoint:
    """A row as a checkpoint."""
    return Checkpoint(
        number=row.number,
        at=instant(row.at),
        body=bytes(row.body),
        signature=bytes(row.signature),
        public_key=bytes(row.public_key),
    )


def leaves_of(connection: Connection, number: int) -> list[Leaf]:
    """The leaves of a checkpoint, in the order of its tree."""
    wanted = select(checkpoint_leaf).where(checkpoint_leaf.c.number == number).order_by(checkpoint_leaf.c.case_id)
    return [Leaf(case_id=row.case_id, seq=row.seq, head=bytes(row.head)) for row in connection.execute(wanted)]


def records_of(connection: Connection, number: int) -> list[Record]:
    """The records of a checkpoint, in the order of their tree."""
    found = connection.execute(select(checkpoint_record).where(checkpoint_record.c.number == number))
    return sorted(Record(name=row.name, id=row.id, digest=bytes(row.digest)) for row in found)


def inclusions(connection: Connection, case_id: int) -> list[Inclusion]:
    """Every checkpoint that covers a case, oldest first, with the way up from its leaf."""
    numbers = select(checkpoint_leaf.c.number).where(checkpoint_leaf.c.case_id == case_id)
    made = select(checkpoint).where(checkpoint.c.number.in_(numbers)).order_by(checkpoint.c.number)
    return [_inclusion(connection, checkpoint_of(row), case_id) for row in connection.execute(made).all()]


def _inclusion(connection: Connection, made: Checkpoint, case_id: int) -> Inclusion:
    leaves = leaves_of(connection, made.number)
    index = next(n for n, leaf in enumerate(leaves) if leaf.case_id == case_id)
    contents = [leaf.content for leaf in leaves]
    way = tuple(merkle.path(contents, index))
    return Inclusion(checkpoint=made, leaf=contents[index], index=index, size=len(leaves), path=way)


__all__ = [
    "NONE",
    "Checkpoint",
    "Inclusion",
    "Leaf",
    "Prepared",
    "find",
    "inclusions",
    "leaves_of",
    "newest",
    "page",
    "prepare",
    "records_of",
    "store",
]
