"""Calendars as plain data: read with care, written in one way, and the same as the libraries say."""

import json
from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest

from engine.calendars import Calendars, UnknownYear, default
from engine.calendars.importing import china
from engine.canonical import canonical

LIBRARIES_WARN = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of each other's changes
DATA = {
    "offset": "-03:30",
    "shift": ["08:30", "12:00"],
    "cutoff": "11:00",
    "business": {
        "years": [2030],
        "weekend": ["friday", "saturday"],
        "off": ["2030-01-01", "2030-02-03/2030-02-06"],
        "makeup": ["2030-01-04"],
    },
    "trading": {"years": [2030, 2031], "weekend": ["saturday", "sunday"], "off": [], "source": "the exchange"},
}


def changed(path, value):
    """The data with another value somewhere; None takes it away."""
    data = deepcopy(DATA)
    *outer, last = path.split(".")
    inner = data
    for name in outer:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return data


def test_data_are_read_and_written_as_they_are():
    calendars = Calendars.from_data(DATA)
    assert calendars.to_data() == DATA
    assert Calendars.from_data(calendars.to_data()) == calendars
    assert calendars.is_business_day(date(2030, 1, 4)) and not calendars.is_business_day(date(2030, 2, 4))
    assert calendars.due("1 BD", datetime.fromisoformat("2030-02-02T23:00:00-03:30")).at == datetime.fromisoformat(
        "2030-02-07T15:30:00Z"
    )


def test_data_are_written_in_one_way():
    off = ["2030-02-06", "2030-02-04/2030-02-05", "2030-02-03", "2030-01-01/2030-01-01"]
    assert Calendars.from_data(changed("business.off", off)).to_data() == DATA


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("offset", None, "calendars: offset is missing"),
        ("offset", "Asia/Shanghai", "offset: 'Asia/Shanghai' is no distance from UTC"),
        ("offset", "+25:00", "offset: '\\+25:00' is no distance"),
        ("shift", ["09:00"], "shift must be two times"),
        ("shift", "09:00", "shift must be a list"),
        ("shift", ["18:00", "09:00"], "shift must end after it begins"),
        ("shift", ["09:00", "25:00"], "shift: '25:00' is no time"),
        ("cutoff", 15, "cutoff: 15 is no time"),
        ("holidays", [], "calendars: holidays is unknown"),
        ("business", [], "business must be an object"),
        ("business.years", [], "business.years must be whole years"),
        ("business.years", [2030, 2032], "business.years must be whole years, ascending and without a gap"),
        ("business.years", ["2030"], "business.years must be whole years"),
        ("business.weekend", ["sun"], "business.weekend: 'sun' is no day of the week"),
        (
            "business.weekend",
            "monday tuesday wednesday thursday friday saturday sunday".split(),
            "leaves no day to work",
        ),
        ("business.off", ["2030-02-30"], "business.off: '2030-02-30' is neither a day"),
        ("business.off", ["2030-02-06/2030-02-03"], "is neither a day"),
        ("business.off", ["2030-02-03/2030-02-04/2030-02-06"], "is neither a day"),
        ("business.off", [20300203], "20300203 is neither a day"),
        ("business.off", ["2031-01-01"], "2031-01-01 is not in the years of the calendar"),
        ("business.off", ["2030-01-01", "2029-12-31/2030-01-02"], "2029-12-31 is not in the years"),
        ("business.off", ["2030-01-01", "2030-01-01"], "2030-01-01 is there twice"),
        ("business.off", ["2030-01-04"], "business: 2030-01-04 is both off and a make-up day"),
        ("business.makeup", ["2030-01-07"], "business.makeup: 2030-01-07 is no day of the weekend"),
        ("trading.makeup", ["2030-01-05"], "trading: makeup is unknown"),
        ("trading.weekend", None, "trading: weekend is missing"),
    ],
)
def test_what_is_wrong_with_data_is_named(path, value, message):
    with pytest.raises(ValueError, match=message):
        Calendars.from_data(changed(path, value))


def test_calendars_know_their_own_years():
    calendars = Calendars.from_data(DATA)
    assert calendars.business.last_year == 2030
    assert calendars.is_trading_day(date(2031, 1, 1))
    with pytest.raises(UnknownYear, match="the business calendar does not know 2031"):
        calendars.is_business_day(date(2031, 1, 1))


def test_the_bundled_data_have_one_form():
    data = default().to_data()
    assert Calendars.from_data(json.loads(canonical(data))) == default()
    assert len(canonical(data)) < 2_000


@LIBRARIES_WARN
def test_the_bundled_data_are_what_the_libraries_say():
    pytest.importorskip("chinese_calendar")
    pytest.importorskip("exchange_calendars")
    found, bundled = china(2025, 2026), default().to_data()
    for calendar in ("business", "trading"):
        del found[calendar]["source"], bundled[calendar]["source"]
    assert bundled == found


@LIBRARIES_WARN
def test_every_bundled_day_is_what_the_libraries_say():
    chinese = pytest.importorskip("chinese_calendar")
    exchange = pytest.importorskip("exchange_calendars").get_calendar("XSHG", start="2025-01-01", end="2026-12-31")
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
    assert [default().is_business_day(day) for day in days] == [chinese.is_workday(day) for day in days]
    sessions = {session.date() for session in exchange.sessions}
    assert {day for day in days if default().is_trading_day(day)} == sessions
