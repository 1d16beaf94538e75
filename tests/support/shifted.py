"""A clock that runs like the machine's, but from another moment: one file tells it to all processes of an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """Reads from a file by how many seconds it differs from the machine's clock."""

    file: Path

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text()))

    def set(self, at: datetime | str) -> None:
        """Go on from a moment; whoever reads the file meanwhile sees the old or the new one."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        fresh.replace(self.file)


def install(file: str) -> None:
    """Let the product of this process go by the file: for a process that tests start, before it begins to serve."""
    from webapp import bootstrap

    bootstrap.SystemClock = lambda: ShiftedClock(Path(file))  # type: ignore[assignment,misc]
