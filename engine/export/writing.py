"""An export from its selection to bytes: the cases are read, told as events, named and written, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Row

from ..bundles import Bundle
from ..cases.context import Context
from ..model import Actor
from . import ocel, xes
from .events import Library, Story
from .model import Event, Subject
from .names import Names
from .selecting import Selection, entries, heads

Format = Literal["xes", "ocel"]
Told = Iterable[tuple[Subject, Iterator[Event]]]
WRITERS: Mapping[Format, Callable[[Told], Iterator[str]]] = {"xes": xes.write, "ocel": ocel.write}
FORMATS: Mapping[Format, tuple[str, str]] = {
    "xes": ("application/xml", ".xes"),
    "ocel": ("application/json", ".jsonocel"),
}  # the type of the content, and the end of the name of a file
CHUNK = 1 << 16  # characters


def export(
    context: Context,
    format: Format,
    selection: Selection,
    by: Actor,
    names: Names,
    *,
    before: Callable[[Sequence[int]], object] = lambda cases: None,
    seen: Callable[[int], object],
) -> Iterator[bytes]:
    """The bytes of an event log; `before` is told which cases come next, `seen` how many have been written since."""

    def bundle(digest: str) -> Bundle:
        with context.database.reading() as connection:
            return context.shelf.bundle(connection, digest)

    def told() -> Iterator[tuple[Subject, Iterator[Event]]]:
        library = Library(bundle)
        for page in heads(context, selection, by):
            before([row.id for row in page])
            for row, steps in entries(context, page):
                story = Story(row.key, library, names)
                yield subject_of(row, names), (event for step in steps for event in story.tell(step))
            seen(len(page))

    return chunks(WRITERS[format](told()))


def subject_of(row: Row[Any], names: Names) -> Subject:
    """The row of a case as a log speaks of it; a case is named by its id, so that its number says nothing."""
    return Subject(
        case=names("case", str(row.id)),
        key=row.key,
        version=row.version,
        status=row.status,
        started_at=row.started_at,
        last_at=row.last_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        customer=names("customer", row.customer) if row.customer else None,
        parent=names("case", str(row.parent)) if row.parent else None,
    )


def chunks(texts: Iterable[str]) -> Iterator[bytes]:
    """The same in pieces that are worth sending."""
    kept: list[str] = []
    size = 0
    for text in texts:
        kept.append(text)
        size += len(text)
        if size >= CHUNK:
            yield "".join(kept).encode()
            kept, size = [], 0
    if kept:
        yield "".join(kept).encode()
