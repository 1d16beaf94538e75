"""Clocks that stand still while a case waits for somebody outside: the terms and timers that a wait says it pauses.

A wait names them in its property `pauses`. They stop with the step in which a token comes to it and go on with the one
in which none is left there. Then their end moves by what was left of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..canonical import instant, moment
from .environment import Due
from .marking import Clock

if TYPE_CHECKING:
    from .tree import Case, StepTask

NAMED = "pauses"


def names(properties: Mapping[str, Any]) -> frozenset[str]:
    """The elements whose clocks a wait pauses, as it names them: ids with commas between."""
    return frozenset(name for name in (properties.get(NAMED) or "").replace(",", " ").split())


def begin(task: StepTask, due: str, term: Any) -> None:
    """Keep the clock of a task or timer that something in its diagram may pause."""
    if task.element in task.workflow.bundle.pausable:
        text = term if isinstance(term, str) else ""
        task.case.clocks[task.id] = Clock(task.id, moment(task.case.at), due, text)


def settle(case: Case) -> None:
    """At the end of a step: forget the clocks of what is gone, stop and start the others."""
    clocks = case.clocks = {n: clock for n, clock in case.clocks.items() if n in case.open_tasks}
    waits = (task for task in case.open_tasks.values() if not task.task_spec.armed(task)) if clocks else ()
    held = {(task.workflow.bundle.digest, name) for task in waits for name in task.task_spec.pauses}
    for occurrence, clock in sorted(clocks.items()):
        task = case.open_tasks[occurrence]
        paused = (task.workflow.bundle.digest, task.element) in held
        if paused and not clock.stopped:
            stop(task, clock)
        elif clock.stopped and not paused:
            go_on(task, clock)


def stop(task: StepTask, clock: Clock) -> None:
    """Let a clock stand still from now on; a timer that is due already comes."""
    case, now = task.case, moment(task.case.at)
    timer = case.timers.get(task.id)
    if timer is None or timer.due > now:
        case.clocks[task.id] = replace(clock, stopped=now)
        if timer is not None:
            case.timers[task.id] = replace(timer, provisional=False)
        case.emit("paused", task)


def go_on(task: StepTask, clock: Clock) -> None:
    """Let a clock go on: its end moves by what was left of it when it stopped."""
    case = task.case
    clock = replace(clock, pauses=(*clock.pauses, clock.stopped, moment(case.at)), stopped="")
    found = clock.after_pauses(Due(instant(clock.due)), case.environment.moved)
    due, timer = moment(found.at), case.timers.get(task.id)
    case.clocks[task.id] = clock
    if timer is not None:
        later: timedelta = instant(due) - instant(timer.due)
        since = moment(instant(timer.since) + later) if timer.since else ""
        case.timers[task.id] = replace(timer, due=due, provisional=found.provisional, since=since)
    case.emit("redated", task, {"due": due, "provisional": True} if found.provisional else {"due": due})
