"""People: every task is for somebody, and the rules about who may do it name what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..diagram import Element
from ..model import Finding
from .subject import Subject, near

LAST = 9  # the priority that is done last of all


def check_people(subject: Subject) -> Iterator[Finding]:
    """Tasks for nobody, for groups that the directory does not know, or with a priority that is none."""
    tasks = {task.id: task for task in subject.diagram.user_tasks()}
    for task in tasks.values():
        given = [task.metadata.get(name, "").strip() for name in ("candidateGroups", "assignee")]
        groups = subject.diagram.groups_of(task)
        if not groups and not any(given):
            yield subject.find("task-for-nobody", task)
        yield from _groups(subject, task, groups if given[0] or not given[1] else ())
        yield from _priority(subject, task)
        yield from _four_eyes(subject, task, tasks)


def _groups(subject: Subject, task: Element, groups: tuple[str, ...]) -> Iterator[Finding]:
    known = subject.installation.groups
    for group in groups if known is not None else ():
        if group not in (known or ()):
            yield subject.find("unknown-group", task, group=group, hint=near(group, known or ()))


def _priority(subject: Subject, task: Element) -> Iterator[Finding]:
    value = task.metadata.get("priority", "").strip()
    if value and not value.startswith("=") and not (value.isdecimal() and int(value[:3]) <= LAST):
        yield subject.find("priority-malformed", task, value=value)


def _four_eyes(subject: Subject, task: Element, tasks: Collection[str]) -> Iterator[Finding]:
    """The ids of the tasks whose performers may not do this one: a wrong one would let them."""
    for id in task.metadata.get("fourEyes", "").split(","):
        if id.strip() and id.strip() not in tasks:
            yield subject.find("unknown-four-eyes", task, task=id.strip(), hint=near(id.strip(), tasks))
