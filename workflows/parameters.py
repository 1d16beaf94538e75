"""The parameters that the product ships: every number that no law fixes, with its tag, as data in `parameters.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.canonical import read

FILE = Path(__file__).with_name("parameters.json")


def parameters() -> dict[str, dict[str, Any]]:
    """Parameters by name: value, unit, tag, source and title in English and Chinese."""
    found: dict[str, dict[str, Any]] = read(FILE.read_bytes())
    return found
