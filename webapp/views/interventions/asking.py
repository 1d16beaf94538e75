"""What the pages of all interventions share: the reason, the answer, the way back to the case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Case, Step
from engine.errors import Conflict

from ... import here, reasons
from ...errors import written
from ...labels import labels_of
from ...sentences import Teller
from .kinds import Intervention

pages = Blueprint("interventions", __name__, url_prefix="/cases/<case_id>")
DID = {  # how a case stands that stands otherwise than somebody thought: the kind of the step by which it came to that
    "suspended": "suspended",
    "open": "resumed",
    "cancelled": "cancelled",
    "migrated": "migrated",
    "held": "hold_placed",
    "released": "hold_released",
}
ASIDE = ("claimed", "released", "assigned", "reminded", "breached", "escalated")  # steps that leave a case as it stands


@pages.errorhandler(Conflict)
def late(error: Conflict) -> Any:
    """Somebody was first: who, what he did and when, and what was written here."""
    assert request.view_args is not None
    case = here.engine().case(request.view_args["case_id"], here.actor())
    history = here.engine().history(case.id, here.actor())
    first = _first(error, history, str(request.view_args.get("task_id", "")))
    names = here.services().names([first.actor], here.words().lang)
    teller = Teller(labels_of(here.engine().bundle(case.bundle), here.words(), here.engine()), names)
    told = next(one for one in teller.tell(history) if one.seq == first.seq)
    return render_template("intervention_conflict.html", case=case, told=told, written=written()), 409


def reason() -> str:
    """The reason that was written."""
    return request.form.get("reason", "").strip()


def no_reason() -> str:
    """What is wrong with the reason, if anything."""
    return reasons.problem(reason(), _("Write why, in at least 5 characters"))


def done(case: Case, asked: Intervention, **words: str) -> Any:
    """Say that it is done, and show the case."""
    flash(here.words()(asked.done) % {"number": case.number, **words}, "ok")
    return redirect(url_for("cases.show", case_id=case.id))


def page(case: Case, asked: Intervention, problem: str = "", template: str = "intervention.html", **more: Any) -> str:
    """The page that asks; `problem` is what is wrong with the reason."""
    about = {"number": case.number, **more.pop("about", {})}
    question = here.words()(asked.question) % about
    return render_template(
        template, case=case, asked=asked, question=question, reason=reason(), problem=problem, **more
    )


def _first(error: Conflict, history: list[Step], task_id: str) -> Step:
    """The step by which somebody was first: what brought the case to where it is, what ended the task, or the last."""
    kind, task = DID.get(str(error.data.get("status") or error.data.get("how"))), task_id.rpartition(".")[2]
    if kind:
        found = [step for step in history if step.kind == kind]
    elif task:
        found = [step for step in history if task in {str(effect.occurrence) for effect in step.effects}]
    else:
        found = [step for step in history if step.kind not in ASIDE]
    return (found or history)[-1]
