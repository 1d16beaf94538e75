"""Trying a draft on finished cases: beginning it, how far it is, what became of which case, and one case beside it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.backtest import OUTCOMES
from engine.errors import Conflict, InvalidDiagram, NotFound, Refusal
from engine.past.choosing import Past

from ... import here
from ...studio import backtests, comparing
from ...uploads import UnreadableUpload, unpacked
from .pages import labels_by, pages, way_back


@pages.get("/backtests")
def backtests_of() -> Any:
    """The backtests of a process, or of all, newest first."""
    key = request.args.get("key") or None
    found = here.engine().batches(here.actor(), key=key, kind=backtests.KIND, limit=backtests.PAGE)
    rows = [(one, labels_by(one.bundle).process, here.engine().batch_progress(one.id, here.actor())) for one in found]
    return render_template("studio/backtests.html", rows=rows)


@pages.post("/backtests")
def begin_backtest() -> Any:
    """Try a bundle that is stored, a sketch, or the files of a page on finished cases."""
    size, seed = request.form.get("sample", "").strip(), request.form.get("seed", "").strip()
    past = Past(sample=here.number(size) if size else None, seed=seed if size else "")
    try:
        made = here.engine().backtest(_given(), past, by=here.actor())
    except InvalidDiagram:
        flash(_("Correct the errors of the check first; then it can be tried."), "bad")
        return redirect(request.form.get("back") or url_for(".index"))
    except Refusal as error:
        if not error.data.get("field"):
            raise
        flash(_("A sample has at least 1 case, and a seed at most 64 letters."), "bad")
        return redirect(url_for(".index"))
    return redirect(url_for(".backtest", batch=made.id))


def _given() -> Any:
    """What is to be tried: files of a page, a version or sketch by its name, or a stored bundle."""
    if packed := request.form.get("files"):
        try:
            return unpacked(packed)
        except UnreadableUpload:
            raise NotFound from None
    if to := request.form.get("to"):
        return dict(comparing.version(request.form.get("key", ""), to).files)
    return here.engine().bundle(request.form.get("bundle", "")).digest


@pages.get("/backtests/<int:batch>")
def backtest(batch: int) -> Any:
    """How far a backtest is, and what became of the cases."""
    found, who = backtests.found_batch(batch), here.actor()
    labels = labels_by(found.bundle)
    progress = here.engine().batch_progress(found.id, who)
    show, after = request.args.get("show") or None, request.args.get("after")
    if show is not None and show not in (*OUTCOMES, backtests.FAILED):
        raise NotFound
    shown = here.engine().batch_answers(found.id, who, outcome=show, after=after, limit=backtests.PAGE + 1)
    return render_template(
        "studio/backtest.html",
        batch=found,
        labels=labels,
        progress=progress,
        summary=backtests.summary(found, progress),
        rows=[backtests.told(one, labels) for one in shown[: backtests.PAGE]],
        show=show or "",
        after=after,
        later=shown[backtests.PAGE - 1].case_id if len(shown) > backtests.PAGE else None,
        version=_version(found.key, found.bundle),
        back=way_back(found.key, found.bundle),
    )


@pages.post("/backtests/<int:batch>/cancellation")
def cancel_backtest(batch: int) -> Any:
    """Stop a backtest; what it has found stays."""
    found = backtests.found_batch(batch)
    try:
        here.engine().cancel_batch(found.id, by=here.actor())
        flash(_("The backtest is stopped. What it has found stays."), "ok")
    except Conflict:  # it was over when the button was pressed
        flash(_("It was over already."), "ok")
    return redirect(url_for(".backtest", batch=found.id))


@pages.get("/backtests/<int:batch>/cases/<case_id>")
@here.on_record
@here.one_moment
def backtest_case(batch: int, case_id: str) -> Any:
    """A case beside what the bundle makes of it."""
    found = backtests.found_batch(batch)
    case = here.engine().case(case_id, here.actor())
    here.opened(case.id)
    tested = here.engine().tried(found.bundle, case.id, here.actor())
    new = here.engine().bundle(found.bundle)
    old = here.engine().bundle(case.bundle)
    answer = backtests.answer_of(tested, case.id, case.number)
    shown = backtests.beside(tested, answer, old, new if new.key == old.key else old)
    return render_template(
        "studio/backtest_case.html", batch=found, case=case, labels=labels_by(found.bundle), one=shown
    )


def _version(key: str, bundle: str) -> int | None:
    """The number of a bundle that is deployed."""
    return next((one.version for one in here.engine().deployments(key) if one.bundle == bundle), None)
