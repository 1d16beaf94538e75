"""What the fields of a form and their values are called, in either language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .. import when
from ..language import LANGUAGES, Lang, Words
from .shape import Choice, Shape, places


def text(schema: Mapping[str, Any], key: str, lang: Lang) -> str:
    """A title or description of a schema in a language, the English one where there is no other."""
    given = schema.get(key)
    translated = schema.get("x-i18n")
    if isinstance(translated, Mapping) and isinstance(translated.get(lang), Mapping):
        given = translated[lang].get(key) or given
    return given if isinstance(given, str) else ""


def label(part: Shape, lang: Lang) -> str:
    """What a field is called; one without a title is called by its name."""
    return text(part.schema, "title", lang) or spoken(part.key)


def choice(one: Choice, words: Words) -> str:
    """What one of the values of a field is called."""
    return text(one.schema, "title", words.lang) or spoken(one.text)


def spoken(name: str) -> str:
    """A name of a program as people would write it: amountClaimed is Amount claimed."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").strip()
    return apart[:1].upper() + (apart[1:].lower() if not apart.isupper() else apart[1:])


def shown(part: Shape, value: Any, words: Words) -> str:
    """A typed value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    if in_languages(value):
        return str(value[words.lang])
    if isinstance(value, list):
        one = part.item or part
        between = "、" if words.lang == "zh" else ", "
        return between.join(shown(one, item, words) for item in value)
    for known in part.choices:
        if known.value == value:
            return choice(known, words)
    if isinstance(value, (int, Decimal)):
        decimals = places(part.schema)
        return when.amount(value, decimals) if part.kind == "money" and decimals else when.number(value)
    if isinstance(value, str) and part.kind in ("moment", "date"):
        return _day(value, part.kind, words)
    return str(value)


def in_languages(value: Any) -> bool:
    """Whether a value is a text that a process gives in each language, as {en: ..., zh: ...}."""
    return isinstance(value, Mapping) and set(value) == set(LANGUAGES)


def _day(value: str, kind: str, words: Words) -> str:
    try:
        return (
            when.full(datetime.fromisoformat(value), words)
            if kind == "moment"
            else when.day(date.fromisoformat(value), words)
        )
    except ValueError:
        return value
