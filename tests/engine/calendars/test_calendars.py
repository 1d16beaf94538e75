"""Working and trading days, the trade date, terms and their shares: the vectors of the domain, and what must always hold."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Due, Term, UnknownYear, default
from engine.feel import Months

CHINA = default()
ZONE = timezone(timedelta(hours=8))


def at(text):
    """A moment in Chinese time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def days_of(year):
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365)]


@pytest.mark.parametrize(("year", "business", "trading"), [(2025, 248, 243), (2026, 248, 242)])
def test_days_of_a_year(year, business, trading):
    assert sum(map(CHINA.is_business_day, days_of(year))) == business
    assert sum(map(CHINA.is_trading_day, days_of(year))) == trading


def test_make_up_days_are_worked_but_never_traded():
    makeup = "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"
    days = [date.fromisoformat(day) for day in makeup.split()]
    assert all(day.weekday() >= 5 and CHINA.is_business_day(day) and not CHINA.is_trading_day(day) for day in days)
    weekends = {day for year in (2025, 2026) for day in days_of(year) if day.weekday() >= 5}
    assert {day for day in weekends if CHINA.is_business_day(day)} == set(days)
    assert not any(map(CHINA.is_trading_day, weekends))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("01-01", "01-03"),
        ("02-15", "02-23"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("06-19", "06-21"),
        ("09-25", "09-27"),
        ("10-01", "10-07"),
    ],
)
def test_holidays_of_2026(first, last):
    day, end = date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}")
    while day <= end:
        assert not CHINA.is_business_day(day) and not CHINA.is_trading_day(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("accepted", "trade_date", "next_days"),
    [
        ("2026-09-18 14:59:59", "2026-09-18", ["2026-09-21"]),
        ("2026-09-18 14:59:59.999999", "2026-09-18", ["2026-09-21"]),
        ("2026-09-18 15:00:00", "2026-09-21", ["2026-09-22"]),
        ("2026-09-20 10:00", "2026-09-21", []),
        ("2026-09-30 15:00", "2026-10-08", ["2026-10-09", "2026-10-12"]),
        ("2026-02-13 15:00", "2026-02-24", []),
        ("2026-05-09 11:00", "2026-05-11", []),
    ],
)
def test_trade_date(accepted, trade_date, next_days):
    moment = at(accepted)
    assert str(CHINA.trade_date(moment)) == str(CHINA.trade_date(moment.astimezone(UTC))) == trade_date
    assert CHINA.due("T+0", moment).at == at(f"{trade_date} 18:00")
    for number, day in enumerate(next_days, 1):
        assert CHINA.due(f"T+{number}", moment) == Due(at=at(f"{day} 18:00"))


@pytest.mark.parametrize(
    ("term", "begins", "over"),
    [
        ("3 BD", "2026-09-30 10:00", "2026-10-10 18:00"),
        ("1 BD", "2026-09-18 10:00", "2026-09-20 18:00"),
        ("1 BD", "2026-09-18 23:59", "2026-09-20 18:00"),
        ("1 BD", "2026-09-19 00:00", "2026-09-20 18:00"),
        ("15 ND", "2026-09-30 10:00", "2026-10-15 18:00"),
        ("15 ND", "2026-09-30 23:00", "2026-10-15 18:00"),
        ("1 TD", "2026-09-18 10:00", "2026-09-21 18:00"),
        ("1 TD", "2026-09-18 16:00", "2026-09-21 18:00"),
        ("3 TD", "2026-09-30 10:00", "2026-10-12 18:00"),
        ("4 bh", "2026-09-18 10:30", "2026-09-18 14:30"),
        ("4 bh", "2026-09-18 14:00", "2026-09-18 18:00"),
        ("4 bh", "2026-09-18 14:01", "2026-09-20 09:01"),
        ("4 bh", "2026-09-18 20:00", "2026-09-20 13:00"),
        ("4 bh", "2026-09-19 12:00", "2026-09-20 13:00"),
        ("4 bh", "2026-09-18 07:00", "2026-09-18 13:00"),
        ("20 bh", "2026-09-30 17:00", "2026-10-10 10:00"),
        ("2 h24", "2026-09-30 23:00", "2026-10-01 01:00"),
        ("PT72H", "2026-09-30 10:00", "2026-10-03 10:00"),
        ("P1M", "2026-01-31 10:00", "2026-02-28 10:00"),
        ("P2D", "2026-09-30 10:00", "2026-10-02 10:00"),
    ],
)
def test_due(term, begins, over):
    assert CHINA.due(term, at(begins)) == CHINA.due(term, at(begins).astimezone(UTC)) == Due(at=at(over))
    assert CHINA.due(term, at(begins)).at.tzinfo is UTC


@pytest.mark.parametrize(
    ("given", "over"),
    [
        (timedelta(hours=1), "2026-09-30 11:00"),
        (Months(1), "2026-10-30 10:00"),
        (Term(unit="BD", count=3), "2026-10-10 18:00"),
        (date(2026, 10, 4), "2026-10-04 18:00"),
        ("2026-10-04", "2026-10-04 18:00"),
        (datetime(2026, 10, 4, 12, tzinfo=UTC), "2026-10-04 20:00"),
        ("2026-10-04T12:00:00.000000Z", "2026-10-04 20:00"),
        ("2026-10-04T12:00:00+08:00", "2026-10-04 12:00"),
        ("2026-10-04T12:00:00", "2026-10-04 12:00"),
    ],
)
def test_due_of_what_is_no_text_of_a_term(given, over):
    assert CHINA.due(given, at("2026-09-30 10:00")) == Due(at=at(over))


@pytest.mark.parametrize(
    ("term", "begins", "over"),
    [
        ("1 BD", "2026-12-31 10:00", "2027-01-01 18:00"),
        ("15 BD", "2026-12-18 10:00", "2027-01-08 18:00"),
        ("2 bh", "2026-12-31 17:00", "2027-01-01 10:00"),
        ("1 BD", "2027-03-05 10:00", "2027-03-08 18:00"),
    ],
)
def test_a_business_term_past_the_known_years_is_provisional(term, begins, over):
    assert CHINA.due(term, at(begins)) == Due(at=at(over), provisional=True)


@pytest.mark.parametrize("term", ["9 BD", "9 bh", "40 ND", "900 h24", "P1Y"])
def test_other_terms_at_the_end_of_the_year_are_not(term):
    assert not CHINA.due(term, at("2026-12-18 10:00")).provisional


@pytest.mark.parametrize(
    ("ask", "year", "calendar"),
    [
        (lambda: CHINA.due("1 TD", at("2026-12-31 10:00")), 2027, "trading"),
        (lambda: CHINA.due("T+1", at("2026-12-31 10:00")), 2027, "trading"),
        (lambda: CHINA.trade_date(at("2026-12-31 15:00")), 2027, "trading"),
        (lambda: CHINA.next_trading_day(date(2026, 12, 31)), 2027, "trading"),
        (lambda: CHINA.is_trading_day(date(2027, 1, 4)), 2027, "trading"),
        (lambda: CHINA.is_business_day(date(2027, 1, 4)), 2027, "business"),
        (lambda: CHINA.is_business_day(date(2024, 12, 31)), 2024, "business"),
        (lambda: CHINA.due("1 BD", at("2024-06-03 10:00")), 2024, "business"),
        (lambda: CHINA.due("1 bh", at("2024-12-31 10:00")), 2024, "business"),
        (lambda: CHINA.trade_date(at("2024-06-03 10:00")), 2024, "trading"),
        (lambda: CHINA.business_minutes(at("2024-12-31 10:00"), at("2025-01-03 10:00")), 2024, "business"),
    ],
)
def test_unknown_years(ask, year, calendar):
    with pytest.raises(UnknownYear) as caught:
        ask()
    assert (caught.value.year, caught.value.calendar) == (year, calendar)
    assert str(caught.value) == f"the {calendar} calendar does not know {year}; load that year first"


@pytest.mark.parametrize(
    ("term", "percent", "over"),
    [
        ("10 bh", 80, "2026-09-18 18:00"),
        ("10 bh", 50, "2026-09-18 15:00"),
        ("10 bh", 150, "2026-09-20 16:00"),
        ("1 BD", 50, "2026-09-20 09:30"),  # of 17 hours
        ("1 BD", 100, "2026-09-20 18:00"),
        ("1 BD", 150, "2026-09-21 17:30"),
        ("1 TD", 50, "2026-09-20 14:00"),  # of 26 hours: the make-up day counts
        ("T+1", 50, "2026-09-20 14:00"),
        ("10 h24", 80, "2026-09-18 18:00"),
        ("10 h24", 150, "2026-09-19 01:00"),
        ("1 ND", 50, "2026-09-19 02:00"),
        ("P1D", 150, "2026-09-19 22:00"),
    ],
)
def test_share(term, percent, over):
    assert CHINA.share(term, at("2026-09-18 10:00"), percent) == at(over)


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="more than 0 percent"):
        CHINA.share("1 BD", at("2026-09-18 10:00"), 0)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-09-18 10:00", "2026-09-18 10:00:59", 0),
        ("2026-09-18 10:00", "2026-09-18 12:30", 150),
        ("2026-09-18 12:30", "2026-09-18 10:00", -150),
        ("2026-09-18 17:00", "2026-09-20 10:00", 120),
        ("2026-09-18 19:00", "2026-09-20 08:00", 0),
        ("2026-09-19 00:00", "2026-09-20 00:00", 0),
        ("2026-09-30 00:00", "2026-10-11 00:00", 4 * 540),
        ("2025-12-31 17:00", "2026-01-04 10:00", 120),
        ("2026-12-31 17:00", "2027-01-01 10:00", 120),
    ],
)
def test_business_minutes(start, end, minutes):
    assert CHINA.business_minutes(at(start), at(end).astimezone(UTC)) == minutes


def test_the_day_of_a_moment_is_the_local_one():
    late = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)  # 00:30 on Friday in China
    assert CHINA.next_trading_day(late) == date(2026, 9, 21)
    assert CHINA.is_trading_day(late)


def test_a_moment_needs_a_zone():
    for ask in (lambda at: CHINA.due("1 BD", at), lambda at: CHINA.share("2 h24", at, 80), CHINA.trade_date):
        with pytest.raises(ValueError, match="says no time zone"):
            ask(datetime(2026, 9, 18, 10))


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 3, 1), timezones=st.just(ZONE))
TRADED_MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 9, 1), timezones=st.just(ZONE))
BUSINESS = st.sampled_from(["bh", "BD"])
UNITS = st.sampled_from(["bh", "h24", "BD", "TD", "ND", "T+"])
COUNTS = st.integers(1, 60)


@given(TRADED_MOMENTS, TRADED_MOMENTS, UNITS, COUNTS, COUNTS)
def test_due_grows_with_the_moment_and_with_the_count(one, other, unit, few, many):
    (one, other), (few, many) = sorted([one, other]), sorted([few, many])
    terms = [Term(unit=unit, count=count) for count in (few, many)]
    assert one < CHINA.due(terms[0], one).at <= CHINA.due(terms[0], other).at <= CHINA.due(terms[1], other).at
    if few < many:
        assert CHINA.due(terms[0], one).at < CHINA.due(terms[1], one).at


@given(MOMENTS, BUSINESS, COUNTS)
def test_a_business_term_is_over_within_a_shift_of_a_business_day(begins, unit, count):
    due = CHINA.due(Term(unit=unit, count=count), begins)
    local = due.at.astimezone(ZONE)
    assert due.provisional == (local.year > 2026)
    assert due.provisional or CHINA.is_business_day(local)
    assert timedelta(hours=9) < local - local.replace(hour=0, minute=0, second=0, microsecond=0) <= timedelta(hours=18)


@given(MOMENTS, COUNTS)
def test_business_hours_take_their_business_time(begins, count):
    assert CHINA.business_minutes(begins, CHINA.due(f"{count} bh", begins).at) == 60 * count


@given(MOMENTS, COUNTS)
def test_business_days_pass_as_many_business_days(begins, count):
    due = CHINA.due(f"{count} BD", begins).at.astimezone(ZONE)
    days = [begins.date() + timedelta(days=n) for n in range(1, (due.date() - begins.date()).days + 1)]
    assert sum(map(CHINA.business.is_expected, days)) == count


@given(TRADED_MOMENTS, UNITS, COUNTS, st.integers(1, 300), st.integers(1, 300))
def test_shares_grow_to_the_due_moment_and_beyond(begins, unit, count, less, more):
    less, more = sorted([less, more])
    term = Term(unit=unit, count=count)
    due = CHINA.due(term, begins).at
    assert CHINA.share(term, begins, 100) == due
    assert begins < CHINA.share(term, begins, less) <= CHINA.share(term, begins, more)
    assert (CHINA.share(term, begins, 99) < due) and (CHINA.share(term, begins, 101) > due)


@given(MOMENTS, st.integers(1, 60), st.integers(1, 300))
def test_a_share_of_business_hours_is_that_share_of_business_time(begins, count, percent):
    spent = CHINA.business_minutes(begins, CHINA.share(f"{count} bh", begins, percent))
    assert spent == 60 * count * percent // 100


@given(MOMENTS, MOMENTS, MOMENTS)
def test_business_time_adds_up(one, two, three):
    whole = [moment.replace(second=0, microsecond=0) for moment in sorted([one, two, three])]
    parts = [CHINA.business_minutes(a, b) for a, b in pairwise(whole)]
    assert CHINA.business_minutes(whole[0], whole[2]) == sum(parts)
