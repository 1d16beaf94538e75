"""DT-10: what becomes of each kind of data; every row is hit, and no combination hits two or none."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows
from workflows.privacy import holdings
from workflows.privacy.operators import DISPOSITIONS, STRICTNESS

TABLE = decision("shared/field_disposition", "field_disposition")
CATEGORIES = (
    "IDENTITY",
    "ORDERS",
    "SUITABILITY",
    "AML",
    "COMPLAINTS",
    "MARKETING",
    "FEEDBACK",
    "CONTACTS",
    "EVENT_LOG",
)
REGISTERS = CATEGORIES[:3]
ALL = list(product(CATEGORIES, (True, False), (True, False)))


def said(category: str, statutory: bool = False, open_case: bool = False) -> tuple[str, int]:
    """What the table says, and by which row."""
    found = TABLE.evaluate({"kept": {"category": category, "statutory": statutory, "openCase": open_case}})
    (row,) = found.rows
    return found.value["disposition"], row


def expected(category: str, statutory: bool, open_case: bool) -> str:
    """The rule told the other way round."""
    if category in REGISTERS:
        return "RESTRICT" if statutory else "ERASE"
    if category in ("COMPLAINTS", "CONTACTS") and open_case:
        return "KEEP"
    return {
        "AML": "RESTRICT",
        "COMPLAINTS": "RESTRICT",
        "FEEDBACK": "ANONYMISE",
        "EVENT_LOG": "KEEP",
    }.get(category, "ERASE")


@pytest.mark.parametrize("values", ALL)
def test_every_combination(values: tuple[str, bool, bool]) -> None:
    assert said(*values)[0] == expected(*values)


def test_every_row_is_hit() -> None:
    assert {said(*values)[1] for values in ALL} == rows(TABLE)


def test_the_operators_know_what_it_says() -> None:
    values: set[Any] = {said(*values)[0] for values in ALL}
    assert values == set(STRICTNESS) and values - {"KEEP"} == set(DISPOSITIONS)
    assert {*holdings.OF_PROCESS.values(), "AML", "IDENTITY", "MARKETING", "EVENT_LOG"} == set(CATEGORIES)
