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
