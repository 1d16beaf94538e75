"""Sketches: begin one, look at it, change its files, see who else is there, take it home, let it be checked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from engine.errors import Conflict, Refusal
from engine.sketches import Sketch

from ... import here
from ...studio import sketches as shown
from ...uploads import UnreadableUpload, read_upload, zipped
from . import proposing
from .pages import pages


@pages.get("/sketches/<int:sketch>")
def sketch(sketch: int) -> Any:
    """A sketch: its files, what is wrong with them, what they change, who else works on it."""
    return overview(here.engine().sketch(sketch, here.actor()))


@pages.get("/sketches/<int:sketch>.zip")
def take_sketch(sketch: int) -> Any:
    """A sketch as an archive."""
    found = here.engine().sketch(sketch, here.actor())
    return _attached(zipped(found.files), f"{found.key or 'sketch'}-{found.id}.zip")


@pages.post("/sketches/<int:sketch>/files")
def add_files(sketch: int) -> Any:
    """Add or replace files: one under a path that is named, or some under their own names."""
    try:
        given: dict[str, bytes | None] = dict(read_upload(request.files.getlist("files")))
    except UnreadableUpload as error:
        return _again(sketch, _(proposing.UNREADABLE[str(error)]))
    path = request.form.get("path", "").strip()
    if path and len(given) == 1:
        given = {path: next(iter(given.values()))}
    return _kept(sketch, given, _("The files are saved."))


@pages.post("/sketches/<int:sketch>/files/deletion")
def delete_file(sketch: int) -> Any:
    """Delete a file."""
    path = request.form.get("path", "")
    return _kept(sketch, {path: None}, _("The file %(path)s is deleted.", path=path))


@pages.get("/sketches/<int:sketch>/check")
def check_sketch(sketch: int) -> Any:
    """What deploying a sketch would change: the page that every upload is checked on."""
    found = here.engine().sketch(sketch, here.actor())
    if not found.files:
        return _again(sketch, _("There is no file yet. Add a diagram first"))
    return proposing.page(dict(found.files), sketch=found)


@pages.post("/sketches/<int:sketch>/discarding")
def discard_sketch(sketch: int) -> Any:
    """Throw a sketch away."""
    found = here.engine().sketch(sketch, here.actor())
    here.engine().sketch_discard(sketch, by=here.actor())
    flash(_("The draft “%(name)s” is discarded.", name=shown.title(found)), "ok")
    return redirect(url_for(".index"))


def overview(found: Sketch, problem: str = "") -> str:
    """The page of a sketch, and what was wrong with files that were sent."""
    return render_template("studio/sketches/show.html", **shown.about(found), problem=problem)


def _kept(sketch: int, given: dict[str, bytes | None], done: str) -> Any:
    revision = here.number(request.form.get("revision"))
    try:
        here.engine().sketch_save(sketch, revision, given, by=here.actor())
    except Conflict as error:
        return redirect(merging(sketch, error))
    except Refusal as error:
        if "bound" not in error.data:
            raise
        return _again(sketch, shown.problem(error))
    flash(done, "ok")
    return redirect(url_for(".sketch", sketch=sketch))


def merging(sketch: int, error: Conflict) -> str:
    """The address at which what could not be saved is merged with what is there."""
    return url_for(".merge", sketch=sketch, path=error.data["path"], lost=error.data["lost"])


def _again(sketch: int, problem: str) -> Any:
    return overview(here.engine().sketch(sketch, here.actor()), problem), 422


def _attached(body: bytes, name: str) -> Response:
    return send_file(BytesIO(body), mimetype="application/zip", as_attachment=True, download_name=name)
