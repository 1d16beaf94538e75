"""Where one starts, and the search over everything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from .. import here

pages = Blueprint("home", __name__)
KINDS = ("customer", "fund")


@pages.get("/")
def start() -> Any:
    """Start at the inbox."""
    return redirect(url_for("inbox.show"))


@pages.get("/search")
def search() -> Any:
    """Cases by number, customers and funds by what is known of them."""
    text = request.args.get("q", "").strip()[:100]
    cases = here.engine().cases(here.actor(), number=text.upper(), limit=20) if text else []
    if len(cases) == 1 and cases[0].number == text.upper():
        return redirect(url_for("cases.show", case_id=cases[0].id))
    beside = here.services().beside
    found = {kind: beside.find(kind, text, here.words().lang) if text else () for kind in KINDS}
    links = {(kind, one.value): beside.link(kind, one.value) for kind in KINDS for one in found[kind]}
    return render_template("search.html", text=text, cases=cases, found=found, links=links)
