"""The outbox: every message that was written to customers and staff, and whether it has left.

The links by which customers answer are left out: whoever has one answers in the customer's name.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from workflows.interactions.model import CHANNELS
from workflows.outbox import repository as outbox

from .. import here
from ..shell import WATCHERS
from . import domain
from .letters import readable

pages = Blueprint("outbox", __name__, url_prefix="/outbox")
PAGE = 25
TO = {"all": None, "customers": False, "staff": True}


@pages.get("")
def index() -> Any:
    """Messages, the newest first."""
    here.need(*WATCHERS)
    to = request.args.get("to", "all")
    with domain().database.reading() as connection:
        found = outbox.newest(connection, to_staff=TO.get(to), limit=PAGE + 1, after=request.args.get("after"))
    shown = found[:PAGE]
    return render_template(
        "domain/outbox.html",
        rows=[(one, readable(one)) for one in shown],
        seen={case.id for case in here.engine().cases(here.actor(), ids=[one.case_id for one in shown])},
        channels=CHANNELS,
        to=to if to in TO else "all",
        later=shown[-1].id if len(found) > PAGE else None,
    )
