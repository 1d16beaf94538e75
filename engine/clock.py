"""What time it is: the only place of the engine that reads the machine's clock, and never within a step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the moment at which an input is taken."""

    def now(self) -> datetime:
        """The moment, with a time zone."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands until it is moved: for tests, for replays of yesterday, for seeding a demo."""

    def __init__(self, at: datetime | str) -> None:
        self.set(at)

    def now(self) -> datetime:
        """Where the clock stands, in UTC."""
        return self._at

    def set(self, at: datetime | str) -> None:
        """Put the clock somewhere; a time without a zone is taken as UTC."""
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        self._at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def advance(self, **by: float) -> None:
        """Move the clock on by a timedelta's arguments: `advance(hours=2)`."""
        self._at += timedelta(**by)
