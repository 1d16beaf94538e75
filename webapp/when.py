"""Moments and numbers as people read them: relative, in business time (Asia/Shanghai), the absolute beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from babel.dates import format_date

from .language import LOCALES, Words

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?")
ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")  # one offset for all years, as the calendars count


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment to show: the short text, the full one for `title`, the machine's, and its tone if it has one."""

    text: str
    full: str
    iso: str
    tone: str = ""


def local(at: datetime) -> datetime:
    """A moment in business time; at the ends of the calendar, where that is in no year, as it stands."""
    try:
        return at.astimezone(ZONE)
    except OverflowError:
        return at.replace(tzinfo=ZONE)


def full(at: datetime, words: Words, *, seconds: bool = False) -> str:
    """The whole moment: Fri 20 Nov 2026, 14:50."""
    there = local(at)
    clock = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    return f"{dated(at, words)}{' ' if words.lang == 'zh' else ', '}{clock}"


def is_moment(text: str) -> bool:
    """Whether a text is a moment or a day as data hold them: 2026-11-20T06:50:00.000000Z, or 2026-11-20."""
    if not MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def read(text: str, words: Words) -> str:
    """A moment or a day of the data as people read it, to the second unless that is a full minute."""
    if len(text) == len("2026-11-20"):
        return day(date.fromisoformat(text), words)
    at = datetime.fromisoformat(text)
    return full(at, words, seconds=bool(at.second or at.microsecond))


def dated(at: datetime, words: Words) -> str:
    """The day of a moment: Fri 20 Nov 2026."""
    there = local(at)
    if words.lang == "zh":
        return f"{there.year}年{there.month}月{there.day}日 {_weekday(there, words)}"
    return f"{_weekday(there, words)} {there.day} {_month(there)} {there.year}"


def day(at: datetime | date, words: Words, *, today: date | None = None) -> str:
    """A day: 12 Oct, with its year unless that is the year of today."""
    there = local(at).date() if isinstance(at, datetime) else at
    year = today is None or there.year != today.year
    if words.lang == "zh":
        return f"{there.year}年{there.month}月{there.day}日" if year else f"{there.month}月{there.day}日"
    return f"{there.day} {_month(there)} {there.year}" if year else f"{there.day} {_month(there)}"


def past(at: datetime, now: datetime, words: Words) -> Moment:
    """How long something is ago."""
    there, here = local(at), local(now)
    days = (here.date() - there.date()).days
    minutes = max(int((now - at).total_seconds() // 60), 0)
    if minutes < 1:
        text = words("just now")
    elif minutes < 60:
        text = words("%(n)s min ago", n=minutes)
    elif days == 0:
        text = words("%(n)s h ago", n=minutes // 60)
    elif days == 1:
        text = words("yesterday %(time)s", time=f"{there:%H:%M}")
    elif days < 7:
        text = words("%(n)s days ago", n=days)
    else:
        text = day(at, words, today=here.date())
    return Moment(text=text, full=full(at, words, seconds=True), iso=there.isoformat(timespec="seconds"))


def due(at: datetime, now: datetime, words: Words, *, sentence: bool = False) -> Moment:
    """When something has to be done; `sentence` gives the long form for a heading."""
    there, here = local(at), local(now)
    late = now > at
    tone = "bad" if late else "warn" if there.date() == here.date() else ""
    length = span(abs(at - now), words)
    clock = f"{there:%H:%M}"
    if late:
        text = (
            words("%(span)s late", span=length)
            if not sentence
            else words("%(span)s late, was due %(day)s", span=length, day=_near(there, here, words))
        )
    elif not sentence and at - now < timedelta(hours=1):
        text = length
    elif there.date() == here.date():
        text = words("today %(time)s", time=clock)
        if sentence:
            text = words("Due today at %(time)s, in %(span)s", time=clock, span=length)
    else:
        text = _near(there, here, words)
        if sentence:
            text = words("Due %(day)s", day=text)
    return Moment(text=text, full=full(at, words), iso=there.isoformat(timespec="seconds"), tone=tone)


def _near(there: datetime, here: datetime, words: Words) -> str:
    """A moment near today: today 18:00, Mon 10:30, 12 Oct."""
    days = (there.date() - here.date()).days
    if days == 0:
        return words("today %(time)s", time=f"{there:%H:%M}")
    if 0 < days < 7:
        return f"{_weekday(there, words)} {there:%H:%M}"
    return day(there, words, today=here.date())


def span(length: timedelta, words: Words) -> str:
    """A length of time in the units that matter: 25 min, 3 h 28 min, 2 days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return words("%(n)s min", n=minutes)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return words("%(h)s h %(m)s min", h=hours, m=rest) if rest and hours < 6 else words("%(n)s h", n=hours)
    return words.many("%(num)s day", "%(num)s days", minutes // (24 * 60))


def _weekday(at: datetime, words: Words) -> str:
    return str(format_date(at, "EEE", locale=LOCALES[words.lang]))


def _month(at: date) -> str:
    return str(format_date(at, "MMM", locale=LOCALES["en"]))


def amount(value: Decimal | int | str, places: int = 2) -> str:
    """Money or units with thousands and a fixed number of decimals: 1,860.00."""
    return f"{Decimal(value):,.{places}f}"


def number(value: Decimal | int) -> str:
    """A number with thousands and just the decimals that it has."""
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
