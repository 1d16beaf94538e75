"""The inputs of a step: the one place where a recorded input becomes a move of the stepper, live and in replay.

Every input is plain JSON, complete: with the marking before it and the bundle it was taken under, it gives the marking
and the effects after it, and nothing else is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..model import Effect
from ..spiff import Marking, Stepper

Outcome = tuple[Marking, tuple[Effect, ...]]

# The kinds whose state hash is that of the step before: they change who does something, not where the case is.
BESIDE = frozenset(
    {"claimed", "released", "assigned", "reminded", "breached", "escalated", "suspended", "resumed", "retried"}
    | {"hold_placed", "hold_released", "disposed"}
)


def apply(stepper: Stepper, marking: Marking, kind: str, given: Mapping[str, Any], at: datetime) -> Outcome:
    """The marking and the effects after an input; NotWaiting or StepFailed where it cannot be taken."""
    if kind in BESIDE:
        return marking, ()
    return MOVES[kind](stepper, marking, given, at)


def _started(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    message = given.get("message", "")
    if message:
        return stepper.start({}, at, message, given["data"])
    return stepper.start(given["data"], at)


def _completed(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.complete(marking, given["task"], given["values"], at)


def _fired(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.fire(marking, given["timer"], at)


def _received(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.message(marking, given["message"], given["payload"], at, to=given["to"])


def _signalled(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.signal(marking, given["signal"], given["payload"], at)


def _answered(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.answer(marking, given["operator"], given["result"], at)


def _failed(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.fail(marking, given["operator"], given["code"], given["result"], at)


def _redated(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    tasks, timers = ({int(key): due for key, due in given[name].items()} for name in ("tasks", "timers"))
    return stepper.redate(marking, tasks, timers, given["last"], at)


def _migrated(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    if "declared" in given:
        return stepper.migrate_as(marking, stepper.environment.library.mapping(given["declared"]), at)
    return stepper.migrate(marking, given["from"], given["mapping"], given.get("script", ""), at)


def _given_up(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    effects: tuple[Effect, ...] = ()
    for operator in given["operators"]:
        marking, found = stepper.give_up(marking, operator, at)
        effects += found
    return marking, effects


def _corrected(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.correct(marking, given["values"], given["removed"], at)


def _jumped(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.jump(marking, given["token"], given["target"], at)


def _skipped(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.skip(marking, given["task"], given["values"], at)


def _cancelled(stepper: Stepper, marking: Marking, given: Mapping[str, Any], at: datetime) -> Outcome:
    return stepper.cancel(marking, at)


MOVES = {
    "started": _started,
    "completed": _completed,
    "fired": _fired,
    "received": _received,
    "signalled": _signalled,
    "answered": _answered,
    "failed": _failed,
    "cancelled": _cancelled,
    "redated": _redated,
    "migrated": _migrated,
    "given_up": _given_up,
    "corrected": _corrected,
    "jumped": _jumped,
    "skipped": _skipped,
}
