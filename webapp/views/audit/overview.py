"""The overview: every case with its proof, one by one or a whole page at once."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from engine.model import Verification

from ... import here
from ...language import noop
from ...rows import case_rows
from .pages import pages

PAGE = 25
PROBLEMS = (
    noop("case missing"),
    noop("history missing"),
    noop("step missing"),
    noop("chain broken"),
    noop("step changed"),
    noop("history cut"),
    noop("state changed"),
    noop("case changed"),
    noop("tasks changed"),
    noop("timers changed"),
    noop("subscriptions changed"),
    noop("bundle changed"),
    noop("configuration changed"),
    noop("replay differs"),
    noop("personal value missing"),
    noop("personal value changed"),
    noop("personal value erased without a step"),
    noop("personal value not erased"),
    noop("disposition changed"),
    noop("legal hold changed"),
    noop("unreadable"),
)  # what `engine.verify` says of a case; the templates translate it


@pages.get("")
def index() -> Any:
    """The cases that can be verified, the newest first."""
    return _page({})


@pages.post("/verification")
def verify() -> Any:
    """Verify the chosen cases."""
    chosen = request.form.getlist("case")[:PAGE]
    cases = [here.engine().case(case_id, here.actor()) for case_id in chosen]
    return _page({str(case.id): here.engine().verify(case.id, here.actor()) for case in cases})


def _page(proofs: dict[str, Verification]) -> str:
    number = request.values.get("number", "").strip()
    after = request.values.get("after") or None
    found = here.engine().cases(here.actor(), limit=PAGE + 1, after=after, number=number.upper() or None)
    shown = found[:PAGE]
    return render_template(
        "audit/overview.html",
        rows=case_rows(here.services(), shown, here.person(), here.words()),
        proofs=proofs,
        broken=[proof for proof in proofs.values() if not proof.sound],
        number=number,
        after=after or "",
        later=shown[-1].id if len(found) > PAGE else None,
    )
