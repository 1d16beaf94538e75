"""The made-up texts and tables of the demo, as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read(name: str) -> Any:
    """What the file of a name holds."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
