"""A checkpoint as it leaves the database: one file of JSON with all that it binds, and the places where it goes.

Whoever may write to the database cannot write there, if it is well chosen: docs/operations.md says how.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol

from sqlalchemy import Connection

from ..canonical import canonical, instant, read
from ..errors import Refusal
from .checkpoints import Checkpoint, Leaf, leaves_of, records_of
from .records import Record

NAME = re.compile(r"checkpoint-(\d{6,9})\.json", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A checkpoint with its leaves and records."""

    checkpoint: Checkpoint
    leaves: tuple[Leaf, ...]
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"checkpoint-{self.checkpoint.number:06d}.json"

    def to_bytes(self) -> bytes:
        """The file."""
        made = self.checkpoint
        said = {
            "body": made.body.decode(),
            "leaves": [[str(one.case_id), one.seq, one.head.hex()] for one in self.leaves],
            "public_key": made.public_key.hex(),
            "records": [[one.name, one.id, one.digest.hex()] for one in self.records],
            "signature": made.signature.hex(),
        }
        return canonical(said) + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Document:
        """The document that stands in a file; ValueError where it is none."""
        try:
            said: dict[str, Any] = read(content)
            body = read(said["body"])
            made = Checkpoint(
                number=int(body["number"]),
                at=instant(body["at"]),
                body=said["body"].encode(),
                signature=bytes.fromhex(said["signature"]),
                public_key=bytes.fromhex(said["public_key"]),
            )
            leaves = tuple(Leaf(case_id=int(c), seq=int(seq), head=bytes.fromhex(h)) for c, seq, h in said["leaves"])
            records = tuple(Record(name=n, id=i, digest=bytes.fromhex(d)) for n, i, d in said["records"])
        except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise ValueError(f"this is no checkpoint: {type(error).__name__}: {error}") from error
        return cls(checkpoint=made, leaves=leaves, records=records)


def document_of(connection: Connection, made: Checkpoint) -> Document:
    """A checkpoint with all that the database holds of it."""
    leaves, records = leaves_of(connection, made.number), records_of(connection, made.number)
    return Document(checkpoint=made, leaves=tuple(leaves), records=tuple(records))


class Sink(Protocol):
    """A place outside of the database where checkpoints go; whatever it raises, it is tried again."""

    def put(self, document: Document) -> None:
        """Bring a checkpoint there; the same one a second time does no harm."""


@dataclass(frozen=True)
class Folder:
    """A folder with one file for each checkpoint; none is ever written twice."""

    path: Path

    def put(self, document: Document) -> None:
        """Write a file that is there whole or not at all; Refusal where another one stands in its place."""
        self.path.mkdir(parents=True, exist_ok=True)
        file, content = self.path / document.name, document.to_bytes()
        with NamedTemporaryFile(dir=self.path, prefix=".checkpoint-", delete=False) as fresh:
            try:
                os.fchmod(fresh.fileno(), 0o444)
                fresh.write(content)
                fresh.flush()
                os.fsync(fresh.fileno())
                os.link(fresh.name, file)
            except FileExistsError:
                if file.read_bytes() != content:
                    raise Refusal(f"{file} is another checkpoint; verify before anything else.") from None
            finally:
                os.unlink(fresh.name)
        self._flush()

    def _flush(self) -> None:
        """Make the name of the file durable, too."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def files(self) -> Iterator[tuple[int, bytes]]:
        """The number and the content of each file, in their order."""
        found = {int(match[1]): file for file in self.path.iterdir() if (match := NAME.fullmatch(file.name))}
        yield from ((number, found[number].read_bytes()) for number in sorted(found))


__all__ = ["Document", "Folder", "Sink", "document_of"]
