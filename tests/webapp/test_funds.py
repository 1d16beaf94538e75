"""The page of a fund: its facts, what its prices were, and no word about what they will be."""

from __future__ import annotations

import re
from datetime import date

import pytest

from engine.calendars import default
from workflows.funds import repository as funds
from workflows.trading import prices


@pytest.fixture
def priced(engine):
    """Prices of a year for one fund; the installation begins without any for the fund 990008."""
    calendars = default()
    with engine.database.writing() as connection:
        fund = funds.get(connection, "990008")
        connection.execute(prices.fund_price.delete())
        days = prices.trading_days(calendars, date(2025, 11, 17), date(2026, 11, 20))
        prices.store(connection, prices.sample(fund, None, days, calendars))
        return prices.path(connection, "990008", date(2025, 11, 20), date(2026, 11, 20))


def months(visitor):
    return visitor.page.xpath("//section[@aria-labelledby='months']//tbody/tr/td[1]/text()")


def test_facts_and_prices(visit, priced):
    visitor = visit("li.na").open("/funds/990008")
    assert visitor.sees("990008", "Facts", "Fees", "Smallest amount", "Limit a day", "Confirmed after", "T+")
    assert visitor.sees(f"{priced[-1].nav:.4f}", "20 Nov 2026", "Lowest", "Highest")
    assert visitor.sees("Change in this year", "Volatility in this year")
    assert visitor.sees("The past performance of a fund does not indicate its future performance.")
    (picture,) = visitor.page.xpath("//*[local-name()='svg'][contains(@class,'chart')]")
    assert picture.get("role") == "img"
    named = [visitor.page.get_element_by_id(id).text_content() for id in picture.get("aria-labelledby").split()]
    assert "1 year" in named[0] and f"{priced[-1].nav:.4f}" in named[1]
    assert months(visitor)[0] == "20 Nov 2026" and len(months(visitor)) == 13


@pytest.mark.parametrize(("period", "days"), [("1m", 31), ("3m", 92)])
def test_short_periods_show_the_path_and_tell_no_change(visit, priced, period, days):
    visitor = visit("li.na").open(f"/funds/990008?period={period}")
    first = next(price for price in priced if (date(2026, 11, 20) - price.date).days <= days)
    assert visitor.sees(f"{first.date.day} {first.date:%b %Y}", "is told for a whole year alone")
    assert not visitor.sees("Volatility in this year")


def test_nothing_on_the_page_speaks_of_the_future(visit, priced):
    for lang, words in (("en", r"expected|forecast|predict|target return"), ("zh", "预期收益|预测|目标收益")):
        visitor = visit("li.na", lang).open("/funds/990008")
        assert not re.search(words, visitor.page.text_content(), re.IGNORECASE)


def test_a_fund_without_prices_and_none_at_all(visit, priced):
    visitor = visit("li.na").open("/funds/990014")
    assert visitor.status == 200 and visitor.sees("No price is known in this period.")
    assert not visitor.page.xpath("//*[local-name()='svg'][contains(@class,'chart')]")
    assert visitor.open("/funds/990008?period=nonsense").status == 200
    assert visitor.open("/funds/000000").status == 404
    assert "/funds/990008" in visitor.open("/funds").links("/funds/")


def test_in_chinese(visit, priced):
    assert (
        visit("li.na", "zh").open("/funds/990008").sees("单位净值", "基金的过往业绩并不预示其未来表现。", "各月末净值")
    )
