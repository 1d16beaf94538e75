"""What the domain shows beside a task: the customer of the case with what one must know before speaking with him."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flask import url_for
from sqlalchemy import Connection, select

from engine.model import CaseId
from workflows.complaints import repository as complaints
from workflows.customers import repository as customers
from workflows.customers.masking import mask_phone
from workflows.customers.model import Customer
from workflows.funds import comparison
from workflows.funds import repository as funds
from workflows.funds.comparison import Compared
from workflows.funds.model import TYPES
from workflows.interactions import repository as interactions
from workflows.interactions.model import CHANNELS, Interaction
from workflows.staff import repository as staff
from workflows.tables import complaint, customer

from ..language import Lang, Words, noop, words
from ..services import Board, Card, Contact, Fact, Found, Line, Notice
from ..shell import FRONT
from ..when import day, local
from .wording import CARE, CARE_ADVICE, RISK, SEVERITIES, TIERS, worded

if TYPE_CHECKING:
    from engine import Actor, Case
    from engine.store.database import Database

CONTACTS = 4
COMPARED = (
    noop("Fund"),
    noop("Type"),
    noop("Risk"),
    noop("When buying"),
    noop("A year"),
    noop("Smallest amount"),
    noop("Change and volatility, 1 year"),
)
NO_PROMISE = noop("The past performance of a fund does not indicate its future performance.")
IN = noop("%(channel)s, from the customer: %(text)s")
OUT = noop("%(channel)s, to the customer: %(text)s")


class CustomerBeside:
    """The customer beside every task, the customer's name in every list."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    def lines(self, cases: Sequence[Case], lang: Lang) -> Mapping[CaseId, Line]:
        """Who each case is about, with the severity of a complaint and the care that the customer needs."""
        say, found = words(lang), dict[CaseId, Line]()
        with self._database.reading() as connection:
            severities = _severities(connection, [case.id for case in cases])
            known = _customers(connection, {case.customer for case in cases if case.customer})
        for case in cases:
            one = known.get(case.customer or "")
            tags = []
            if severity := SEVERITIES.get(severities.get(case.id, "")):
                tags.append((say(severity[0]), severity[1]))
            if one is not None and one.is_65(self._now()):
                tags.append((say("65+"), "warn"))
            found[case.id] = Line(who=name_of(one, lang) if one else "", tags=tuple(tags))
        return found

    def card(self, case: Case, actor: Actor, lang: Lang) -> Card | None:
        """The customer of a case, if it has one; with links only to pages that this person may open."""
        with self._database.reading() as connection:
            found = customers.get(connection, case.customer) if case.customer else None
            link = self.link("customer", found.id, actor) if found else None
            return card_of(connection, found, self._now(), words(lang), link or "") if found else None

    def find(self, kind: str, text: str, lang: Lang, limit: int = 12, after: str | None = None) -> Sequence[Found]:
        """Customers, funds or staff that fit a text; `after` is the value of the last one before."""
        with self._database.reading() as connection:
            if kind == "customer":
                page = customers.search(connection, text, limit=limit, after=after)
                return [_found_customer(one, lang) for one in page.customers]
            if kind == "fund":
                return [
                    Found(value=one.code, label=one.name(lang), note=f"{one.code} {one.risk}")
                    for one in funds.search(connection, text, limit=limit, after=after)
                ]
            if kind == "staff":
                wanted = text.lower()
                people = [
                    one
                    for one in staff.people(connection)
                    if wanted in one.id or wanted in one.name.lower() or wanted in one.name_zh
                ]
                return [
                    Found(value=one.id, label=one.name_zh if lang == "zh" else one.name, note=one.id)
                    for one in people[:limit]
                ]
        return ()

    def link(self, kind: str, value: str, actor: Actor) -> str | None:
        """The page of a customer, for those whose work is with customers, or of a fund."""
        if kind == "customer":
            return url_for("customers.show", customer_id=value) if actor.any_of(FRONT) else None
        return url_for("funds.show", code=value) if kind == "fund" else None

    def board(self, kind: str, values: Sequence[str], lang: Lang) -> Board | None:
        """Funds side by side: what they are, what they cost, and how much they moved."""
        if kind != "fund":
            return None
        say = words(lang)
        with self._database.reading() as connection:
            rows = comparison.compared(connection, values, local(self._now()).date())
        return Board(
            title=say("Funds to choose from"),
            head=tuple(say(word) for word in COMPARED),
            rows=tuple((url_for("funds.show", code=row.fund.code), _cells(row, say)) for row in rows),
            note=say(NO_PROMISE),
        )


def _cells(row: Compared, say: Words) -> tuple[str, ...]:
    fund, year = row.fund, row.year
    moved = "" if year is None or year.change is None else f"{year.change:+} % / {year.volatility} %"
    return (
        f"{fund.code} {fund.name(say.lang)}",
        TYPES.get(fund.type, {}).get(say.lang, fund.type),
        fund.risk,
        f"{fund.front_fee.normalize():f} %",
        f"{(fund.annual_fee + fund.service_fee).normalize():f} %",
        f"{fund.min_amount:,}",
        moved or say("not a year yet"),
    )


def name_of(one: Customer, lang: Lang) -> str:
    """What a customer is called in a language."""
    return one.name if lang == "zh" or not one.name_latin else one.name_latin


def card_of(connection: Connection, one: Customer, now: datetime, say: Words, link: str) -> Card:
    """A customer as the person who works on a case needs to know him; `link` leads to the page about him."""
    open_complaints = [row for row in complaints.of_customer(connection, one.id) if row.open]
    contacts = interactions.of_customer(connection, one.id, limit=CONTACTS)
    return Card(
        name=name_of(one, say.lang),
        link=link,
        mark=one.name[:1] if say.lang == "zh" else "".join(part[:1] for part in one.name_latin.split()[:2]),
        second=", ".join(_second(one, now, say)) if say.lang == "en" else "，".join(_second(one, now, say)),
        strip=tuple(_strip(one, now, say, contacts, link)),
        notices=tuple(_notices(one, now, say)),
        facts=tuple(_facts(one, now, say, len(open_complaints))),
        contacts=tuple(_contact(row, say) for row in contacts),
        contacts_link=f"{link}#contacts" if link else "",
    )


def _second(one: Customer, now: datetime, say: Words) -> list[str]:
    age = one.age(now)
    return [
        *([say("%(age)s years old", age=age)] if age is not None else [say("institution")]),
        say("professional investor") if one.professional else say("ordinary investor"),
        say("customer since %(year)s", year=one.since.year),
    ]


def _strip(one: Customer, now: datetime, say: Words, contacts: Sequence[Interaction], link: str) -> list[Fact]:
    age = one.age(now)
    tier = worded(TIERS, one.tier, say)
    found = [
        Fact(
            label=say("Customer"),
            value=name_of(one, say.lang),
            note=("，" if say.lang == "zh" else ", ").join(filter(None, (str(age) if age is not None else "", tier))),
            link=link,
        ),
        Fact(
            label=say("Risk class"), value=worded(RISK, one.risk_class, say) or say("none"), note=_until(one, now, say)
        ),
    ]
    if contacts:
        last = contacts[0]
        found.append(
            Fact(
                label=say("Last contact"),
                value=day(last.at, say, today=now.date()),
                note=CHANNELS[last.channel][say.lang],
            )
        )
    return found


def _until(one: Customer, now: datetime, say: Words) -> str:
    if one.assessment_valid_to is None:
        return say("never assessed")
    until = day(one.assessment_valid_to, say)
    return say("until %(day)s", day=until) if one.assessed(now) else say("ran out on %(day)s", day=until)


def _notices(one: Customer, now: datetime, say: Words) -> list[Notice]:
    found = []
    if reasons := one.care(now):
        named = ("、" if say.lang == "zh" else ", ").join(worded(CARE, reason, say) for reason in reasons)
        found.append(Notice(title=say("Take care: %(reasons)s", reasons=named), text=say(CARE_ADVICE)))
    if one.id_expired(now):
        found.append(
            Notice(title=say("The identity document has run out"), text=say("Ask for the new one before any order."))
        )
    if one.status != "ACTIVE":
        found.append(Notice(title=say("The account is not active: %(status)s", status=one.status), tone="bad"))
    return found


def _facts(one: Customer, now: datetime, say: Words, open_complaints: int) -> list[Fact]:
    yes, no = say("yes"), say("no")
    consent = say(
        "service %(service)s, marketing %(marketing)s",
        service=yes if one.service_consent else no,
        marketing=yes if one.marketing_consent else no,
    )
    found = [
        Fact(label=say("Number"), value=one.id),
        Fact(label=say("Risk class"), value=worded(RISK, one.risk_class, say) or say("none")),
        Fact(label=say("Assessment"), value=_until(one, now, say), tone="" if one.assessed(now) else "warn"),
        Fact(label=say("Mobile"), value=mask_phone(one.mobile) if one.mobile else say("none")),
        Fact(label=say("Consent"), value=consent),
        Fact(label=say("Language"), value=say("Chinese") if one.language == "zh" else say("English")),
    ]
    if open_complaints:
        found.append(Fact(label=say("Open complaints"), value=str(open_complaints), tone="warn"))
    return found


def _contact(row: Interaction, say: Words) -> Contact:
    channel = CHANNELS[row.channel][say.lang]
    template = IN if row.direction == "IN" else OUT
    return Contact(text=say(template, channel=channel[:1].upper() + channel[1:], text=row.summary), at=row.at)


def _found_customer(one: Customer, lang: Lang) -> Found:
    note = mask_phone(one.mobile) if one.mobile else ""
    return Found(value=one.id, label=name_of(one, lang), note=note)


def _customers(connection: Connection, ids: Iterable[str]) -> dict[str, Customer]:
    """Some customers by their id, in one query."""
    rows = connection.execute(select(customer).where(customer.c.id.in_(sorted(ids))))
    return {row.id: Customer(**{**row._mapping, "vulnerable": tuple(row.vulnerable)}) for row in rows}


def _severities(connection: Connection, cases: Sequence[CaseId]) -> dict[str, str]:
    wanted = [str(case_id) for case_id in set(cases)]
    query = select(complaint.c.case_id, complaint.c.severity).where(complaint.c.case_id.in_(wanted))
    return {row.case_id: row.severity for row in connection.execute(query) if row.severity}
