"""Messages that came before anybody waited for them: kept for a time, and listed for those who look after it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from .. import here
from ..shell import MESSAGES

pages = Blueprint("messages", __name__, url_prefix="/messages")
PAGE = 25


@pages.get("")
def index() -> Any:
    """The messages that nobody waits for yet, the newest first; what is in them is shown to nobody."""
    here.need(*MESSAGES)
    after = here.number(request.args["after"]) if request.args.get("after") else None
    found = here.engine().kept_messages(limit=PAGE + 1, after=after)
    return render_template(
        "messages.html", messages=found[:PAGE], after=after, later=found[PAGE - 1].id if len(found) > PAGE else None
    )
