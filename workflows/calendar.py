"""Where the business is: its time zone, and dates in it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving time, so no time zone database is needed


def business_date(at: datetime) -> date:
    """The date in Shanghai at a moment."""
    return at.astimezone(SHANGHAI).date()


def years_between(earlier: date, later: date) -> int:
    """Full years from one date to another; a 29 February counts from 1 March in a common year."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or earlier for a negative number; the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
