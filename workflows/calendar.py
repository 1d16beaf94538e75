"""Where the business is: its time zone, and dates in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving time, so no time zone database is needed


def business_date(at: datetime) -> date:
    """The date in Shanghai at a moment."""
    return at.astimezone(SHANGHAI).date()


def years_between(earlier: date, later: date) -> int:
    """Full years from one date to another; a 29 February counts from 1 March in a common year."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))
