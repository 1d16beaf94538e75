"""Customers: found by what a caller says, and one customer with cases and contacts. Numbers are masked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from engine.errors import NotFound
from workflows.customers import repository as customers
from workflows.customers.masking import mask_email, mask_id, mask_phone
from workflows.interactions import repository as interactions
from workflows.interactions.model import CHANNELS

from .. import here
from ..rows import case_rows
from ..shell import FRONT
from . import domain
from .beside import card_of, name_of
from .wording import RISK, TIERS, worded

pages = Blueprint("customers", __name__, url_prefix="/customers")
PAGE = 25


@pages.before_request
def readers_only() -> None:
    """Nobody comes in whose work is not with customers."""
    here.need(*FRONT)


@pages.get("")
def index() -> Any:
    """Customers that fit a text, or all of them."""
    text = request.args.get("q", "").strip()[:100]
    words = here.words()
    with domain().database.reading() as connection:
        page = customers.search(connection, text, limit=PAGE, after=request.args.get("after"))
    rows = [
        {
            "one": one,
            "name": name_of(one, words.lang),
            "mobile": mask_phone(one.mobile) if one.mobile else "",
            "risk": worded(RISK, one.risk_class, words),
            "tier": worded(TIERS, one.tier, words),
            "care": one.care(here.services().now()),
            "assessed": one.assessed(here.services().now()),
        }
        for one in page.customers
    ]
    return render_template("domain/customers.html", rows=rows, text=text, later=page.after)


@pages.get("/<customer_id>")
def show(customer_id: str) -> Any:
    """One customer."""
    words, now = here.words(), here.services().now()
    with domain().database.reading() as connection:
        one = customers.get(connection, customer_id)
        if one is None:
            raise NotFound
        card = card_of(connection, one, now, words)
        contacts = interactions.of_customer(connection, one.id, limit=50)
    visible = here.engine().cases(here.actor(), customer=one.id)
    return render_template(
        "domain/customer.html",
        one=one,
        card=card,
        contacts=contacts,
        channels=CHANNELS,
        masked={
            "id": mask_id(one.id_number),
            "email": mask_email(one.email) if one.email else "",
            "card": one.card_masked or "",
        },
        rows=case_rows(here.services(), visible, here.person(), words),
    )
