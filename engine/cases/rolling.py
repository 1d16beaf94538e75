"""For whom a version is: writes the rows that say so, and finds by them the version that a case begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ..bundles import Bundle
from ..canonical import moment
from ..configuration import Configuration
from ..errors import Conflict, Refusal
from ..model import Deployment, Rollout, Standing
from ..store import rollouts, shelf
from ..store.database import alone
from ..store.rollouts import ALL, Turn
from . import schedule
from .context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many in a hundred new cases a version is for, and from when; none is at once."""

    percent: int = ALL
    effective_at: datetime | None = None


def demand_reach(context: Context, connection: Connection, key: str, reach: Reach) -> None:
    """Refuse a share that is none, a moment that is over, and a part of the cases where nothing is for the others."""
    if not 1 <= reach.percent <= ALL:
        raise Refusal(f"A version is for 1 to {ALL} percent of the new cases.", how="percent")
    if reach.effective_at is not None and reach.effective_at <= context.now():
        raise Refusal("This moment is over; choose one to come.", how="over")
    if reach.percent < ALL and not rollouts.standing(connection, key, context.now_text()):
        raise Refusal("No version is in force for the other cases; the first one is for all.", how="first")


def write(
    context: Context,
    connection: Connection,
    key: str,
    version: int,
    reach: Reach,
    configuration: Configuration,
    by: str,
    reason: str,
) -> Rollout:
    """Say for whom a version is from now on; Conflict where that was said last, Refusal where nothing would be left."""
    alone(connection, shelf.SHELF)
    now, rows = context.now(), rollouts.history(connection, key)
    row = Rollout(
        key=key,
        number=len(rows) + 1,
        version=version,
        percent=reach.percent,
        effective_at=max(reach.effective_at or now, now),
        at=now,
        by=by,
        reason=reason,
    )
    if rows and rollouts.said_before(rows[0], row):
        raise Conflict(f"Version {version} is for {row.percent} percent already.", how="same", version=version)
    before = rollouts.standing(connection, key, moment(now))
    rollouts.add(connection, row)
    if before and not rollouts.standing(connection, key, moment(row.effective_at)):
        raise Refusal("No version would be left for the other cases.", how="nothing left")
    schedule.follow(context, connection, key, configuration)
    return row


def standing(context: Context, connection: Connection, key: str) -> Standing:
    """What new cases of a key begin with now, and what waits for its moment."""
    asked = rollouts.standing(connection, key, context.now_text())
    coming = rollouts.coming(rollouts.history(connection, key), context.now())
    return Standing(shares=tuple(rollouts.shares(asked)), coming=tuple(coming))


def read_by(context: Context, connection: Connection, wanted: Callable[[Bundle], bool]) -> Callable[[Deployment], bool]:
    """A question to a bundle as one to its version."""
    return lambda version: wanted(context.shelf.bundle(connection, version.bundle))


def widest(rows: Sequence[Rollout], version: int, at: datetime) -> int:
    """The largest share that a version has had: so much of it has been approved."""
    return max((row.percent for row in rows if row.version == version and row.effective(at)), default=0)


def is_for_all(asked: Sequence[Turn], version: int) -> bool:
    """Whether every new case begins with a version."""
    return len(asked) == 1 and asked[0].deployment.version == version
