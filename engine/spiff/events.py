"""Events: what is waited for, what is thrown, and who catches an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import NoneType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from .cycles import following
from .element import Event, Step
from .errors import StepFailed
from .gateways import EventBasedGateway
from .marking import Timer

if TYPE_CHECKING:
    from .marking import Subscription
    from .tree import StepTask


class Catching(Step):
    """Waits for an event."""

    event_definition: Event

    def enter(self, task: StepTask) -> bool:
        self.watch(task)
        self.wait(task)
        return False

    def wait(self, task: StepTask, heard: Subscription | Timer | None = None) -> None:
        """Set up the timer or subscription, or go on with the one that was just heard."""
        task._set_state(TaskState.WAITING)
        task.case.arm(task, heard)

    def again(self, task: StepTask, place: Callable[[], StepTask]) -> None:
        """Go on waiting, in a new place beside what has just happened, if this event can come again."""
        event = self.event_definition
        if not isinstance(task.heard, Timer):
            self.wait(place(), task.heard)
        elif event.cycle and (timer := following(task, task.heard, event.expression or "")):
            self.wait(place(), timer)

    def armed(self, task: StepTask) -> bool:
        return task.triggered and not self.instance and task.state == TaskState.WAITING

    def caught(self, task: StepTask, payload: Any) -> None:
        """The event has happened."""
        if task.host is not None and isinstance(task.host.task_spec, EventBasedGateway):
            task.host.task_spec.chosen(task.host, task)
        if self.armed(task):
            task.case.emit("entered", task)
        self.receive(task, payload, self.event_definition.variable)
        task._ready()


class IntermediateCatchEvent(Catching, bpmn.IntermediateCatchEvent):
    """A timer, message or signal in the flow."""


class ReceiveTask(Catching, spiff.ReceiveTask):
    """A message in the flow, drawn as a task."""

    takes_time = True


class BoundaryEvent(Catching, bpmn.BoundaryEvent):
    """An event at the edge of an activity; interrupting, or beside it."""

    def caught(self, task: StepTask, payload: Any) -> None:
        host: StepTask = task.parent
        task.case.emit("entered", task)
        if self.cancel_activity:
            host.cancel(keep=task)
        else:
            self.again(task, lambda: host.attach(self.name))
        self.receive(task, payload, self.event_definition.variable)
        task._ready()


class StartEvent(Step, bpmn.StartEvent):
    """Passed at once: what it waits for has happened when its process begins."""

    def begins_with(self, kind: str, name: str) -> bool:
        """Whether this is the start for a message, or the plain one."""
        return self.event_definition.kind == kind and (kind != "message" or self.event_definition.name == name)


class Throwing(Step):
    """Throws an event and goes on."""

    event_definition: Event

    def _run_hook(self, my_task: StepTask) -> bool:
        event, case = self.event_definition, my_task.case
        payload = None if event.expression is None else case.script_engine.plain(my_task, event.expression)
        if event.kind == "message" and not isinstance(payload, (dict, NoneType)):
            raise StepFailed(
                my_task.element, f"the content of the message {event.name} is no context: {event.expression}"
            )
        if event.kind in ("message", "signal"):
            case.emit("thrown", my_task, {"kind": event.kind, "name": event.name, "payload": payload})
        if event.kind == "signal":
            case.broadcast(event.name, payload)
        elif event.kind == "error":
            throw_error(my_task, event.name, payload)
        elif event.kind == "terminate":
            for other in list(my_task.workflow.live.values()):
                other.cancel(keep=my_task)
        return True


class IntermediateThrowEvent(Throwing, bpmn.IntermediateThrowEvent):
    """A message or signal thrown on the way."""


class SendTask(Throwing, spiff.SendTask):
    """A message thrown, drawn as a task."""


class EndEvent(Throwing, bpmn.EndEvent):
    """Takes a token out, perhaps with an event; the scope ends when it was the last."""


def throw_error(task: StepTask, code: str, payload: Any = None, here: bool = False) -> None:
    """Hand an error to the innermost scope or activity that catches it; an error that nobody catches fails the step."""
    for place, name in _catchers(task, here):
        event = place.workflow.spec.task_specs[name]
        if _hears(event, code):
            caught = place._add_child(event, TaskState.WAITING) if event.handler else place.attach(name)
            event.caught(caught, payload)
            return
    raise StepFailed(task.element, f"nobody catches the error {code}", kind="uncaught")


def catches(task: StepTask, code: str) -> bool:
    """Whether somebody catches an error of an activity."""
    return any(_hears(place.workflow.spec.task_specs[name], code) for place, name in _catchers(task, True))


def _hears(event: Step, code: str) -> bool:
    return event.event_definition.kind == "error" and event.event_definition.name in ("", code)


def _catchers(task: StepTask, here: bool) -> Iterator[tuple[StepTask, str]]:
    activity: StepTask | None = task if here else None
    while True:
        while activity is not None:  # an instance, then its multi-instance
            yield from ((activity, name) for name in activity.task_spec.boundary)
            activity = activity.host
        scope = task.workflow
        if not task.task_spec.handler:  # what handles an event does not catch its own errors
            yield from ((scope.task_tree, name) for name in scope.spec.error_subprocesses)
        if scope.host is None:
            return
        task = activity = scope.host
