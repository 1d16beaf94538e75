"""What decides whether a customer may be contacted at a moment. It knows no rule: those are in the table DT-08."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.calendars import Calendars

from ..complaints import repository as complaints
from ..customers.model import Customer
from ..interactions.model import SYSTEM
from ..tables import interaction, outbox

ATTEMPTS_DAYS = 30  # the names of the answers say both
ADVERTISING_DAYS = 7
ADVERTISING = ("recommendation-material", "recommendation-reminder")  # the texts that advertise
CRITICAL = "SEV1"
ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The facts; `barred` says no reason, because one of them must not be known."""

    barred: bool
    critical_complaint: bool
    ads_refused: bool
    cooling_off: bool
    minute_of_day: int
    holiday: bool
    attempts_30: int
    marketing_7: int
    vulnerable: bool
    next_at: datetime


def reach(connection: Connection, customer: Customer | None, calendars: Calendars, at: datetime) -> Reach:
    """The facts about a customer at a moment; nobody may not be contacted."""
    local = calendars.local(at)
    return Reach(
        barred=customer is None or customer.status != ACTIVE or not customer.reachable,
        critical_complaint=customer is not None and _critical(connection, customer.id),
        ads_refused=customer is None or not customer.marketing_consent,
        cooling_off=False,  # private funds are not sold here
        minute_of_day=local.hour * 60 + local.minute,
        holiday=is_holiday(calendars, local.date()),
        attempts_30=_attempts(connection, customer.id, at) if customer else 0,
        marketing_7=_advertised(connection, customer.id, at) if customer else 0,
        vulnerable=customer is not None and bool(customer.care(at)),
        next_at=next_opening(calendars, at),
    )


def is_holiday(calendars: Calendars, day: date) -> bool:
    """Whether a day is a public holiday; an ordinary weekend is none, a year that is not known is UnknownYear."""
    return not calendars.is_business_day(day) and day in calendars.business.off


def next_opening(calendars: Calendars, at: datetime) -> datetime:
    """When the day of the next date begins that is no public holiday as far as one knows."""
    day = calendars.local(at).date() + timedelta(days=1)
    while day in calendars.business.off:
        day += timedelta(days=1)
    return datetime.combine(day, calendars.shift[0], calendars.zone)


def _critical(connection: Connection, customer_id: str) -> bool:
    """Whether one of the newest complaints is critical and open."""
    found = complaints.of_customer(connection, customer_id)
    return any(one.open and one.severity == CRITICAL for one in found)


def _attempts(connection: Connection, customer_id: str, at: datetime) -> int:
    """How often staff tried to reach a customer; what the system sends is no attempt."""
    since = at - timedelta(days=ATTEMPTS_DAYS)
    query = select(func.count()).where(
        interaction.c.customer_id == customer_id,
        interaction.c.direction == "OUT",
        interaction.c.by != SYSTEM,
        interaction.c.at > since,
        interaction.c.at <= at,
    )
    return int(connection.execute(query).scalar_one())


def _advertised(connection: Connection, customer_id: str, at: datetime) -> int:
    """How many messages that advertise a customer was sent."""
    query = select(func.count()).where(
        outbox.c.customer_id == customer_id,
        outbox.c.template.in_(ADVERTISING),
        outbox.c.created_at > at - timedelta(days=ADVERTISING_DAYS),
        outbox.c.created_at <= at,
    )
    return int(connection.execute(query).scalar_one())
