"""The editors of the files of a sketch, and what they ask the server while somebody works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from engine.diagram.losing import lost
from engine.drawing.tidying import tidy as tidied
from engine.errors import MalformedXml, NotFound
from engine.sketches import Sketch

from ... import here
from ...studio import expressions
from ...studio.offers import offers
from ...studio.sketches import title
from . import forming, tabling
from .pages import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """The page that edits a kind of file, and what more its script is told."""

    template: str
    offered: Callable[[Sketch], dict[str, Any]] = lambda sketch: {}
    shown: Callable[[Sketch, str], dict[str, Any]] = lambda sketch, path: {}  # what the page itself says of the file


EDITORS = {
    ".bpmn": Editor(template="studio/edit_diagram.html", offered=offers),
    ".dmn": Editor(template="studio/edit_table.html", offered=tabling.offered),
    ".json": Editor(template=forming.TEMPLATE, shown=forming.shown),
}


@pages.get("/sketches/<int:sketch>/edit")
def edit(sketch: int) -> Any:
    """The editor of one file of a sketch, by the kind of the file."""
    found, path = here.engine().sketch(sketch, here.actor()), request.args.get("path", "")
    editor = next((editor for ending, editor in EDITORS.items() if path.endswith(ending)), None)
    if path not in found.files or editor is None:
        raise NotFound
    told = page_of(found, path) | editor.offered(found)
    shown = editor.shown(found, path)
    return render_template(editor.template, sketch=found, title=title, path=path, told=told, **shown)


def page_of(found: Sketch, path: str) -> dict[str, Any]:
    """What the script of every editor is told: where the file is, its revision, who works on it."""
    return {
        "path": path,
        "file": url_for(".sketch_file", sketch=found.id, path=path),
        "findings": url_for(".sketch_findings", sketch=found.id),
        "here": url_for(".be_here", sketch=found.id),
        "editor": url_for(".edit", sketch=found.id),
        "expressions": url_for(".judge"),
        "untouched": url_for(".untouched"),
        "tidy": url_for(".tidy"),
        "element": request.args.get("element", ""),
        "revision": found.revision,
        "person": here.actor().name,
        "names": {one.id: one.called(here.words().lang) for one in here.services().directory.people()},
        "csrf": generate_csrf(),
        "readonly": False,
    }


@pages.post("/expressions")
def judge() -> Any:
    """What is wrong with an expression that somebody types."""
    given = request.get_json()
    role, text = str(given.get("role", "")), str(given.get("text", ""))
    if role not in expressions.ROLES or len(text) > expressions.LONGEST:
        abort(400)
    found = expressions.judge(role, text, here.engine().configuration().language, here.words().lang)
    return jsonify(problem=found.problem, line=found.line, column=found.column)


@pages.post("/untouched")
def untouched() -> Any:
    """What a diagram would lose if an editor saved it as it does, without a change."""
    given = request.get_json()
    try:
        return jsonify(lost=lost(str(given.get("before", "")), str(given.get("after", ""))))
    except MalformedXml as error:
        return jsonify(problem=str(error)), 422


@pages.post("/tidy")
def tidy() -> Any:
    """A diagram, laid out anew by its lanes and flows."""
    try:
        return Response(tidied(request.get_data()), mimetype="application/xml")
    except MalformedXml as error:
        return jsonify(problem=str(error)), 422
