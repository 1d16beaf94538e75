"""Two versions beside each other: what is different between them, in words and in pictures."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ... import here
from ...differences.parts import said
from ...studio import comparing
from .pages import pages


@pages.get("/<key>/compare")
def compare(key: str) -> Any:
    """What is different between two versions, proposals or sketches of a process or a shared decision."""
    old, new = request.args.get("old", ""), request.args.get("new", "")
    if not (old and new):
        usual = comparing.usual(key)
        old, new = old or usual[0], new or usual[1]
    sides = comparing.version(key, old), comparing.version(key, new)
    found = comparing.compared(*sides, request.args.get("at", ""))
    words = here.words()
    return render_template(
        "studio/compare.html",
        key=key,
        name=comparing.name_of(key, found),
        found=found,
        choices=comparing.choices(key),
        said=lambda fact: said(fact, words),
    )
