"""Skipping a task: its form with nothing required, and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine import Case, Task
from engine.errors import Conflict, FieldError, InvalidForm, NotFound, Refusal

from ... import here
from ...labels import labels_of
from . import asked
from .asking import done, no_reason, page, pages, reason
from .kinds import INTERVENTIONS, allowed, found


@pages.get("/tasks/<task_id>/skip")
def ask_skip(case_id: str, task_id: str) -> Any:
    """Ask why a task is to be skipped, and what is known."""
    case, _asked = found(case_id, "skip")
    return _page(case, _task(case, task_id), MultiDict())


@pages.post("/tasks/<task_id>/skip")
def skip(case_id: str, task_id: str) -> Any:
    """Skip a task, with a reason and what is known."""
    case = allowed(case_id, "skip")
    task = _task(case, task_id)
    if asked.wants_more(request.form):
        return _page(case, task, request.form)
    if problem := no_reason():
        return _page(case, task, request.form, problem), 422
    form = here.engine().bundle(task.bundle).form_of(task.element)
    values = asked.given(asked.of_task(form), request.form) if form else {}
    try:
        here.engine().skip(task.id, by=here.actor(), reason=reason(), values=values)
    except InvalidForm as error:
        return _page(case, task, request.form, errors=error.fields), 422
    except Refusal as error:
        if type(error) is not Refusal:
            raise
        stops = labels_of(here.engine().bundle(case.bundle), here.words()).element(str(error.data.get("element", "")))
        refused = _("The case cannot go on at “%(element)s” without more. Fill in what it needs there.", element=stops)
        return _page(case, task, request.form, refused=refused), 422
    return done(case, INTERVENTIONS["skip"], task=_name(task))


def _task(case: Case, task_id: str) -> Task:
    """An open task of the case; Conflict where it was open, NotFound where it never was."""
    task = next((one for one in here.engine().tasks(case.id, here.actor()) if one.id == task_id), None)
    if task is not None:
        return task
    occurrence = here.number(task_id.rpartition(".")[2])
    if task_id.startswith(f"{case.id}.") and occurrence <= here.engine().marking(case.id, here.actor()).issued:
        raise Conflict
    raise NotFound


def _name(task: Task) -> str:
    return labels_of(here.engine().bundle(task.bundle), here.words()).element(task.element)


def _page(
    case: Case,
    task: Task,
    typed: MultiDict[str, str],
    problem: str = "",
    refused: str = "",
    errors: Mapping[str, FieldError] | None = None,
) -> str:
    form = here.engine().bundle(task.bundle).form_of(task.element)
    fields = asked.drawn(asked.of_task(form), typed, errors) if form else {"fields": (), "problems": ()}
    about = {"task": _name(task)}
    return page(case, INTERVENTIONS["skip"], problem, "intervention_skip.html", about=about, refused=refused, **fields)
