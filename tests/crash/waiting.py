"""Waits for a condition with a bound, and says what did not come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LOOK = 0.02  # seconds between two looks


def until(condition: Callable[[], T], what: str, patience: float = 60) -> T:
    """What a condition comes to as soon as it is true; `patience` is in seconds."""
    latest = time.monotonic() + patience
    never = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < latest, f"not within {patience} s: {what}"
        never.wait(LOOK)
    return found
