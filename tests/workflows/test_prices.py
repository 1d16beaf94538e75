"""Sample prices: one a trading day, the same for everybody, known from the day of their publication."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from math import log, sqrt
from statistics import stdev

import pytest
from sqlalchemy import Connection, func, select

from engine.calendars import default
from engine.store.database import Database
from workflows.demo.prices import publish
from workflows.funds import repository as funds
from workflows.trading import prices
from workflows.trading.tables import fund_price
from workflows.trading.walk import SIGMA

LONG_AGO, TODAY = date(2020, 1, 1), date(2026, 11, 18)
SHARES, BONDS, RAISED, OIL = "990014", "990004", "990005", "990020"


def test_a_path_has_one_value_a_trading_day(known: Connection) -> None:
    path = prices.path(known, SHARES, LONG_AGO, TODAY)
    assert len(path) == 400 and path[-1].date == date(2026, 11, 17)
    assert [price.date for price in path] == sorted({price.date for price in path})
    assert all(default().is_trading_day(price.date) for price in path)
    assert all(price.nav > 0 and price.nav == round(price.nav, 4) for price in path)


def test_the_make_up_saturday_has_no_value(known: Connection) -> None:
    assert prices.path(known, SHARES, date(2026, 5, 9), date(2026, 5, 10)) == []


def test_a_part_of_a_path(known: Connection) -> None:
    path = prices.path(known, SHARES, date(2026, 11, 12), date(2026, 11, 16))
    assert [price.date.day for price in path] == [12, 13, 16]


@pytest.mark.parametrize("code, risk", [("990001", "R1"), (BONDS, "R2"), ("990009", "R3"), (SHARES, "R4"), (OIL, "R5")])
def test_a_path_is_as_restless_as_its_risk_level(known: Connection, code: str, risk: str) -> None:
    values = [float(price.nav) for price in prices.path(known, code, LONG_AGO, TODAY)]
    steps = [log(later / earlier) for earlier, later in itertools.pairwise(values)]
    assert 0.75 * SIGMA[risk] < stdev(steps) * sqrt(242) < 1.25 * SIGMA[risk]


def test_a_value_is_known_from_its_publication(known: Connection) -> None:
    last = prices.latest(known, OIL, TODAY)
    assert last is not None and last.date == date(2026, 11, 16)  # QDII: a trading day later
    monday = prices.latest(known, OIL, date(2026, 11, 16))
    assert monday is not None and monday.date == date(2026, 11, 13)
    bonds = prices.latest(known, BONDS, date(2026, 11, 16))
    assert bonds is not None and bonds.date == date(2026, 11, 16)


def test_a_fund_that_is_raised_has_no_value_yet(known: Connection) -> None:
    assert prices.latest(known, RAISED, TODAY) is None and prices.path(known, RAISED, LONG_AGO, TODAY) == []


def test_nothing_is_known_before_a_path_begins(known: Connection) -> None:
    assert prices.latest(known, SHARES, LONG_AGO) is None


def test_publishing_again_adds_what_has_passed_since(known: Connection) -> None:
    def count() -> int:
        return int(known.execute(select(func.count()).select_from(fund_price)).scalar_one())

    before, path = count(), prices.path(known, SHARES, LONG_AGO, TODAY)
    assert publish(known, TODAY) == 0
    assert publish(known, date(2026, 11, 20)) == 2 * 19 == count() - before
    assert prices.path(known, SHARES, LONG_AGO, TODAY) == [*path, *prices.path(known, SHARES, TODAY, TODAY)]


def test_a_path_goes_on_the_same_way_whoever_asks(peopled: Database) -> None:
    with peopled.writing() as connection:
        fund = funds.get(connection, SHARES)
        assert fund is not None
        jumped = prices.continued(connection, fund, date(2026, 11, 24), default())
        assert prices.continued(connection, fund, date(2026, 11, 24), default()) == jumped
        begun = prices.on(connection, SHARES, date(2026, 11, 17))
        days = prices.trading_days(default(), date(2026, 11, 18), date(2026, 11, 24))
        assert [row["nav"] for row in prices.sample(fund, begun, days, default())][-1] == jumped.nav
    with peopled.reading() as connection:
        assert len(prices.path(connection, SHARES, date(2026, 11, 18), date(2026, 11, 24))) == 5


def test_a_path_is_not_continued_backwards(known: Connection) -> None:
    fund = funds.get(known, SHARES)
    assert fund is not None
    with pytest.raises(ValueError, match="begins after"):
        prices.continued(known, fund, date(2024, 5, 6), default())


def test_prices_are_decimals(known: Connection) -> None:
    price = prices.latest(known, SHARES, TODAY)
    assert price is not None and isinstance(price.nav, Decimal)
