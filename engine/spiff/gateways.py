"""Gateways: where tokens part and meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from .element import Flow, Step
from .errors import StepFailed

if TYPE_CHECKING:
    from .parser import Process
    from .tree import StepTask


class ExclusiveGateway(Step):
    """One way: the first flow in the document whose condition holds, else the default."""

    def choose(self, task: StepTask) -> Iterable[Flow]:
        holds = task.case.script_engine.holds
        for flow in self.flows:
            if not flow.default and (flow.condition is None or holds(task, flow.condition)):
                return [flow]
        default = [flow for flow in self.flows if flow.default]
        if self.flows and not default:
            raise StepFailed(task.element, "no condition holds and there is no default")
        return default


class Join(Step):
    """An element that takes one token from each of several flows."""

    def tokens(self, task: StepTask) -> dict[str, StepTask]:
        """The first waiting token of each incoming flow in this scope."""
        first: dict[str, StepTask] = {}
        for other in sorted(task.workflow.live.values(), key=lambda t: t.id):
            if other.task_spec is self and (other is task or other.state == TaskState.WAITING):
                first.setdefault(other.via, other)
        return first

    def merge(self, task: StepTask, tokens: dict[str, StepTask]) -> None:
        """Let one token go on for all."""
        tokens[task.via] = task
        for token in tokens.values():
            if token is not task:
                token.absorb()


class ParallelGateway(Join):
    """Waits for a token on every incoming flow; more tokens on a flow wait for the next round."""

    def enter(self, task: StepTask) -> bool:
        tokens = self.tokens(task)
        if len(tokens) < len(self.incoming):
            task._set_state(TaskState.WAITING)
            return False
        self.merge(task, tokens)
        return True

    def choose(self, task: StepTask) -> Iterable[Flow]:
        return self.flows


class InclusiveGateway(Join):
    """BPMN 2.0, 13.4.3: waits while a token can come to an empty input and to none of the filled ones.

    A way may lead over an event at the edge of an activity that the token has yet to come to. At the activity itself
    the event is there to be asked: that it can still happen is a way of its own.
    """

    late = True

    def __init__(self, wf_spec: Process, bpmn_id: str, **attributes: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self._reach: dict[str, frozenset[str]] = {}  # a function of the diagram, kept with it

    def enter(self, task: StepTask) -> bool:
        if len(self.incoming) < 2:
            return True
        task._set_state(TaskState.WAITING)
        return False

    def may_pass(self, task: StepTask) -> bool:
        """Let the token pass if none that this join must wait for is on its way."""
        tokens = self.tokens(task)
        for spec in self._sources(task):
            inputs = self._inputs_from(spec)
            if inputs - tokens.keys() and not inputs & tokens.keys():
                return False
        self.merge(task, tokens)
        task._ready()
        return True

    def _sources(self, task: StepTask) -> Iterator[Step]:
        """Where a token is, and the events at its edge that may still bring one; errors are never armed, but come."""
        specs = task.workflow.spec.task_specs
        for other in task.workflow.live.values():
            if other.task_spec is not self:
                yield other.task_spec
                edge = (specs[name] for name in other.task_spec.boundary)
                yield from (event for event in edge if event.event_definition.kind == "error")

    def _inputs_from(self, spec: Step) -> frozenset[str]:
        """The incoming flows that a token at an element can come by without passing this gateway."""
        if spec.name not in self._reach:
            specs = self._wf_spec.task_specs
            found: set[str] = set()
            seen, todo = {spec.name}, [spec]
            while todo:
                here = todo.pop()
                ahead = [flow.target for flow in here.flows] + (here.boundary if here is not spec else [])
                found.update(flow.id for flow in here.flows if flow.target == self.name)
                todo += (specs[name] for name in ahead if name not in seen and name != self.name)
                seen.update(ahead)
            self._reach[spec.name] = frozenset(found)
        return self._reach[spec.name]


class EventBasedGateway(Step):
    """The first of the events after it decides; each is armed for itself."""

    def enter(self, task: StepTask) -> bool:
        task._set_state(TaskState.WAITING)
        for flow in self.flows:
            event = task.workflow.spec.task_specs[flow.target]
            event.wait(task.attach(flow.target, via=flow.id))
        return False

    def chosen(self, task: StepTask, event: StepTask) -> None:
        """One event has happened: the others are withdrawn."""
        for other in task.attached():
            other.cancel(keep=event)
        task.case.emit("left", task)
        task.case.emit("taken", task, event.via)
        task.absorb()
