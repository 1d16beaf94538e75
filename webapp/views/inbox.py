"""The inbox: what waits for me, the most urgent first, with the chosen task open beside the list."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from engine import Task
from engine.errors import Conflict, NotAllowed, NotFound

from .. import here
from ..desk import Desk
from ..queue import VIEWS, Queue, View
from ..rows import done_rows, draft_rows, task_rows

pages = Blueprint("inbox", __name__)
TRIED = 10  # tasks that are tried before somebody else was always quicker


@pages.get("/inbox")
@here.on_record
@here.one_moment
def show() -> Any:
    """One view of the inbox."""
    view = VIEWS.get(request.args.get("view", "mine"))
    if view is None:
        abort(404)
    fill = {"done": _done, "drafts": _drafts}.get(view.key, partial(_open, view))
    filled = fill(_queue(), request.args.get("after"))
    context = {"view": view, "views": VIEWS, "counts": _queue().counts(), "desk": None, "rows": (), "done": ()}
    return render_template("inbox.html", **(context | {"drafts": ()} | filled))


@pages.get("/inbox/next")
def onward() -> Any:
    """The task to do next."""
    task = _queue().first()
    return redirect(url_for("tasks.show", task_id=task.id) if task else url_for("inbox.show"))


@pages.post("/inbox/next")
def take() -> Any:
    """Take the most urgent task of my groups that I may do; if somebody is quicker, the one after it."""
    for task in here.engine().inbox(here.actor(), limit=TRIED, view="groups"):
        try:
            here.engine().claim(task.id, by=here.actor())
        except (Conflict, NotFound, NotAllowed):
            continue
        return redirect(url_for("tasks.show", task_id=task.id))
    return redirect(url_for("inbox.show", view="groups"))


def _open(view: View, queue: Queue, after: str | None) -> dict[str, Any]:
    """A page of open tasks, with the desk of the chosen one."""
    tasks, more = queue.page(view, _task(after))
    chosen = _task(request.args.get("task")) or next(iter(tasks), None)
    if chosen:
        here.opened(chosen.case_id)
    return {
        "rows": task_rows(here.services(), tasks, here.words()),
        "later": tasks[-1].id if more else None,
        "desk": Desk.of(here.services(), chosen, here.person(), here.words()) if chosen else None,
    }


def _drafts(queue: Queue, after: str | None) -> dict[str, Any]:
    """A page of what this person has begun."""
    found, more = queue.drafts(after)
    return {
        "drafts": draft_rows(here.services(), found, here.words()),
        "later": found[-1].task.id if more else None,
    }


def _done(queue: Queue, after: str | None) -> dict[str, Any]:
    """A page of what this person has finished today."""
    found, more = queue.done(after)
    rows = done_rows(here.services(), found, here.words())
    return {"done": rows, "later": rows[-1].key if more else None}


def _queue() -> Queue:
    return Queue(engine=here.engine(), actor=here.actor(), now=here.services().now())


def _task(task_id: str | None) -> Task | None:
    """A task that an address names, unless it is gone in the meantime."""
    if not task_id:
        return None
    try:
        return here.engine().task(task_id, here.actor())
    except (NotFound, Conflict):
        return None
