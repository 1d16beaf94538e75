"""The parameters that the product ships: every number that no law fixes, with its tag, as data beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.canonical import read

FOLDER = Path(__file__).parent


def parameters() -> dict[str, dict[str, Any]]:
    """Parameters by name: value, unit, tag, source and title in English and Chinese."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        said = read(path.read_bytes())
        if twice := found.keys() & said.keys():
            raise ValueError(f"{path.name} names parameters that another file has: {', '.join(sorted(twice))}")
        found |= said
    return dict(sorted(found.items()))
