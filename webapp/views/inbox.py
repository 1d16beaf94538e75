"""The inbox: what waits for me, the most urgent first, with the chosen task open beside the list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from engine import Task
from engine.errors import Conflict, NotAllowed, NotFound

from .. import here
from ..desk import Desk
from ..queue import VIEWS, Queue, start_of_day
from ..rows import done_rows, task_rows

pages = Blueprint("inbox", __name__)
TRIED = 10  # tasks that are tried before somebody else was always quicker


@pages.get("/inbox")
def show() -> Any:
    """One view of the inbox."""
    view = VIEWS.get(request.args.get("view", "mine"))
    if view is None:
        abort(404)
    queue = _queue()
    context = {"view": view, "views": VIEWS, "counts": queue.counts(), "later": None, "desk": None, "rows": ()}
    if view.key == "done":
        done = done_rows(here.services(), here.person(), start_of_day(queue.now), here.words())
        return render_template("inbox.html", done=done, **context)
    tasks, more = queue.page(view, _task(request.args.get("after")))
    context |= {"rows": task_rows(here.services(), tasks, here.words()), "later": tasks[-1].id if more else None}
    chosen = _task(request.args.get("task")) or next(iter(tasks), None)
    desk = Desk.of(here.services(), chosen, here.person(), here.words()) if chosen else None
    return render_template("inbox.html", done=(), **(context | {"desk": desk}))


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
