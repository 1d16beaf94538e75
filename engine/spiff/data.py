"""One data object per case, and FEEL over it: what expressions read and where writes go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..canonical import MOST_DIGITS, moment, normal
from ..errors import Refusal
from ..feel import (
    Budget,
    ExpressionError,
    Limits,
    Months,
    Purse,
    add_months,
    compile_expression,
    compile_script,
    export,
    kind,
    parse_date_time,
)
from .environment import Due, Environment
from .errors import StepFailed

if TYPE_CHECKING:
    from .tree import StepTask

FUEL_OF_A_STEP = 2_000_000  # twenty times that of one expression
LOOP_COUNTER = "loopCounter"  # the number of an instance, from 1
DEEPEST = 40  # lists and objects inside each other; an expression reads no deeper
MOST_BITS = (10**MOST_DIGITS).bit_length()
WORKING_TIME = re.compile(r"business_(?:days|hours)\(|\bdue\s*\(\s*\"\s*\d+\s*(?:bh|BD)\s*\"", re.IGNORECASE | re.ASCII)


def frames(task: StepTask) -> list[dict[str, Any]]:
    """The locals around a task, innermost first; the last (case data, or a closed call) takes what no other has."""
    chain: list[dict[str, Any]] = []
    here: StepTask | None = task
    while here is not None:
        if here.data:
            chain.append(here.data)
        host = here.workflow.host
        if host is not None and here.workflow.closed:
            chain.append(host.data)
            return chain
        here = host
    chain.append(task.case.data)
    return chain


def visible(task: StepTask) -> dict[str, Any]:
    """What an expression at this task reads: the case data overlaid by the locals."""
    chain = frames(task)
    if len(chain) == 1:
        return chain[0]
    merged: dict[str, Any] = {}
    for frame in reversed(chain):
        merged.update(frame)
    return merged


def write(task: StepTask, values: Iterable[tuple[str, Any]]) -> None:
    """Write names in the given order, each to the innermost frame that has it, else to the outermost.

    The number of an instance stays as it is, whatever somebody calls by its name: results are put where it says.
    """
    chain = frames(task)
    for name, value in values:
        frame = next((frame for frame in chain if name in frame), chain[-1])
        if name != LOOP_COUNTER or not is_instance(task, frame):
            frame[name] = normal(value)


def is_instance(task: StepTask, frame: Mapping[str, Any]) -> bool:
    """Whether a frame around a task holds the names of an instance."""
    here: StepTask | None = task
    while here is not None and here.data is not frame:
        here = here.workflow.host
    return here is not None and here.task_spec.instance


def accepted(value: Any) -> Any:
    """A fresh copy of data from outside; what cannot be kept is a ValueError that says why."""
    todo = [(value, 0)]
    while todo:
        here, depth = todo.pop()
        if depth > DEEPEST:
            raise ValueError(f"data nested more than {DEEPEST} deep cannot be kept")
        if isinstance(here, int) and here.bit_length() > MOST_BITS:
            raise ValueError(f"a number of more than {MOST_DIGITS} digits cannot be kept")
        if isinstance(here, Mapping):
            todo += [(item, depth + 1) for item in here.values()]
        elif isinstance(here, (list, tuple)):
            todo += [(item, depth + 1) for item in here]
    try:
        return normal(value)
    except UnicodeEncodeError as error:
        raise ValueError(f"text with half of a surrogate pair cannot be kept: {error.object[:20]!r}") from None


class Feel:
    """The script engine that SpiffWorkflow is given: FEEL only, so that nothing can reach Python's eval."""

    def __init__(self, environment: Environment) -> None:
        self.language = environment.language
        self.limits = replace(environment.limits or Limits(), purse=Purse(FUEL_OF_A_STEP))

    def evaluate(
        self,
        task: StepTask,
        expression: str,
        external_context: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> Any:
        """The value of an expression at a task, with names that hold here only; every failure names the element."""
        seen = {**visible(task), **external_context} if external_context else visible(task)
        local = now.astimezone(task.case.environment.zone) if now else task.case.local
        try:
            return compile_expression(expression, self.language).evaluate(seen, now=local, limits=self.limits)
        except ExpressionError as error:
            raise StepFailed.of(task.element, error) from error

    def plain(self, task: StepTask, expression: str) -> Any:
        """The value of an expression as case data."""
        return self.exported(task, self.evaluate(task, expression))

    def exported(self, task: StepTask, value: Any) -> Any:
        """A value of FEEL as case data."""
        try:
            return normal(export(value, Budget(self.limits)))
        except (ExpressionError, ValueError) as error:
            raise StepFailed.of(task.element, error) from error

    def execute(self, task: StepTask, script: str, external_context: Any = None) -> bool:
        """Run the lines `name = expression` of a script in their order."""
        try:
            written = compile_script(script, self.language).run(visible(task), now=task.case.local, limits=self.limits)
            write(task, written.items())
        except (ExpressionError, ValueError) as error:
            raise StepFailed.of(task.element, error) from error
        return True

    def holds(self, task: StepTask, condition: str, names: Mapping[str, Any] | None = None) -> bool:
        """Whether a condition is true; anything but true and false is an error."""
        value = self.evaluate(task, condition, names)
        if not isinstance(value, bool):
            raise StepFailed(task.element, f"the condition {condition} is {kind(value)}, not true or false")
        return value


def due(task: StepTask, expression: str) -> Due:
    """The moment of a timer: a quoted term or moment, or any expression that gives one."""
    return due_of(task, task.case.script_engine.evaluate(task, expression), expression)


def due_of(task: StepTask, value: Any, source: str, since: datetime | None = None) -> Due:
    """The moment that a value means, counted from the step's own moment or from another one."""
    environment, at = task.case.environment, since or task.case.at
    try:
        if isinstance(value, str):
            return environment.due(value, at)
        if isinstance(value, timedelta):
            return Due(at + value)
        if isinstance(value, Months):
            return Due(add_months(at.astimezone(environment.zone), value.count))  # type: ignore[arg-type]
        if isinstance(value, datetime):
            later = value.year > environment.last_year and in_working_time(source)
            return Due(value if value.tzinfo else value.replace(tzinfo=environment.zone), later)
        if isinstance(value, date):
            return Due(datetime.combine(value, datetime.min.time(), environment.zone))
    except (OverflowError, ValueError, ExpressionError, Refusal) as error:
        raise StepFailed(task.element, f"the term {source} cannot be worked out: {error}") from error
    raise StepFailed(task.element, f"the term {source} is neither a duration nor a moment")


def is_term(value: Any) -> bool:
    """Whether a value is the text of a term, and no moment."""
    return isinstance(value, str) and parse_date_time(value) is None


def in_working_time(source: str) -> bool:
    """Whether an expression asks for a moment that depends on which days are worked."""
    return WORKING_TIME.search(source) is not None


def stored_moment(task: StepTask, found: Due, source: str) -> str:
    """A moment as it is stored; one outside of the years 1 to 9999 fails the step."""
    try:
        return moment(found.at)
    except (OverflowError, ValueError) as error:
        raise StepFailed(task.element, f"the term {source} is out of range") from error
