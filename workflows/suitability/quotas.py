"""How often a customer may be assessed: so many times a day, and so many in twelve months on end. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ..calendar import months_later

YEAR = 12  # months; what "rolling" means in the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many assessments there were, and the first day on which there may be another."""

    today: int
    in_year: int
    next_date: date
    allowed: bool


def quota(taken: Iterable[date], today: date, *, per_day: int, per_year: int) -> Quota:
    """The quota on a day, by the days on which assessments were taken; a day falls out twelve months later."""
    inside = sorted(day for day in taken if day > months_later(today, -YEAR))
    on_this_day = inside.count(today)
    possible = today
    if on_this_day >= per_day:
        possible = today + timedelta(days=1)
    if len(inside) >= per_year:
        possible = max(possible, months_later(inside[len(inside) - per_year], YEAR))
    return Quota(today=on_this_day, in_year=len(inside), next_date=possible, allowed=possible == today)
