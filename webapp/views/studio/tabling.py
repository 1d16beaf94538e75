"""What the editor of decision tables asks by script. It answers with data, and keeps nothing."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for

from engine.errors import MalformedXml, NotFound
from engine.sketches import Sketch

from ... import here
from ...findings import labels_of
from ...studio import tables
from ...studio.losing import lost
from .pages import pages

LARGEST = 2_000_000  # bytes of a question


def offered(found: Sketch) -> dict[str, Any]:
    """What the script of the editor is told beside what all editors are."""
    return {
        "tableFindings": url_for(".table_findings", sketch=found.id),
        "tableUntouched": url_for(".table_untouched", sketch=found.id),
        "tableTrial": url_for(".table_trial", sketch=found.id),
        "labels": labels_of(found.files, here.words().lang),
    }


@pages.post("/sketches/<int:sketch>/table/findings")
def table_findings(sketch: int) -> Any:
    """What is wrong with a table as it is typed: cells, rows, what no row decides."""
    found, asked = _asked(sketch)
    return jsonify(tables.judged(found, asked["path"], asked["text"]))


@pages.post("/sketches/<int:sketch>/table/untouched")
def table_untouched(sketch: int) -> Any:
    """What a table would lose if the editor saved it as it does, without a change."""
    here.engine().sketch(sketch, here.actor())
    given = request.get_json(silent=True) if (request.content_length or 0) <= 2 * LARGEST else None
    if not isinstance(given, dict):
        raise NotFound
    try:
        return jsonify(lost=lost(str(given.get("before", "")), str(given.get("after", ""))))
    except MalformedXml as error:
        return jsonify(problem=str(error)), 422


@pages.post("/sketches/<int:sketch>/table/trial")
def table_trial(sketch: int) -> Any:
    """What a decision says to some values."""
    _found, asked = _asked(sketch)
    values = asked.get("values")
    values = {str(name): str(text) for name, text in values.items()} if isinstance(values, dict) else {}
    return jsonify(tables.tried(asked["text"], str(asked.get("decision", "")), values))


def _asked(sketch: int) -> tuple[Sketch, dict[str, Any]]:
    """The sketch, and the question: a path of it and the text that stands there now."""
    found = here.engine().sketch(sketch, here.actor())
    asked = request.get_json(silent=True) if (request.content_length or 0) <= LARGEST else None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str) or asked.get("path") not in found.files:
        raise NotFound
    return found, asked
