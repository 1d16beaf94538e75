"""What the prices of the past say, and from how many days on a change is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from workflows.funds.performance import LEAST_DAYS, month_ends, performance
from workflows.trading.prices import Price


def path(*values: str, first: date = date(2025, 11, 20), apart: int = 1) -> list[Price]:
    return [Price(date=first + timedelta(days=apart * n), nav=Decimal(value)) for n, value in enumerate(values)]


def test_a_path_in_short() -> None:
    found = performance(path("1.0000", "0.9500", "1.1000", "1.0500", apart=122))
    assert found is not None
    assert [one.nav for one in (found.first, found.last, found.lowest, found.highest)] == [
        Decimal("1.0000"),
        Decimal("1.0500"),
        Decimal("0.9500"),
        Decimal("1.1000"),
    ]
    assert found.change == Decimal("5.00")
    assert found.volatility == Decimal("19.56")


def test_a_steady_path_has_no_volatility() -> None:
    found = performance(path("1.0000", "1.0000", "1.0000", apart=183))
    assert found is not None and (found.change, found.volatility) == (Decimal(0), Decimal(0))


@pytest.mark.parametrize(("days", "told"), [(LEAST_DAYS - 1, False), (LEAST_DAYS, True)])
def test_no_change_is_told_of_less_than_a_year(days: int, told: bool) -> None:
    found = performance(path("1.0000", "1.2000", apart=days))
    assert found is not None
    assert (found.change is not None, found.volatility is not None) == (told, told)


def test_one_price_says_nothing() -> None:
    assert performance([]) is None and performance(path("1.0000")) is None


def test_the_last_price_of_each_month_the_newest_first() -> None:
    found = month_ends(path(*["1.0000"] * 3, "1.1000", first=date(2026, 10, 29)))
    assert [(one.date, one.nav) for one in found] == [
        (date(2026, 11, 1), Decimal("1.1000")),
        (date(2026, 10, 31), Decimal("1.0000")),
    ]
    assert month_ends([]) == []
