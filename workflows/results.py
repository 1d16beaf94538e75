"""How an operator declares what it answers: as JSON Schema in which every value has a label in English and Chinese.

People read what a process worked out on the page of its case, in its replay and in its dossier; there each value is
called as it is called here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Schema = dict[str, Any]


def labelled(schema: Mapping[str, Any], en: str, zh: str) -> Schema:
    """A schema with its label, translated as the fields of forms are."""
    return {**schema, "title": en, "x-i18n": {"zh": {"title": zh}}}


def text(en: str, zh: str) -> Schema:
    """A text or a code."""
    return labelled({"type": "string"}, en, zh)


def truth(en: str, zh: str) -> Schema:
    """Yes or no."""
    return labelled({"type": "boolean"}, en, zh)


def whole(en: str, zh: str) -> Schema:
    """A whole number."""
    return labelled({"type": "integer"}, en, zh)


def whole_or_none(en: str, zh: str) -> Schema:
    """A whole number, or null where there is none."""
    return labelled({"type": ["integer", "null"]}, en, zh)


def number(en: str, zh: str) -> Schema:
    """A decimal number."""
    return labelled({"type": "number"}, en, zh)


def moment(en: str, zh: str) -> Schema:
    """A moment."""
    return labelled({"type": "string", "format": "date-time"}, en, zh)


def day(en: str, zh: str) -> Schema:
    """A day."""
    return labelled({"type": "string", "format": "date"}, en, zh)


def staff(en: str, zh: str) -> Schema:
    """Somebody of the staff, by id; empty where it is nobody."""
    return labelled({"type": "string", "x-widget": "staff-picker"}, en, zh)


def fund(en: str, zh: str) -> Schema:
    """A fund, by its code; empty where it is none."""
    return labelled({"type": "string", "x-widget": "fund-picker"}, en, zh)


def choice(en: str, zh: str, choices: Mapping[str, tuple[str, str]]) -> Schema:
    """One of some codes; each is called by its words in English and Chinese."""
    one_of = [labelled({"const": code}, *said) for code, said in choices.items()]
    return labelled({"type": "string", "oneOf": one_of}, en, zh)


def listed(en: str, zh: str, item: Mapping[str, Any] | None = None) -> Schema:
    """A list: of texts, or of what `item` says."""
    return labelled({"type": "array", "items": item or {"type": "string"}}, en, zh)


def group(en: str, zh: str, properties: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """Several values under one name."""
    return labelled(answer(properties, optional), en, zh)


def answer(properties: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """What an operator answers as a whole, value by value; it gives all of them but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}
