"""Which version a new case begins with: rows that are only ever added, and the coin of each case.

Of the rows of a key that are effective the last one of each version counts, the last written first: a case whose coin
falls into its share begins with it, else the one before is asked, down to the last one that is for all. A row that does
not wait for a moment is effective as soon as it can be read, whatever the clock of the machine that reads it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, exists, func, insert, or_, select
from sqlalchemy.sql.selectable import FromClause

from ..canonical import instant, moment
from ..model import Deployment, Rollout, Share
from .shelf import DEPLOYED, deployed
from .tables import deployment, rollout

ALL = 100  # percent


class Turn(NamedTuple):
    """A version that new cases may begin with, and how many in a hundred of those that come so far take it."""

    percent: int
    deployment: Deployment


def effective(table: FromClause) -> ColumnElement[bool]:
    """Whether a row counts at the moment that is asked about."""
    return or_(table.c.effective_at <= bindparam("moment"), table.c.effective_at == table.c.at)


def _standing() -> Select[Any]:
    """The rows that count, key by key, the last written first, from the last version that is for all."""
    whole, later = rollout.alias("whole"), rollout.alias("later")
    overtaken = exists().where(
        later.c.key == whole.c.key,
        later.c.version == whole.c.version,
        later.c.number > whole.c.number,
        effective(later),
    )
    base = select(func.max(whole.c.number)).where(
        whole.c.key == rollout.c.key, whole.c.percent == ALL, effective(whole), ~overtaken
    )
    of = (deployment.c.key == rollout.c.key) & (deployment.c.version == rollout.c.version)
    found = DEPLOYED.join(rollout, of).add_columns(rollout.c.percent, rollout.c.number)
    found = found.where(effective(rollout), rollout.c.number >= base.scalar_subquery())
    return found.order_by(rollout.c.key, rollout.c.number.desc())


# Built once: building a statement costs as much as executing it.
STANDING_OF_ALL = _standing()
STANDING = STANDING_OF_ALL.where(rollout.c.key == bindparam("wanted"))


def standing(connection: Connection, key: str, at: str) -> list[Turn]:
    """The versions of a key that new cases begin with at a moment, in the order in which they are asked."""
    return turns(connection.execute(STANDING, {"wanted": key, "moment": at}))


def standing_of_all(connection: Connection, at: str) -> dict[str, list[Turn]]:
    """The same of every key."""
    rows: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(STANDING_OF_ALL, {"moment": at}):
        rows.setdefault(row.key, []).append(row)
    return {key: turns(some) for key, some in rows.items()}


def turns(rows: Iterable[Row[Any]]) -> list[Turn]:
    """Of rows of one key, the last of each version, without those that are stopped."""
    last: dict[int, Row[Any]] = {}
    for row in rows:
        last.setdefault(row.version, row)
    return [Turn(row.percent, deployed(row)) for row in last.values() if row.percent]


def in_force(connection: Connection, at: str) -> list[Deployment]:
    """Of every key the version that new cases begin with unless they are in the share of another."""
    return [some[-1].deployment for some in standing_of_all(connection, at).values()]


def coin(key: str, version: int, who: str) -> int:
    """The coin of a case, from 0 to 99: always the same for a version, so that widening a share takes nobody out."""
    return int.from_bytes(sha256(f"{key} {version} {who}".encode()).digest()[:8], "big") % ALL


def drawn(asked: Sequence[Turn], who: str) -> Deployment:
    """The version whose share a coin is in; where none of those that are asked is for all, the first takes the rest.

    Whoever asks leaves out the versions that do not know how the case begins. So a way in that only some versions have
    is never closed by their share: what comes that way would be lost.
    """
    for percent, version in asked:
        if coin(version.key, version.version, who) < percent:
            return version
    return asked[0].deployment


def shares(asked: Iterable[Turn]) -> Iterator[Share]:
    """How many in a hundred new cases each version gets."""
    rest = Decimal(ALL)
    for percent, version in asked:
        share = rest * percent / ALL
        rest -= share
        yield Share(version=version.version, bundle=version.bundle, percent=percent, share=share)


def history(connection: Connection, key: str) -> list[Rollout]:
    """All rows of a key, newest first."""
    found = select(rollout).where(rollout.c.key == key).order_by(rollout.c.number.desc())
    return [rollout_of(row) for row in connection.execute(found)]


def coming(rows: Sequence[Rollout], at: datetime) -> list[Rollout]:
    """Of all rows of a key, newest first, those that will count at their moment: nothing has overtaken them."""
    found: list[Rollout] = []
    decided: set[int] = set()
    whole = False
    for row in rows:
        if not row.effective(at):
            if not whole and row.version not in decided:
                found.append(row)
        elif row.version not in decided:
            decided.add(row.version)
            whole = whole or row.percent == ALL
    return found


def said_before(last: Rollout, row: Rollout) -> bool:
    """Whether a row says what the one before it says."""
    alike = (last.version, last.percent) == (row.version, row.percent)
    return alike and (last.effective_at == row.effective_at or (last.effective(row.at) and row.effective(row.at)))


def add(connection: Connection, row: Rollout) -> Rollout:
    """Write a row."""
    values = {name: getattr(row, name) for name in ("key", "number", "version", "percent", "by", "reason")}
    moments = {name: moment(getattr(row, name)) for name in ("effective_at", "at")}
    connection.execute(insert(rollout).values(**values, **moments))
    return row


def rollout_of(row: Row[Any]) -> Rollout:
    """A row of the table."""
    return Rollout(
        key=row.key,
        number=row.number,
        version=row.version,
        percent=row.percent,
        effective_at=instant(row.effective_at),
        at=instant(row.at),
        by=row.by,
        reason=row.reason,
    )
