"""Where two people have changed the same: both texts, what each has done, and the decision, which is saved."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from engine import Deployment
from engine.errors import Conflict, Refusal
from engine.sketches import Lost, Sketch

from ... import here
from ...studio import merging
from ...studio import sketches as shown
from .pages import pages
from .sketches import merging as merge_address

APART = "apart"


@pages.get("/sketches/<int:sketch>/merge")
def merge(sketch: int) -> Any:
    """What somebody could not save of a file, beside what is there."""
    found = here.engine().sketch(sketch, here.actor())
    lost = _wanted(found)
    if lost is None:
        flash(_("Nothing is left to be merged."), "info")
        return redirect(url_for(".sketch", sketch=sketch))
    return _merging(found, lost)


@pages.post("/sketches/<int:sketch>/merge")
def merged(sketch: int) -> Any:
    """Save what was decided for a file; the text that was lost is let go with it."""
    found = here.engine().sketch(sketch, here.actor())
    lost = merging.find(here.engine().sketch_lost(sketch, here.actor()), here.number(request.form.get("lost")))
    seen = here.number(request.form.get("revision"))
    if seen != found.revision:
        return _merging(found, lost, _("The file was changed once more in the meantime. Decide again")), 409
    try:
        body = merging.decided(merging.lost(found, lost), request.form)
        here.engine().sketch_save(sketch, seen, {lost.path: body}, by=here.actor(), settles=lost.id)
    except Conflict as error:
        return redirect(merge_address(sketch, error))
    except Refusal as error:
        return _merging(found, lost, said(error)), 422
    flash(_("Both are merged and saved."), "ok")
    return redirect(shown.editor(sketch, lost.path) if request.form.get("on") else url_for(".sketch", sketch=sketch))


@pages.get("/sketches/<int:sketch>/lost/<int:lost>")
def lost_text(sketch: int, lost: int) -> Any:
    """A text that somebody could not save, to take it home."""
    one = merging.find(here.engine().sketch_lost(sketch, here.actor()), lost)
    name = one.path.rpartition("/")[2]
    return send_file(BytesIO(one.body or b""), mimetype="text/plain", as_attachment=True, download_name=name)


@pages.post("/sketches/<int:sketch>/lost/<int:lost>/deletion")
def forget_lost(sketch: int, lost: int) -> Any:
    """Let a text go that somebody could not save."""
    here.engine().sketch_forget(sketch, lost, by=here.actor())
    flash(_("Your text is let go; the file stays as it is."), "ok")
    return redirect(url_for(".sketch", sketch=sketch))


@pages.get("/sketches/<int:sketch>/base")
def newer_base(sketch: int) -> Any:
    """What a newer version has changed of the files of a sketch."""
    found = here.engine().sketch(sketch, here.actor())
    newest = shown.newer(found)
    return _rebasing(found, newest) if newest else _nothing_newer(sketch)


@pages.post("/sketches/<int:sketch>/base")
def rebase(sketch: int) -> Any:
    """Bring a sketch up to the newest version, with what was decided for each file."""
    found, seen = here.engine().sketch(sketch, here.actor()), here.number(request.form.get("revision"))
    newest = shown.newer(found)
    if newest is None:
        return _nothing_newer(sketch)
    if newest.bundle != request.form.get("base") or seen != found.revision:
        return _rebasing(found, newest, _("Something was changed once more in the meantime. Decide again")), 409
    try:
        made = merging.newer(found, newest.bundle)
        changed = {one.merge.path: merging.decided(one, request.form) for one in made}
        here.engine().sketch_rebase(sketch, seen, newest.bundle, changed, by=here.actor())
    except Conflict:
        again = here.engine().sketch(sketch, here.actor())
        return _rebasing(again, newest, _("Somebody was quicker. Decide again")), 409
    except Refusal as error:
        return _rebasing(found, newest, said(error)), 422
    flash(_("The draft is brought up to version %(version)s.", version=newest.version), "ok")
    return redirect(url_for(".sketch", sketch=sketch))


def said(error: Refusal) -> str:
    """What to do about a decision that cannot be carried out."""
    if error.data.get("how") == APART:
        pairs = [_("%(part)s needs %(other)s", part=one, other=other) for one, other in error.data["parts"]]
        return _("These parts belong together, take them from the same side: %(pairs)s", pairs="; ".join(pairs))
    if error.data.get("how") == "undecided":
        return _("Choose a side for %(part)s", part=error.data["element"])
    return shown.problem(error)


def _wanted(found: Sketch) -> Lost | None:
    """The text that the address names, else the last one of its path."""
    lost, path = here.engine().sketch_lost(found.id, here.actor()), request.args.get("path", "")
    named = request.args.get("lost", "")
    fits = [one for one in lost if (named and str(one.id) == named) or (not named and one.path == path)]
    return fits[0] if fits else None


def _merging(found: Sketch, lost: Lost, problem: str = "") -> str:
    last = next((one for one in found.entries if one.path == lost.path), None)
    one = merging.lost(found, lost)
    context = {"sketch": found, "lost": lost, "last": last, "one": one, "problem": problem}
    return render_template("studio/sketches/merge.html", **context, **WORDS)


def _nothing_newer(sketch: int) -> Any:
    flash(_("The draft is of the newest version already."), "info")
    return redirect(url_for(".sketch", sketch=sketch))


def _rebasing(found: Sketch, newest: Deployment, problem: str = "") -> str:
    made = merging.newer(found, newest.bundle)
    context = {"sketch": found, "newest": newest, "versions": shown.versions(found), "problem": problem}
    return render_template("studio/sketches/base.html", **context, made=made, **WORDS)


WORDS = {"title": shown.title, "done": merging.DONE, "editor": shown.editor}
