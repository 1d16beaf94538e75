"""What new cases begin with, as the pages say it: shares, what waits, what may be done, and all that was ever said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine import Deployment, Rollout

from .. import here

ALL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A version that new cases begin with: its share of them, and the row that says so."""

    version: int
    share: Decimal
    row: Rollout


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row of the history: what it was, as one of the words of the page, and the version that was there before it."""

    row: Rollout
    what: str  # deployed, rolled out, stopped, back or kept
    state: str  # going, coming, or nothing any more
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the pages of a process show about new cases."""

    key: str
    going: tuple[Going, ...]
    coming: tuple[Rollout, ...]
    told: tuple[Told, ...]
    versions: tuple[Deployment, ...]

    @property
    def usual(self) -> int | None:
        """The version that most new cases begin with, of equals the newest; None where nothing is in force yet."""
        most = max(self.going, key=lambda one: (one.share, one.version), default=None)
        return most.version if most else None

    @property
    def latest(self) -> int | None:
        """The newest version that new cases begin with: not one that was taken back. What a new draft begins from."""
        return max((one.version for one in self.going), default=None)

    @property
    def stoppable(self) -> list[int]:
        """The versions that can be stopped: they wait, or they have a part of the cases."""
        found = [one.version for one in self.coming] + [one.version for one in self.going[:-1]]
        return list(dict.fromkeys(found))

    @property
    def returnable(self) -> list[int]:
        """The versions that one can go back to, newest first: each was in force for all."""
        now = here.services().now()
        whole = {one.row.version for one in self.told if one.row.percent == ALL and one.row.effective(now)}
        return sorted(whole - ({self.going[-1].version} if self.steady else set()), reverse=True)

    @property
    def steady(self) -> bool:
        """Whether all new cases begin with one version, and nothing waits."""
        return len(self.going) == 1 and not self.coming


def panel(key: str) -> Panel:
    """What is said about the new cases of a key."""
    engine = here.engine()
    with engine.one_moment():
        standing, rows, versions = engine.rolled_out(key), engine.rollouts(key), engine.deployments(key)
    now = here.services().now()
    last = {row.version: row for row in reversed(rows) if row.effective(now)}
    going = tuple(Going(version=one.version, share=one.share, row=last[one.version]) for one in standing.shares)
    counted = {one.row.number for one in going}
    waiting = {one.number for one in standing.coming}
    told = tuple(
        Told(
            row=row,
            what=what(row, rows[place + 1 :]),
            state="going" if row.number in counted else "coming" if row.number in waiting else "",
            before=rows[place + 1].version if place + 1 < len(rows) else None,
        )
        for place, row in enumerate(rows)
    )
    return Panel(key=key, going=going, coming=standing.coming, told=told, versions=tuple(versions))


def what(row: Rollout, before: list[Rollout]) -> str:
    """What somebody did with a row, seen from those before it."""
    if not row.percent:
        return "stopped"
    if all(one.version != row.version for one in before):
        return "deployed"
    newer = before and before[0].version > row.version and row.percent == ALL
    return "back" if newer else "rolled out"
