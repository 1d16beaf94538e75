"""The parameters: every number that no law fixes, with its tag and since when; changed by two process owners."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.cases.configuring import Setting
from engine.errors import Conflict, NotFound, Refusal

from .. import here, reasons
from ..language import noop
from ..shell import CONFIGURED, OWNERS

pages = Blueprint("parameters", __name__, url_prefix="/admin/parameters")
PAGE = 25
TAGS = {
    "V1": noop("read in the text of the law"),
    "V2": noop("read in a second source"),
    "U": noop("not verified: have it confirmed before use"),
    "INT": noop("decided in the house"),
}
UNITS = {
    "term": noop("term"),
    "times": noop("times"),
    "ND": noop("calendar days"),
    "BD": noop("business days"),
    "TD": noop("trading days"),
    "h24": noop("hours"),
    "bh": noop("business hours"),
    "months": noop("months"),
    "years": noop("years"),
    "minutes": noop("minutes"),
    "time": noop("time of the day"),
    "level": noop("level"),
    "levels": noop("levels"),
    "orders": noop("orders"),
    "shares": noop("shares"),
    "points": noop("points"),
    "share": noop("share of one"),
}
MOST_DIGITS = 30
WHYS = {
    "whole": noop("Write a whole number"),
    "number": noop("Write a number"),
    "negative": noop("Write a number that is not below zero"),
    "truth": noop("Choose yes or no"),
    "text": noop("Write a text"),
    "list": noop("Write the same kinds of values, with commas between them"),
    "term": noop("Write a term: 4 bh, 2 h24, 2 BD, 5 TD, 15 ND, T+1, PT72H"),
    "time": noop("Write a time of the day: 09:30:00"),
    "large": noop("Write a number of at most 15 digits"),
    "long": noop("Write at most 2,000 characters"),
    "many": noop("Write at most 100 values"),
}


@pages.before_request
def readers_only() -> None:
    """Nobody comes in who does not answer for the rules."""
    here.need(*CONFIGURED)


@pages.get("")
def index() -> Any:
    """Every parameter in force by its area, and what waits for approval."""
    since = _since()
    groups: dict[str, list[tuple[str, Mapping[str, Any], str, Setting | None]]] = {}
    for name, said in here.engine().configuration().parameters.items():
        area, title = _title(said, name)
        groups.setdefault(area, []).append((name, said, title, since.get(name)))
    waiting = here.engine().configuration_proposals()
    return render_template(
        "parameters/index.html",
        groups=groups,
        proposals=[(one, [_titled(change.name) for change in one.changes]) for one in waiting],
        tags=TAGS,
        units=UNITS,
        shown=shown,
        source=source,
    )


@pages.get("/<name>")
def show(name: str) -> Any:
    """One parameter: what it is, its history, and the form to propose another value."""
    return _page(name)


@pages.post("/<name>/proposals")
def propose(name: str) -> Any:
    """Propose another value of a parameter."""
    here.need(*OWNERS)
    said, typed = _said(name), request.form.get("value", "").strip()
    reason = request.form.get("reason", "").strip()
    wrong = reasons.problem(reason, _("Write why it shall change, in at least 5 characters"))
    problems = {"reason": wrong} if wrong else {}
    try:
        value = _typed(said["value"], typed)
        if problems:
            return _page(name, typed, reason, problems), 422
        if here.engine().policy.second_approval:
            made = here.engine().propose_configuration({name: value}, by=here.actor(), reason=reason)
            flash(_("The proposal waits for a second process owner."), "ok")
            return redirect(url_for(".review", proposal=made.id))
        changed = {**here.engine().configuration().parameters, name: {**said, "value": value}}
        here.engine().configure(parameters=changed, by=here.actor(), reason=reason)
    except Conflict:
        return _page(name, typed, reason, {"value": _("Write another value than the one in force")}), 422
    except Refusal as error:
        problems["value"] = _(WHYS[error.data.get("why", "text")])
        return _page(name, typed, reason, problems), 422
    flash(_("The new value is in force."), "ok")
    return redirect(url_for(".show", name=name))


@pages.get("/proposals")
def proposals() -> Any:
    """Every proposal, decided or not, the newest first."""
    after = request.args.get("after")
    place = here.number(after) if after else None
    found = here.engine().configuration_proposals(open_only=False, limit=PAGE + 1, after=place)
    return render_template(
        "parameters/proposals.html",
        rows=[(one, [(change, _titled(change.name)) for change in one.changes]) for one in found[:PAGE]],
        after=after,
        later=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@pages.get("/proposals/<int:proposal>")
def review(proposal: int) -> Any:
    """A proposal, for the one who approves it and for the one who made it."""
    return _review(proposal)


@pages.post("/proposals/<int:proposal>/approval")
def approve(proposal: int) -> Any:
    """Put proposed values in force."""
    try:
        here.engine().approve_configuration(proposal, by=here.actor(), remark=request.form.get("remark", "").strip())
    except Conflict as error:
        if error.data.get("how") != "changed":
            raise
        return _review(proposal, stale=True), 409
    flash(_("The new value is in force."), "ok")
    return redirect(url_for(".index"))


@pages.post("/proposals/<int:proposal>/rejection")
def reject(proposal: int) -> Any:
    """Decline a proposal, or withdraw one's own."""
    here.engine().reject_configuration(proposal, by=here.actor(), remark=request.form.get("remark", "").strip())
    flash(_("The proposal is closed; nothing was changed."), "ok")
    return redirect(url_for(".index"))


def _page(name: str, typed: str | None = None, reason: str = "", problems: Mapping[str, str] | None = None) -> str:
    said, after = _said(name), request.args.get("after", "")
    history = [one for one in here.engine().settings() if one.name == name]
    later = [one for one in history if not after or one.version < here.number(after)]
    return render_template(
        "parameters/show.html",
        name=name,
        said=said,
        title=_title(said, name)[1],
        full=_titled(name),
        history=later[:PAGE],
        after=after,
        later=later[PAGE - 1].version if len(later) > PAGE else None,
        since=history[0] if history else None,
        proposals=[
            one for one in here.engine().configuration_proposals(limit=200) if name in [c.name for c in one.changes]
        ],
        typed=shown(said["value"]) if typed is None else typed,
        reason=reason,
        problems=problems or {},
        may_propose=here.actor().any_of(OWNERS),
        second=here.engine().policy.second_approval,
        tags=TAGS,
        units=UNITS,
        shown=shown,
        source=source,
    )


def _review(number: int, *, stale: bool = False) -> str:
    found = here.engine().configuration_proposal(number)
    known = here.engine().configuration().values
    return render_template(
        "parameters/review.html",
        proposal=found,
        changes=[(change, _titled(change.name)) for change in found.changes],
        stale=stale or (found.decision is None and any(known.get(c.name) != c.before for c in found.changes)),
        may_decide=here.actor().any_of(OWNERS),
        shown=shown,
        source=source,
    )


def _said(name: str) -> Mapping[str, Any]:
    said = here.engine().configuration().parameters.get(name)
    if said is None:
        raise NotFound
    return said


def _since() -> dict[str, Setting]:
    """Since when each parameter has its value."""
    return {one.name: one for one in reversed(here.engine().settings())}


def _titled(name: str) -> str:
    """What a parameter is called, with its area."""
    said = here.engine().configuration().parameters.get(name, {})
    return str((said.get("title") or {}).get(here.words().lang) or name)


def _title(said: Mapping[str, Any], name: str) -> tuple[str, str]:
    """The area of a parameter and what it is called there: `Complaint: each approval` has both."""
    title = str((said.get("title") or {}).get(here.words().lang) or name)
    area, colon, rest = title.partition("：" if here.words().lang == "zh" else ": ")
    return (area, rest[:1].upper() + rest[1:]) if colon else (_("Other"), title)


def source(said: Mapping[str, Any]) -> str:
    """Where a parameter comes from, in the language of the page where it says that in both."""
    given = said.get("source", "")
    return str(given.get(here.words().lang, "") if isinstance(given, Mapping) else given)


def shown(value: Any) -> str:
    """A value as it is read and typed: yes and no, numbers plain, lists with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _typed(old: Any, text: str) -> Any:
    """What was typed, as the kind of the value in force; what is of no kind stays text, for the engine to refuse."""
    if isinstance(old, bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(old, int | Decimal):
        return _number(text)
    if isinstance(old, list):
        return [_typed(old[0] if old else "", part.strip()) for part in text.split(",") if part.strip()]
    return text


def _number(text: str) -> Any:
    try:
        found = Decimal(text) if text.isascii() else None
    except InvalidOperation:
        return text
    if found is None or not found.is_finite():
        return text
    if found.adjusted() > MOST_DIGITS:
        return found  # the engine says that it is too large; as a whole number it might fill the memory
    return int(found) if found == found.to_integral_value() and "." not in text else found
