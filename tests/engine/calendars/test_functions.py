"""What expressions can ask of calendars and parameters."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.calendars import default, functions, parameters_function
from engine.feel import ExpressionError, Language, compile_expression

LANGUAGE = Language(host=functions(default()))
FRIDAY = datetime(2026, 9, 18, 2, tzinfo=UTC)  # 10:00 in China


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("business_hours(10)", "2026-09-20T11:00:00+08:00"),
        ("business_days(1)", "2026-09-20T18:00:00+08:00"),
        ("trading_days(1)", "2026-09-21T18:00:00+08:00"),
        ("natural_days(10)", "2026-09-28T18:00:00+08:00"),
        ('due("10 bh")', "2026-09-20T11:00:00+08:00"),
        ('due("1 BD")', "2026-09-20T18:00:00+08:00"),
        ('due("1 TD")', "2026-09-21T18:00:00+08:00"),
        ('due("T+1")', "2026-09-21T18:00:00+08:00"),
        ('due("10 ND")', "2026-09-28T18:00:00+08:00"),
        ('due("3 h24")', "2026-09-18T13:00:00+08:00"),
        ('due("PT30M")', "2026-09-18T10:30:00+08:00"),
        ('due("P1M")', "2026-10-18T10:00:00+08:00"),
        ('due(string(limit) + " BD")', "2026-09-21T18:00:00+08:00"),
        ('due("3 BD", date and time("2026-09-30T01:00:00Z"))', "2026-10-10T18:00:00+08:00"),
        ('due("1 bh", date and time("2026-09-18T17:30:00+08:00"))', "2026-09-20T09:30:00+08:00"),
        ("if limit > 1 then business_days(limit) else natural_days(1)", "2026-09-21T18:00:00+08:00"),
    ],
)
def test_moments(source, moment):
    value = compile_expression(source, LANGUAGE).evaluate({"limit": 2}, now=FRIDAY)
    assert value.isoformat() == moment


@pytest.mark.parametrize(
    ("source", "now", "message"),
    [
        ("business_days(0)", FRIDAY, "0 BD is out of range"),
        ("business_days(1.5)", FRIDAY, "business_days needs a whole number"),
        ("business_hours(10 ** 30)", FRIDAY, "is out of range"),
        ('business_days("2")', FRIDAY, "business_days needs a number, not text"),
        ("business_days()", FRIDAY, "business_days takes 1 argument, not 0"),
        ("busines_days(1)", FRIDAY, "unknown function busines_days; did you mean business_days?"),
        ("business_days(1)", None, "the time is not known here"),
        ('due("4 hb")', FRIDAY, "'4 hb' is no term"),
        ("due(4)", FRIDAY, "due needs a text, not number"),
        ('due("1 BD", date and time("2026-09-18T10:00:00"))', FRIDAY, "says no time zone"),
        (
            "trading_days(1)",
            datetime(2026, 12, 31, tzinfo=UTC),
            "the trading calendar does not know 2027; load that year first",
        ),
    ],
)
def test_errors_say_what_is_wrong(source, now, message):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, LANGUAGE).evaluate({}, now=now)
    assert message in caught.value.message
    assert caught.value.position == 0


def test_parameters():
    given = {"CSRC_ACCEPT": 5, "FEE": Decimal("0.15"), "TOPICS": ["A", "B"]}
    language = Language(host=(parameters_function(given),))
    given["CSRC_ACCEPT"] = 6
    source = 'parameter("CSRC_ACCEPT") + parameter("FEE") + count(parameter("TOPICS"))'
    assert compile_expression(source, language).evaluate({}) == Decimal("7.15")
    with pytest.raises(ExpressionError) as caught:
        compile_expression('1 + parameter("CSRC_ACEPT")', language).evaluate({})
    assert caught.value.message == "unknown parameter CSRC_ACEPT; did you mean CSRC_ACCEPT?"
    assert caught.value.column == 5


TRADING = [  # at, trade date, the day after it, the second one
    ("2026-09-18T14:59:59.999+08:00", "2026-09-18", "2026-09-21", "2026-09-22"),
    ("2026-09-18T15:00:00+08:00", "2026-09-21", "2026-09-22", "2026-09-23"),
    ("2026-09-20T10:00:00+08:00", "2026-09-21", "2026-09-22", "2026-09-23"),  # a Sunday on which people work
    ("2026-09-30T15:00:00+08:00", "2026-10-08", "2026-10-09", "2026-10-12"),
    ("2026-02-13T15:00:00+08:00", "2026-02-24", "2026-02-25", "2026-02-26"),
    ("2026-05-09T11:00:00+08:00", "2026-05-11", "2026-05-12", "2026-05-13"),  # a Saturday on which people work
]


@pytest.mark.parametrize(("at", "first", "second", "third"), TRADING)
def test_trade_dates(at, first, second, third):
    def told(source):
        return compile_expression(source, LANGUAGE).evaluate({"at": datetime.fromisoformat(at)})

    assert [
        str(told(source))
        for source in ("trade_date(at)", "trading_day_after(trade_date(at), 1)", "trading_day_after(trade_date(at), 2)")
    ] == [first, second, third]
    assert told("is_trading_day(at)") is (at[:10] in ("2026-09-18", "2026-09-30", "2026-02-13"))
    assert told("trading_day_after(trade_date(at), 0) = trade_date(at)") is True


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-09-01T00:00:00+08:00", "2026-09-07T09:00:00+08:00"),
        ("2026-09-07T08:59:59+08:00", "2026-09-07T09:00:00+08:00"),
        ("2026-09-07T09:00:00+08:00", "2026-10-13T09:00:00+08:00"),  # a week of holidays, then a Saturday of work
        ("2026-12-31T12:00:00+08:00", "2027-01-07T09:00:00+08:00"),  # of a year that nobody knows, Monday to Friday
    ],
)
def test_the_fifth_business_day_of_a_month(now, moment):
    now = datetime.fromisoformat(now)
    assert compile_expression("business_day_of_month(5)", LANGUAGE).evaluate({}, now=now).isoformat() == moment


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('is_trading_day(date("2027-01-04"))', "does not know 2027"),
        ('trading_day_after(date("2026-09-01"), 1.5)', "needs a whole number from 0 to 1000"),
        ('trading_day_after(date("2026-09-01"), -1)', "needs a whole number"),
        ('trading_day_after("2026-09-01", 1)', "needs a date"),
        ("business_day_of_month(16)", "from 1 to 15"),
        ('trade_date(date("2026-09-01"))', "needs a date and time"),
    ],
)
def test_questions_that_calendars_cannot_answer(source, message):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, LANGUAGE).evaluate({}, now=FRIDAY)
    assert message in caught.value.message
