"""Timers that come again and again: when first, when next, when no more.

A text like `R3/PT1H` or `R/1 BD` is worked out once, and its moments are counted from each other, so that a late worker
shifts none of them. Every other value says the next moment alone, and is asked again whenever it has come; null is the
end. Moments that have gone by while nobody worked are made up for by one, and count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..calendars.terms import SHORTEST
from ..canonical import instant, moment
from ..feel import Months, parse_duration, parse_repeating
from .data import due_of, stored_moment
from .errors import StepFailed
from .marking import Timer

if TYPE_CHECKING:
    from .environment import Due
    from .tree import StepTask


def first(task: StepTask, source: str) -> Timer | None:
    """The timer of a cycle that begins now; None where it never comes."""
    value, now = task.case.script_engine.evaluate(task, source), task.case.at
    given = parse_repeating(value) if isinstance(value, str) else None
    if given is None:
        return _asked(task, source, value, now, None)
    times, every = given
    begun = moment(now)
    return _moment(task, source, Timer(task.element, task.id, begun, every=every, since=begun, times=times), 1)


def following(task: StepTask, fired: Timer, source: str) -> Timer | None:
    """The timer after one that has come, at a moment that is still to come; None where there is none.

    One that was armed otherwise, and is drawn as a text since its case was migrated, begins its cycle when it was due.
    """
    now = task.case.at
    if not fired.every:
        own, evaluate = instant(fired.due), task.case.script_engine.evaluate
        value = evaluate(task, source, now=own)
        given = parse_repeating(value) if isinstance(value, str) else None
        if given is None:
            timer = _asked(task, source, value, own, own)
            late = timer is not None and instant(timer.due) <= now
            return _asked(task, source, evaluate(task, source), now, own) if late else timer
        fired = replace(fired, every=given[1], since=fired.due, times=given[0])
    timer, number = fired, fired.number
    while instant(timer.due) <= now:
        number = max(number + 1, _gone_by(timer, now) + 1)
        if timer.times and number > timer.times:
            return None
        timer = _moment(task, source, timer, number)
    return timer


def _gone_by(timer: Timer, now: datetime) -> int:
    """How many moments of a cycle of equal lengths have gone by; of other cycles nobody knows without counting."""
    length = parse_duration(timer.every)
    return (now - instant(timer.since)) // length if isinstance(length, timedelta) else 0


def _moment(task: StepTask, source: str, timer: Timer, number: int) -> Timer:
    """The timer at one of its moments: so many times a length after its beginning, or a term after the one before."""
    length, since = parse_duration(timer.every), instant(timer.since)
    if isinstance(length, timedelta):
        found = due_of(task, number * length, source, since)
    elif isinstance(length, Months):
        found = due_of(task, Months(number * length.count), source, since)
    else:
        found = due_of(task, timer.every, source, instant(timer.due))
    return replace(_later(task, source, timer, found, instant(timer.due)), number=number)


def _asked(task: StepTask, source: str, value: Any, now: datetime, before: datetime | None) -> Timer | None:
    """The timer at the moment that an expression says."""
    if value is None:
        return None
    timer = Timer(task.element, task.id, "")
    return _later(task, source, timer, due_of(task, value, source, now), before)


def _later(task: StepTask, source: str, timer: Timer, found: Due, before: datetime | None) -> Timer:
    """The timer at a moment that is not too soon after the one before it."""
    due = stored_moment(task, found, source)
    if before is not None and instant(due) - before < SHORTEST:
        raise StepFailed(task.element, f"the cycle {source} comes again within less than a minute")
    return replace(timer, due=due, provisional=found.provisional)
