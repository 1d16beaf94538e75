"""Evidence of cases as a file to take away: asked for with a reason, of one case or of a selection."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext as _

from engine import Case
from engine.errors import NotFound
from engine.evidence import MOST_CASES, TooMuch

from .. import here, reasons
from ..dossier import Archivist

pages = Blueprint("evidence", __name__)


@pages.before_request
def exporters_only() -> None:
    """Nobody comes in who may not export."""
    if not here.engine().may_export(here.actor()):
        raise NotFound


@pages.get("/cases/<case_id>/evidence")
def ask(case_id: str) -> Any:
    """Ask what the evidence of a case is for."""
    return _page(_chosen([case_id]))


@pages.post("/cases/<case_id>/evidence")
def case(case_id: str) -> Any:
    """The evidence of a case."""
    return _export(_chosen([case_id]))


@pages.get("/audit/evidence")
def ask_selection() -> Any:
    """Ask what the evidence of a selection is for."""
    return _page(_chosen(request.args.getlist("case")))


@pages.post("/audit/evidence")
def selection() -> Any:
    """The evidence of a selection; a list of cases alone leads to the question what it is for."""
    cases = _chosen(request.form.getlist("case"))
    return _export(cases) if "reason" in request.form else _page(cases)


def _chosen(ids: Sequence[str]) -> list[Case]:
    """The cases that were chosen; NotFound where there is none, or one that this person may not see."""
    if not ids or len(ids) > MOST_CASES:
        raise NotFound
    return [here.engine().case(one, here.actor()) for one in dict.fromkeys(ids)]


def _export(cases: list[Case]) -> Any:
    reason, personal = request.form.get("reason", "").strip(), bool(request.form.get("personal"))
    if problem := reasons.problem(reason, _("Write what it is for, in at least 5 characters")):
        return _page(cases, reason, problem, personal=personal), 422
    said: dict[str, Any] = {"by": here.actor(), "reason": reason, "personal": personal}
    with ExitStack() as stack:
        out = stack.enter_context(TemporaryFile())
        try:
            witness = Archivist(here.services())
            here.engine().export_evidence([case.id for case in cases], out, witness=witness, **said)
        except TooMuch:
            problem = _("This is too much for one bundle. Choose fewer cases")
            return _page(cases, reason, problem, personal=personal), 413
        stack.pop_all()  # the answer closes it
    out.seek(0)
    name = f"{cases[0].number}.zip" if len(cases) == 1 else f"{cases[0].number}-{len(cases)}.zip"
    return send_file(out, mimetype="application/zip", as_attachment=True, download_name=f"evidence-{name}")


def _page(cases: list[Case], reason: str = "", problem: str = "", *, personal: bool = False) -> str:
    may_show = here.engine().may_export_personal(here.actor())
    return render_template(
        "evidence.html", cases=cases, may_show=may_show, reason=reason, problem=problem, personal=personal
    )
