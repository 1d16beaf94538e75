"""SpiffWorkflow's tree for the length of one step: marking -> tree, run until everything waits, tree -> marking.

SpiffWorkflow keeps every task that ever ran. Here a tree holds the open tokens only, flat under the root of their
scope; the tasks a step adds hang below the task that made them, and what has finished is left behind at its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..canonical import canonical, instant, normal
from ..model import Effect
from . import clocks, cycles
from .data import Feel, due, is_term, stored_moment
from .environment import Due, Environment
from .errors import NotWaiting, StepFailed
from .marking import Clock, Counter, Marking, Subscription, Timer, Token

if TYPE_CHECKING:
    from .element import Event, Flow, Step
    from .events import StartEvent
    from .parser import Bundle, Process

STATES = {"ready": TaskState.READY, "waiting": TaskState.WAITING, "started": TaskState.STARTED}
NAMES = {state: name for name, state in STATES.items()}
LONGEST_STEP = 10_000
MOST_MADE = LONGEST_STEP + 1_000
BREATH = timedelta(seconds=1)
DEEPEST = 20


class StepTask(Task):
    """A task with a number of the case for its id; its `data` are its locals, and it knows no clock."""

    last_state_change = 0.0
    thread_id = 0

    def __init__(
        self,
        workflow: Scope,
        task_spec: Step,
        parent: StepTask | None = None,
        state: int = TaskState.FUTURE,
        id: int | None = None,
        via: str = "",
        locals: Mapping[str, Any] | None = None,
    ) -> None:
        # Task.__init__ is not called: it reads time.time(), and uuid4() where no id is given.
        self.case: Case = workflow.case
        self.id = self.case.issue() if id is None else id
        self.workflow, self.task_spec = workflow, task_spec
        self.via, self.calls, self.data = via, "", dict(locals or {})
        self.internal_data: dict[str, Any] = {}
        self.triggered = False  # SpiffWorkflow's word for a child that no flow leads to: attached to its parent
        self._parent, self._state = (parent.id if parent else None), state
        self.heard: Subscription | Timer | None = None  # what it waited for until it happened
        self._children: list[int] = []
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)
            workflow.live[self.id] = self.case.open_tasks[self.id] = self

    @property
    def element(self) -> str:
        """The id in the document."""
        return self.task_spec.bpmn_id or self.task_spec.name

    @property
    def host(self) -> StepTask | None:
        """The task that this one is attached to."""
        return self.parent if self.triggered else None

    def _set_state(self, value: int) -> None:
        self._state = value
        if value & TaskState.FINISHED_MASK:
            self.workflow.live.pop(self.id, None)
            self.case.open_tasks.pop(self.id, None)

    def _add_child(
        self, task_spec: Step, state: int = TaskState.FUTURE, via: str = "", locals: Mapping[str, Any] | None = None
    ) -> StepTask:
        return StepTask(self.workflow, task_spec, self, state, via=via, locals=locals)

    def follow(self, flow: Flow) -> None:
        """Put a token on a sequence flow; SpiffWorkflow moves it on when this task completes."""
        self.case.emit("taken", self, flow.id)
        self._add_child(self.workflow.spec.task_specs[flow.target], via=flow.id)

    def attach(self, name: str, via: str = "", locals: Mapping[str, Any] | None = None) -> StepTask:
        """Add a task that lives no longer than this one."""
        child = self._add_child(self.workflow.spec.task_specs[name], TaskState.WAITING, via, locals)
        child.triggered = True
        return child

    def attached(self) -> list[StepTask]:
        """The open tasks attached to this one."""
        return [child for child in self.children if child.triggered and child.id in self.workflow.live]

    def complete(self) -> None:
        """Complete, unless an event that this very task threw has withdrawn it."""
        if not self.has_state(TaskState.FINISHED_MASK):
            super().complete()

    def absorb(self) -> None:
        """End without effects: another token of the same join goes on for this one."""
        self._set_state(TaskState.COMPLETED)

    def cancel(self, keep: StepTask | None = None) -> None:
        """Withdraw this task, what is attached to it and what runs inside it."""
        if self.has_state(TaskState.FINISHED_MASK) or self is keep:
            return
        entered = not self.task_spec.armed(self)
        self._set_state(TaskState.CANCELLED)
        self.case.disarm(self)
        if entered:
            self.case.emit("cancelled", self)
        for child in self.attached():
            child.cancel(keep)
        if inside := self.case.subprocesses.pop(self.id, None):
            inside.cancel(keep)
        self.case.counters.pop(self.id, None)


class Scope:
    """What the process of a case and every subprocess in it have in common.

    Both are made with `deserializing=True`: without it SpiffWorkflow makes a tree of its own tasks and predicts it.
    """

    case: Case
    host: StepTask | None
    bundle: Bundle
    spec: Process
    tasks: dict[int, StepTask]
    closed = False  # whether a called process has declared its inputs and sees nothing else

    def open(self, spec: Process) -> None:
        """Begin with an empty scope, as if its Start task had run."""
        self.live: dict[int, StepTask] = {}
        self.closed = self.host is not None and spec.io_specification is not None
        self.path: tuple[int, ...] = () if self.host is None else (*self.host.workflow.path, self.host.id)
        if len(self.path) > DEEPEST:
            raise StepFailed(spec.name, f"more than {DEEPEST} scopes inside each other", kind="bound")
        self.task_tree = StepTask(self, spec.start, None, TaskState.COMPLETED, id=0)

    def begin(self, start: StartEvent, values: Any = None) -> None:
        """Arm the event subprocesses and put a token on the start event."""
        for name in self.spec.event_subprocesses:
            self.spec.task_specs[name].wait(self.task_tree._add_child(self.spec.task_specs[name]))
        token = self.task_tree._add_child(start)
        start.receive(token, values, start.event_definition.variable)
        start._update(token)

    def cancel(self, keep: StepTask | None = None) -> None:
        """Withdraw every token in this scope."""
        self.completed = True
        for task in list(self.live.values()):
            task.cancel(keep)

    def _task_completed_notify(self, task: StepTask) -> None:
        """Stock looks for the End task and wakes everything; here a scope ends with its last token."""
        if task.host is not None:
            task.host.task_spec.child_done(task.host, task)
        if not self.completed and all(t.task_spec.armed(t) for t in self.live.values()):
            self.cancel()
            if self.host is None:
                self.case.effects.append(Effect("ended", self.spec.name, 0))
            else:
                del self.case.subprocesses[self.host.id]
                self.host.task_spec.returned(self.host, self)
                self.host.complete()


class Inner(Scope, BpmnSubWorkflow):
    """The scope of a subprocess or called process."""

    def __init__(self, host: StepTask, spec: Process, bundle: Bundle) -> None:
        self.case, self.host, self.bundle = host.case, host, bundle
        super().__init__(spec, host.id, host.case, deserializing=True)
        self.open(spec)


class Case(Scope, BpmnWorkflow):
    """A case for the length of one step: its tokens, its data, its clock, and the record of effects."""

    host = None

    def __init__(self, bundle: Bundle, at: datetime, environment: Environment, issued: int = 0) -> None:
        self.case, self.bundle, self.at, self.environment, self.issued = self, bundle, at, environment, issued
        self.made = 0  # tokens in this step
        self.woken = ""  # the element whose timer began this step; armed again at once, it takes a breath
        self.local = at.astimezone(environment.zone)  # what `now()` and `today()` say
        self.effects: list[Effect] = []
        self.open_tasks: dict[int, StepTask] = {}
        self.agenda: deque[StepTask] = deque()
        self.timers: dict[int, Timer] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.counters: dict[int, Counter] = {}
        self.clocks: dict[int, Clock] = {}
        super().__init__(bundle.process, script_engine=Feel(environment), deserializing=True)
        self.open(bundle.process)

    def issue(self) -> int:
        """The next occurrence number of the case."""
        self.issued += 1
        self.made += 1
        if self.made > MOST_MADE:
            why = f"a step makes no more than {MOST_MADE:,} tokens"
            raise StepFailed(self.bundle.process.name, why, kind="bound")
        return self.issued

    def emit(self, kind: str, task: StepTask, detail: Any = None) -> None:
        """Record an effect."""
        self.effects.append(Effect(kind, task.element, task.id, detail))

    def enter_scope(self, host: StepTask, spec: Process, bundle: Bundle) -> Inner:
        """Open the scope of a subprocess."""
        self.subprocesses[host.id] = Inner(host, spec, bundle)
        return self.subprocesses[host.id]

    def arm(self, task: StepTask, heard: Subscription | Timer | None = None) -> None:
        """Set the timer or the subscription of a catching event; moment and key are worked out now and never again.

        An event that can come again goes on waiting as it did: `heard` is the subscription it just had, or the next
        moment of its cycle.
        """
        event = task.task_spec.event_definition
        if event.kind == "timer":
            timer = heard if isinstance(heard, Timer) else self._timer(task, event)
            if timer is None:
                return task.cancel()
            self.timers[task.id] = replace(timer, occurrence=task.id)
            self.emit("armed", task, timer.due)
            clocks.begin(task, timer.due, timer.every or self._term(task, event))
        else:
            key = heard.key if isinstance(heard, Subscription) else self._key(task, event.key)
            self.subscriptions[task.id] = Subscription(task.element, task.id, event.kind, event.name, key)
            self.emit("subscribed", task, {"kind": event.kind, "name": event.name, "key": key})

    def _timer(self, task: StepTask, event: Event) -> Timer | None:
        source = event.expression or ""
        if event.cycle:
            return cycles.first(task, source)
        found = due(task, source)
        if self.woken == task.element and found.at < self.at + BREATH:
            found = Due(self.at + BREATH, found.provisional)
        return Timer(task.element, task.id, stored_moment(task, found, source), found.provisional)

    def _term(self, task: StepTask, event: Event) -> str:
        """The term of a timer, if it is given as one."""
        if task.element not in task.workflow.bundle.pausable:
            return ""
        value = self.script_engine.evaluate(task, event.expression or "")
        return value if is_term(value) else ""

    def _key(self, task: StepTask, expression: str | None) -> str:
        return "" if expression is None else correlation_key(expression, self.script_engine.plain(task, expression))

    def redated(self, task: StepTask, due: str, last: int) -> bool:
        """Record the new end of a term; whether it is provisional still."""
        later = instant(due).astimezone(self.environment.zone).year > last
        if task.id in self.clocks:
            self.clocks[task.id] = replace(self.clocks[task.id], due=due, pauses=())
        self.emit("redated", task, {"due": due, "provisional": True} if later else {"due": due})
        return later

    def disarm(self, task: StepTask) -> None:
        """Take back the timer or the subscription of a task, if it has one."""
        if self.timers.pop(task.id, None):
            self.emit("disarmed", task)
        if self.subscriptions.pop(task.id, None):
            self.emit("unsubscribed", task)

    def happen(self, task: StepTask, payload: Any = None) -> None:
        """Let a waiting event happen."""
        task.heard = self.timers.pop(task.id, None) or self.subscriptions.pop(task.id, None)
        task.task_spec.caught(task, payload)

    def broadcast(self, name: str, payload: Any) -> int:
        """Let a signal reach whoever waits for it now; how many did."""
        heard = [s for s in self.subscriptions.values() if s.kind == "signal" and s.name == name]
        for subscription in sorted(heard, key=lambda s: s.occurrence):
            if subscription.occurrence in self.subscriptions:  # an earlier one may have withdrawn it
                self.happen(self.open_tasks[subscription.occurrence], payload)
        return len(heard)

    def waiting(self, occurrence: int, *states: str) -> StepTask:
        """The open task with this number."""
        task = self.open_tasks.get(occurrence)
        if task is None or NAMES[task.state] not in states:
            raise NotWaiting(f"no {' or '.join(states)} task {occurrence}")
        return task

    def run(self) -> None:
        """Run what is ready, in the order it became so; then the joins that no token can reach any more."""
        count = 0
        while self.agenda or self._free_a_join():
            task = self.agenda.popleft()
            if task.state == TaskState.READY:
                count += 1
                if count > LONGEST_STEP:
                    why = "the diagram runs on and on without waiting for anything"
                    raise StepFailed(task.element, why, kind="bound")
                task.run()

    def _free_a_join(self) -> bool:
        return any(task.task_spec.may_pass(task) for task in sorted(self._late(), key=lambda t: t.id))

    def _late(self) -> Iterator[StepTask]:
        return (task for task in self.open_tasks.values() if task.task_spec.late and task.state == TaskState.WAITING)


def correlation_key(expression: str, value: Any) -> str:
    """The key of a subscription: canonical JSON of names and values; a bare path gives its last member's name."""
    return canonical(value if isinstance(value, dict) else {expression.strip().rsplit(".", 1)[-1]: value}).decode()


def load(marking: Marking, bundle: Bundle, at: datetime, environment: Environment) -> Case:
    """The tree of a marking; hosts have smaller numbers than what is inside of them, so one pass is enough."""
    case = Case(bundle, at, environment, marking.issued)
    case.data = dict(marking.data)
    for token in marking.tokens:
        scope = case.subprocesses[token.scope[-1]] if token.scope else case
        parent = scope.tasks[token.host] if token.host else scope.task_tree
        name = parent.task_spec.child_spec(token.element) if token.host else token.element
        task = StepTask(
            scope, scope.spec.task_specs[name], parent, STATES[token.state], token.occurrence, token.via, token.locals
        )
        task.triggered, task.calls = bool(token.host), token.calls
        if task.task_spec.contains and task.state == TaskState.STARTED:
            case.enter_scope(task, *task.task_spec.inside(task))
    case.timers = {timer.occurrence: timer for timer in marking.timers}
    case.subscriptions = {subscription.occurrence: subscription for subscription in marking.subscriptions}
    case.counters = {counter.occurrence: counter for counter in marking.counters}
    case.clocks = {clock.occurrence: clock for clock in marking.clocks}
    return case


def dump(case: Case) -> Marking:
    """The marking of a tree in which everything waits."""
    return Marking(
        tokens=tuple(
            Token(
                task.element,
                task.id,
                NAMES[task.state],
                task.workflow.path,
                task.via,
                task.host.id if task.host else 0,
                task.calls,
                normal(task.data),
            )
            for task in sorted(case.open_tasks.values(), key=lambda t: t.id)
        ),
        timers=tuple(case.timers[key] for key in sorted(case.timers)),
        subscriptions=tuple(case.subscriptions[key] for key in sorted(case.subscriptions)),
        counters=tuple(case.counters[key] for key in sorted(case.counters)),
        clocks=tuple(case.clocks[key] for key in sorted(case.clocks)),
        data=dict(case.data),
        issued=case.issued,
    )
