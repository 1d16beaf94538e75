"""Customers: found by what a caller says, and one customer all round. Numbers are masked, and shown for a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import NotAllowed, NotFound
from workflows.customers import readings
from workflows.customers import repository as customers
from workflows.customers.masking import mask_phone
from workflows.customers.model import Customer
from workflows.interactions.model import CHANNELS
from workflows.privacy.records import LOCKED
from workflows.trading.model import STATUSES, TYPES

from .. import here, reasons
from ..shell import FRONT
from ..when import local
from . import domain
from .beside import card_of, name_of
from .dossier import Dossier, masked
from .wording import ASSESSED, DOCUMENTS, PERSONAL, RISK, SEVERITIES, TIERS, worded

pages = Blueprint("customers", __name__, url_prefix="/customers")
PAGE = 25
SECTIONS = ("orders", "cases", "assessments", "complaints", "contacts", "readings")


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
    """One customer all round."""
    words, now, one = here.words(), here.services().now(), _customer(customer_id)
    _record(one)
    after = {name: key for name in SECTIONS if (key := request.args.get(name))}
    database, services, today = domain().database, here.services(), local(now).date()
    dossier = Dossier.of(database, services, here.person(), one, words, today=today, after=after)
    with database.reading() as connection:
        card = card_of(connection, one, now, words, url_for("customers.show", customer_id=one.id))
    return render_template(
        "domain/customer.html",
        one=one,
        card=card,
        dossier=dossier,
        channels=CHANNELS,
        types=TYPES,
        statuses=STATUSES,
        severities=SEVERITIES,
        assessed=ASSESSED,
        risk=RISK,
        personal=PERSONAL,
        document=worded(DOCUMENTS, one.id_type, words),
        may_read=readings.may_read(here.actor().groups),
    )


@pages.get("/<customer_id>/personal/<field>")
def ask_reveal(customer_id: str, field: str) -> Any:
    """Ask why a personal value shall be shown."""
    return _asking(_readable(customer_id, field), field)


@pages.post("/<customer_id>/personal/<field>")
def reveal(customer_id: str, field: str) -> Any:
    """Show a personal value once; who, when and why is kept."""
    one, reason = _readable(customer_id, field), request.form.get("reason", "")
    if problem := reasons.problem(reason.strip(), _("Write why you need it, in at least 5 characters")):
        return _asking(one, field, problem, reason), 422
    with domain().database.writing() as connection:
        value = readings.reveal(
            connection, one.id, field, actor=here.actor().name, at=here.services().now(), reason=reason
        )
    name = name_of(one, here.words().lang)
    return render_template("domain/revealed.html", one=one, name=name, label=PERSONAL[field], value=value)


def _record(one: Customer) -> None:
    """Write down that somebody opens the page of a customer, once an hour; if that fails there is no page."""
    said = {"actor": here.actor().name, "at": here.services().now()}
    with domain().database.reading() as connection:
        stands = readings.is_recorded(connection, one.id, **said)
    if not stands:
        with domain().database.writing() as connection:
            readings.opened(connection, one.id, **said)


def _asking(one: Customer, field: str, problem: str = "", reason: str = "") -> str:
    return render_template(
        "domain/reveal.html",
        one=one,
        name=name_of(one, here.words().lang),
        label=PERSONAL[field],
        masked=masked(one)[field],
        problem=problem,
        reason=reason,
    )


def _customer(customer_id: str) -> Customer:
    with domain().database.reading() as connection:
        one = customers.get(connection, customer_id)
    if one is None:
        raise NotFound
    return one


def _readable(customer_id: str, field: str) -> Customer:
    """A customer with a value that this person may read."""
    one = _customer(customer_id)
    if field not in masked(one):
        raise NotFound
    if not readings.may_read(here.actor().groups) or (one.status == LOCKED and "dpo" not in here.actor().groups):
        raise NotAllowed
    return one
