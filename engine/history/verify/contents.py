"""What a history names: bundles and configurations by their digest, personal values by a commitment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from ...bundles import digest_of
from ...canonical import digest
from ...model import Problem, Step
from ...store.shelf import Shelf
from ...store.tables import content


def content_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """Bundles and configurations whose stored bytes are no longer those of their digest."""
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
