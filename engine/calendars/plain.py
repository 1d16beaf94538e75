"""Calendars as plain JSON: read with care, written in one way only, so that equal calendars have equal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, time, timedelta, timezone
from typing import Any

from .days import ONE_DAY, Days

OFFSET = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
CLOCK = re.compile(r"\d\d:\d\d", re.ASCII)
PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?", re.ASCII)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def only(data: Any, where: str, needed: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, Any]:
    """An object that has the needed names and no others than the optional."""
    if not isinstance(data, Mapping):
        raise ValueError(f"{where} must be an object")
    needed = tuple(needed)
    for name in needed:
        if name not in data:
            raise ValueError(f"{where}: {name} is missing")
    for name in data:
        if name not in needed and name not in optional:
            raise ValueError(f"{where}: {name} is unknown")
    return data


def listed(value: Any, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list")
    return value


def read_offset(value: Any) -> timezone:
    """A fixed distance from UTC like +08:00."""
    found = OFFSET.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        raise ValueError(f"offset: {value!r} is no distance from UTC like +08:00")
    distance = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-distance if found[1] == "-" else distance)


def write_offset(zone: timezone) -> str:
    """The distance as `read_offset` takes it."""
    minutes = zone.utcoffset(None) // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def read_clock(value: Any, where: str) -> time:
    """A time of the day like 09:00."""
    try:
        if not isinstance(value, str) or not CLOCK.fullmatch(value):
            raise ValueError
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{where}: {value!r} is no time like 09:00") from None


def write_clock(value: time) -> str:
    """The time as `read_clock` takes it."""
    return value.strftime("%H:%M")


def read_shift(value: Any) -> tuple[time, time]:
    """When a working day begins and ends."""
    if len(listed(value, "shift")) != 2:
        raise ValueError("shift must be two times: when the day begins and when it ends")
    begin, end = (read_clock(each, "shift") for each in value)
    if begin >= end:
        raise ValueError("shift must end after it begins")
    return begin, end


def read_days(name: str, data: Any, optional: tuple[str, ...]) -> Days:
    """One calendar of days."""
    data = only(data, name, ("years", "weekend", "off"), optional)
    years = listed(data["years"], f"{name}.years")
    if not years or any(type(year) is not int for year in years) or years != [*range(years[0], years[0] + len(years))]:
        raise ValueError(f"{name}.years must be whole years, ascending and without a gap")
    weekend = listed(data["weekend"], f"{name}.weekend")
    if unknown := [each for each in weekend if each not in WEEKDAYS]:
        raise ValueError(f"{name}.weekend: {unknown[0]!r} is no day of the week like saturday")
    found = Days(
        name=name,
        years=tuple(years),
        weekend=frozenset(map(WEEKDAYS.index, weekend)),
        off=read_dates(data["off"], f"{name}.off", years),
        makeup=read_dates(data.get("makeup", []), f"{name}.makeup", years),
        source=str(data.get("source", "")),
    )
    if len(found.weekend) == len(WEEKDAYS):
        raise ValueError(f"{name}.weekend leaves no day to work")
    if both := found.off & found.makeup:
        raise ValueError(f"{name}: {min(both)} is both off and a make-up day")
    if idle := [day for day in found.makeup if day.weekday() not in found.weekend]:
        raise ValueError(f"{name}.makeup: {min(idle)} is no day of the weekend")
    return found


def write_days(days: Days) -> dict[str, Any]:
    """The calendar as `read_days` takes it."""
    data: dict[str, Any] = {
        "years": list(days.years),
        "weekend": [WEEKDAYS[number] for number in sorted(days.weekend)],
        "off": write_dates(days.off),
    }
    if days.makeup:
        data["makeup"] = write_dates(days.makeup)
    if days.source:
        data["source"] = days.source
    return data


def read_dates(value: Any, where: str, years: list[int]) -> frozenset[date]:
    """Days like 2026-01-04, or the first and the last of several as in 2026-02-15/2026-02-23."""
    found: set[date] = set()
    for text in listed(value, where):
        for day in period(text, where):
            if day.year not in years:
                raise ValueError(f"{where}: {day} is not in the years of the calendar")
            if day in found:
                raise ValueError(f"{where}: {day} is there twice")
            found.add(day)
    return frozenset(found)


def period(text: Any, where: str) -> Iterator[date]:
    """The days of one entry."""
    found = PERIOD.fullmatch(text) if isinstance(text, str) else None
    with suppress(ValueError):
        if found and (first := date.fromisoformat(found[1])) <= (last := date.fromisoformat(found[2] or found[1])):
            return days_between(first, last)
    raise ValueError(f"{where}: {text!r} is neither a day like 2026-01-04 nor days like 2026-02-15/2026-02-23")


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def write_dates(days: Iterable[date]) -> list[str]:
    """The days as `read_dates` takes them, days in a row together."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and day - found[-1][-1] == ONE_DAY:
            found[-1].append(day)
        else:
            found.append([day])
    return [f"{run[0]}/{run[-1]}" if len(run) > 1 else str(run[0]) for run in found]
