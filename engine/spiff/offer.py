"""How a user task is offered: to which groups or person, until when, how urgent; worked out once, at the offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import group_id
from .data import due_of, is_term, stored_moment
from .environment import Due
from .errors import StepFailed

if TYPE_CHECKING:
    from .tree import StepTask

ORDINARY = 2  # the priority of a task that names none: 1 is first, 3 is last
LAST = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a diagram says about who does a task and until when; a leading `=` makes a text an expression."""

    groups: str = ""
    assignee: str = ""
    due_in: str = ""
    priority: str = ""

    @classmethod
    def of(cls, metadata: Mapping[str, str | None]) -> Assignment:
        """The assignment in the metadata of a task."""
        named = {"candidateGroups": "groups", "assignee": "assignee", "dueIn": "due_in", "priority": "priority"}
        return cls(**{ours: (metadata.get(theirs) or "").strip() for theirs, ours in named.items()})


def offer(task: StepTask) -> dict[str, Any]:
    """The groups, the assignee, the due moment and the priority of a task, without what it does not have."""
    said: Assignment = task.task_spec.assignment
    term = term_of(task, said.due_in)
    due, provisional = due_moment(task, term, said.due_in)
    found = {
        "groups": groups(task, said.groups),
        "assignee": person(task, said.assignee),
        "due": due,
        "provisional": provisional or None,
        "term": term if due and is_term(term) else None,
        "priority": priority(task, said.priority),
    }
    return {name: value for name, value in found.items() if value is not None}


def value_of(task: StepTask, text: str) -> Any:
    """A text as it stands, or the value of the expression after a leading `=`."""
    return task.case.script_engine.plain(task, text[1:].strip()) if text.startswith("=") else text


def term_of(task: StepTask, text: str) -> Any:
    """The same for a term: a duration or a moment stays what it is."""
    return task.case.script_engine.evaluate(task, text[1:].strip()) if text.startswith("=") else text


def groups(task: StepTask, text: str) -> list[str]:
    """The candidate groups, else the lane of the task or of the activity that it is inside of."""
    value = value_of(task, text) or lane(task)
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise StepFailed(task.element, f"candidateGroups {text} gives no names of groups")
    named = [name for names in given for name in names.split(",")]
    return list(dict.fromkeys(group_id(name) for name in named if name.strip()))


def lane(task: StepTask) -> str:
    """The name of the innermost lane around a task."""
    here: StepTask | None = task
    while here is not None:
        if here.task_spec.lane:
            return str(here.task_spec.lane)
        here = here.host or here.workflow.host
    return ""


def person(task: StepTask, text: str) -> str | None:
    """The one person that a task is for, if it is for one."""
    value = value_of(task, text)
    if value is not None and not isinstance(value, str):
        raise StepFailed(task.element, f"the assignee {text} is no name")
    return value or None


def due_moment(task: StepTask, value: Any, text: str) -> tuple[str | None, bool]:
    """The moment until which a task is to be done, if it has one, and whether it is provisional."""
    if value is None or value == "":
        return None, False
    found: Due = due_of(task, value, text)
    return stored_moment(task, found, text), found.provisional


def priority(task: StepTask, text: str) -> int:
    """The priority from 1, first, to 9."""
    value = value_of(task, text)
    if value in (None, ""):
        return ORDINARY
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LAST:
        raise StepFailed(task.element, f"the priority {text} is no whole number from 0 to {LAST}")
    return number
