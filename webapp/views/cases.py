"""Cases: the list, one case with its diagram, history and data, its proof, and what is behind a masked value."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from engine import Case
from engine.errors import NotFound

from .. import here, incidents, reasons
from ..file import File
from ..labels import shown_rows
from ..rows import case_rows
from .interventions import open_interventions

pages = Blueprint("cases", __name__, url_prefix="/cases")
PAGE = 25
STATUSES = ("open", "suspended", "completed", "cancelled")
PARTS = ("all", "people", "decisions")
TOLD = 60  # sentences of a story on a page


@pages.get("")
def index() -> Any:
    """The cases that this person may see, the newest first."""
    key, number = request.args.get("key", ""), request.args.get("number", "").strip()
    status = request.args.get("status", "open")
    found = here.engine().cases(
        here.actor(),
        limit=PAGE + 1,
        after=request.args.get("after"),
        key=key or None,
        status=status if status in STATUSES else None,
        number=number.upper() or None,
    )
    shown = found[:PAGE]
    return render_template(
        "cases.html",
        rows=case_rows(here.services(), shown, here.person(), here.words()),
        processes=_processes(),
        key=key,
        status=status,
        number=number,
        later=shown[-1].id if len(found) > PAGE else None,
        filters={"key": key, "status": status, "number": number},
    )


@pages.get("/<case_id>")
@here.on_record
def show(case_id: str) -> Any:
    """One case."""
    return _page(_case(case_id))


@pages.post("/<case_id>/verification")
@here.on_record
def verify(case_id: str) -> Any:
    """One case with its proof, worked out now."""
    case = _case(case_id)
    return _page(case, proof=here.engine().verify(case.id, here.actor()))


@pages.get("/<case_id>/personal/<reference>")
def ask_reveal(case_id: str, reference: str) -> Any:
    """Ask why a personal value shall be shown."""
    return render_template("reveal.html", case=_case(case_id), reference=reference, problem="", reason="")


@pages.post("/<case_id>/personal/<reference>")
def reveal(case_id: str, reference: str) -> Any:
    """Show a personal value once; who, when and why is kept."""
    case, reason = _case(case_id), request.form.get("reason", "").strip()
    row = File.of(here.services(), case, here.person(), here.words()).personal(reference)
    if row is None:
        raise NotFound
    if problem := reasons.problem(reason, _("Write why you need it, in at least 5 characters")):
        return render_template("reveal.html", case=case, reference=reference, problem=problem, reason=reason), 422
    value = here.engine().reveal(row.vault, here.actor(), reason=reason)
    rows = () if value is None else shown_rows(row, value, here.words())
    return render_template("revealed.html", case=case, label=row.label, rows=rows)


def _case(case_id: str) -> Case:
    return here.engine().case(case_id, here.actor())


def _page(case: Case, proof: Any = None) -> str:
    part = part if (part := request.args.get("show", "all")) in PARTS else "all"
    before = here.number(request.args["before"]) if request.args.get("before") else None
    here.opened(case.id)
    file = File.of(here.services(), case, here.person(), here.words())
    told, later = file.page_of(part, before, TOLD)
    return render_template(
        "case.html",
        file=file,
        told=told,
        before=before,
        later=later,
        part=part,
        proof=proof,
        interventions=open_interventions(case),
        incidents=[(one, incidents.told(one, here.words())) for one in case.incidents],
        place=incidents.place,
        custodian=here.actor().any_of(here.engine().policy.custodians),
    )


def _processes() -> list[tuple[str, str]]:
    """Key and name of every process in force."""
    names: dict[str, str] = {}
    for one in here.engine().in_force():
        if one.kind == "process":
            names[one.key] = here.engine().bundle(one.bundle).translate(one.name, here.words().lang)
    return sorted(names.items(), key=lambda item: item[1])
