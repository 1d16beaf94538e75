"""Funds side by side."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from tests.workflows.conftest import MORNING
from workflows.calendar import business_date
from workflows.funds.comparison import compared

TODAY = business_date(MORNING)


def test_the_calmest_comes_first_and_each_once(known: Connection) -> None:
    rows = compared(known, ["990018", "990001", "990012", "990001", "123456"], TODAY)
    assert [row.fund.code for row in rows] == ["990001", "990012", "990018"]
    assert all(row.year and row.year.change is not None and row.year.volatility is not None for row in rows)
    calm, wild = rows[0].year, rows[2].year
    assert calm and wild and calm.volatility and wild.volatility and calm.volatility < wild.volatility


def test_without_a_year_of_prices_nothing_is_said_of_it(known: Connection) -> None:
    (row,) = compared(known, ["990001"], TODAY - timedelta(days=2_000))
    assert row.year is None
