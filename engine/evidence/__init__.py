"""What a case leaves with: one ZIP with all that proves it, which `verify.py` checks where no engine is."""

from __future__ import annotations

from .collect import Exhibit, Hidden, Remains, collect, remains
from .pack import FORMAT, LARGEST, MOST_CASES, Export, Packed, Packer, Paper, TooMuch

__all__ = [
    "FORMAT",
    "LARGEST",
    "MOST_CASES",
    "Exhibit",
    "Export",
    "Hidden",
    "Packed",
    "Packer",
    "Paper",
    "Remains",
    "TooMuch",
    "collect",
    "remains",
]
