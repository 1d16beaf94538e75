"""What a history names: bundles, configurations and mappings by their digest, personal values by a commitment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from ...bundles import digest_of
from ...canonical import digest
from ...errors import EngineError
from ...model import Problem, Step
from ...store.shelf import Shelf
from ...store.tables import content


def content_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """Bundles, configurations and mappings whose stored bytes are no longer those of their digest."""
    bundles = {str(one.input["bundle"]) for one in steps if "bundle" in one.input}
    bundles |= {digest_ for one in steps for digest_ in one.input.get("bound", {}).values()}
    for key in sorted(bundles):
        try:
            bodies = shelf.stored_files(connection, key)
        except (TypeError, ValueError, AttributeError):
            bodies = None
        if bodies is None or digest_of(bodies) != key:
            yield Problem(what="bundle changed", detail=key)
    for key in sorted({str(one.input["config"]) for one in steps if "config" in one.input}):
        body = connection.execute(select(content.c.body).where(content.c.digest == key)).scalar()
        if body is None or digest(bytes(body)) != key:
            yield Problem(what="configuration changed", detail=key)
    for one in steps:
        if "declared" in one.input:
            yield from mapping_problems(connection, shelf, one)


def mapping_problems(connection: Connection, shelf: Shelf, step: Step) -> Iterator[Problem]:
    """A mapping whose stored bytes are not those of its digest, or that is not for the versions of the step."""
    key = str(step.input["declared"])
    try:
        found = shelf.mapping(connection, key)
    except (EngineError, ValueError, TypeError, KeyError):
        yield Problem(what="mapping changed", seq=step.seq, detail=key)
        return
    if (found.digest, found.old, found.new) != (key, step.input.get("from"), step.input.get("bundle")):
        yield Problem(what="mapping changed", seq=step.seq, detail=key)
