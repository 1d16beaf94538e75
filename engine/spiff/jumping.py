"""Moves one token of a case to another element of its scope, which it enters as if a flow had led there.

What stands where the token leaves is withdrawn with all that belongs to it: its timers, subscriptions and boundary
events, what it has asked, what runs inside. Whether the joins of the scope still get what they wait for is asked
before (`engine.check.jumps`); here is refused what no token can do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import NotJumpable
from . import activities, events, gateways
from .element import Anchor, Step

if TYPE_CHECKING:
    from .tree import Case, StepTask


def jump(case: Case, token: StepTask, to: str) -> None:
    """Withdraw a token where it stands, and put one at another element."""
    spec = target(token, to)
    case.emit("jumped", token, {"to": to})
    token.cancel()
    fresh = token.workflow.task_tree._add_child(spec)
    spec._update(fresh)


def ways(case: Case) -> Iterator[tuple[StepTask, tuple[str, ...]]]:
    """Every token that can be moved, and the elements of its scope that a token can be put at."""
    for task in sorted(case.open_tasks.values(), key=lambda one: one.id):
        if task.host is None and not (task.task_spec.armed(task) or task.task_spec.handler):
            specs = task.workflow.spec.task_specs
            yield task, tuple(name for name, spec in specs.items() if not refused(spec))


def standing(task: StepTask) -> StepTask:
    """The token that a person means by where a case waits: for an event after a gateway, that of the gateway."""
    if task.host is not None and isinstance(task.host.task_spec, gateways.EventBasedGateway):
        return task.host
    if task.task_spec.armed(task) or task.task_spec.handler:
        raise NotJumpable(task.element, "", "beside")
    if task.host is not None:
        raise NotJumpable(task.element, "", "instance")
    return task


def target(token: StepTask, to: str) -> Step:
    """The element that a token is to enter; NotJumpable where it cannot."""
    spec: Step | None = token.workflow.spec.task_specs.get(to)
    why = "elsewhere" if spec is None else refused(spec)
    if spec is None or why:
        raise NotJumpable(token.element, to, why)
    return spec


def refused(spec: Step) -> str:
    """Why no token can be put at an element, if none can."""
    if isinstance(spec, Anchor) or spec.instance:
        return "elsewhere"
    if isinstance(spec, events.StartEvent):
        return "start"
    if isinstance(spec, (events.BoundaryEvent, activities.EventSubProcess)):
        return "boundary"
    if isinstance(spec, gateways.Join) and len(spec.incoming) > 1:
        return "join"
    return ""
