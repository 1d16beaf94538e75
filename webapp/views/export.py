"""Event logs to take away: of a selection of cases, by pseudonyms or, for auditors with a reason, with names."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from engine.export import FORMATS, Format, Selection

from .. import here, reasons
from ..shell import READERS
from .audit import asked

pages = Blueprint("export", __name__, url_prefix="/audit/export")
STATUSES = ("open", "suspended", "completed", "cancelled")


@pages.before_request
def readers_only() -> None:
    """Nobody comes in who does not read every case."""
    here.need(*READERS)


@pages.get("")
def ask() -> Any:
    """Ask which cases, and in what form."""
    return _page()


@pages.post("")
def take() -> Any:
    """The event log, written while it is sent."""
    format, reason = cast(Format, asked.one_of("format", FORMATS) or "xes"), request.form.get("reason", "").strip()
    named = bool(request.form.get("names"))
    problem = reasons.problem(reason, _("Write what you need the names for, in at least 5 characters"))
    if named and problem:
        return _page(problem), 422
    engine, key = here.engine(), None if named else here.services().export_key
    content = engine.export_log(format, _selection(), by=here.actor(), key=key, reason=reason)
    type_, end = FORMATS[format]
    name = f"{asked.text('key') or 'cases'}-{here.services().now():%Y%m%d}{end}"
    return Response(content, mimetype=type_, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _selection() -> Selection:
    """The cases that the form chooses."""
    return Selection(
        key=asked.one_of("key", dict(asked.processes())),
        version=asked.number("version"),
        since=asked.day("since"),
        until=asked.day("until", end=True),
        status=asked.one_of("status", STATUSES),
        ids=tuple(request.values.getlist("case")) or None,
    )


def _page(problem: str = "") -> str:
    selection = _selection()
    return render_template(
        "export.html",
        processes=asked.processes(),
        given=request.values,
        cases=selection.ids or (),
        count=here.engine().exportable(selection, by=here.actor()),
        may_name=here.engine().may_export_names(here.actor()),
        problem=problem,
    )
