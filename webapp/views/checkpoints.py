"""Checkpoints: when the histories were sealed last, by which key, and whether all that is sealed is still so."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from engine.proof.documents import Folder
from engine.proof.verify import Whole

from .. import here
from ..language import noop
from ..shell import READERS

pages = Blueprint("checkpoints", __name__, url_prefix="/audit/checkpoints")
PAGE = 25
PROBLEMS = (
    noop("checkpoint missing"),
    noop("checkpoint changed"),
    noop("checkpoint not signed"),
    noop("checkpoint differs from its file"),
    noop("checkpoint file missing"),
    noop("checkpoint file changed"),
    noop("unknown key"),
    noop("sealed step missing"),
    noop("sealed step changed"),
    noop("sealed row missing"),
    noop("sealed row changed"),
    noop("purge missing"),
    noop("purge changed"),
    noop("purge not sealed"),
    noop("purge not whole"),
    noop("purge of what was never sealed"),
    noop("number missing"),
    noop("number unknown"),
    noop("row of no case"),
    noop("row refers to nothing"),
    noop("content missing"),
    noop("content changed"),
    noop("content unknown"),
    noop("bundle missing"),
    noop("bundle unknown"),
    noop("deployment changed"),
    noop("access changed"),
    noop("operators changed"),
)  # what `engine.verify_whole` says beside the words for cases; the template translates it


@pages.before_request
def readers_only() -> None:
    """Nobody comes in who does not read every case."""
    here.need(*READERS)


@pages.get("")
def index() -> Any:
    """The checkpoints, newest first."""
    return _page(None)


@pages.post("/verification")
def verify() -> Any:
    """Verify what no single case can tell."""
    folder = here.engine().context.sinks.get("folder")
    return _page(here.engine().verify_whole(folder if isinstance(folder, Folder) else None))


def _page(found: Whole | None) -> str:
    before = request.values.get("before", type=int)
    rows = here.engine().checkpoints(limit=PAGE + 1, before=before)
    shown = rows[:PAGE]
    return render_template(
        "audit/checkpoints.html",
        found=found,
        rows=shown,
        last=next(iter(here.engine().checkpoints(limit=1)), None),
        before=before,
        later=shown[-1].number if len(rows) > PAGE else None,
    )
