"""What new cases begin with: shares of versions, more of them, none of them any more, and back to an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import NotAllowed, NotFound, Refusal

from ... import here, reasons
from ...studio import reach, rollouts
from .pages import labels_by, pages


@pages.get("/<key>/rollouts")
def rolled_out(key: str) -> Any:
    """Which version new cases begin with, what can be done about it, and what was done before."""
    return _page(key)


@pages.post("/<key>/rollouts")
def roll_out(key: str) -> Any:
    """Give a version another share of the new cases; where a second person must agree, it becomes a proposal."""
    given = reach.filled(request.form)
    if given.problems:
        return _page(key, "widen", given.problems), 422
    version, said = here.number(request.form.get("version", "")), {"by": here.actor(), "reason": given.reason}
    try:
        here.engine().roll_out(key, version, **given.said, **said)
    except NotAllowed as error:
        if error.data.get("how") != "propose":
            raise
        return _propose(key, version, {**given.said, **said})
    except Refusal as error:
        return _page(key, "widen", reach.refused(error)), 422
    return _done(
        key, _("Version %(version)s gets %(percent)s %% of the new cases.", version=version, percent=given.percent)
    )


@pages.post("/<key>/rollouts/stop")
def stop(key: str) -> Any:
    """Give no more new cases to a version."""

    def act(version: int, said: Mapping[str, Any]) -> str:
        here.engine().stop_rollout(key, version=version, **said)
        return _("Version %(version)s gets no more new cases.", version=version)

    return _steered(key, "stop", act)


@pages.post("/<key>/rollouts/return")
def go_back(key: str) -> Any:
    """Let every new case begin with an earlier version."""

    def act(version: int, said: Mapping[str, Any]) -> str:
        here.engine().roll_back(key, version, **said)
        return _("All new cases begin with version %(version)s again.", version=version)

    return _steered(key, "back", act)


def _steered(key: str, which: str, act: Callable[[int, Mapping[str, Any]], str]) -> Any:
    reason = request.form.get("reason", "").strip()
    if problem := reasons.problem(reason, _("Write why, in at least 5 characters")):
        return _page(key, which, {"reason": problem}), 422
    try:
        return _done(key, act(here.number(request.form.get("version", "")), {"by": here.actor(), "reason": reason}))
    except NotAllowed:
        raise
    except Refusal as error:
        return _page(key, which, reach.refused(error)), 422


def _propose(key: str, version: int, said: Mapping[str, Any]) -> Any:
    try:
        proposal = here.engine().propose_rollout(key, version, **said)
    except Refusal as error:
        return _page(key, "widen", reach.refused(error)), 422
    flash(_("So many cases were not approved yet: a second process owner decides."), "ok")
    return redirect(url_for(".review", proposal=proposal.id))


def _done(key: str, sentence: str) -> Any:
    flash(sentence, "ok")
    return redirect(url_for(".rolled_out", key=key))


def _page(key: str, which: str = "", problems: Mapping[str, str] | None = None) -> str:
    """The page; `which` of its forms was sent, and what is wrong with that."""
    found = rollouts.panel(key)
    if not found.versions:
        raise NotFound
    return render_template(
        "studio/rollouts.html",
        key=key,
        labels=labels_by(found.versions[0].bundle),
        found=found,
        which=which,
        problems=problems or {},
        typed=request.form,
        second=here.engine().policy.second_approval,
    )
