"""The checkpoints themselves: numbered without gaps, bound, signed, over what they say; and the same as outside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from ...canonical import canonical, moment, read
from ...model import Problem
from ...store.tables import checkpoint, checkpoint_leaf, checkpoint_record, job
from .. import merkle
from ..checkpoints import NONE, Checkpoint, checkpoint_of
from ..documents import Document, Folder, document_of
from ..signing import fingerprint, is_signed
from .sealed import outside_leaf_problems, outside_record_problems

Documents = Mapping[int, Document]


def documents_in(folder: Folder) -> tuple[dict[int, Document], list[Problem]]:
    """The checkpoints that stand in a folder, and the files there that are none or are called otherwise."""
    found, problems = dict[int, Document](), list[Problem]()
    if not folder.path.is_dir():
        return found, [Problem(what="checkpoint file missing", detail=f"there is no folder {folder.path}")]
    for number, content in folder.files():
        try:
            document = Document.from_bytes(content)
        except ValueError as error:
            problems.append(Problem(what="checkpoint file changed", detail=f"file {number}: {error}"))
            continue
        if document.checkpoint.number == number and document.to_bytes() == content:
            found[number] = document
        else:
            problems.append(Problem(what="checkpoint file changed", detail=f"file {number}"))
    return found, problems


def checkpoint_problems(connection: Connection) -> Iterator[Problem]:
    """What is wrong with the checkpoints in the database."""
    before, key, successor, expected, numbers = NONE, "", "", 1, set[int]()
    for row in connection.execute(select(checkpoint).order_by(checkpoint.c.number)).all():
        numbers.add(row.number)
        place = f"checkpoint {row.number}"
        if row.number != expected:
            yield Problem(what="checkpoint missing", detail=f"checkpoint {expected}")
        expected = row.number + 1
        try:
            made = checkpoint_of(row)
            said = made.said
            if said["prev"] != before or canonical(dict(said)) != made.body or not is_so(connection, made, said):
                yield Problem(what="checkpoint changed", detail=place)
            elif not is_signed(made.public_key, made.signature, made.body):
                yield Problem(what="checkpoint not signed", detail=place)
            if key and said["key"] not in (key, successor):
                yield Problem(what="unknown key", detail=place)
            # The one that was named may take its time; when it has signed, the one before it has no say any more.
            successor = said.get("successor", "" if said["key"] == successor else successor)
            key = said["key"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield Problem(what="checkpoint changed", detail=f"checkpoint {row.number}: {type(error).__name__}")
        before = hashlib.sha256(bytes(row.body)).hexdigest()
    for table in (checkpoint_leaf, checkpoint_record):
        for number in sorted(set(connection.execute(select(table.c.number).distinct()).scalars()) - numbers):
            yield Problem(what="checkpoint missing", detail=f"checkpoint {number}, which has rows in {table.name}")


def is_so(connection: Connection, made: Checkpoint, said: Mapping[str, Any]) -> bool:
    """Whether the body of a checkpoint says what stands beside it."""
    document = document_of(connection, made)
    return {name: value for name, value in said.items() if name not in ("prev", "purges", "successor")} == {
        "at": moment(made.at),
        "cases": len(document.leaves),
        "key": fingerprint(made.public_key),
        "number": made.number,
        "records": merkle.root([one.leaf for one in document.records]).hex(),
        "root": merkle.root([one.content for one in document.leaves]).hex(),
    }


def outside_problems(connection: Connection, documents: Documents) -> Iterator[Problem]:
    """Where the database and the files outside of it do not say the same."""
    rows = {row.number: checkpoint_of(row) for row in connection.execute(select(checkpoint))}
    on_the_way = _on_the_way(connection)
    for number in sorted(rows.keys() | documents.keys()):
        document, made = documents.get(number), rows.get(number)
        place = f"checkpoint {number}"
        if document is None:
            if number not in on_the_way:
                yield Problem(what="checkpoint file missing", detail=place)
            continue
        if made is None or document_of(connection, made) != document:
            yield Problem(
                what="checkpoint missing" if made is None else "checkpoint differs from its file", detail=place
            )
            yield from outside_leaf_problems(connection, document.leaves, number)
            yield from outside_record_problems(connection, document.records, number)


def _on_the_way(connection: Connection) -> set[int]:
    """The checkpoints that a worker has yet to bring somewhere."""
    waiting = select(job.c.payload).where(job.c.case_id == 0, job.c.kind == "publish")
    return {read(bytes(payload)).get("checkpoint") for payload in connection.execute(waiting).scalars()}
