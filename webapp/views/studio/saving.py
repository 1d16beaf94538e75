"""What editors ask of a sketch by script: a file, its saving, findings, who else is here. They answer with data."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import jsonify, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from engine.errors import Conflict, NotFound, Refusal
from engine.sketches import Sketch

from ... import here, language
from ...studio import keeping
from ...studio import sketches as shown
from . import sketches as overviews
from .pages import pages

TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
TYPES = {".bpmn": "application/xml", ".dmn": "application/xml", ".json": "application/json"}


@pages.get("/sketches/<int:sketch>/files/<path:path>")
def sketch_file(sketch: int, path: str) -> Any:
    """A file; its ETag is the revision of the sketch that is seen by it."""
    found = here.engine().sketch(sketch, here.actor())
    if path not in found.files:
        raise NotFound
    return _file(found, path)


@pages.put("/sketches/<int:sketch>/files/<path:path>")
def save_file(sketch: int, path: str) -> Any:
    """Save a file by somebody who has seen the revision of If-Match; 409 names who was first and where both meet."""
    seen = TAG.fullmatch(request.headers.get("If-Match", "").strip())
    if seen is None:
        return jsonify(problem=_("Say with If-Match which revision you have seen")), 422
    if problem := keeping.problem(here.engine().sketch(sketch, here.actor()), path, request.get_data()):
        return jsonify(problem=problem), 422
    try:
        saved = here.engine().sketch_save(sketch, int(seen[1]), {path: request.get_data()}, by=here.actor())
    except Conflict as error:
        if "lost" not in error.data:
            raise
        said = {"revision": error.data["revision"], "by": error.by, "at": error.at}
        return jsonify(**said, merge=overviews.merging(sketch, error)), 409
    except Refusal as error:
        if "bound" not in error.data:
            raise
        return jsonify(problem=shown.problem(error)), 422
    here.engine().sketch_seen(sketch, by=here.actor())
    answer = jsonify(_judged(saved))
    answer.set_etag(str(saved.revision))
    return answer


@pages.get("/sketches/<int:sketch>/findings")
def sketch_findings(sketch: int) -> Any:
    """What is wrong with a sketch as it is now, in the language of the page."""
    return jsonify(_judged(here.engine().sketch(sketch, here.actor())))


@pages.post("/sketches/<int:sketch>/here")
def be_here(sketch: int) -> Any:
    """Note that somebody has a sketch open; who else has, and the revision it has come to."""
    others = here.engine().sketch_seen(sketch, by=here.actor())
    found = here.engine().sketch(sketch, here.actor())
    return jsonify(
        revision=found.revision,
        by=found.changed_by,
        others=[{**shown.somebody(one), "here": one.sketch == sketch} for one in others],
    )


def _judged(found: Sketch) -> dict[str, Any]:
    judged = shown.check(found.files, found.digest)
    findings = shown.said(judged, found.files, language.current())
    return {"revision": found.revision, "digest": judged.digest, "findings": findings}


def _file(found: Sketch, path: str) -> Response:
    body = found.files[path]
    kind = next((kind for ending, kind in TYPES.items() if path.endswith(ending)), "text/plain")
    answer = send_file(BytesIO(body), mimetype=kind, as_attachment=True, download_name=path.rpartition("/")[2])
    answer.set_etag(str(found.revision))
    return answer
