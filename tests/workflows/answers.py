"""Filled questionnaires of the risk assessment, and customers as a test wants them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from tests.workflows.walking import House
from workflows.suitability.questionnaire import DECLARED, SCALES
from workflows.tables import customer


def answers(place: int, **changed: str) -> dict[str, str]:
    """A questionnaire with the same place on every scale: 0 is the most cautious answer, 4 the boldest."""
    filled = {name: scale[place] for name, scale in SCALES.items()} | {"ageBand": "35_49"}
    return filled | {name: choices[0] for name, choices in DECLARED.items()} | changed


def customer_of(house: House, **changed: Any) -> str:
    """A customer who has not called yet: forty years old, an ordinary investor in C3 with a valid assessment."""
    usual = {
        "kind": "person",
        "birth_date": date(1986, 5, 4),
        "risk_class": "C3",
        "lowest_class": False,
        "assessment_valid_to": date(2027, 6, 1),
        "professional": False,
        "language": "zh",
        "status": "ACTIVE",
    }
    identity = next(house.customers)
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == identity).values(**usual | changed))
    return identity
