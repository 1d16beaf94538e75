"""What an engine tells whoever watches it: every step that was committed, every job that was run.

A watcher is called in the thread that did it, after the commit; what it does is its own affair, and what goes wrong in
it is logged and changes nothing. The engine knows neither logs nor metrics of an installation beyond this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .model import CaseId

Outcome = Literal["done", "dropped", "kept", "retried", "parked"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """A step that was taken; `seconds` is the whole transaction, from the wait for its lock to the commit."""

    case_id: CaseId
    seq: int
    kind: str
    process: str
    actor: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSeen:
    """A job that was run, and what became of it."""

    case_id: CaseId
    kind: str
    outcome: Outcome
    seconds: float


Seen: TypeAlias = StepSeen | JobSeen
Observer: TypeAlias = Callable[[Seen], None]


def nobody(seen: Seen) -> None:
    """Watch nothing."""


def safely(observer: Observer) -> Observer:
    """An observer whose faults are logged and harm nobody."""

    def watch(seen: Seen) -> None:
        try:
            observer(seen)
        except Exception:
            log.exception("what watches the engine failed")

    return watch


def several(*observers: Observer) -> Observer:
    """All of these, each for itself."""
    safe = [safely(observer) for observer in observers]

    def watch(seen: Seen) -> None:
        for observer in safe:
            observer(seen)

    return watch
