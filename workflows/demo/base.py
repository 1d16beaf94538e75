"""What stands in a demo before the first case: funds, staff, customers, and the contacts of the last months."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from engine import SystemClock

from ..calendar import SHANGHAI, business_date, months_later
from ..customers import repository as customer_store
from ..customers.model import Customer
from ..funds import repository as fund_store
from ..interactions import repository as interaction_store
from ..recommendations import repository as recommendation_store
from ..staff import repository as staff_store
from ..staff.model import Person
from ..staff.passwords import hash_password
from ..suitability import assessments as assessment_store
from ..suitability import questionnaire
from .customers import customers
from .funds import HOLDING_DAYS, funds
from .people import LOGINS, people
from .prices import publish
from .texts import read

DEMO_PASSWORD = "fundcase"  # of every sample person; the log-in page shows it
SEED = 990000

__all__ = ["DEMO_PASSWORD", "LOGINS", "SEED", "seed_base"]


def seed_base(connection: Connection, seed: int = SEED, *, today: date | None = None) -> bool:
    """Store the sample funds, staff, customers and contacts as of a day; False where there are funds already."""
    if fund_store.search(connection, limit=1):
        return False
    random = Random(seed)
    day = today or business_date(SystemClock().now())
    staff, book = people(day), customers(random, day)
    fund_store.add(connection, funds())
    publish(connection, day)
    hashed = hash_password(DEMO_PASSWORD)  # one hash for all: hashing is slow on purpose, and this secret is none
    staff_store.add(connection, staff, {person.id: hashed for person in staff})
    customer_store.add(connection, book)
    recommendation_store.set_holdings(connection, HOLDING_DAYS)
    assessment_store.add(connection, (_assessment(one) for one in book if one.risk_class and one.assessment_valid_to))
    _contacts(connection, random, day, book, [person for person in staff if "csr" in person.groups])
    return True


def _assessment(customer: Customer) -> dict[str, Any]:
    """The assessment that gave a sample customer his class, twelve months before it ends."""
    assert customer.risk_class and customer.assessment_valid_to
    day = months_later(customer.assessment_valid_to, -12)
    return {
        "customer_id": customer.id,
        "questionnaire": questionnaire.VERSION,
        "answers_hash": hashlib.sha256(f"sample answers of {customer.id}".encode()).hexdigest(),
        "score": 20 * int(customer.risk_class[1]) - 10,  # the middle of its band
        "risk_class": customer.risk_class,
        "lowest": customer.lowest_class,
        "taken_at": datetime.combine(day, time(8), SHANGHAI),
        "valid_to": customer.assessment_valid_to,
        "status": assessment_store.IN_FORCE,
    }


def _contacts(connection: Connection, random: Random, today: date, book: list[Customer], staff: list[Person]) -> None:
    """Two contacts or so of each customer within half a year, so that no customer is a blank sheet."""
    texts = read("contacts")
    for customer in book:
        for number in range(random.randint(1, 3)):
            at = datetime.combine(
                today - timedelta(days=random.randint(35, 180)),
                time(random.randint(9, 17), random.randint(0, 59)),
                SHANGHAI,
            )
            interaction_store.record(
                connection,
                key=f"sample:{customer.id}:{number}",
                channel=random.choice(("PHONE", "CHAT", "APP", "WECOM")),
                direction=random.choice(("IN", "IN", "OUT")),
                at=at,
                by=random.choice(staff).id,
                summary=random.choice(texts[customer.language]),
                customer_id=customer.id,
            )
