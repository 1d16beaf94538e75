"""How a sketch begins: of a version, of a template, of files from elsewhere, or of nothing."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import Refusal
from engine.sketches import Sketch

from ... import here
from ...studio import sketches as shown
from ...studio import templates
from ...uploads import UnreadableUpload, read_upload
from .pages import pages
from .proposing import UNREADABLE


@pages.get("/sketches/new")
def new_sketch() -> Any:
    """The ways in which a sketch can begin."""
    return _asked({})


@pages.post("/sketches")
def begin_sketch() -> Any:
    """Begin a draft, and go to it."""
    try:
        made = _begun(request.form.get("how", ""))
    except UnreadableUpload as error:
        return _asked({"files": _(UNREADABLE[str(error)])}), 422
    except templates.Unusable as error:
        return _asked({error.field: error.said}), 422
    except Refusal as error:
        if "bound" not in error.data:
            raise
        return _asked({"files": shown.problem(error)}), 422
    return redirect(url_for(".sketch", sketch=made.id))


def _begun(how: str) -> Sketch:
    form, engine, by = request.form, here.engine(), here.actor()
    name = form.get("name", "")
    if how == "version":
        version = form.get("version", "")
        return engine.sketch_begin(key=form.get("key", ""), version=here.number(version) if version else None, by=by)
    if how == "template":
        given = (form.get(field, "").strip() for field in ("template", "key", "name", "name_zh"))
        files = templates.filled(*given)
        return engine.sketch_begin(files=files, name=name.strip(), by=by)
    if how == "upload":
        files = templates.arranged(read_upload(request.files.getlist("files")))
        return engine.sketch_begin(files=files, name=name, by=by)
    return engine.sketch_begin(files={}, name=name or shown.free_name(_("Untitled")), by=by)


def _asked(problems: dict[str, str]) -> str:
    return render_template(
        "studio/sketches/new.html", templates=templates.TEMPLATES, problems=problems, given=request.form
    )
