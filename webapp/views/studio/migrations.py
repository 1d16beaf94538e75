"""Moving open cases to another version: trying it in memory, saying what goes where, and then doing it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.batches import Batch
from engine.errors import Conflict, NotFound, Refusal

from ... import here, reasons
from ...studio import comparing, mapped, migrations
from .pages import labels_by, pages, way_back


@pages.get("/<key>/migrations")
def migrations_of(key: str) -> Any:
    """Where the open cases of a process stand against a version, and what was tried and done before."""
    newest = _newest(key)
    ref = request.args.get("to") or str(newest.version)
    target = migrations.target(key, ref)
    engine, who = here.engine(), here.actor()
    found = [one for kind in migrations.KINDS for one in engine.batches(who, key=key, kind=kind, limit=10)]
    return render_template(
        "studio/migrations.html",
        key=key,
        labels=labels_by(newest.bundle),
        target=target,
        choices=comparing.choices(key),
        stands=migrations.standing(key, target.bundle),
        batches=[
            (one, migrations.target_of(one), engine.batch_progress(one.id, who))
            for one in sorted(found, key=lambda one: -one.id)
        ],
        titles=migrations.TITLES,
    )


@pages.post("/<key>/migrations")
def try_migration(key: str) -> Any:
    """Try every open case in a version, a proposal or a sketch."""
    target = migrations.target(key, request.form.get("to", ""))
    given: Any = target.bundle.digest
    if target.ref.startswith("sketch-"):
        given = dict(target.bundle.files)  # nobody has kept the bundle that they make now
    made = here.engine().dry_run(given, by=here.actor())
    return redirect(url_for(".migration", key=key, batch=made.id))


@pages.get("/<key>/migrations/<int:batch>")
def migration(key: str, batch: int) -> Any:
    """How far a dry run or a migration is, what became of each case, and what can be done next."""
    return _page(_found(key, batch))


@pages.post("/<key>/migrations/<int:batch>/trials")
def try_again(key: str, batch: int) -> Any:
    """Try the cases once more, with the mapping that was filled in."""
    found = _found(key, batch, "dry_run")
    digests, wrong = [], {}
    for way in migrations.ways(found):
        try:
            declared = mapped.declared(way, request.form)
        except Refusal as error:
            wrong[way.version] = mapped.refused(error, way)
            continue
        digests += [declared.digest] if declared else []
    if wrong:
        return _page(found, filled=request.form, wrong=wrong), 422
    made = here.engine().dry_run(found.bundle, by=here.actor(), mappings=digests)
    return redirect(url_for(".migration", key=key, batch=made.id))


@pages.post("/<key>/migrations/<int:batch>/moves")
def move(key: str, batch: int) -> Any:
    """Move the open cases as a dry run has tried it, with a reason."""
    found, reason = _found(key, batch, "dry_run"), request.form.get("reason", "").strip()
    target = migrations.target_of(found)
    if target.version is None:
        raise NotFound
    if problem := reasons.problem(reason, _("Write why the cases are moved, in at least 5 characters")):
        return _page(found, problem=problem, reason=reason), 422
    cases = None if request.form.get("which") == "all" else migrations.safe_cases(found)
    made = here.engine().migrate_all(
        key, to=target.version, by=here.actor(), reason=reason, mappings=found.asked["mappings"].values(), cases=cases
    )
    return redirect(url_for(".migration", key=key, batch=made.id))


@pages.post("/<key>/migrations/<int:batch>/cancellation")
def cancel_migration(key: str, batch: int) -> Any:
    """Stop a dry run or a migration; what is done stays done."""
    found = _found(key, batch)
    try:
        here.engine().cancel_batch(found.id, by=here.actor())
        flash(_("It is stopped. What is done stays done."), "ok")
    except Conflict:  # it was over when the button was pressed
        flash(_("It was over already."), "ok")
    return redirect(url_for(".migration", key=key, batch=batch))


def _newest(key: str) -> Any:
    versions = here.engine().deployments(key)
    if not versions or versions[0].kind != "process":
        raise NotFound
    return versions[0]


def _found(key: str, batch: int, kind: str = "") -> Batch:
    """A batch of a process that this page is for."""
    found = here.engine().batch(batch, here.actor())
    if found.key != key or found.kind not in ((kind,) if kind else migrations.KINDS):
        raise NotFound
    return found


def _page(
    batch: Batch,
    *,
    filled: Any = None,
    wrong: dict[int, str] | None = None,
    problem: str = "",
    reason: str = "",
) -> str:
    engine, who = here.engine(), here.actor()
    progress = engine.batch_progress(batch.id, who)
    show, after = request.args.get("show") or None, request.args.get("after")
    shown = engine.batch_answers(batch.id, who, outcome=show, after=after, limit=migrations.PAGE + 1)
    over = batch.state != "running"
    return render_template(
        "studio/migration.html",
        key=batch.key,
        labels=labels_by(_newest(batch.key).bundle),
        batch=batch,
        title=migrations.TITLES[batch.kind],
        back=way_back(batch.key, batch.bundle),
        target=migrations.target_of(batch),
        progress=progress,
        tiles=migrations.tiles(batch, progress),
        rows=[migrations.told(batch, one) for one in shown[: migrations.PAGE]],
        show=show or "",
        after=after,
        later=shown[migrations.PAGE - 1].case_id if len(shown) > migrations.PAGE else None,
        asked=migrations.form(batch, filled) if over and batch.kind == "dry_run" else [],
        wrong=wrong or {},
        problem=problem,
        reason=reason,
    )
