"""Letting a case go on elsewhere: where from, if it waits in several places, and where to, in words of the diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine import Case
from engine.diagram import Element
from engine.errors import NotFound, NotJumpable, Refusal
from engine.model import Jump

from ... import here
from ...labels import Labels, labels_of
from ...language import noop
from .asking import done, no_reason, page, pages, reason
from .kinds import INTERVENTIONS, allowed, found

KINDS = {
    "Task": noop("Task"),
    "task": noop("Task"),
    "Gateway": noop("Branching"),
    "Event": noop("Event"),
    "callActivity": noop("Called process"),
    "subProcess": noop("Subprocess"),
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """An element at which a case may go on, as people call it."""

    id: str
    label: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a case waits, and where it may go on from there."""

    token: int
    label: str
    targets: tuple[Target, ...]


@pages.get("/jump")
def ask_jump(case_id: str) -> Any:
    """Ask where the case shall go on, and why."""
    case, _asked = found(case_id, "jump")
    return _page(case)


@pages.post("/jump")
def jump(case_id: str) -> Any:
    """Let the case go on elsewhere, with a reason."""
    case = allowed(case_id, "jump")
    token, _dot, to = request.form.get("way", "").partition(" ")
    missing = "" if to else _("Choose where the case shall go on")
    problem = no_reason()
    if missing or problem:
        return _page(case, problem, missing), 422
    try:
        here.engine().jump(case.id, here.number(token), to=to, by=here.actor(), reason=reason())
    except NotJumpable:
        raise NotFound from None  # it is not among what the page offers
    except Refusal as error:
        if type(error) is not Refusal:
            raise
        return _page(case, "", _("The case cannot go on there: something that is needed there is not known yet")), 422
    return done(case, INTERVENTIONS["jump"])


def _ways(case: Case) -> list[Way]:
    """Where the case waits, with where it may go on."""
    return [_way(one) for one in here.engine().jumps(case.id, by=here.actor())]


def _way(one: Jump) -> Way:
    labels = labels_of(here.engine().bundle(one.bundle), here.words())
    diagram = labels.bundle.diagram
    assert diagram is not None
    targets = tuple(
        Target(id=element.id, label=named(labels, element), kind=here.words()(kind_of(element)))
        for element in diagram.elements
        if element.id in one.targets
    )
    return Way(token=one.token, label=named(labels, diagram.element(one.element)), targets=targets)


def named(labels: Labels, element: Element) -> str:
    """What an element is called; one without a name by what follows it."""
    if element.name or labels.bundle.diagram is None:
        return labels.element(element.id)
    after = [flow.target for flow in labels.bundle.diagram.outgoing(element)]
    between = "、" if labels.words.lang == "zh" else ", "
    following = between.join(labels.element(id) for id in after)
    return labels.words("before %(following)s", following=following) if following else labels.element(element.id)


def kind_of(element: Element) -> str:
    """The word for the kind of an element."""
    return next((word for ending, word in KINDS.items() if element.kind.endswith(ending)), KINDS["Task"])


def _page(case: Case, problem: str = "", refused: str = "") -> str:
    chosen = request.form.get("way", "")
    return page(
        case, INTERVENTIONS["jump"], problem, "intervention_jump.html", ways=_ways(case), chosen=chosen, refused=refused
    )
