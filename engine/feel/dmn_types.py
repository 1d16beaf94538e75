"""The types that columns declare: what a value must be, and which texts become times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

from .errors import ExpressionError
from .temporal import Months, parse_date, parse_date_time, parse_duration, parse_time
from .values import Value, kind

Coerce: TypeAlias = Callable[[Value], Value]
Parse: TypeAlias = Callable[[str], Value]

# By the names of DMN, of dmn-js and of Camunda: which types fit, and how a text is read, if at all.
TYPES: dict[str, tuple[tuple[type, ...], Parse | None]] = {
    "string": ((str,), None),
    "boolean": ((bool,), None),
    **dict.fromkeys(("number", "integer", "long", "double"), ((Decimal,), None)),
    "date": ((date,), parse_date),
    "time": ((time,), parse_time),
    **dict.fromkeys(("dateTime", "date and time"), ((datetime,), parse_date_time)),
    **dict.fromkeys(("dayTimeDuration", "days and time duration"), ((timedelta,), parse_duration)),
    **dict.fromkeys(("yearMonthDuration", "years and months duration"), ((Months,), parse_duration)),
    "duration": ((timedelta, Months), parse_duration),
}

# A value of each type whose values all compare alike: what fails for it fails for every other.
SAMPLES: dict[str, Value] = {
    "string": "",
    "boolean": False,
    **dict.fromkeys(("number", "integer", "long", "double"), Decimal(0)),
    "date": date(2000, 1, 1),
    **dict.fromkeys(("dayTimeDuration", "days and time duration"), timedelta(0)),
    **dict.fromkeys(("yearMonthDuration", "years and months duration"), Months(0)),
}


def item_types(root: etree._Element) -> dict[str, str]:
    """The item definitions of a file that are another name for one value of a type."""
    found = {}
    for element in root.iterchildren("{*}itemDefinition"):
        base = element.find("{*}typeRef")
        if base is not None and base.text and element.get("isCollection") != "true":
            found[element.get("name", "")] = base.text.strip()
    return found


def type_name(declared: str | None, items: dict[str, str]) -> str:
    """The name of a declared type without its prefix, through the item definitions of the file."""
    name = (declared or "").rsplit(":", 1)[-1]
    for _ in range(len(items)):
        name = items.get(name, name).rsplit(":", 1)[-1]
    return name


def coercion(name: str) -> Coerce:
    """What makes a value fit a type; types of contexts, of lists and Any let everything pass."""
    if name not in TYPES:
        return lambda value: value
    types, parse = TYPES[name]

    def coerce(value: Value) -> Value:
        if value is None or type(value) in types:
            return value
        found = parse(value) if parse and type(value) is str else None
        if type(found) not in types:
            raise ExpressionError(f"the type is {name}, but the value is {kind(value)}")
        return found

    return coerce
