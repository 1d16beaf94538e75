"""The list of deviations: where cases have left what their diagrams foresee."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from engine.auditing.deviating import ANY
from engine.auditing.search import Query

from ... import here
from . import asked, said
from .pages import pages
from .search import addresses, lines_of

PAGE = 25


@pages.get("/deviations")
def deviations() -> Any:
    """The deviations of a kind, a process, a period; newest case first."""
    words, known, kind = here.words(), asked.processes(), asked.one_of("kind", said.DEVIATIONS)
    key = asked.text("key")
    query = Query(deviation=kind or ANY, key=key, since=asked.day("since"), until=asked.day("until", end=True))
    found = here.engine().look_for(query, here.actor(), limit=PAGE, after=asked.text("after"))
    sentence = {
        "kind": (_("Deviation"), words(said.DEVIATIONS[kind]) if kind else None),
        "key": (_("Process"), asked.process_name(key, known)),
        "since": (_("From"), asked.text("since")),
        "until": (_("Until"), asked.text("until")),
    }
    return render_template(
        "audit/deviations.html",
        filters=asked.filters(".deviations", sentence),
        found=found,
        lines=lines_of(found.hits),
        **addresses(".deviations", found, {name: asked.text(name) for name in sentence}),
        processes=known,
        kinds=said.DEVIATIONS,
        tones=said.TONES,
        kind=kind,
        key=key,
        since=asked.text("since"),
        until=asked.text("until"),
    )
