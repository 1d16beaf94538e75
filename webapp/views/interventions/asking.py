"""What the pages of all interventions share: the reason, the answer, the way back to the case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Case

from ... import here
from .kinds import SHORTEST, Intervention

pages = Blueprint("interventions", __name__, url_prefix="/cases/<case_id>")


def reason() -> str:
    """The reason that was written."""
    return request.form.get("reason", "").strip()


def no_reason() -> str:
    """What is wrong with the reason, if anything."""
    return _("Write why, in at least 5 characters") if len(reason()) < SHORTEST else ""


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
