"""For auditors: who looked at personal values of customers, when and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from workflows.customers import readings

from .. import here
from . import domain
from .wording import PERSONAL

pages = Blueprint("readings", __name__, url_prefix="/audit/readings")
PAGE = 25


@pages.get("")
def index() -> Any:
    """Every reading, the newest first."""
    here.need(*readings.AUDITORS)
    after = request.args.get("after", type=int)
    with domain().database.reading() as connection:
        found = readings.newest(connection, limit=PAGE + 1, after=after)
    return render_template(
        "domain/readings.html",
        rows=found[:PAGE],
        personal=PERSONAL,
        after=after,
        later=found[PAGE - 1].id if len(found) > PAGE else None,
    )
