"""What all elements of a diagram share: arrive, run, leave by the flows of the document.

SpiffWorkflow runs a task in four hooks, and these are all that is overridden: `_update_hook` (a token has come),
`_on_ready_hook` (it may run), `_run_hook` (it runs) and `_on_complete_hook` (it goes on). Nothing is predicted: a task
is made when a token gets there, never before, so the stock `_predict` has nothing to do and needs no patch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from .data import write
from .errors import StepFailed

if TYPE_CHECKING:
    from .parser import Process
    from .tree import StepTask


class Flow(NamedTuple):
    """A sequence flow of the document."""

    id: str
    source: str
    target: str
    condition: str | None = None
    default: bool = False


class Event(EventDefinition):
    """What an event waits for or throws; it holds no behaviour and no state."""

    def __init__(
        self,
        kind: str,
        name: str = "",
        expression: str | None = None,
        variable: str | None = None,
        key: str | None = None,
        cycle: bool = False,
    ) -> None:
        super().__init__(name)
        self.kind, self.expression, self.variable, self.key, self.cycle = kind, expression, variable, key, cycle


class Step(BpmnSpecMixin):
    """What all elements share: arrive, run, leave by the flows of the document."""

    takes_time = False  # whether it may have boundary events
    contains = False  # whether a started task of it has a scope inside
    late = False  # whether it is looked at only when nothing else can move
    instance = False  # whether it is the inner activity of a multi-instance
    handler = False  # whether it handles events of its whole scope
    pauses: frozenset[str] = frozenset()  # the elements whose clocks stand still while a token waits here
    postscript: str | None = None  # lines that run when it completes: counters and first values

    def __init__(self, wf_spec: Process, bpmn_id: str, *positional: Any, **attributes: Any) -> None:
        super().__init__(wf_spec, bpmn_id, *positional, **attributes)
        self.flows: list[Flow] = []  # outgoing, in document order
        self.incoming: list[Flow] = []
        self.boundary: list[str] = []

    def test(self) -> None:
        """Diagrams are checked when they are deployed, not in a step."""

    def _update_hook(self, my_task: StepTask) -> bool:
        my_task.case.emit("entered", my_task)
        return self.enter(my_task)

    def _on_ready_hook(self, my_task: StepTask) -> None:
        my_task.case.agenda.append(my_task)

    def _run_hook(self, my_task: StepTask) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: StepTask) -> None:
        for task in my_task.attached():
            task.cancel()
        if self.postscript:
            my_task.case.script_engine.execute(my_task, self.postscript)
        my_task.case.emit("left", my_task)
        for flow in self.choose(my_task):
            my_task.follow(flow)

    def enter(self, task: StepTask) -> bool:
        """Take in a token; whether the element can run at once."""
        return True

    def choose(self, task: StepTask) -> Iterable[Flow]:
        """The flows to leave by: every one without a condition or with one that holds, else the default."""
        holds = task.case.script_engine.holds
        chosen = [f for f in self.flows if not f.default and (f.condition is None or holds(task, f.condition))]
        chosen = chosen or [f for f in self.flows if f.default]
        if self.flows and not chosen:
            raise StepFailed(task.element, "no condition holds and there is no default")
        return chosen

    def watch(self, task: StepTask) -> None:
        """Arm the boundary events of an activity that takes time; errors are looked up when they are thrown."""
        for name in self.boundary:
            event = task.workflow.spec.task_specs[name]
            if event.event_definition.kind != "error":
                event.wait(task.attach(name))

    def armed(self, task: StepTask) -> bool:
        """Whether this task only waits beside the flow, and no token has come to its element yet."""
        return False

    def child_spec(self, element: str) -> str:
        """The name of the spec of a task attached to this one."""
        return element

    def child_done(self, task: StepTask, child: StepTask) -> None:
        """A task attached to this one has completed."""

    def receive(self, task: StepTask, payload: Any, variable: str | None = None) -> None:
        """Write what an event brought: into its variable, or name by name."""
        if variable:
            write(task, [(variable, payload)])
        elif isinstance(payload, dict):
            write(task, payload.items())


class Anchor(Step):
    """The inner Start and End that SpiffWorkflow wants a process to have; no token ever comes to them."""
