"""Chooses the finished cases that a draft is tried on: all of them, or a sample that anybody can draw again.

Cases that somebody may not see count: what a draft does to them is told in numbers, and no page names them.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ..auditing.population import ENDED
from ..auditing.sampling import LONGEST_SEED, drawn
from ..bundles import Bundle
from ..canonical import moment
from ..cases.context import Context
from ..errors import Refusal
from ..store import shelf
from ..store.tables import case, deployment, purge

MOST = 1_000_000  # cases of one sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Which finished cases are wanted: of some versions, ended in a period, and how many of them."""

    versions: Collection[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    sample: int | None = None
    seed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The cases that were chosen, out of how many, by which seed; `purged` are gone and cannot be tried."""

    ids: tuple[int, ...]
    population: int
    purged: int
    seed: str
    keys: tuple[str, ...]  # the processes whose cases they are

    def plain(self) -> dict[str, Any]:
        """The same as plain JSON, without the cases."""
        found: dict[str, Any] = {"population": self.population, "purged": self.purged, "keys": list(self.keys)}
        return found | ({"seed": self.seed, "sample": len(self.ids)} if self.seed else {})


def choose(context: Context, connection: Connection, draft: Bundle, past: Past) -> Chosen:
    """Choose the cases; an empty seed of a sample is drawn too."""
    demand(past)
    keys = keys_for(context, connection, draft)
    found = select(case.c.id).where(case.c.key.in_(keys), case.c.status.in_(ENDED), *_conditions(past))
    ids = [int(one) for one in connection.execute(found.order_by(case.c.id)).scalars()]
    gone = select(func.count()).select_from(purge).where(purge.c.key.in_(keys), *_ended(purge.c.ended_at, past))
    seed = "" if past.sample is None else past.seed.strip() or secrets.token_hex(8)
    chosen = ids if past.sample is None else sorted(drawn(seed, ids, past.sample))
    purged = int(connection.execute(gone).scalar_one())
    return Chosen(ids=tuple(chosen), population=len(ids), purged=purged, seed=seed, keys=tuple(keys))


def demand(past: Past) -> None:
    """Refuse a sample that says too much or too little."""
    if past.sample is not None and not 1 <= past.sample <= MOST:
        raise Refusal(f"A sample has 1 to {MOST} cases.", field="sample")
    if len(past.seed) > LONGEST_SEED or not (past.seed.isascii() and past.seed.isprintable()):
        raise Refusal(f"A seed has at most {LONGEST_SEED} printable ASCII characters.", field="seed")


def _conditions(past: Past) -> list[ColumnElement[bool]]:
    versions = [] if past.versions is None else [case.c.version.in_(sorted(past.versions))]
    return [*versions, *_ended(case.c.ended_at, past)]


def _ended(column: Any, past: Past) -> list[ColumnElement[bool]]:
    since = [] if past.since is None else [column >= moment(past.since)]
    return since + ([] if past.until is None else [column < moment(past.until)])


def keys_for(context: Context, connection: Connection, draft: Bundle) -> list[str]:
    """The process of a draft; of a shared decision, or a process with no version yet, those that call it."""
    versions = connection.execute(select(deployment.c.version).where(deployment.c.key == draft.key)).first()
    callers = {
        one.key
        for one in shelf.deployments(connection)
        if one.kind == "process" and one.key != draft.key and calls(context.shelf.bundle(connection, one.bundle), draft)
    }
    own = [draft.key] if draft.kind == "process" else []
    has_cases = versions is not None and connection.execute(select(case.c.id).where(case.c.key == draft.key)).first()
    return own if has_cases and own else sorted({*own, *callers})


def calls(bundle: Bundle, draft: Bundle) -> bool:
    """Whether a process calls another one, or asks a shared decision."""
    name = "called_process" if draft.kind == "process" else "called_decision"
    return bundle.diagram is not None and any(getattr(one, name) == draft.key for one in bundle.diagram.elements)
