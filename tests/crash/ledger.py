"""What clients have asked for and what they were answered, written down so that it outlives them.

Everything that is asked carries a token of its own into the history. A token that was answered has to be there once,
one that was refused not at all; of one that got no answer nobody knows, but twice is too often.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .stand_in import note, notes

SUFFIX = ".ledger"
ANSWERED, REFUSED, UNKNOWN = "answered", "refused", "unknown"


@dataclass(kw_only=True)
class Entry:
    """One thing that was asked for, and what came of it."""

    token: str
    what: str
    client: str
    said: dict[str, Any] = field(default_factory=dict)
    state: str = UNKNOWN


class Ledger:
    """The file of one client."""

    def __init__(self, folder: Path, client: str) -> None:
        self._file, self.client, self._count = folder / f"{client}{SUFFIX}", client, 0

    def ask(self, what: str, **said: Any) -> str:
        """Write down that something is about to be asked for; the token that it has to carry."""
        self._count += 1
        token = f"{self.client}-{self._count}"
        self._write({"token": token, "what": what, "said": said})
        return token

    def answered(self, token: str, **said: Any) -> None:
        """It was answered with success."""
        self._write({"token": token, "state": ANSWERED, "said": said})

    def refused(self, token: str, why: str) -> None:
        """It was answered that nothing has happened."""
        self._write({"token": token, "state": REFUSED, "said": {"why": why}})

    def _write(self, line: dict[str, Any]) -> None:
        note(self._file, json.dumps(line))


def entries(folder: Path) -> list[Entry]:
    """All that was asked for by all clients of a folder, by client in the order of asking."""
    found: dict[str, Entry] = {}
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        for line in map(json.loads, notes(file)):
            entry = found.setdefault(
                line["token"], Entry(token=line["token"], what=line.get("what", ""), client=file.stem)
            )
            entry.state = line.get("state", entry.state)
            entry.said |= line["said"]
    return list(found.values())


def of_state(given: Iterable[Entry], state: str) -> list[Entry]:
    """The entries of one state."""
    return [entry for entry in given if entry.state == state]
