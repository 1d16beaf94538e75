"""The decisions that need nothing but a reason: to end a case, to let it rest, to go on, to try again, to give up."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from engine import Case
from engine.errors import NotFound, Refusal

from ... import here
from .asking import done, no_reason, page, pages, reason
from .kinds import INTERVENTIONS, Intervention, found


@pages.get("/<any(cancellation, suspension, resumption, hold, release):act>")
def ask(case_id: str, act: str) -> Any:
    """Ask why."""
    return page(*found(case_id, act))


@pages.post("/<any(cancellation, suspension, resumption, hold, release):act>")
def decide(case_id: str, act: str) -> Any:
    """Do it, with a reason."""
    return _done(here.engine().case(case_id, here.actor()), INTERVENTIONS[act], 0)


@pages.get("/incidents/<int:incident>/<any(retry, closure, surrender):act>")
def ask_mending(case_id: str, incident: int, act: str) -> Any:
    """Ask why, about an incident."""
    case, asked = found(case_id, act)
    _demand_incident(case, incident)
    return page(case, asked)


@pages.post("/incidents/<int:incident>/<any(retry, closure, surrender):act>")
def mend(case_id: str, incident: int, act: str) -> Any:
    """Do it about an incident, with a reason."""
    case = here.engine().case(case_id, here.actor())
    _demand_incident(case, incident)
    return _done(case, INTERVENTIONS[act], incident)


def _demand_incident(case: Case, incident: int) -> None:
    if incident not in {one.id for one in case.incidents}:
        raise NotFound


def _done(case: Case, asked: Intervention, incident: int) -> Any:
    if problem := no_reason():
        return page(case, asked, problem), 422
    try:
        asked.run(here.engine(), case, incident, here.actor(), reason())
    except Refusal as error:
        if not asked.of_incident or type(error) is not Refusal:
            raise
        return page(case, asked, _("Nothing here can be given up; correct what is wrong, or cancel the case")), 409
    return done(case, asked)
