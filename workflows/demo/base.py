"""What stands in a demo before the first case: funds, staff, customers, and the contacts of the last months."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import Connection

from engine import SystemClock

from ..calendar import SHANGHAI, business_date
from ..customers import repository as customer_store
from ..customers.model import Customer
from ..funds import repository as fund_store
from ..interactions import repository as interaction_store
from ..staff import repository as staff_store
from ..staff.model import Person
from ..staff.passwords import hash_password
from .customers import customers
from .funds import funds
from .people import LOGINS, people
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
    hashed = hash_password(DEMO_PASSWORD)  # one hash for all: hashing is slow on purpose, and this secret is none
    staff_store.add(connection, staff, {person.id: hashed for person in staff})
    customer_store.add(connection, book)
    _contacts(connection, random, day, book, [person for person in staff if "csr" in person.groups])
    return True


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
