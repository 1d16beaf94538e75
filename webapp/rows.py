"""Rows of lists: a task, a case, a finished task, with what a list says of the case behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.canonical import instant, read
from engine.model import CaseId

from .labels import Labels, labels_of, process_names
from .language import Words
from .pictures import standing as standing_in
from .services import Line, Person, Services

if TYPE_CHECKING:
    from engine import Case, Task
    from engine.cases.tasks import Draft

NOTHING = Line()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task in the inbox."""

    task: Task
    name: str
    about: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list: what it is about, where it waits and who has it."""

    case: Case
    process: str
    about: str
    line: Line
    waits: str = ""
    tasks: int = 0
    owner: str | None = None
    due: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneRow:
    """A task that somebody has finished."""

    case_id: CaseId
    number: str
    name: str
    at: datetime
    line: Line
    key: str  # where the next page begins


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A task that somebody has begun to fill in, and when he kept it last."""

    row: TaskRow
    at: datetime


def task_rows(services: Services, tasks: Sequence[Task], words: Words) -> list[TaskRow]:
    """Tasks as the inbox lists them."""
    cases = {case.id: case for case in services.engine.cases(ids={task.case_id for task in tasks})}
    lines = services.beside.lines(list(cases.values()), words.lang)
    labels = {digest: labels_of(services.engine.bundle(digest), words) for digest in {task.bundle for task in tasks}}
    about = abouts(services, list(cases.values()), words)
    return [
        TaskRow(
            task=task,
            name=labels[task.bundle].element(task.element),
            about=about[task.case_id],
            line=lines.get(task.case_id, NOTHING),
        )
        for task in tasks
    ]


def draft_rows(services: Services, drafts: Sequence[Draft], words: Words) -> list[DraftRow]:
    """Drafts as their view lists them."""
    rows = task_rows(services, [draft.task for draft in drafts], words)
    return [DraftRow(row=row, at=draft.at) for row, draft in zip(rows, drafts, strict=True)]


def case_rows(services: Services, cases: Sequence[Case], person: Person, words: Words) -> list[CaseRow]:
    """Cases as lists show them."""
    lines = services.beside.lines(cases, words.lang)
    labels = {digest: labels_of(services.engine.bundle(digest), words) for digest in {case.bundle for case in cases}}
    about = abouts(services, cases, words)
    return [
        _case_row(services, case, labels[case.bundle], lines.get(case.id, NOTHING), about[case.id], person)
        for case in cases
    ]


def abouts(services: Services, cases: Sequence[Case], words: Words) -> dict[CaseId, str]:
    """What each case is about, in a word."""
    labels = {digest: labels_of(services.engine.bundle(digest), words) for digest in {case.bundle for case in cases}}
    processes = {}
    if any(one.is_about_a_process for one in labels.values()):
        processes = process_names(services.engine, words)
    return {case.id: labels[case.bundle].about(case, processes) for case in cases}


def _case_row(services: Services, case: Case, labels: Labels, line: Line, about: str, person: Person) -> CaseRow:
    tasks = services.engine.tasks(case.id, person.actor) if case.status == "open" else []
    first = min(tasks, key=lambda task: (task.due is None, task.due), default=None)
    return CaseRow(
        case=case,
        process=labels.process,
        about=about,
        line=line,
        waits=_waits(labels, tasks) or (_outside(services, case, labels) if case.status == "open" else ""),
        tasks=len(tasks),
        owner=first.assignee if first else None,
        due=first.due if first else None,
        paused=any(task.paused for task in tasks),
    )


def done_rows(services: Services, found: Sequence[Any], words: Words) -> list[DoneRow]:
    """Finished tasks as their view lists them."""
    lines = services.beside.lines(services.engine.cases(ids={str(row.case_id) for row in found}), words.lang)
    return [
        DoneRow(
            case_id=CaseId(str(row.case_id)),
            number=row.number,
            name=labels_of(services.engine.bundle(row.bundle), words).element(read(bytes(row.input))["element"]),
            at=instant(row.at),
            line=lines.get(CaseId(str(row.case_id)), NOTHING),
            key=f"{row.case_id}.{row.seq}",
        )
        for row in found
    ]


def _waits(labels: Labels, tasks: Sequence[Task]) -> str:
    if len(tasks) > 1:
        return labels.words.many("%(num)s task", "%(num)s tasks", len(tasks))
    return labels.element(tasks[0].element) if tasks else ""


def _outside(services: Services, case: Case, labels: Labels) -> str:
    """What a case waits for that is no task."""
    marking, words = services.engine.marking(case.id), labels.words
    standing = set(standing_in(labels.bundle, marking))
    if standing & {subscription.element for subscription in marking.subscriptions}:
        return words("an answer from outside")
    return words("a moment in time") if standing & {timer.element for timer in marking.timers} else words("the system")
