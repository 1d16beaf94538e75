"""DT-06: to which trading day an order belongs, at the edge of 15:00 and around days on which nobody trades."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.calendars import default, functions
from engine.feel import Decision, Language, Limits, compile_expression, read_decisions
from engine.xml import parse_xml
from tests.workflows.seeds import DIAGRAMS, rows

LANGUAGE = Language(Limits(), functions(default()))


def table() -> Decision:
    """The table as shipped."""
    return read_decisions(parse_xml((DIAGRAMS / "trade" / "trade_day.dmn").read_bytes()), LANGUAGE)["trade_day"]


VECTORS = [
    (1, "2026-09-18T14:59:59", "2026-09-18", "2026-09-21"),
    (1, "2026-09-18T14:59:59.999", "2026-09-18", "2026-09-21"),
    (2, "2026-09-18T15:00:00.000", "2026-09-21", "2026-09-22"),
    (3, "2026-09-20T10:00:00", "2026-09-21", "2026-09-22"),  # a Sunday on which people work
    (2, "2026-09-30T15:00:00", "2026-10-08", "2026-10-09"),
    (2, "2026-02-13T15:00:00", "2026-02-24", "2026-02-25"),
    (3, "2026-05-09T11:00:00", "2026-05-11", "2026-05-12"),  # a Saturday on which people work
    (1, "2026-11-18T00:00:00", "2026-11-18", "2026-11-19"),
    (2, "2026-11-18T23:59:59.999999", "2026-11-19", "2026-11-20"),
]


def moment(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize("row, accepted, trade_day, next_day", VECTORS)
def test_the_trade_day(row: int, accepted: str, trade_day: str, next_day: str) -> None:
    outcome = table().evaluate({}, now=moment(accepted))
    assert outcome.rows == (row,)
    assert outcome.value == trade_day
    after = compile_expression("string(trading_day_after(date(tradeDate), 1))", LANGUAGE)
    assert after.evaluate({"tradeDate": outcome.value}) == next_day


@pytest.mark.parametrize("accepted, trade_day", [(accepted, day) for _, accepted, day, _ in VECTORS])
def test_operators_and_diagrams_agree_with_the_table(accepted: str, trade_day: str) -> None:
    at = moment(accepted)
    assert default().trade_date(at) == date.fromisoformat(trade_day)
    assert compile_expression("string(trade_date(now()))", LANGUAGE).evaluate({}, now=at) == trade_day


def test_a_qdii_fund_is_confirmed_two_trading_days_later() -> None:
    two = compile_expression('string(trading_day_after(date("2026-10-08"), 2))', LANGUAGE)
    assert two.evaluate({}) == "2026-10-12"


def test_every_row_decides_something() -> None:
    assert {row for row, *_ in VECTORS} == rows(table())
