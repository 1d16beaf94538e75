"""Who has opened which case and whose page, and who has seen a value in full: for auditors and the protection of data.

Cases are the engine's, customers the domain's: two records that are shown as one, newest first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from engine.auditing.readings import OPENED, REVEALED, Watched
from workflows.customers import readings

from .. import here
from ..language import noop
from ..views.audit import asked
from . import domain
from .wording import PERSONAL

pages = Blueprint("readings", __name__, url_prefix="/audit/readings")
PAGE = 25
KINDS = {OPENED: noop("opened"), REVEALED: noop("seen in full"), "exported": noop("taken along")}
PLACE = re.compile(r"(\d{1,18})\.(\d{1,18})")
FIRST = 10**18 - 1  # as much as a place can say


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading as the list shows it: of a case, or of a customer."""

    at: datetime
    actor: str
    kind: str
    reason: str
    customer: str | None
    what: str = ""  # the value of a customer
    case_id: str = ""
    number: str = ""
    place: tuple[int, int] = (0, 0)  # its id in the record of cases, in that of customers


@pages.get("")
def index() -> Any:
    """Every reading that fits the filters, the newest first."""
    here.need(*readings.AUDITORS)
    kind = asked.one_of("kind", KINDS)
    case = asked.text("case")
    watched = Watched(
        actor=asked.text("actor"),
        case_id=None if case is None else str(here.number(case)),
        customer=asked.text("customer"),
        kind=kind,
        since=asked.day("since"),
        until=asked.day("until", end=True),
    )
    after = _place(request.args.get("after"))
    lines = sorted([*_of_cases(watched, after[0]), *_of_customers(watched, after[1])], key=_newest)
    given = {name: asked.text(name) for name in ("actor", "customer", "case", "kind", "since", "until")}
    return render_template(
        "domain/readings.html",
        lines=lines[:PAGE],
        filters=asked.filters(".index", _sentence(watched, given)),
        given=given,
        people=asked.people(),
        kinds=KINDS,
        personal=PERSONAL,
        reads_cases=here.engine().policy.may_read_all(here.actor()),
        after=request.args.get("after"),
        later=_name(lines[:PAGE], after) if len(lines) > PAGE else None,
    )


def _newest(line: Line) -> tuple[float, int, int]:
    return -line.at.timestamp(), -line.place[0], -line.place[1]


def _of_cases(watched: Watched, after: int) -> list[Line]:
    found = here.engine().readings(here.actor(), watched, limit=PAGE + 1, after=after)
    return [
        Line(
            at=one.at,
            actor=one.actor,
            kind=one.kind,
            reason=one.reason,
            customer=one.customer,
            case_id=one.case_id,
            number=one.number or one.case_id,
            place=(one.id, 0),
        )
        for one in found
    ]


def _of_customers(watched: Watched, after: int) -> list[Line]:
    if watched.case_id is not None or watched.kind not in (None, OPENED, REVEALED):
        return []
    with domain().database.reading() as connection:
        found = readings.newest(
            connection,
            customer_id=watched.customer,
            actor=watched.actor,
            revealed=None if watched.kind is None else watched.kind == REVEALED,
            since=watched.since,
            until=watched.until,
            limit=PAGE + 1,
            after=after,
        )
    return [
        Line(
            at=one.at,
            actor=one.actor,
            kind=REVEALED if one.field else OPENED,
            reason=one.reason,
            customer=one.customer_id,
            what=one.field,
            place=(0, one.id),
        )
        for one in found
    ]


def _place(text: str | None) -> tuple[int, int]:
    """How far both records were shown on the pages before."""
    if text is None:
        return FIRST, 10**9
    found = PLACE.fullmatch(text)
    if found is None:
        abort(404)
    return int(found[1]), min(int(found[2]), 10**9)


def _name(shown: list[Line], after: tuple[int, int]) -> str:
    """The place behind the lines of a page."""
    cases, customers = ([line.place[n] for line in shown if line.place[n]] for n in (0, 1))
    return f"{min(cases, default=after[0])}.{min(customers, default=after[1])}"


def _sentence(watched: Watched, given: dict[str, str | None]) -> dict[str, tuple[str, str | None]]:
    words = here.words()
    return {
        "actor": (_("Who"), asked.name_of(watched.actor)),
        "kind": (_("What"), words(KINDS[watched.kind]) if watched.kind else None),
        "customer": (_("Customer"), watched.customer),
        "case": (_("Case"), given["case"]),
        "since": (_("From"), given["since"]),
        "until": (_("Until"), given["until"]),
    }
