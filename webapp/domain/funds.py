"""The funds that are sold: facts to answer with, never to be typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from workflows.funds import repository as funds
from workflows.funds.model import STATUSES, TYPES

from .. import here
from . import domain
from .wording import LEVELS, worded

pages = Blueprint("funds", __name__, url_prefix="/funds")
PAGE = 50


@pages.get("")
def index() -> Any:
    """The funds that fit a text, or all of them."""
    text, words = request.args.get("q", "").strip()[:100], here.words()
    with domain().database.reading() as connection:
        found = funds.search(connection, text, limit=PAGE + 1, after=request.args.get("after"))
    shown = found[:PAGE]
    rows = [
        (
            one,
            one.name(words.lang),
            TYPES.get(one.type, {}).get(words.lang, one.type),
            worded(LEVELS, one.risk, words),
            STATUSES.get(one.status, {}).get(words.lang, one.status),
        )
        for one in shown
    ]
    later = shown[-1].code if len(found) > PAGE else None
    return render_template("domain/funds.html", rows=rows, text=text, later=later)
