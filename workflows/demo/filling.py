"""Fills forms by their schemas: what is wished for where the form has it, and something plausible where it insists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from ..calendar import SHANGHAI

Schema = Mapping[str, Any]


def fill(schema: Schema, wishes: Mapping[str, Any], random: Random, at: datetime) -> dict[str, Any]:
    """Values that the form takes at a moment; a wish for a field that it does not have or show is left out."""
    fields: Mapping[str, Schema] = schema.get("properties", {})
    values = {name: wishes[name] for name in fields if wishes.get(name) is not None}
    for _ in range(len(fields)):
        hidden = [name for name in values if not _shown(fields[name], values)]
        missing = [name for name in _required(schema, values) if name not in values and name in fields]
        if not hidden and not missing:
            break
        for name in hidden:
            del values[name]
        for name in missing:
            values[name] = _anything(fields[name], random, at)
    return values


def _shown(field: Schema, values: Mapping[str, Any]) -> bool:
    when = field.get("x-when")
    return when is None or values.get(when["field"]) in (when.get("in") or [when.get("equals")])


def _required(schema: Schema, values: Mapping[str, Any]) -> Iterator[str]:
    """The fields that must be there, those of the conditions that hold included."""
    yield from schema.get("required", ())
    for rule in schema.get("allOf", ()):
        holds = "if" not in rule or Draft202012Validator(rule["if"]).is_valid(values)
        yield from rule.get("then" if holds else "else", {}).get("required", ())


def _anything(field: Schema, random: Random, at: datetime) -> Any:
    if "const" in field:
        return field["const"]
    if "default" in field:
        return field["default"]
    if "oneOf" in field:
        return random.choice(field["oneOf"])["const"]
    if "enum" in field:
        return random.choice(field["enum"])
    if field.get("format") == "date-time":
        return moment(at)
    match field.get("type"):
        case "boolean":
            return True
        case "integer" | "number":
            return field.get("minimum", 0)
        case "array":
            return [_anything(field["items"], random, at)] * field.get("minItems", 0)
        case "object":
            return fill(field, {}, random, at)
    return ("已办理。" * 20)[: max(field.get("minLength", 1), 4)]


def moment(at: datetime) -> str:
    """A moment as forms write it, in Shanghai."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
