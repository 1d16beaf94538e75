"""Which days are open: the rule of the week, days off, make-up days, for the years that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ..errors import Refusal

ONE_DAY = timedelta(days=1)


class UnknownYear(Refusal):
    """The calendar does not know this year; load it first."""

    def __init__(self, year: int, calendar: str) -> None:
        super().__init__(f"the {calendar} calendar does not know {year}; load that year first", year=year)
        self.year, self.calendar = year, calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The open days of some years; `weekend` has the numbers of `date.weekday`."""

    name: str
    years: tuple[int, ...]  # without a gap, ascending
    weekend: frozenset[int]
    off: frozenset[date]
    makeup: frozenset[date] = frozenset()
    source: str = ""

    @property
    def last_year(self) -> int:
        """The last year that is known."""
        return self.years[-1]

    def is_open(self, day: date) -> bool:
        """Whether a day is open; outside of the known years UnknownYear."""
        if not self.years[0] <= day.year <= self.last_year:
            raise UnknownYear(day.year, self.name)
        return day not in self.off and (day.weekday() not in self.weekend or day in self.makeup)

    def is_expected(self, day: date) -> bool:
        """Whether a day is open; after the last known year by the rule of the week alone."""
        return day.weekday() not in self.weekend if day.year > self.last_year else self.is_open(day)


def nth_after(day: date, count: int, is_open: Callable[[date], bool]) -> date:
    """The open day that is so many open days after a day; the day itself for 0."""
    while count:
        day += ONE_DAY
        count -= is_open(day)
    return day
