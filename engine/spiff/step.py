"""One input, one step: marking and input in, marking and effects out; nothing else is read or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..canonical import moment
from ..errors import NotMigratable
from ..model import Effect, Obstacle
from .clocks import settle
from .data import accepted
from .environment import Environment, Shelf
from .errors import NotWaiting
from .events import catches, throw_error
from .jumping import jump, standing, ways
from .marking import Marking
from .migration import Mapped, Move, standing_in
from .parser import Bundle
from .tree import Case, dump, load

if TYPE_CHECKING:
    from ..mapping import Declared

Outcome = tuple[Marking, tuple[Effect, ...]]
GIVEN_UP = "given-up"  # the code of the error that a diagram may catch where an operator is given up


class Stepper:
    """Takes the steps of the cases of one bundle; it holds no state of any of them."""

    def __init__(self, bundle: Bundle, environment: Environment | None = None) -> None:
        self.bundle, self.environment = bundle, environment or Environment(library=Shelf(bundle))

    def start(self, data: Mapping[str, Any], at: datetime, message: str = "", payload: Any = None) -> Outcome:
        """Begin a case at its plain start, or at the start for a message."""
        start = self.bundle.process.start_event(message)
        if start is None:
            raise NotWaiting(f"no start for {message or 'a case without a message'}")
        case = Case(self.bundle, at, self.environment)
        case.data = accepted(data)
        case.begin(start, accepted(payload))
        return self._finish(case)

    def complete(self, marking: Marking, task: int, values: Mapping[str, Any], at: datetime) -> Outcome:
        """A person has completed a task."""
        case = self._load(marking, at)
        done = case.waiting(task, "ready")
        done.task_spec.receive(done, accepted(values), done.task_spec.variable)
        done.run()
        return self._finish(case)

    def fire(self, marking: Marking, timer: int, at: datetime) -> Outcome:
        """A timer is due; before that it cannot be fired."""
        case = self._load(marking, at)
        armed = case.timers.get(timer)
        if armed is None or armed.due > moment(at) or timer in marking.stopped:
            raise NotWaiting(f"timer {timer} is not armed or not due")
        case.woken = armed.element
        case.happen(case.open_tasks[timer])
        return self._finish(case)

    def message(
        self, marking: Marking, name: str, payload: Any, at: datetime, key: str = "", to: int | None = None
    ) -> Outcome:
        """A message has come for the one token that waits for it."""
        case = self._load(marking, at)
        met = [
            s.occurrence
            for s in case.subscriptions.values()
            if s.kind == "message" and s.name == name and (s.occurrence == to if to else s.key == key)
        ]
        if len(met) != 1:
            raise NotWaiting(f"{len(met)} tokens wait for the message {name} with the key {key!r}")
        case.happen(case.open_tasks[met[0]], accepted(payload))
        return self._finish(case)

    def signal(self, marking: Marking, name: str, payload: Any, at: datetime) -> Outcome:
        """A signal has come from another case."""
        case = self._load(marking, at)
        if not case.broadcast(name, accepted(payload)):
            raise NotWaiting(f"nothing waits for the signal {name}")
        return self._finish(case)

    def answer(self, marking: Marking, operator: int, result: Any, at: datetime) -> Outcome:
        """A remote operator has answered the service task that asked it."""
        case = self._load(marking, at)
        asked = self._asked(case, operator)
        asked.task_spec.receive(asked, accepted(result), asked.task_spec.result_variable)
        asked.complete()
        return self._finish(case)

    def fail(self, marking: Marking, operator: int, code: str, payload: Any, at: datetime) -> Outcome:
        """A remote operator has answered with an error of the diagram."""
        case = self._load(marking, at)
        throw_error(self._asked(case, operator), code, accepted(payload), here=True)
        return self._finish(case)

    def redate(
        self, marking: Marking, tasks: Mapping[int, str], timers: Mapping[int, str], last: int, at: datetime
    ) -> Outcome:
        """Give provisional terms and timers the ends that were meant; `last` is the last year that is known now."""
        case = self._load(marking, at)
        for occurrence, due in sorted(timers.items()):
            timer = case.timers.get(occurrence)
            if timer is None or not timer.provisional:
                raise NotWaiting(f"timer {occurrence} is not armed or not provisional")
            later = case.redated(case.open_tasks[occurrence], due, last)
            case.timers[occurrence] = replace(timer, due=due, provisional=later)
        for occurrence, due in sorted(tasks.items()):
            case.redated(case.waiting(occurrence, "ready"), due, last)
        return self._finish(case)

    def give_up(self, marking: Marking, operator: int, at: datetime) -> Outcome:
        """A remote operator is asked no more: the way drawn for the error `given-up`, else on without an answer."""
        case = self._load(marking, at)
        asked = self._asked(case, operator)
        if catches(asked, GIVEN_UP):
            throw_error(asked, GIVEN_UP, here=True)
        else:
            asked.complete()
        return self._finish(case)

    def migrate(self, marking: Marking, before: str, mapping: Mapped, script: str, at: datetime) -> Outcome:
        """Move a case from the version with the digest `before` to this one; `script` are lines over its data."""
        return self._moved(marking, self._move(marking, before, mapping, at), script, at)

    def migrate_as(self, marking: Marking, declared: Declared, at: datetime) -> Outcome:
        """Move a case as a mapping declares it; the first effect says where it stood before and where it does then."""
        move = self._move(marking, declared.old, declared.elements, at)
        move.demand_once()
        after, effects = self._moved(marking, move, declared.script, at)
        said = {"before": standing_in(marking), "after": standing_in(after)}
        return after, (Effect("migrated", "", 0, said), *effects)

    def obstacles(self, marking: Marking, declared: Declared, at: datetime) -> list[Obstacle]:
        """What stands in the way of the same."""
        move = self._move(marking, declared.old, declared.elements, at)
        move.demand_once()
        return move.obstacles

    def _moved(self, marking: Marking, move: Move, script: str, at: datetime) -> Outcome:
        if move.obstacles:
            raise NotMigratable(move.obstacles)
        case = self._load(move.marking(marking), at)
        move.finish(case, script)
        return self._finish(case)

    def _move(self, marking: Marking, before: str, mapping: Mapped, at: datetime) -> Move:
        old = load(marking, self.environment.library.version(before), at, self.environment)
        return Move(old, self.bundle, mapping)

    def jump(self, marking: Marking, token: int, to: str, at: datetime) -> Outcome:
        """Withdraw the token that stands at a wait, and put one at another element of its scope."""
        case = self._load(marking, at)
        jump(case, standing(case.waiting(token, "ready", "waiting", "started")), to)
        return self._finish(case)

    def jumps(self, marking: Marking, at: datetime) -> dict[int, tuple[str, ...]]:
        """The tokens that can be moved, and the elements that each can be put at."""
        return {task.id: targets for task, targets in ways(self._load(marking, at))}

    def skip(self, marking: Marking, task: int, values: Mapping[str, Any], at: datetime) -> Outcome:
        """A task is left as if it had been completed, with the values that are known."""
        case = self._load(marking, at)
        left = case.waiting(task, "ready")
        case.emit("skipped", left)
        left.task_spec.receive(left, accepted(values), left.task_spec.variable)
        left.run()
        return self._finish(case)

    def correct(self, marking: Marking, values: Mapping[str, Any], removed: Iterable[str], at: datetime) -> Outcome:
        """Give fields of the case's data other values; nothing that has been worked out from the old ones changes."""
        case = self._load(marking, at)
        before, changed = dict(case.data), dict[str, dict[str, Any]]()
        for name in removed:
            changed[name] = {"old": case.data.pop(name)}
        for name, value in accepted(values).items():
            changed[name] = {"old": before[name], "new": value} if name in before else {"new": value}
            case.data[name] = value
        case.effects.append(Effect("corrected", "", 0, changed))
        return self._finish(case)

    def cancel(self, marking: Marking, at: datetime) -> Outcome:
        """The case is given up: every token is withdrawn, the data stay."""
        case = self._load(marking, at)
        case.cancel()
        return self._finish(case)

    def _asked(self, case: Case, operator: int) -> Any:
        asked = case.waiting(operator, "started")
        if not hasattr(asked.task_spec, "operation_name"):
            raise NotWaiting(f"{asked.element} has asked no operator")
        return asked

    def _load(self, marking: Marking, at: datetime) -> Case:
        return load(marking, self.bundle, at, self.environment)

    def _finish(self, case: Case) -> Outcome:
        case.run()
        settle(case)
        return dump(case), tuple(case.effects)
