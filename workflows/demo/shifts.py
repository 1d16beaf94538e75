"""When sample staff work: the hotline every day from eight to ten, everybody else on working days from nine to six."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from engine.calendars import Calendars

from ..calendar import SHANGHAI

HOTLINE = (time(8), time(22))
OFFICE = (time(9), time(18))
EVERY_DAY = frozenset({"csr", "csl"})
ONE_DAY = timedelta(days=1)


class Shifts:
    """The hours in which a task of some groups is worked on."""

    def __init__(self, calendars: Calendars) -> None:
        self._calendars = calendars

    def knows(self, at: datetime) -> bool:
        """Whether the trading days of a moment's year are known."""
        return at.astimezone(SHANGHAI).year <= self._calendars.trading.last_year

    def next(self, at: datetime, groups: Iterable[str]) -> datetime:
        """The moment itself, or the next one at which somebody of the groups is there."""
        every_day = not EVERY_DAY.isdisjoint(groups)
        begins, ends = HOTLINE if every_day else OFFICE
        local = at.astimezone(SHANGHAI)
        if local.time() >= ends:
            local = datetime.combine(local.date() + ONE_DAY, begins, SHANGHAI)
        elif local.time() < begins:
            local = datetime.combine(local.date(), begins, SHANGHAI)
        while not (every_day or self._calendars.business.is_expected(local.date())):
            local = datetime.combine(local.date() + ONE_DAY, begins, SHANGHAI)
        return max(local, at)

    def before(self, at: datetime, working_days: int) -> datetime:
        """The same hour so many working days earlier."""
        local = at.astimezone(SHANGHAI)
        while working_days:
            local -= ONE_DAY
            working_days -= self._calendars.business.is_expected(local.date())
        return local

    def begins(self, at: datetime, groups: Iterable[str]) -> datetime:
        """When the shift of the groups begins on the day of a moment."""
        local = at.astimezone(SHANGHAI)
        first = OFFICE[0] if EVERY_DAY.isdisjoint(groups) else HOTLINE[0]
        return datetime.combine(local.date(), first, SHANGHAI)

    def last(self, at: datetime, groups: Iterable[str]) -> datetime:
        """The moment itself, or the last one before it at which somebody of the groups was there."""
        every_day = not EVERY_DAY.isdisjoint(groups)
        begins, ends = HOTLINE if every_day else OFFICE
        local = at.astimezone(SHANGHAI)
        if local.time() < begins:
            local = datetime.combine(local.date() - ONE_DAY, ends, SHANGHAI)
        elif local.time() > ends:
            local = datetime.combine(local.date(), ends, SHANGHAI)
        while not (every_day or self._calendars.business.is_expected(local.date())):
            local = datetime.combine(local.date() - ONE_DAY, ends, SHANGHAI)
        return min(local, at)
