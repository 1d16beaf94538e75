"""Imports calendars as data: `python -m engine.calendars.importing 2025 2026 > engine/calendars/data/cn.json`.

Working days come from chinesecalendar, trading days from exchange_calendars; both are installed for tests alone, and
the engine never asks them at run time.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from typing import Any

from .plain import days_between, write_dates

WEEKEND = ["saturday", "sunday"]


def china(first: int, last: int) -> dict[str, Any]:
    """The data of the Chinese calendars for some years, as `Calendars.from_data` takes them."""
    return {
        "offset": "+08:00",
        "shift": ["09:00", "18:00"],
        "cutoff": "15:00",
        "business": working_days(first, last),
        "trading": trading_days(first, last),
    }


def working_days(first: int, last: int) -> dict[str, Any]:
    """Holidays with the weekends in them, and make-up days, by the notices of the State Council."""
    import chinese_calendar

    days = list(days_between(date(first, 1, 1), date(last, 12, 31)))
    holidays = chinese_calendar.constants.holidays
    off = (d for d in days if not chinese_calendar.is_workday(d) and (d.weekday() < 5 or d in holidays))
    return {
        "years": list(range(first, last + 1)),
        "weekend": WEEKEND,
        "off": write_dates(off),
        "makeup": write_dates(d for d in days if chinese_calendar.is_workday(d) and d.weekday() >= 5),
        "source": f"State Council notices, from chinesecalendar {version('chinesecalendar')}",
    }


def trading_days(first: int, last: int) -> dict[str, Any]:
    """The days from Monday to Friday on which the Shanghai exchange is closed."""
    import exchange_calendars

    start, end = date(first, 1, 1), date(last, 12, 31)
    exchange = exchange_calendars.get_calendar("XSHG", start=str(start), end=str(end))
    sessions = {session.date() for session in exchange.sessions}
    return {
        "years": list(range(first, last + 1)),
        "weekend": WEEKEND,
        "off": write_dates(d for d in days_between(start, end) if d.weekday() < 5 and d not in sessions),
        "source": f"Shanghai Stock Exchange (XSHG), from exchange_calendars {version('exchange_calendars')}",
    }


if __name__ == "__main__":
    print(json.dumps(china(int(sys.argv[1]), int(sys.argv[2])), indent=2))
