"""The functions that diagrams find beside FEEL's own: `business_days(2)`, `parameter("NAME")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..feel import ExpressionError, Function, host_function
from ..feel.errors import hint
from .calendar import Calendars
from .days import UnknownYear
from .terms import Term, Unit

NAMES: dict[str, Unit] = {"business_hours": "bh", "business_days": "BD", "trading_days": "TD", "natural_days": "ND"}


def functions(calendars: Calendars) -> tuple[Function, ...]:
    """The moments at which so many hours or days from now are over, as dates and times with the calendars' offset."""
    return tuple(
        host_function(name, counted(calendars, name, unit), "number", timed=True) for name, unit in NAMES.items()
    )


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

    return host_function("parameter", parameter, "text", 1)
