"""A customer all round: what he holds and has ordered, his risk, his cases, complaints and contacts, each page by page.

Personal values are masked here; in full they are shown by `readings` alone, for a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from workflows.complaints import repository as complaints
from workflows.customers import readings
from workflows.customers.masking import mask_email, mask_id, mask_phone
from workflows.customers.model import Customer
from workflows.funds import repository as funds
from workflows.interactions import repository as interactions
from workflows.suitability import assessments
from workflows.trading import holdings, orders

from ..language import Words
from ..rows import abouts, case_rows
from ..services import Person, Services

if TYPE_CHECKING:
    from engine.model import CaseId
    from engine.store.database import Database

PAGE = 8  # rows of a section
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
MASK = "****-**-**"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One page of what there is of a kind; `later` is the key after which the next page begins."""

    rows: Sequence[Any]
    later: str | None = None
    earlier: bool = False


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What the page of a customer shows beside his card."""

    holdings: Sequence[Any]
    worth: Decimal
    orders: Section
    cases: Section
    assessments: Section
    complaints: Section
    contacts: Section
    readings: Section | None  # for those who answer for them
    funds: Mapping[str, str]  # names by code
    about: Mapping[CaseId, str]  # what the cases of orders and complaints are about, if this person may see them
    masked: Mapping[str, str]

    @classmethod
    def of(
        cls,
        database: Database,
        services: Services,
        person: Person,
        one: Customer,
        words: Words,
        *,
        today: date,
        after: Mapping[str, str],
    ) -> Dossier:
        """The dossier of a customer for somebody; `after` names where each section goes on."""
        with database.reading() as connection:
            held = holdings.of_customer(connection, one.id, today)
            read = {name: _section(connection, one.id, name, after.get(name)) for name in SECTIONS}
            ordered = read["orders"].rows
            codes = {row.fund_code for row in (*held, *ordered)} | {row.target for row in ordered if row.target}
            sold = funds.named(connection, codes)
        named = [row.case_id for row in (*ordered, *read["complaints"].rows)]
        visible = services.engine.cases(person.actor, ids=named)
        return cls(
            holdings=held,
            worth=sum((row.value for row in held), Decimal(0)),
            orders=read["orders"],
            cases=_cases(services, person, one, words, after.get("cases")),
            assessments=read["assessments"],
            complaints=read["complaints"],
            contacts=read["contacts"],
            readings=read["readings"] if person.actor.any_of(readings.AUDITORS) else None,
            funds={code: fund.name(words.lang) for code, fund in sold.items()},
            about=abouts(services, visible, words),
            masked=masked(one),
        )


def masked(one: Customer) -> dict[str, str]:
    """The personal values that there are, as they are shown to everybody."""
    found = {
        "id_number": mask_id(one.id_number),
        "birth_date": MASK if one.birth_date else "",
        "mobile": mask_phone(one.mobile) if one.mobile else "",
        "email": mask_email(one.email) if one.email else "",
    }
    return {field: text for field, text in found.items() if text}


def _assessments(connection: Connection, customer_id: str, *, limit: int, after: int | None) -> Sequence[Any]:
    """A page of assessments; there are two a day and eight a year at most, so they are read at once."""
    found = assessments.of_customer(connection, customer_id)
    begin = next((number for number, row in enumerate(found, 1) if row.id == after), 0)
    return found[begin : begin + limit]


def _readings(connection: Connection, customer_id: str, *, limit: int, after: int | None) -> Sequence[Any]:
    return readings.newest(connection, customer_id=customer_id, limit=limit, after=after)


# What reads a page of each section, and the name of its key.
SECTIONS: Mapping[str, tuple[Callable[..., Sequence[Any]], str]] = {
    "orders": (orders.of_customer, "id"),
    "assessments": (_assessments, "id"),
    "complaints": (complaints.of_customer, "case_id"),
    "contacts": (interactions.of_customer, "id"),
    "readings": (_readings, "id"),
}


def _section(connection: Connection, customer_id: str, name: str, given: str | None) -> Section:
    """A page of a section after a key; where keys are numbers, one that is none begins anew."""
    read, key = SECTIONS[name]
    after: Any = given
    if key == "id":
        after = int(given) if given and NUMBER.fullmatch(given) else None
    found = read(connection, customer_id, limit=PAGE + 1, after=after)
    later = str(getattr(found[PAGE - 1], key)) if len(found) > PAGE else None
    return Section(rows=found[:PAGE], later=later, earlier=after is not None)


def _cases(services: Services, person: Person, one: Customer, words: Words, after: str | None) -> Section:
    found = services.engine.cases(person.actor, customer=one.id, limit=PAGE + 1, after=after)
    shown = found[:PAGE]
    return Section(
        rows=case_rows(services, shown, person, words),
        later=shown[-1].id if len(found) > PAGE else None,
        earlier=after is not None,
    )
