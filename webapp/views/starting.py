"""Start a case: choose the process and the customer, fill in the start form.

While several versions of a process have a share of the new cases, a coin says which form somebody is shown, and his
case begins with the same version. He keeps his coin until he has started a case: who looks again sees the same form.
Each form has a ticket, so that what is sent twice starts one case: a second click, or a page that is loaded again
because nobody knows whether the first answer was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine import Deployment
from engine.canonical import canonical, digest
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound
from engine.model import Draw

from .. import forms, here
from ..desk import found_for, problems
from ..forms import labels as named
from ..labels import Labels
from ..shell import FRONT

pages = Blueprint("starting", __name__, url_prefix="/cases/new")
COINS = "coins"  # in the session: the coin of each process that somebody is about to start
MOST_COINS = 20


@pages.get("")
def choose() -> Any:
    """Which process, for which customer."""
    text, customer = request.args.get("q", "").strip()[:100], request.args.get("customerId", "")
    beside, words = here.services().beside, here.words()
    processes = [(one, _labels(one)) for one in here.engine().startable(here.actor())]
    names = here.actor().any_of(FRONT)
    found = beside.find("customer", text, words.lang) if text and names else ()
    chosen = (
        next((one for one in beside.find("customer", customer, words.lang) if one.value == customer), None)
        if customer and names
        else None
    )
    return render_template(
        "starting.html",
        processes=processes,
        deployed=any(one.kind == "process" for one in here.engine().in_force()),
        names=names,
        text=text,
        found=found,
        chosen=chosen,
    )


@pages.get("/<key>")
def fill(key: str) -> Any:
    """The start form of a process; what the address names is filled in."""
    draw = _drawn(key, _coin(key))
    schema = _schema(draw)
    known = {part.key: part for part in forms.shape(schema).parts if part.schema.get("x-personal") is not True}
    given = MultiDict((known[name].name, value) for name, value in request.args.items() if name in known)
    return _page(draw, given, fresh=True)


@pages.post("/<key>")
def start(key: str) -> Any:
    """Start a case with what was entered."""
    draw = _drawn(key, request.form.get("_coin", "") or _coin(key))
    shown = Draw(key=key, version=draw.version, bundle=request.form.get("_shown", "") or draw.bundle, coin=draw.coin)
    schema = _schema(draw)
    try:
        values = forms.read_form(schema, request.form)
        case = here.engine().start(key, values, by=here.actor(), draw=shown, idempotency_key=_sent())
    except InvalidForm as error:
        sentences = forms.messages(schema, error.fields, here.words().lang)
        return _page(draw, request.form, sentences=sentences), 422
    except Conflict as error:
        if error.data.get("how") != "form":
            raise
        return _page(_drawn(key, draw.coin), request.form, changed=True), 409
    session[COINS] = {name: coin for name, coin in session.get(COINS, {}).items() if name != key}
    flash(_("Started: %(number)s", number=case.number), "ok")
    services, actor = here.services(), here.actor()
    mine = [task for task in services.engine.tasks(case.id, actor) if services.may_do(task, actor)]
    return redirect(url_for("tasks.show", task_id=mine[0].id) if mine else url_for("cases.show", case_id=case.id))


@pages.post("/<key>/form")
def edit(key: str) -> Any:
    """The same form with a row more or less, or with what a look-up found."""
    draw = _drawn(key, request.form.get("_coin", "") or _coin(key))
    schema = _schema(draw)
    looked_up = found_for(here.services(), schema, request.form, here.words())
    focus = forms.touched(schema, request.form)
    return _page(draw, forms.edited(schema, request.form), looked_up=looked_up, focus=focus)


def _coin(key: str) -> str:
    """The coin by which this person begins his next case of a process."""
    coins = dict(session.get(COINS, {}))
    if key not in coins:
        coins = {**dict(list(coins.items())[1 - MOST_COINS :]), key: token_hex(8)}
        session[COINS] = coins
    return str(coins[key])


def _sent() -> str | None:
    """What is the same if a form is sent again as it was; None for one without a ticket."""
    values = [[name, *request.form.getlist(name)] for name in sorted(request.form) if name != "csrf_token"]
    return digest(canonical(values)) if request.form.get("_ticket") else None


def _drawn(key: str, coin: str) -> Draw:
    """The version that a coin gives this person, if he may start the process."""
    try:
        return here.engine().draw_version(key, by=here.actor(), coin=coin[:64])
    except NotAllowed:
        raise NotFound from None


def _labels(process: Deployment | Draw) -> Labels:
    return Labels(here.engine().bundle(process.bundle), here.words())


def _schema(process: Draw) -> Mapping[str, Any]:
    bundle = here.engine().bundle(process.bundle)
    for event in bundle.diagram.start_events() if bundle.diagram else ():
        if form := bundle.form_of(event.id):
            return form.schema
    return {"properties": {}}


def _page(
    process: Draw,
    typed: MultiDict[str, str],
    *,
    fresh: bool = False,
    sentences: Mapping[str, str] | None = None,
    looked_up: Mapping[str, Any] | None = None,
    focus: str = "",
    changed: bool = False,
) -> str:
    schema, words, sentences = _schema(process), here.words(), sentences or {}
    return render_template(
        "start.html",
        process=process,
        ticket=typed.get("_ticket") or token_hex(16),
        changed=changed,
        labels=_labels(process),
        title=named.text(schema, "title", words.lang),
        fields_of_start=forms.build(schema, typed, sentences, words, fresh=here.services().now() if fresh else None),
        problems=problems(schema, sentences),
        looked_up=looked_up or {},
        focus=focus,
    )
