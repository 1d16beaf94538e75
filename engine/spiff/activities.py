"""Activities: tasks, operators, subprocesses, called processes and multi-instances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from ..canonical import normal
from ..feel import ExpressionError
from . import clocks
from .data import LOOP_COUNTER, accepted, visible, write
from .element import Step
from .environment import Request
from .errors import StepFailed
from .events import Catching, throw_error
from .marking import Counter
from .offer import Assignment, offer

if TYPE_CHECKING:
    from ..feel import Decision
    from .parser import Bundle, Process
    from .tree import Inner, StepTask

MOST_INSTANCES = 1_000


class NoneTask(Step, spiff.NoneTask):
    """A task without a kind: passed at once."""


class UserTask(Step, spiff.UserTask):
    """Offered to people; goes on when somebody completes it."""

    takes_time = True
    assignment: Assignment
    variable: str | None = None  # the name that the form's values go under as one context

    def enter(self, task: StepTask) -> bool:
        self.watch(task)
        return True

    def _on_ready_hook(self, my_task: StepTask) -> None:
        said = offer(my_task)
        my_task.case.emit("offered", my_task, said)
        if "due" in said:
            clocks.begin(my_task, said["due"], said.get("term"))


class ManualTask(UserTask):
    """The same, without a form."""


class ScriptTask(Step, spiff.ScriptTask):
    """Runs its script."""

    def _run_hook(self, my_task: StepTask) -> bool:
        return my_task.case.script_engine.execute(my_task, self.script)


class ServiceTask(Step, spiff.ServiceTask):
    """Calls an operator: a local one answers within the step, a remote one later, by an input."""

    takes_time = True

    def enter(self, task: StepTask) -> bool:
        self.watch(task)
        return True

    def _run_hook(self, my_task: StepTask) -> bool | None:
        case = my_task.case
        plain = case.script_engine.plain
        parameters = {name: plain(my_task, given["value"]) for name, given in sorted(self.operation_params.items())}
        asked = {"operator": self.operation_name, "parameters": parameters}
        answer = case.environment.answer(
            Request(my_task.element, my_task.id, self.operation_name, parameters, normal(visible(my_task)))
        )
        if answer is None:
            case.emit("requested", my_task, asked)
            return None  # SpiffWorkflow: started, and not finished
        try:
            result = accepted(answer.result)
        except (TypeError, ValueError) as error:
            why = f"the answer of {self.operation_name}: {error}"
            raise StepFailed(my_task.element, why, kind="operator") from error
        case.emit(
            "answered", my_task, {**asked, "error": answer.error} if answer.error else {**asked, "result": result}
        )
        if answer.error:
            throw_error(my_task, answer.error, result, here=True)  # what catches it has withdrawn this task
            return True
        self.receive(my_task, result, self.result_variable)
        return True


class DecisionTask(Step, spiff.NoneTask):
    """A business rule task: evaluates a table of its own bundle, else the shared one in force."""

    decision: str
    result_variable: str | None

    def _run_hook(self, my_task: StepTask) -> bool:
        case, own = my_task.case, my_task.workflow.bundle.decisions.get(self.decision)
        try:
            decision, digest = (own, "") if own else case.environment.library.decision(self.decision)
        except KeyError:
            why = f"the decision {self.decision} is not deployed"
            raise StepFailed(my_task.element, why, kind="missing") from None
        feel = case.script_engine
        try:
            outcome = decision.evaluate(visible(my_task), now=case.local, limits=feel.limits)
        except ExpressionError as error:
            raise StepFailed.of(my_task.element, error) from error
        value = feel.exported(my_task, outcome.value)
        detail = {"decision": self.decision, "rows": list(outcome.rows), "value": value}
        case.emit("decided", my_task, {**detail, "digest": digest} if digest else detail)
        if self.result_variable:
            write(my_task, [(self.result_variable, value)])
        elif value is None and not outcome.rows:
            raise StepFailed(my_task.element, f"no row of the decision {self.decision} applies")
        else:
            write(my_task, self._by_name(my_task, decision, value))
        return True

    def _by_name(self, task: StepTask, decision: Decision, value: Any) -> list[tuple[str, Any]]:
        """One result as its outputs by name; a list of results, or a count of several outputs, has no name."""
        names, policy = [output.name for output in decision.outputs], decision.policy
        if policy.single and len(names) > 1:
            return list(value.items())
        if (policy.single or policy.combine) and len(names) == 1:
            return [(names[0], value)]
        raise StepFailed(task.element, f"the decision {self.decision} gives no single row and needs a resultVariable")


class SubProcess(Step, spiff.SubWorkflowTask):
    """A scope of its own inside one task."""

    takes_time = contains = True

    def enter(self, task: StepTask) -> bool:
        self.start(task)
        return False

    def start(self, task: StepTask, payload: Any = None) -> None:
        """Open the scope and begin inside."""
        task._set_state(TaskState.STARTED)
        self.watch(task)
        process, bundle = self.inside(task)
        start = process.bpmn_start_events[0] if self.handler else process.start_event()
        if start is None:
            raise StepFailed(task.element, f"{process.name} has no plain start")
        task.case.enter_scope(task, process, bundle).begin(start, payload)

    def inside(self, task: StepTask) -> tuple[Process, Bundle]:
        """The process that runs inside a started task, and the bundle it is from."""
        bundle = task.workflow.bundle
        return bundle.scopes[self.spec], bundle

    def returned(self, task: StepTask, scope: Inner) -> None:
        """What is inside has ended."""


class CallActivity(SubProcess, spiff.CallActivity):
    """Another process, bound when it is called; it sees the caller's data unless it declares its inputs."""

    def start(self, task: StepTask, payload: Any = None) -> None:
        try:
            bundle = task.case.environment.library.newest(self.spec)
        except KeyError:
            why = f"it calls {self.spec}, which is not deployed"
            raise StepFailed(task.element, why, kind="missing") from None
        task.calls = bundle.digest
        task.case.emit("called", task, {"process": bundle.key, "digest": bundle.digest})
        declared = bundle.process.io_specification
        if declared is not None:
            seen = visible(task)
            missing = [item.bpmn_id for item in declared.data_inputs if item.bpmn_id not in seen]
            if missing:
                raise StepFailed(task.element, f"the called process needs {', '.join(missing)}")
            task.data = {**task.data, **{item.bpmn_id: seen[item.bpmn_id] for item in declared.data_inputs}}
        super().start(task, payload)

    def inside(self, task: StepTask) -> tuple[Process, Bundle]:
        bundle = task.case.environment.library.version(task.calls)
        return bundle.process, bundle

    def returned(self, task: StepTask, scope: Inner) -> None:
        """Bring the declared outputs back to the caller; without a declaration everything was written there already."""
        if scope.closed:
            inner, own = task.data, task.host.task_spec.local_names() if task.host else ()
            task.data = {name: value for name, value in inner.items() if name in own}
            outputs = [item.bpmn_id for item in scope.spec.io_specification.data_outputs]
            write(task, [(name, inner.get(name)) for name in outputs])


class EventSubProcess(Catching, SubProcess):
    """Armed as long as its scope is open; its event interrupts the scope, or runs beside it."""

    handler = interrupting = True

    def armed(self, task: StepTask) -> bool:
        return task.state == TaskState.WAITING

    def caught(self, task: StepTask, payload: Any) -> None:
        task.case.emit("entered", task)
        if self.interrupting:
            for other in list(task.workflow.live.values()):
                other.cancel(keep=task)
        else:
            self.again(task, lambda: task.workflow.task_tree._add_child(self))
        self.start(task, payload)


class MultiInstance(Step):
    """Several instances of one activity, at once or one after the other; results in the order of the items."""

    takes_time = True
    sequential = False

    def enter(self, task: StepTask) -> bool:
        items, total = self._items(task)
        if total > MOST_INSTANCES:
            raise StepFailed(task.element, f"{total} instances are more than {MOST_INSTANCES}", kind="bound")
        task.case.counters[task.id] = Counter(
            task.id, total, items=items, results=(None,) * total if self.data_output else ()
        )
        if total == 0:
            self._close(task)
            return True
        task._set_state(TaskState.STARTED)
        self.watch(task)
        for _ in range(1 if self.sequential else total):
            self._start_next(task)
        if not self.sequential:  # every instance has its item now
            task.case.counters[task.id] = replace(task.case.counters[task.id], items=())
        return False

    def _items(self, task: StepTask) -> tuple[tuple[Any, ...], int]:
        plain = task.case.script_engine.plain
        if self.data_input is None:
            total = plain(task, self.cardinality)
            if not isinstance(total, int) or isinstance(total, bool) or total < 0:
                raise StepFailed(task.element, f"the number of instances is {total}")
            return (), total
        items = plain(task, self.data_input.bpmn_id)
        if not isinstance(items, list):
            raise StepFailed(task.element, f"{self.data_input.bpmn_id} is not a list")
        return tuple(items), len(items)

    def _start_next(self, task: StepTask) -> None:
        counter = task.case.counters[task.id]
        locals: dict[str, Any] = {}
        if self.input_item is not None and counter.items:
            locals[self.input_item.bpmn_id] = counter.items[counter.started]
        if self.output_item is not None:
            locals.setdefault(self.output_item.bpmn_id, None)
        locals[LOOP_COUNTER] = counter.started + 1
        task.case.counters[task.id] = replace(counter, started=counter.started + 1)
        child = task.attach(self.task_spec, locals=locals)
        child._set_state(TaskState.FUTURE)
        child.task_spec._update(child)

    def local_names(self) -> set[str]:
        """The names that belong to an instance."""
        return {LOOP_COUNTER, *(item.bpmn_id for item in (self.input_item, self.output_item) if item is not None)}

    def child_spec(self, element: str) -> str:
        return self.task_spec if element == self.bpmn_id else element

    def child_done(self, task: StepTask, child: StepTask) -> None:
        if not child.task_spec.instance or task.state != TaskState.STARTED:
            return
        counter, results = task.case.counters[task.id], ()
        if self.data_output is not None:
            at = child.data[LOOP_COUNTER] - 1
            result = child.data.get(self.output_item.bpmn_id) if self.output_item else None
            results = (*counter.results[:at], result, *counter.results[at + 1 :])
        counter = replace(counter, finished=counter.finished + 1, results=results)
        task.case.counters[task.id] = counter
        if counter.finished == counter.total or self._enough(child, counter):
            self._close(task)
            task.complete()
        elif self.sequential:
            self._start_next(task)

    def _enough(self, child: StepTask, counter: Counter) -> bool:
        """Whether the completion condition holds; it also reads the numbers that BPMN gives it."""
        return bool(self.condition) and child.case.script_engine.holds(child, self.condition, counts(counter))

    def _close(self, task: StepTask) -> None:
        counter = task.case.counters.pop(task.id)
        if self.data_output is not None:
            write(task, [(self.data_output.bpmn_id, list(counter.results))])


def counts(counter: Counter) -> dict[str, int]:
    """The numbers that a completion condition reads, by their names in BPMN."""
    return {
        "numberOfInstances": counter.total,
        "numberOfActiveInstances": counter.started - counter.finished,
        "numberOfCompletedInstances": counter.finished,
    }


class ParallelMultiInstance(MultiInstance, spiff.ParallelMultiInstanceTask):
    """All instances at once."""


class SequentialMultiInstance(MultiInstance, spiff.SequentialMultiInstanceTask):
    """One instance after the other."""

    sequential = True
