"""The customer's phone of the demo: what customers were sent, with the links that they would press."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, render_template, request

from workflows.customers import repository as customers
from workflows.outbox import repository as outbox

from .. import here
from ..views.auth import public
from . import domain
from .beside import name_of
from .letters import readable

pages = Blueprint("phone", __name__)
MESSAGES = 20
RECENT = 60  # messages among whose readers one chooses


@pages.get("/phone")
@public
def show() -> Any:
    """The messages of one customer, or of whoever got the last one."""
    wanted = request.args.get("customer", "")
    with domain().database.reading() as connection:
        recent = outbox.newest(connection, to_staff=False, limit=RECENT)
        ids = list(dict.fromkeys(one.customer_id for one in recent if one.customer_id))
        known = {id: found for id in ids if (found := customers.get(connection, id))}
        chosen = wanted if wanted in known else next(iter(known), "")
        after = request.args.get("after")
        found = outbox.newest(connection, customer_id=chosen, limit=MESSAGES + 1, after=after) if chosen else []
    messages = found[:MESSAGES]
    lang = here.words().lang
    people = [(id, name_of(one, lang)) for id, one in known.items()]
    bubbles = [(one, readable(one), [(link.label, urlsplit(link.url).path) for link in one.links]) for one in messages]
    later = messages[-1].id if len(found) > MESSAGES else None
    return render_template("domain/phone.html", people=people, chosen=chosen, bubbles=bubbles, after=after, later=later)
