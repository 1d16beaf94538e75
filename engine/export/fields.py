"""Which values of a form may leave the house: choices, numbers, dates, yes and no; no free text, nothing personal.

The schema says what a field may hold, and the value is held against that again, so that no text goes out as a choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["string", "boolean", "integer", "float", "time"]
Plain = str | bool | int | Decimal

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may leave: what it is in a log, and whether a value is one of those that it declares."""

    kind: Kind
    holds: Callable[[Any], bool]


def fields_of(schema: Mapping[str, Any]) -> dict[str, Field]:
    """The fields of a form that may leave, by name."""
    declared = schema.get("properties")
    found = {name: field_of(one) for name, one in (declared or {}).items()} if isinstance(declared, dict) else {}
    return {name: one for name, one in found.items() if one is not None}


def field_of(schema: Any) -> Field | None:
    """A field by its schema; None where it may not leave."""
    if not isinstance(schema, dict) or schema.get("x-personal") is not None:
        return None
    if (choices := choices_of(schema)) is not None:
        return Field("string", choices.__contains__)
    given = schema.get("type")
    kinds = set(given) if isinstance(given, list) else {given}
    kinds.discard("null")
    if kinds == {"boolean"}:
        return Field("boolean", lambda value: isinstance(value, bool))
    if kinds == {"integer"}:
        return Field("integer", lambda value: isinstance(value, int) and not isinstance(value, bool))
    if kinds and kinds <= {"integer", "number"}:
        return Field("float", lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool))
    if kinds == {"string"} and schema.get("format") == "date":
        return Field("string", written_like(DAY))
    if kinds == {"string"} and schema.get("format") == "date-time":
        return Field("string", written_like(MOMENT))
    return None


def choices_of(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The texts that a field may hold, if it lists them: by `enum`, or by `const` in each alternative."""
    listed = schema.get("enum")
    if listed is None and isinstance(schema.get("oneOf"), list):
        listed = [one.get("const") if isinstance(one, dict) else None for one in schema["oneOf"]]
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed if one is not None):
        return None
    return frozenset(one for one in listed if one is not None)


def written_like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    """Whether a value is a text of a form."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def leaving(fields: Mapping[str, Field], values: Any) -> dict[str, Plain]:
    """The values among some that may leave."""
    if not isinstance(values, Mapping):
        return {}
    return {name: values[name] for name, one in fields.items() if name in values and is_plain(one, values[name])}


def is_plain(field: Field, value: Any) -> bool:
    """Whether a value is what its field declares; lists and objects never are."""
    return isinstance(value, (str, bool, int, Decimal)) and field.holds(value)
