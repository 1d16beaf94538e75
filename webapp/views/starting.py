"""Start a case: choose the process and the customer, fill in the start form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine import Deployment
from engine.errors import InvalidForm, NotFound

from .. import forms, here
from ..desk import found_for, problems
from ..forms import labels as named
from ..labels import Labels

pages = Blueprint("starting", __name__, url_prefix="/cases/new")


@pages.get("")
def choose() -> Any:
    """Which process, for which customer."""
    text, customer = request.args.get("q", "").strip()[:100], request.args.get("customerId", "")
    beside, words = here.services().beside, here.words()
    processes = [(one, _labels(one)) for one in here.engine().startable(here.actor())]
    found = beside.find("customer", text, words.lang) if text else ()
    chosen = (
        next((one for one in beside.find("customer", customer, words.lang) if one.value == customer), None)
        if customer
        else None
    )
    return render_template("starting.html", processes=processes, text=text, found=found, chosen=chosen)


@pages.get("/<key>")
def fill(key: str) -> Any:
    """The start form of a process; what the address names is filled in."""
    process = _process(key)
    schema = _schema(process)
    known = {part.key: part for part in forms.shape(schema).parts if part.schema.get("x-personal") is not True}
    given = MultiDict((known[name].name, value) for name, value in request.args.items() if name in known)
    return _page(process, given, fresh=True)


@pages.post("/<key>")
def start(key: str) -> Any:
    """Start a case with what was entered."""
    process = _process(key)
    schema = _schema(process)
    try:
        case = here.engine().start(key, forms.read_form(schema, request.form), by=here.actor())
    except InvalidForm as error:
        sentences = forms.messages(schema, error.fields, here.words().lang)
        return _page(process, request.form, sentences=sentences), 422
    flash(_("Started: %(number)s", number=case.number), "ok")
    services, actor = here.services(), here.actor()
    mine = [task for task in services.engine.tasks(case.id, actor) if services.may_do(task, actor)]
    return redirect(url_for("tasks.show", task_id=mine[0].id) if mine else url_for("cases.show", case_id=case.id))


@pages.post("/<key>/form")
def edit(key: str) -> Any:
    """The same form with a row more or less, or with what a look-up found."""
    process = _process(key)
    schema = _schema(process)
    looked_up = found_for(here.services(), schema, request.form, here.words())
    return _page(process, forms.edited(schema, request.form), looked_up=looked_up)


def _process(key: str) -> Deployment:
    """The process of a key, if this person may start it."""
    found = next((one for one in here.engine().startable(here.actor()) if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _labels(process: Deployment) -> Labels:
    return Labels(here.engine().bundle(process.bundle), here.words())


def _schema(process: Deployment) -> Mapping[str, Any]:
    bundle = here.engine().bundle(process.bundle)
    for event in bundle.diagram.start_events() if bundle.diagram else ():
        if form := bundle.form_of(event.id):
            return form.schema
    return {"properties": {}}


def _page(
    process: Deployment,
    typed: MultiDict[str, str],
    *,
    fresh: bool = False,
    sentences: Mapping[str, str] | None = None,
    looked_up: Mapping[str, Any] | None = None,
) -> str:
    schema, words, sentences = _schema(process), here.words(), sentences or {}
    return render_template(
        "start.html",
        process=process,
        labels=_labels(process),
        title=named.text(schema, "title", words.lang),
        fields_of_start=forms.build(schema, typed, sentences, words, fresh=here.services().now() if fresh else None),
        problems=problems(schema, sentences),
        looked_up=looked_up or {},
    )
