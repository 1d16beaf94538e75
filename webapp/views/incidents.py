"""The open incidents of the cases that somebody may see: the list, those that are alike, those tried again together."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.batches import Answer, Batch, Progress
from engine.cases.failures import Failed
from engine.cases.retrying import RETRY
from engine.errors import Conflict, NotAllowed, NotFound

from .. import here, incidents, reasons
from ..labels import labels_of
from ..language import noop
from .audit import asked

pages = Blueprint("incidents", __name__, url_prefix="/incidents")
PAGE = 25
LATELY = 5  # batches that the list names
COUNTED = 1_000  # of those that are tried again together
OUTCOMES = {  # by what a batch says of a case: the word, the tone, and what it means
    "retried": (noop("Tried again"), "ok", noop("What fails once more is in the list again")),
    "over": (noop("Nothing left to do"), "", noop("Somebody has settled it in the meantime")),
    "failed": (noop("Failed"), "bad", noop("Something went wrong, and nothing was changed")),
}


@pages.before_request
def onlookers_only() -> None:
    """Nobody comes in who neither mends nor audits."""
    policy = here.engine().policy
    here.need(*policy.menders, *policy.auditors)


@pages.get("")
@here.one_moment
def index() -> Any:
    """What failed last, or what has waited longest."""
    return _list()


@pages.post("/retries")
def retry_all() -> Any:
    """Try all those again that are alike, with one reason; who presses twice comes to the same page twice."""
    _mender()
    reason = request.form.get("reason", "").strip()
    if problem := reasons.problem(reason, _("Write why, in at least 5 characters")):
        return _list(problem=problem, reason=reason), 422
    try:
        made = here.engine().retry_all(_failed(), by=here.actor(), reason=reason)
    except Conflict:
        flash(_("None of them is open any more."), "ok")
        return redirect(url_for(".index"))
    return redirect(url_for(".retries", batch=made.id))


@pages.get("/retries/<int:batch>")
@here.one_moment
def retries(batch: int) -> Any:
    """How far those are that are tried again together, and what became of each."""
    found, engine, who, after = _batch(batch), here.engine(), here.actor(), request.args.get("after")
    progress = engine.batch_progress(found.id, who)
    answers = engine.batch_answers(found.id, who, after=after, limit=PAGE + 1)
    newest = engine.deployments(found.key)[0]
    return render_template(
        "incidents_retried.html",
        batch=found,
        progress=progress,
        outcomes=_outcomes(progress),
        rows=[_told(one) for one in answers[:PAGE]],
        later=answers[PAGE - 1].case_id if len(answers) > PAGE else None,
        after=after,
        labels=labels_of(engine.bundle(newest.bundle), here.words()),
        may_mend=_mends(),
    )


@pages.post("/retries/<int:batch>/cancellation")
def cancel(batch: int) -> Any:
    """Stop it; what was tried again stays so."""
    _mender()
    found = _batch(batch)
    try:
        here.engine().cancel_batch(found.id, by=here.actor())
        flash(_("It is stopped. What is done stays done."), "ok")
    except Conflict:  # it was over when the button was pressed
        flash(_("It was over already."), "ok")
    return redirect(url_for(".retries", batch=batch))


@pages.post("/<int:incident>/retry")
def retry(incident: int) -> Any:
    """Try one again that belongs to no case, and needs no reason in a history."""
    _mender()
    try:
        here.engine().retry(incident, by=here.actor())
        flash(_("It is tried again."), "ok")
    except NotFound:  # whoever presses twice reads what the first one came to
        flash(_("It is not open any more."), "ok")
    return redirect(url_for(".index"))


def _list(problem: str = "", reason: str = "") -> str:
    engine, who, words = here.engine(), here.actor(), here.words()
    failed, oldest = _failed(), request.values.get("order") == "oldest"
    found = engine.open_incidents(who, failed, limit=PAGE, after=asked.text("after"), oldest=oldest)
    rows, known = incidents.lines(here.services(), found.incidents, words), asked.processes()
    group = bool(failed.key and failed.element)
    filters = {
        "key": (_("Process"), asked.process_name(failed.key, known)),
        "kind": (_("Kind"), words(incidents.KINDS[failed.kind].title) if failed.kind else None),
        "element": (_("Where"), _element(failed, rows, known)),
        "alike": (_("Error"), _("the same") if failed.alike else None),
    }
    given = {name: asked.text(name) for name in filters} | {"order": "oldest" if oldest else None}
    return render_template(
        "incidents.html",
        rows=rows,
        groups=[] if group else incidents.groups(here.services(), engine.alike_incidents(who, failed), words),
        filters=asked.filters(".index", filters),
        given=given,
        kinds=incidents.KINDS,
        processes=known,
        elements=asked.elements(known, failed.key) if failed.key else [],
        failed=failed,
        group=group,
        count=engine.count_incidents(who, failed, most=COUNTED) if group and rows else 0,
        counted=COUNTED,
        oldest=oldest,
        may_mend=_mends(),
        lately=engine.batches(who, kind=RETRY, limit=LATELY),
        named=dict(known),
        earlier=url_for(".index", **given) if asked.text("after") else "",
        later=url_for(".index", **given, after=found.later) if found.later else "",
        problem=problem,
        reason=reason,
    )


def _failed() -> Failed:
    """Which incidents an address or a form asks for."""
    key, kind = asked.text("key"), asked.one_of("kind", incidents.KINDS)
    return Failed(key=key, kind=kind, element=asked.text("element") if key else None, alike=asked.text("alike"))


def _element(failed: Failed, rows: list[incidents.Line], known: Any) -> str | None:
    """What the element is called that is asked for."""
    return rows[0].element if rows and failed.element else asked.element_name(failed.element, known)


def _outcomes(progress: Progress) -> list[dict[str, Any]]:
    """How many came to each outcome; the usual one, and what else there is."""
    words, found = here.words(), progress.outcomes
    return [
        {"title": words(title), "tone": tone, "text": words(text), "count": found.get(name, 0)}
        for name, (title, tone, text) in OUTCOMES.items()
        if name == "retried" or name in found
    ]


def _told(one: Answer) -> dict[str, Any]:
    title, tone, _text = OUTCOMES.get(one.outcome, (one.outcome, "", ""))
    quoted = str(one.detail.get("why", ""))
    return {
        "case_id": one.case_id,
        "number": one.number,
        "outcome": here.words()(title),
        "tone": tone,
        "quoted": quoted,
    }


def _batch(batch: int) -> Batch:
    """A batch that this page is for."""
    try:
        found = here.engine().batch(batch, here.actor())
    except NotAllowed:  # it is one of those who deploy
        raise NotFound from None
    if found.kind != RETRY:
        raise NotFound
    return found


def _mends() -> bool:
    return here.actor().any_of(here.engine().policy.menders)


def _mender() -> None:
    here.need(*here.engine().policy.menders)
