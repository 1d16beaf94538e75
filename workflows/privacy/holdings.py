"""What is held of a customer by the kinds of data that DT-10 names: cases by process, registers by their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from engine.store.tables import case

from ..suitability.tables import risk_assessment
from ..trading.tables import trade_order

IDENTITY, ORDERS, SUITABILITY, AML = "IDENTITY", "ORDERS", "SUITABILITY", "AML"
COMPLAINTS, MARKETING, FEEDBACK, CONTACTS, EVENT_LOG = "COMPLAINTS", "MARKETING", "FEEDBACK", "CONTACTS", "EVENT_LOG"
OF_PROCESS: Mapping[str, str] = {
    "trade": ORDERS,
    "recommendation": SUITABILITY,
    "risk-assess": SUITABILITY,
    "callback": SUITABILITY,
    "complaint": COMPLAINTS,
    "feedback": FEEDBACK,
    "survey": FEEDBACK,
    "inquiry": CONTACTS,
}
KEPT = ("open", "suspended")
WITHDRAW = "WITHDRAW"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A case of a customer, as far as a disposition asks."""

    id: int
    number: str
    category: str
    open: bool


def cases_of(connection: Connection, customer_id: str) -> list[Held]:
    """The cases of a customer, oldest first, with the kind of data they hold; requests like this one are left out."""
    columns = (case.c.id, case.c.number, case.c.key, case.c.status, case.c.confidentiality)
    rows = connection.execute(select(*columns).where(case.c.customer == customer_id).order_by(case.c.id))
    return [
        Held(id=row.id, number=row.number, category=category, open=row.status in KEPT)
        for row in rows
        if (category := AML if row.confidentiality == "aml" else OF_PROCESS.get(row.key, ""))
    ]


def is_statutory(connection: Connection, customer_id: str) -> bool:
    """Whether a law makes us keep registers of a customer: he has ordered, or was assessed."""
    return any(_count(connection, table, customer_id) for table in (trade_order, risk_assessment))


def categories(connection: Connection, customer_id: str, kind: str) -> list[dict[str, Any]]:
    """What is held of a customer, by kind of data, without a value; a withdrawn consent is about marketing alone."""
    held = cases_of(connection, customer_id)
    orders, assessments = (_count(connection, table, customer_id) for table in (trade_order, risk_assessment))
    counts = {name: sum(one.category == name for one in held) for name in dict.fromkeys(one.category for one in held)}
    counts |= {IDENTITY: 1, MARKETING: 1, EVENT_LOG: 1}
    counts |= {name: counts.get(name, 0) + n for name, n in ((ORDERS, orders), (SUITABILITY, assessments)) if n}
    statutory = is_statutory(connection, customer_id)
    return [
        {
            "category": name,
            "count": count,
            "statutory": statutory,
            "openCase": any(one.open for one in held if one.category == name),
        }
        for name, count in sorted(counts.items())
        if kind != WITHDRAW or name == MARKETING
    ]


def _count(connection: Connection, table: Any, customer_id: str) -> int:
    return int(connection.execute(select(func.count()).where(table.c.customer_id == customer_id)).scalar_one())
