"""What somebody decides about a case beside its diagram: to end it, to let it rest, to go on, to try again, to give up.

Each is asked for on a page of its own, because each needs a reason, and stands in the history of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Actor, Case, Engine
from engine.errors import NotFound, Refusal
from engine.policy import Policy

from .. import here
from ..language import noop

pages = Blueprint("interventions", __name__, url_prefix="/cases/<case_id>")
SHORTEST = 5  # characters of a reason


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """One kind of decision: its words, who may take it, in which cases, and what it does."""

    title: str
    question: str
    advice: str
    done: str
    back: str
    statuses: tuple[str, ...]
    allowed: Callable[[Policy, Actor, Case], bool]
    run: Callable[[Engine, Case, int, Actor, str], Any]
    danger: bool = False
    of_incident: bool = False

    def open_to(self, actor: Actor, case: Case) -> bool:
        """Whether somebody may decide this about a case as it stands."""
        return case.status in self.statuses and self.allowed(here.engine().policy, actor, case)


def _assigns(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.assigners)


def _ends(policy: Policy, actor: Actor, case: Case) -> bool:
    return _assigns(policy, actor, case) or case.started_by == actor.name


def _mends(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.menders)


INTERVENTIONS = {
    "suspension": Intervention(
        title=noop("Suspend case"),
        question=noop("Let %(number)s rest?"),
        advice=noop("Its tasks leave every inbox and nothing happens by the clock until somebody resumes it."),
        done=noop("%(number)s is suspended."),
        back=noop("Go on with the case"),
        statuses=("open",),
        allowed=_assigns,
        run=lambda engine, case, incident, by, reason: engine.suspend(case.id, by=by, reason=reason),
    ),
    "resumption": Intervention(
        title=noop("Resume case"),
        question=noop("Go on with %(number)s?"),
        advice=noop("Its tasks are back in the inboxes at once, and what came due meanwhile happens now."),
        done=noop("%(number)s goes on."),
        back=noop("Let it rest"),
        statuses=("suspended",),
        allowed=_assigns,
        run=lambda engine, case, incident, by, reason: engine.resume(case.id, by=by, reason=reason),
    ),
    "cancellation": Intervention(
        title=noop("Cancel case"),
        question=noop("Cancel %(number)s?"),
        advice=noop("All its open tasks go away and nothing more happens. The case, its data and its history stay."),
        done=noop("%(number)s is cancelled."),
        back=noop("Keep the case"),
        statuses=("open", "suspended"),
        allowed=_ends,
        run=lambda engine, case, incident, by, reason: engine.cancel(case.id, by=by, reason=reason),
        danger=True,
    ),
    "retry": Intervention(
        title=noop("Try again"),
        question=noop("Try again in %(number)s?"),
        advice=noop("What failed is done once more, as if it had not been tried yet."),
        done=noop("It is tried again in %(number)s."),
        back=noop("Leave it as it is"),
        statuses=("open", "suspended"),
        allowed=_mends,
        run=lambda engine, case, incident, by, reason: engine.retry(incident, by=by, reason=reason),
        of_incident=True,
    ),
    "surrender": Intervention(
        title=noop("Give up"),
        question=noop("Give up in %(number)s?"),
        advice=noop("It is not tried any more. The case takes the way drawn for that, or goes on without an answer."),
        done=noop("It is given up in %(number)s."),
        back=noop("Leave it as it is"),
        statuses=("open",),
        allowed=_mends,
        run=lambda engine, case, incident, by, reason: engine.give_up(incident, by=by, reason=reason),
        danger=True,
        of_incident=True,
    ),
}


def open_interventions(case: Case) -> dict[str, Intervention]:
    """What this person may decide about a case, by the name in the address."""
    return {name: one for name, one in INTERVENTIONS.items() if one.open_to(here.actor(), case)}


@pages.get("/<any(cancellation, suspension, resumption):act>")
def ask(case_id: str, act: str) -> Any:
    """Ask why."""
    return _page(*_found(case_id, act))


@pages.post("/<any(cancellation, suspension, resumption):act>")
def decide(case_id: str, act: str) -> Any:
    """Do it, with a reason."""
    case = here.engine().case(case_id, here.actor())
    return _done(case, INTERVENTIONS[act], 0)


@pages.get("/incidents/<int:incident>/<any(retry, surrender):act>")
def ask_mending(case_id: str, incident: int, act: str) -> Any:
    """Ask why, about an incident."""
    case, found = _found(case_id, act)
    _demand_incident(case, incident)
    return _page(case, found)


@pages.post("/incidents/<int:incident>/<any(retry, surrender):act>")
def mend(case_id: str, incident: int, act: str) -> Any:
    """Do it about an incident, with a reason."""
    case = here.engine().case(case_id, here.actor())
    _demand_incident(case, incident)
    return _done(case, INTERVENTIONS[act], incident)


def _found(case_id: str, act: str) -> tuple[Case, Intervention]:
    """The case and what is to be decided about it; NotFound where this person cannot."""
    case, found = here.engine().case(case_id, here.actor()), INTERVENTIONS[act]
    if not found.open_to(here.actor(), case):
        raise NotFound
    return case, found


def _demand_incident(case: Case, incident: int) -> None:
    if incident not in {one.id for one in case.incidents}:
        raise NotFound


def _done(case: Case, found: Intervention, incident: int) -> Any:
    reason = request.form.get("reason", "").strip()
    if len(reason) < SHORTEST:
        return _page(case, found, reason, _("Write why, in at least 5 characters")), 422
    try:
        found.run(here.engine(), case, incident, here.actor(), reason)
    except Refusal as error:
        if not found.of_incident or type(error) is not Refusal:
            raise
        problem = _("Nothing here can be given up; correct what is wrong, or cancel the case")
        return _page(case, found, reason, problem), 409
    flash(here.words()(found.done) % {"number": case.number}, "ok")
    return redirect(url_for("cases.show", case_id=case.id))


def _page(case: Case, found: Intervention, reason: str = "", problem: str = "") -> str:
    return render_template("intervention.html", case=case, asked=found, reason=reason, problem=problem)
