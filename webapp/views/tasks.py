"""One task: its form is sent, kept as a draft, or refused with everything that was typed still there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Case, Task
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, StepFailed

from .. import forms, here, reasons
from ..desk import Desk, Story, found_for, schema_of
from ..labels import Labels, labels_of
from ..sentences import Teller

pages = Blueprint("tasks", __name__, url_prefix="/tasks")


@pages.get("/<task_id>")
@here.on_record
@here.one_moment
def show(task_id: str) -> Any:
    """The page of a task."""
    try:
        return _page(_task(task_id))
    except Conflict as error:
        return _conflict(task_id, error)
    except NotFound:
        return _conflict(task_id, None)


@pages.get("/<task_id>/<any(completion, draft, form):sent>")
def again(task_id: str, sent: str) -> Any:
    """The task itself, where somebody comes back to the address of an answer."""
    return redirect(url_for(".show", task_id=task_id))


@pages.post("/<task_id>/completion")
def complete(task_id: str) -> Any:
    """Finish a task with what was entered."""
    try:
        task = _task(task_id)
        case = here.engine().complete(task_id, forms.read_form(_schema(task), request.form), by=here.actor())
    except Conflict as error:
        return _rests(task) if error.data.get("status") == "suspended" else _conflict(task_id, error)
    except NotFound:
        return _conflict(task_id, None)
    except InvalidForm as error:
        return _page(task, typed=request.form, errors=error.fields), 422
    except NotAllowed:
        return _page(task, typed=request.form, refused=_("You can read this task, but not do it.")), 403
    except StepFailed as error:
        _keep(task)
        return _page(task, typed=request.form, refused=_stopped(task, error)), 422
    flash(_("Done: %(task)s", task=_labels(task).element(task.element)), "ok")
    return redirect(_onward(case))


@pages.post("/<task_id>/draft")
def save_draft(task_id: str) -> Any:
    """Keep what was entered, for this person alone, and lead back to where he was, or to the note that it is kept."""
    try:
        task = _task(task_id)
        if not here.services().may_do(task, here.actor()):
            raise NotAllowed
        _keep(task)
    except (Conflict, NotFound):
        return _conflict(task_id, None)
    flash(_("The draft is saved."), "ok")
    return redirect(url_for(".show", task_id=task_id, _anchor=request.form.get("_at") or "draft"))


@pages.post("/<task_id>/form")
def edit(task_id: str) -> Any:
    """The same form with a row more or less, or with what a look-up found. Nothing is kept yet."""
    try:
        task = _task(task_id)
    except NotFound:
        return _conflict(task_id, None)
    schema, typed = _schema(task), request.form
    return _page(
        task,
        typed=forms.edited(schema, typed),
        looked_up=found_for(here.services(), schema, typed, here.words()),
        focus=forms.touched(schema, typed),
    )


@pages.post("/<task_id>/claim")
def claim(task_id: str) -> Any:
    """Take a task."""
    try:
        here.engine().claim(task_id, by=here.actor())
    except Conflict as error:
        return _conflict(task_id, error)
    return redirect(url_for(".show", task_id=task_id))


@pages.post("/<task_id>/release")
def release(task_id: str) -> Any:
    """Give a task back to its groups."""
    here.engine().release(task_id, by=here.actor())
    flash(_("The task is back with its group."), "ok")
    return redirect(url_for("inbox.show"))


@pages.get("/<task_id>/assignment")
def ask_assignment(task_id: str) -> Any:
    """Ask to whom a task goes that somebody else has, and why."""
    return _handing_over(_task(task_id))


@pages.post("/<task_id>/assignment")
def assign(task_id: str) -> Any:
    """Give a task to somebody; one that somebody else has is not taken from him without a reason."""
    person = here.services().directory.person(request.form.get("to", ""))
    if person is None:
        raise NotFound
    task, reason = _task(task_id), request.form.get("reason", "").strip()
    least = 0 if task.assignee in (None, here.person().id) else reasons.SHORTEST
    if problem := reasons.problem(reason, _("Write why, in at least 5 characters"), least):
        return _handing_over(task, problem), 422
    here.engine().assign(task_id, to=person.id, by=here.actor(), reason=reason)
    flash(_("%(name)s has the task now.", name=person.called(here.words().lang)), "ok")
    return redirect(url_for("inbox.show"))


def _task(task_id: str) -> Task:
    return here.engine().task(task_id, here.actor())


def _labels(task: Task) -> Labels:
    return labels_of(here.engine().bundle(task.bundle), here.words())


def _schema(task: Task) -> Any:
    return schema_of(_labels(task), task.element)


def _page(task: Task, *, refused: str = "", **entered: Any) -> str:
    desk = Desk.of(here.services(), task, here.person(), here.words(), **entered)
    story = Story.of(here.services(), desk, here.person())
    here.opened(task.case_id)
    return render_template("task.html", desk=desk, story=story, refused=refused)


def _handing_over(task: Task, problem: str = "") -> str:
    desk = Desk.of(here.services(), task, here.person(), here.words())
    if not (desk.may_assign and desk.colleagues):
        raise NotFound
    return render_template("assignment.html", desk=desk, problem=problem, to=request.form.get("to", ""))


def _onward(case: Case) -> str:
    """Where to go after a task: on with the same case if more of it is mine to do, else to the inbox."""
    services, actor = here.services(), here.actor()
    more = [task for task in services.engine.tasks(case.id, actor) if services.may_do(task, actor)]
    return url_for(".show", task_id=more[0].id) if more else url_for("inbox.show")


def _keep(task: Task) -> None:
    """Keep what was typed as a draft."""
    here.engine().save_draft(task.id, forms.read_form(_schema(task), request.form), by=here.actor())


def _rests(task: Task) -> Any:
    """Somebody has suspended the case while the task was being done."""
    _keep(task)
    said = _("The case is suspended. What you typed is kept as your draft until somebody resumes it.")
    return _page(task, typed=request.form, refused=said), 409


def _stopped(task: Task, error: StepFailed) -> str:
    return _(
        "The process cannot go on at “%(element)s”, and that is not your fault. What you typed is kept as a draft, and"
        " technical staff were told.",
        element=_labels(task).element(error.element),
    )


def _conflict(task_id: str, error: Conflict | None) -> Any:
    """Somebody was first: what he sent, what was typed here, and the next task.

    Without an error the history has to say that the task is gone; a task that is only not for this person is not found.
    """
    case_id, _dot, rest = task_id.partition(".")
    occurrence = here.number(rest.rpartition(".")[2])
    case = here.engine().case(case_id, here.actor())
    if error is None and any(one.id == task_id for one in here.engine().tasks(case_id, here.actor())):
        raise NotFound  # it is open, and somebody else's
    labels = labels_of(here.engine().bundle(case.bundle), here.words())
    history = here.engine().history(case_id, here.actor())
    effects = [effect for step in history for effect in step.effects if effect.occurrence == occurrence]
    step = next((step for step in reversed(history) if step.input.get("task") == occurrence), None)
    completed = step is not None and step.kind in ("completed", "skipped")
    if not effects or not (error or completed or any(effect.kind == "cancelled" for effect in effects)):
        raise NotFound
    element = effects[0].element
    typed = request.form.keys() - {"csrf_token"}  # whoever opens or claims it has written nothing
    values = forms.read_form(schema_of(labels, element), request.form) if typed else {}
    names = here.services().names([step.actor] if step else [], here.words().lang)
    return render_template(
        "conflict.html",
        task_id=task_id,
        case=case,
        name=labels.element(element),
        step=step if completed else None,
        who=Teller(labels, names).who(step.actor) if step else "",
        theirs=labels.answers(element, step.input["values"]) if step and completed else (),
        mine=labels.answers(element, values),
        by=error.by if error else None,
    ), 409
