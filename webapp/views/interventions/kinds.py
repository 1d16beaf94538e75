"""What somebody may decide about a case beside its diagram: the words of each decision, who may take it, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine import Actor, Case, Engine
from engine.errors import NotAllowed, NotFound
from engine.policy import Policy

from ... import here
from ...language import noop

STATUSES = ("open", "suspended", "completed", "cancelled")


def _nothing(engine: Engine, case: Case, incident: int, by: Actor, reason: str) -> None:
    """A decision that has a page of its own does it there."""


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
    run: Callable[[Engine, Case, int, Actor, str], Any] = _nothing
    danger: bool = False
    of_incident: bool = False
    of_task: bool = False
    parked: bool = True  # of an incident: whether it is for one with which something was laid aside

    @property
    def of_case(self) -> bool:
        """Whether it is about the case as a whole."""
        return not (self.of_incident or self.of_task)

    def open_to(self, actor: Actor, case: Case) -> bool:
        """Whether somebody may decide this about a case as it stands."""
        return case.status in self.statuses and self.allowed(here.engine().policy, actor, case)


def _assigns(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.assigners)


def _ends(policy: Policy, actor: Actor, case: Case) -> bool:
    return _assigns(policy, actor, case) or case.started_by == actor.name


def _mends(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.menders)


def _corrects(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.correctors)


def _deploys(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.deployers)


def _holds(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.custodians) and here.engine().hold_on(case.id) is None


def _releases(policy: Policy, actor: Actor, case: Case) -> bool:
    return actor.any_of(policy.custodians) and here.engine().hold_on(case.id) is not None


INTERVENTIONS = {
    "correction": Intervention(
        title=noop("Correct data"),
        question=noop("Which value of %(number)s is wrong?"),
        advice=noop("The old value stays in the history. Tasks, terms and messages that it led to stay as they are."),
        done=noop("The data of %(number)s are corrected."),
        back=noop("Leave it as it is"),
        statuses=("open", "suspended"),
        allowed=_corrects,
    ),
    "jump": Intervention(
        title=noop("Go on elsewhere"),
        question=noop("Where shall %(number)s go on?"),
        advice=noop("What waits there now is withdrawn with its terms and messages. What has happened stays."),
        done=noop("%(number)s goes on elsewhere."),
        back=noop("Leave it where it is"),
        statuses=("open",),
        allowed=_corrects,
    ),
    "migration": Intervention(
        title=noop("Change version"),
        question=noop("Move %(number)s to another version of its process?"),
        advice=noop("Its tasks keep who has them and when they are due. Nothing is done again."),
        done=noop("%(number)s has another version of its process now."),
        back=noop("Leave it as it is"),
        statuses=("open",),
        allowed=_deploys,
    ),
    "skip": Intervention(
        title=noop("Skip task"),
        question=noop("Skip “%(task)s”?"),
        advice=noop(
            "The case goes on as if the task had been done, with what is known. What you leave empty stays open."
        ),
        done=noop("Skipped: %(task)s"),
        back=noop("Leave the task open"),
        statuses=("open",),
        allowed=_corrects,
        of_task=True,
    ),
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
    "hold": Intervention(
        title=noop("Place a legal hold"),
        question=noop("Keep %(number)s whatever retention says?"),
        advice=noop("Nothing of it is erased, masked or deleted until somebody releases the hold."),
        done=noop("%(number)s is under a legal hold."),
        back=noop("Leave it as it is"),
        statuses=STATUSES,
        allowed=_holds,
        run=lambda engine, case, incident, by, reason: engine.hold(case.id, by=by, reason=reason),
    ),
    "release": Intervention(
        title=noop("Release the legal hold"),
        question=noop("Release the hold on %(number)s?"),
        advice=noop("What is due for erasure or deletion may go from then on."),
        done=noop("%(number)s is under a legal hold no more."),
        back=noop("Let the hold stand"),
        statuses=STATUSES,
        allowed=_releases,
        run=lambda engine, case, incident, by, reason: engine.release_hold(case.id, by=by, reason=reason),
    ),
    "retry": Intervention(
        title=noop("Try again"),
        question=noop("Try again in %(number)s?"),
        advice=noop("What failed is done once more, as if it had not been tried yet."),
        done=noop("It is tried again in %(number)s."),
        back=noop("Leave it as it is"),
        statuses=STATUSES,
        allowed=_mends,
        run=lambda engine, case, incident, by, reason: engine.retry(incident, by=by, reason=reason),
        of_incident=True,
    ),
    "closure": Intervention(
        title=noop("Close incident"),
        question=noop("Is it settled in %(number)s?"),
        advice=noop("Nothing waits to be tried again. The incident leaves the list, and the case stays as it is."),
        done=noop("The incident of %(number)s is closed."),
        back=noop("Leave it as it is"),
        statuses=STATUSES,
        allowed=_mends,
        run=lambda engine, case, incident, by, reason: engine.retry(incident, by=by, reason=reason),
        of_incident=True,
        parked=False,
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


def found(case_id: str, act: str) -> tuple[Case, Intervention]:
    """The case and what is to be decided about it; NotFound where this person cannot."""
    case, one = here.engine().case(case_id, here.actor()), INTERVENTIONS[act]
    if not one.open_to(here.actor(), case):
        raise NotFound
    return case, one


def allowed(case_id: str, act: str) -> Case:
    """The case that somebody has decided about; NotAllowed where he may see it, but not decide this."""
    case = here.engine().case(case_id, here.actor())
    if not INTERVENTIONS[act].allowed(here.engine().policy, here.actor(), case):
        raise NotAllowed
    return case
