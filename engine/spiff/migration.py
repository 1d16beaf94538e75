"""Moves a case to another version of its diagram: every token keeps its number and stands where it is mapped to.

Nothing is run again. A task stays claimed and due as it was, a timer keeps its moment, a subscription its key. What
only waits beside the flow (an event at an edge, an event subprocess, a way of an event-based gateway) goes where the
new version has none, and is armed where the old one had none. Whatever else has no counterpart of its kind is an
obstacle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from ..model import Effect, Obstacle
from . import activities, events, gateways
from .element import Step
from .marking import Marking, Token
from .offer import groups, priority
from .tree import Case, Scope, StepTask

if TYPE_CHECKING:
    from .parser import Bundle, Process

Mapped = Mapping[str, str]


class Move:
    """What becomes of each token of a case on its way from the version of `case` to another one."""

    def __init__(self, case: Case, to: Bundle, mapping: Mapped) -> None:
        self.case, self.to, self.mapping = case, to, mapping
        self.specs: dict[int, Step] = {}
        self.vias: dict[int, str] = {}
        self.withdrawn: list[StepTask] = []
        self.obstacles: list[Obstacle] = []
        for task in sorted(case.open_tasks.values(), key=lambda one: one.id):
            self._place(task)

    def name(self, old: str) -> str:
        """What an element or flow is called in the new version."""
        return self.mapping.get(old, old)

    def element(self, task: StepTask) -> str:
        """The id that the element of a task has in the new version."""
        return task.element if self._is_called(task) else self.name(task.element)

    def _place(self, task: StepTask) -> None:
        """Find the element that a token is to stand on; or say why there is none."""
        around = task.workflow.host
        if not all(one is None or one.id in self.specs for one in (around, task.host)):
            return  # what is around it has no place, which has been said
        spec = self._counterpart(task)
        why = "removed" if spec is None else self._misfit(task, spec)
        if spec is not None and not why:
            self.specs[task.id] = spec
        elif self._is_beside(task):
            self.withdrawn.append(task)
        else:
            self.obstacles.append(Obstacle(element=task.element, occurrence=task.id, why=why))

    def _counterpart(self, task: StepTask) -> Step | None:
        """The element of the new version that a token is mapped to, where that stands in the same scope."""
        if self._is_called(task):
            return task.task_spec
        name = self.element(task)
        if task.host is not None:
            name = self.specs[task.host.id].child_spec(name)
        found: Step | None = self._scope(task).task_specs.get(name)
        return found

    def _scope(self, task: StepTask) -> Process:
        """The scope of the new version that a token is in."""
        host = task.workflow.host
        return self.to.process if host is None else self.to.scopes[self.specs[host.id].spec]

    def _is_called(self, task: StepTask) -> bool:
        """Whether a task is inside of a called process, which stays the version that was called."""
        return any(isinstance(host.task_spec, activities.CallActivity) for host in hosts(task))

    def _is_beside(self, task: StepTask) -> bool:
        """Whether a task only waits beside the flow: the case goes on without it."""
        at_gateway = task.host is not None and isinstance(task.host.task_spec, gateways.EventBasedGateway)
        return task.task_spec.armed(task) or at_gateway

    def _misfit(self, task: StepTask, spec: Step) -> str:
        """Why a token cannot stand on an element, if it cannot."""
        if self._is_called(task):
            return ""
        waits = task.state == TaskState.WAITING
        if not alike(task.task_spec, spec) or (waits and not same_event(task.task_spec, spec)):
            return "other kind"
        if isinstance(spec, activities.MultiInstance) and not collects_alike(task.task_spec, spec):
            return "other results"
        if isinstance(spec, events.BoundaryEvent) and task.host is not None and waits:
            return "" if spec.name in self.specs[task.host.id].boundary else "elsewhere"
        if isinstance(spec, gateways.Join):
            return self._flow_in(task, spec)
        if task.host is not None and isinstance(task.host.task_spec, gateways.EventBasedGateway):
            return self._flow_out(task, spec, self.specs[task.host.id])
        return ""

    def _flow_in(self, task: StepTask, join: Step) -> str:
        """Bring the token before a join to its flow in the new version."""
        via = self.name(task.via)
        self.vias[task.id] = via
        return "" if any(flow.id == via for flow in join.incoming) else "other flow"

    def _flow_out(self, task: StepTask, event: Step, gateway: Step) -> str:
        """Bring an event after an event-based gateway to the flow that leads to it."""
        via = next((flow.id for flow in gateway.flows if flow.target == event.name), "")
        self.vias[task.id] = via
        return "" if via else "elsewhere"

    def demand_once(self) -> None:
        """Find the events that only wait, and would be two of what is drawn once."""
        seen: dict[tuple[Any, ...], str] = {}
        for occurrence, spec in self.specs.items():
            task = self.case.open_tasks[occurrence]
            place = (task.workflow.path, task.host.id if task.host else 0, spec.name)
            if self._is_beside(task) and seen.setdefault(place, task.element) != task.element:
                self.obstacles.append(Obstacle(element=task.element, occurrence=occurrence, why="twice"))

    def marking(self, marking: Marking) -> Marking:
        """The marking with every token on its new element, without what is withdrawn."""
        gone = {task.id for task in self.withdrawn}
        names = {task.id: self.element(task) for task in self.case.open_tasks.values()}
        return replace(
            marking,
            tokens=tuple(self._moved(token, names) for token in marking.tokens if token.occurrence not in gone),
            timers=tuple(replace(t, element=names[t.occurrence]) for t in marking.timers if t.occurrence not in gone),
            subscriptions=tuple(
                replace(s, element=names[s.occurrence]) for s in marking.subscriptions if s.occurrence not in gone
            ),
        )

    def _moved(self, token: Token, names: Mapping[int, str]) -> Token:
        via = self.vias.get(token.occurrence, token.via)
        return replace(token, element=names[token.occurrence], via=via)

    def finish(self, case: Case, script: str) -> None:
        """Say what has moved, run the lines over the data, arm what is new, let joins pass that have all they need."""
        before = self.case.open_tasks
        case.effects += (Effect(kind, task.element, task.id) for task in self.withdrawn for kind in taken_back(task))
        own = [task for task in list(case.open_tasks.values()) if not self._is_called(before[task.id])]
        if script:
            case.script_engine.execute(case.task_tree, script)
        for task in own:
            said_of(task, before[task.id])
        for scope, old in self._scopes(case):
            self._arm_handlers(scope, old)
        for task in own:
            self._arm_edges(task, before[task.id])
        for task in own:
            waits = isinstance(task.task_spec, gateways.ParallelGateway) and task.id in case.open_tasks
            if waits and task.task_spec.enter(task):
                task._ready()

    def _scopes(self, case: Case) -> Iterator[tuple[Scope, Scope]]:
        """The open scopes of the case's own diagram, new and old."""
        yield case, self.case
        for host, inner in list(case.subprocesses.items()):
            if inner.bundle is case.bundle:
                yield inner, self.case.subprocesses[host]

    def _arm_handlers(self, scope: Scope, old: Scope) -> None:
        """Arm the event subprocesses that a scope did not have, unless one has interrupted it."""
        if any(interrupts(task) for task in scope.live.values()):
            return
        for name in self._fresh(scope.spec.event_subprocesses, scope, old.spec.event_subprocesses, old):
            spec = scope.spec.task_specs[name]
            spec.wait(scope.task_tree._add_child(spec))

    def _arm_edges(self, task: StepTask, old: StepTask) -> None:
        """Arm the events at the edge of an activity, or after an event-based gateway, that were not there before."""
        specs = task.workflow.spec.task_specs
        if isinstance(task.task_spec, gateways.EventBasedGateway):
            ways = {flow.target: flow.id for flow in task.task_spec.flows}
            was = [flow.target for flow in old.task_spec.flows]
            for name in self._fresh(ways, task.workflow, was, old.workflow):
                specs[name].wait(task.attach(name, via=ways[name]))
        elif task.task_spec.takes_time and not task.task_spec.armed(task):
            for name in self._fresh(task.task_spec.boundary, task.workflow, old.task_spec.boundary, old.workflow):
                if specs[name].event_definition.kind != "error":
                    specs[name].wait(task.attach(name))

    def _fresh(self, names: Iterable[str], scope: Scope, was: Iterable[str], old: Scope) -> list[str]:
        """The names among these that stand for nothing that was there before."""
        specs, old_specs = scope.spec.task_specs, old.spec.task_specs
        known = {self.name(name) for name in was if self._same(old_specs[name], specs.get(self.name(name)))}
        return [name for name in names if name not in known]

    def _same(self, old: Step, new: Step | None) -> bool:
        return new is not None and alike(old, new) and same_event(old, new)


def standing_in(marking: Marking) -> dict[str, Any]:
    """What a step says of a marking: the hash of all of it, and where its tokens stand."""
    stands = [[token.element, token.occurrence, token.state] for token in marking.tokens]
    return {"state": marking.sha256, "tokens": stands}


def hosts(task: StepTask) -> Iterator[StepTask]:
    """The activities that a task is inside of, innermost first."""
    scope = task.workflow
    while scope.host is not None:
        yield scope.host
        scope = scope.host.workflow


def alike(old: Step, new: Step) -> bool:
    """Whether a token of one element can stand on another: whether they are of one kind."""
    if isinstance(old, activities.UserTask) and not old.instance:
        return isinstance(new, activities.UserTask) and not new.instance
    if type(old) is not type(new) or old.instance != new.instance:
        return False
    if isinstance(old, activities.ServiceTask):
        return bool(old.operation_name == new.operation_name)
    return True


def collects_alike(old: Step, new: Step) -> bool:
    """Whether the instances that have begun bring the results that the new version collects, if it collects any."""
    if new.data_output is None:
        return True
    was, now = (spec.output_item.bpmn_id if spec.output_item else None for spec in (old, new))
    return old.data_output is not None and was == now


def same_event(old: Step, new: Step) -> bool:
    """Whether two elements of one kind wait for the same, if they wait for an event; a timer may have another term."""
    if not isinstance(old, events.Catching):
        return True
    was, now = old.event_definition, new.event_definition
    return (was.kind, was.kind == "timer" or was.name) == (now.kind, now.kind == "timer" or now.name)


def said_of(task: StepTask, old: StepTask) -> None:
    """Record where a token has come to, and for whom a task is now."""
    detail: dict[str, Any] = {"from": old.element} if task.element != old.element else {}
    if task.state == TaskState.READY:
        said = task.task_spec.assignment
        detail |= {"groups": groups(task, said.groups), "priority": priority(task, said.priority)}
    if detail:
        task.case.emit("moved", task, detail)


def taken_back(task: StepTask) -> Iterator[str]:
    """The effects of withdrawing an armed event."""
    if task.id in task.case.timers:
        yield "disarmed"
    if task.id in task.case.subscriptions:
        yield "unsubscribed"


def interrupts(task: StepTask) -> bool:
    """Whether a task is an event subprocess that has interrupted its scope."""
    spec = task.task_spec
    return isinstance(spec, activities.EventSubProcess) and spec.interrupting and task.state == TaskState.STARTED
