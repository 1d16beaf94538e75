"""The functions that diagrams find beside FEEL's own: `due("4 bh")`, `trade_date(at)`, `parameter("NAME")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from ..feel import ExpressionError, Function, host_function
from ..feel.errors import hint
from .calendar import Calendars
from .days import UnknownYear
from .terms import Term, Unit

MOST_DAYS = 1_000
MOST_OF_MONTH = 15  # every month has so many business days
NAMES: dict[str, Unit] = {"business_hours": "bh", "business_days": "BD", "trading_days": "TD", "natural_days": "ND"}


def functions(calendars: Calendars) -> tuple[Function, ...]:
    """What diagrams may ask of the calendars: moments with their offset, days, and whether the exchange is open."""
    terms = (host_function(name, counted(calendars, name, unit), "number", timed=True) for name, unit in NAMES.items())
    return (
        *terms,
        host_function("due", known(partial(due, calendars)), "text, date and time?", timed=True),
        host_function("is_trading_day", known(calendars.is_trading_day), "date"),
        host_function("trade_date", known(calendars.trade_date), "date and time"),
        host_function("trading_day_after", known(partial(trading_day_after, calendars)), "date, number"),
        host_function("business_day_of_month", known(partial(business_day_of_month, calendars)), "number", timed=True),
    )


def known(asked: Callable[..., Any]) -> Callable[..., Any]:
    """The same question, whose answer may be that a year or a number is out of range."""

    def answer(*values: Any) -> Any:
        try:
            return asked(*values)
        except (ValueError, UnknownYear) as error:
            raise ExpressionError(str(error)) from None

    return answer


def due(calendars: Calendars, now: datetime, term: str, since: datetime | None = None) -> datetime:
    """When a term such as `4 bh`, `15 ND` or `T+1` is over that begins now, or at another moment."""
    return calendars.local(calendars.due(term, since or now).at)


def trading_day_after(calendars: Calendars, day: date, count: Decimal) -> date:
    """The day so many trading days after a day; after none, the day itself if it is one, else the next."""
    if count != count.to_integral_value() or not 0 <= count <= MOST_DAYS:
        raise ValueError(f"trading_day_after needs a whole number from 0 to {MOST_DAYS}")
    return calendars.trading_day_after(day, int(count))


def business_day_of_month(calendars: Calendars, now: datetime, number: Decimal) -> datetime:
    """When the next n-th business day of a month begins: of this month if that is still to come."""
    if number != number.to_integral_value() or not 1 <= number <= MOST_OF_MONTH:
        raise ValueError(f"business_day_of_month needs a whole number from 1 to {MOST_OF_MONTH}")
    return calendars.business_day_of_month(int(number), now)


def counted(calendars: Calendars, name: str, unit: Unit) -> Callable[[datetime, Decimal], datetime]:
    """What a function of so many units does."""

    def moment(now: datetime, count: Decimal) -> datetime:
        if count != count.to_integral_value():
            raise ExpressionError(f"{name} needs a whole number")
        try:
            return calendars.local(calendars.due(Term(unit=unit, count=int(count)), now).at)
        except (ValueError, UnknownYear) as error:
            raise ExpressionError(str(error)) from None

    return moment


def parameters_function(parameters: Mapping[str, Any]) -> Function:
    """The function `parameter("NAME")`: the value of a configured parameter, as it is now."""
    known = dict(parameters)

    def parameter(name: str) -> Any:
        if name not in known:
            raise ExpressionError(f"unknown parameter {name[:60]}{hint(name, known)}")
        return known[name]

    return replace(host_function("parameter", parameter, "text", 1), known=frozenset(known))
