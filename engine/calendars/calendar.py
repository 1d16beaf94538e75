"""When a term is over, which day is the trade date, how much business time has passed: asked of data alone.

Terms in days (BD, TD, ND, T+n) count from the day after, whatever the hour, and are over when the shift of their last
day ends, as deadlines are where an office has hours. Hours (`bh`, `h24`) and durations count from the moment itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from ..canonical import read
from ..feel.temporal import add_months
from .days import ONE_DAY, Days, nth_after
from .plain import only, read_clock, read_days, read_offset, read_shift, write_clock, write_days, write_offset
from .terms import Term, TermLike, Unit, parse_term, term_or_moment

BUNDLED = Path(__file__).parent / "data" / "cn.json"
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a term is over, in UTC; provisional if it runs past the years that the calendar knows."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Calendars:
    """The working days of the staff and the trading days of the exchange, at one fixed distance from UTC."""

    zone: timezone
    shift: tuple[time, time]
    cutoff: time  # from here on an order belongs to the next trading day
    business: Days
    trading: Days

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calendars:
        """Calendars from plain JSON data; what is wrong with them is a ValueError that names it."""
        data = only(data, "calendars", ("offset", "shift", "cutoff", "business", "trading"))
        return cls(
            zone=read_offset(data["offset"]),
            shift=read_shift(data["shift"]),
            cutoff=read_clock(data["cutoff"], "cutoff"),
            business=read_days("business", data["business"], ("makeup", "source")),
            trading=read_days("trading", data["trading"], ("source",)),
        )

    def to_data(self) -> dict[str, Any]:
        """The same calendars as plain JSON data."""
        return {
            "offset": write_offset(self.zone),
            "shift": [write_clock(each) for each in self.shift],
            "cutoff": write_clock(self.cutoff),
            "business": write_days(self.business),
            "trading": write_days(self.trading),
        }

    # Terms

    def due(self, term: TermLike, at: datetime) -> Due:
        """When a term that begins at a moment is over; what is a moment or a day already stays what it is."""
        given, start = term_or_moment(term), self.local(at)
        end = self._end(given, start) if isinstance(given, Term) else self._moment(given)
        guessed = isinstance(given, Term) and given.unit in ("bh", "BD") and end.year > self.business.last_year
        return Due(at=end.astimezone(UTC), provisional=guessed)

    def share(self, term: TermLike, at: datetime, percent: int) -> datetime:
        """When so many percent of a term are over, in UTC; of a term in bh, BD, TD or T+n in business time."""
        if percent <= 0:
            raise ValueError("a share of a term is more than 0 percent")
        given, start = term_or_moment(term), self.local(at)
        end = self.due(given, at).at
        if percent == 100:
            return end
        if not (isinstance(given, Term) and given.in_business_time):
            return (start + (end - start) * percent / 100).astimezone(UTC)
        return self._after(start, self._worked(start, self.local(end)) * percent / 100).astimezone(UTC)

    def moved(self, at: datetime, term: str, stopped: datetime, resumed: datetime) -> Due:
        """Where a moment of a term moves to if the term stands still for a while; without a term by that while.

        What was left is counted in the unit of the term: business time, or days of its kind, the begun one included.
        Of days that were all gone but the rest of one, the next day that can be used is the last.
        """
        unit = parse_term(term).unit if term else "ISO"
        if at <= stopped:
            return Due(at=at)
        start, end, again = self.local(stopped), self.local(at), self.local(resumed)
        if unit == "bh":
            found = self._after(again, self._worked(start, end))
        elif unit in ("h24", "ISO"):
            found = again + (end - start)
        else:
            found = self._days_later(end, start.date(), again, unit)
        guessed = unit in ("bh", "BD") and found.year > self.business.last_year
        return Due(at=found.astimezone(UTC), provisional=guessed)

    def _days_later(self, end: datetime, start: date, again: datetime, unit: Unit) -> datetime:
        """The end of a term in days, as many days of its kind after another moment as it was after a day."""
        is_open = self._open_days(unit)
        left = sum(is_open(start + ONE_DAY * number) for number in range(1, (end.date() - start).days + 1))
        day = nth_after(again.date(), left, is_open)
        while not is_open(day) or datetime.combine(day, end.timetz()) <= again:
            day = nth_after(day, 1, is_open)
        return datetime.combine(day, end.timetz())

    def _open_days(self, unit: Unit) -> Callable[[date], bool]:
        """Which days a term in days counts."""
        match unit:
            case "BD":
                return self.business.is_expected
            case "TD" | "T+":
                return self.trading.is_open
        return lambda day: True

    def _end(self, term: Term, start: datetime) -> datetime:
        """Where a term ends, in local time."""
        match term.unit:
            case "bh":
                return self._after(start, timedelta(hours=term.count))
            case "h24":
                return start + timedelta(hours=term.count)
            case "ISO":
                return datetime.combine(add_months(start.date(), term.months), start.timetz()) + term.length
        return self._close(self._last_day(term, start))

    def _last_day(self, term: Term, start: datetime) -> date:
        """The day on which a term in days ends."""
        today = start.date()
        match term.unit:
            case "BD":
                return nth_after(today, term.count, self.business.is_expected)
            case "TD":
                return nth_after(today, term.count, self.trading.is_open)
            case "T+":
                return nth_after(self.trade_date(start), term.count, self.trading.is_open)
        return today + timedelta(days=term.count)

    def _moment(self, given: date) -> datetime:
        """A moment in local time, which it is where it says no zone; of a day the end of its shift."""
        if not isinstance(given, datetime):
            return self._close(given)
        return given.astimezone(self.zone) if given.tzinfo else given.replace(tzinfo=self.zone)

    # Days

    def is_business_day(self, day: date) -> bool:
        """Whether the staff works on a day; UnknownYear where that is not known."""
        return self.business.is_open(self._day(day))

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange is open on a day; UnknownYear where that is not known."""
        return self.trading.is_open(self._day(day))

    def next_trading_day(self, day: date) -> date:
        """The first trading day after a day."""
        return nth_after(self._day(day), 1, self.trading.is_open)

    def trading_day_after(self, day: date, count: int) -> date:
        """The day so many trading days after a day; after none, the day itself if it is one, else the next."""
        day = self._day(day)
        if count == 0:
            return day if self.trading.is_open(day) else self.next_trading_day(day)
        return nth_after(day, count, self.trading.is_open)

    def business_day_of_month(self, number: int, at: datetime) -> datetime:
        """When the next n-th business day of a month begins, in local time."""
        now = self.local(at)
        first = now.date().replace(day=1)
        while (begins := self._at(self._nth_of_month(number, first), self.shift[0])) <= now:
            first = add_months(first, 1)
        return begins

    def _nth_of_month(self, number: int, first: date) -> date:
        return nth_after(first - ONE_DAY, number, self.business.is_expected)

    def trade_date(self, at: datetime) -> date:
        """The trade date (T) of what is accepted at a moment: today before the cut-off, else the next trading day."""
        local = self.local(at)
        today = self.trading.is_open(local.date()) and local.time() < self.cutoff
        return local.date() if today else self.next_trading_day(local.date())

    def local(self, at: datetime) -> datetime:
        """A moment with the offset of the calendars."""
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} says no time zone")
        return at.astimezone(self.zone)

    def _day(self, day: date) -> date:
        """A day; that of a moment is the local one."""
        return self.local(day).date() if isinstance(day, datetime) else day

    # Business time

    def business_minutes(self, start: datetime, end: datetime) -> int:
        """The whole minutes of business time between two moments, negative backwards; later years as for terms."""
        if end < start:
            return -self.business_minutes(end, start)
        return self._worked(self.local(start), self.local(end)) // timedelta(minutes=1)

    def _worked(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two local moments."""
        days = takewhile(lambda shift: shift[0] < end, self._shifts(start))
        return sum((min(closes, end) - opens for opens, closes in days), NO_TIME)

    def _after(self, start: datetime, work: timedelta) -> datetime:
        """The first local moment at which so much business time has passed."""
        shifts = self._shifts(start)
        opens, closes = next(shifts)
        while work > closes - opens:
            work -= closes - opens
            opens, closes = next(shifts)
        return opens + work

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the shift of the moment, if any, and all shifts after it."""
        day = start.date()
        while True:
            if self.business.is_expected(day):
                opens, closes = self._at(day, self.shift[0]), self._close(day)
                if start < closes:
                    yield max(start, opens), closes
            day += ONE_DAY

    def _close(self, day: date) -> datetime:
        """When the shift of a day ends, or would end if it is no business day."""
        return self._at(day, self.shift[1])

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone)


@cache
def default() -> Calendars:
    """The calendars that come with the engine: China, with the years that were known at its release."""
    return Calendars.from_data(read(BUNDLED.read_text()))
