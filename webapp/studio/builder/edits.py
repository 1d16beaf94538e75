"""Edits of a form: each gives a new one, and changes nothing but what it names.

What a box holds is written only if it differs from what it held, so that whoever changes a label changes a label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ...forms.shape import shape
from . import rules
from .boxes import (
    WRITERS,
    Schema,
    Texts,
    Wrong,
    as_number,
    attempt,
    become,
    choose,
    differs,
    lines_in,
    put,
    say,
    text_in,
)
from .describe import Entry, described, entries, whole
from .kinds import BY_NAME, kind_of

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
NEW = {"type": "string", "title": "New field", "maxLength": 200, "x-i18n": {"zh": {"title": "新字段"}}}


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A form after an edit, the field that it was about, and what could not be written down, by box."""

    schema: Schema
    key: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def part_of(schema: Mapping[str, Any], at: Sequence[str]) -> Schema | None:
    """The form inside a form at the end of some names: that of a group, or of the rows of a table."""
    found: Any = schema
    for name in at:
        found = (found.get("properties") or {}).get(name)
        if isinstance(found, Mapping) and kind_of(found).name == "rows":
            found = found["items"]
        if not isinstance(found, Mapping) or not isinstance(found.get("properties"), Mapping):
            return None
    return dict(found)


def with_part(schema: Mapping[str, Any], at: Sequence[str], part: Mapping[str, Any]) -> Schema:
    """The form with another one in the place of that at the end of some names."""
    if not at:
        return dict(part)
    name, *rest = at
    inner = schema["properties"][name]
    if kind_of(inner).name == "rows":
        inner = {**inner, "items": with_part(inner["items"], rest, part)}
    else:
        inner = with_part(inner, rest, part)
    return {**schema, "properties": {**schema["properties"], name: inner}}


def added(schema: Mapping[str, Any], after: str = "") -> Edited:
    """A form with a new line of text, below a field or at the end."""
    return _inserted(schema, _free(schema, "field1"), deepcopy(NEW), after)


def duplicated(schema: Mapping[str, Any], key: str) -> Edited:
    """A form with a field twice, the copy below it and not required."""
    return _inserted(schema, _free(schema, f"{key}2"), deepcopy(schema["properties"][key]), key)


def removed(schema: Mapping[str, Any], key: str) -> Edited:
    """A form without a field, and the one that now stands in its place."""
    before = [one.key for one in entries(schema)]
    found = deepcopy(dict(schema))
    del found["properties"][key]
    rules.forget(found, key)
    left = [name for name in before if name != key]
    at = min(before.index(key), len(left) - 1)
    return Edited(schema=found, key=left[at] if left else "")


def moved(schema: Mapping[str, Any], key: str, by: int) -> Edited:
    """A form with a field some places further down, or up."""
    order = [one.key for one in entries(schema)]
    return placed(schema, key, order.index(key) + by)


def placed(schema: Mapping[str, Any], key: str, at: int) -> Edited:
    """A form with a field at a place, counted from 0."""
    order = [one.key for one in entries(schema) if one.key != key]
    order.insert(max(0, at), key)
    return Edited(schema=_in_order(deepcopy(dict(schema)), order), key=key)


def changed_whole(schema: Mapping[str, Any], texts: Texts) -> Edited:
    """A form with another title, description or button."""
    found, before = deepcopy(dict(schema)), whole(schema)
    for name in ("title", "description", "x-submit"):
        say(found, name, before, texts)
    return Edited(schema=found)


def changed(schema: Mapping[str, Any], key: str, texts: Texts) -> Edited:
    """A form in which a field is as the boxes say; what cannot be written down stays as it was, and is named."""
    found, problems = deepcopy(dict(schema)), dict[str, str]()
    part = found["properties"][key]
    if not isinstance(part, dict):
        return Edited(schema=found, key=key)
    before = described(schema, key)
    if (wanted := BY_NAME.get(texts.get("kind", ""))) and wanted.makes and wanted is not before.kind:
        become(part, before.kind, wanted)
    kind = kind_of(part)
    for name in ("title", "description"):
        say(part, name, before, texts)
    for name, write in WRITERS.items():
        if differs(name, before, texts):
            attempt(problems, name, lambda write=write, name=name: write(part, kind, text_in(texts, name)))
    if kind.chooses and before.kind.chooses:
        attempt(problems, "choices", lambda: choose(part, kind, before.lines, lines_in(texts)))
    attempt(problems, "when", lambda: _hang(found, key, before, texts))
    attempt(problems, "key", lambda: _call(found, key, text_in(texts, "key") or key))
    renamed = text_in(texts, "key") if "key" in texts and "key" not in problems else key
    return Edited(schema=found, key=renamed, problems=problems)


def _inserted(schema: Mapping[str, Any], key: str, part: Any, after: str) -> Edited:
    order = [one.key for one in entries(schema)]
    order.insert(order.index(after) + 1 if after in order else len(order), key)
    found = deepcopy(dict(schema))
    found["properties"] = {**(found.get("properties") or {}), key: part}
    return Edited(schema=_in_order(found, order), key=key)


def _in_order(schema: Schema, order: list[str]) -> Schema:
    """The form in an order of its fields: as `x-order` says, or where it has none as they stand."""
    if "x-order" in schema:
        schema["x-order"] = order
    else:
        schema["properties"] = {key: schema["properties"][key] for key in order}
    return schema


def _free(schema: Mapping[str, Any], name: str) -> str:
    taken = schema.get("properties") or {}
    stem = name.rstrip("0123456789")
    return next(one for number in range(1, len(taken) + 3) if (one := f"{stem}{number}") not in taken)


def _hang(schema: Schema, key: str, before: Entry, texts: Texts) -> None:
    """Write when a field is shown, and whether it must then be filled in."""
    other = text_in(texts, "when") if "when" in texts else before["when"]
    values = tuple(dict.fromkeys(" ".join(one.split()) for one in texts.getlist("at") if one.strip()))
    told = "at" in texts or "at" in texts.getlist("box")
    same = other == before["when"] and (not told or not other or values == before.asked_at)
    required = text_in(texts, "required") if "required" in texts.getlist("box") else before["required"]
    if same and required == before["required"]:
        return
    rule = None if same else _condition(schema, key, other, values)
    if before["required"]:
        rules.release(schema, key)
    if not same:
        put(schema["properties"][key], "x-when", rule)
    if required:
        rules.require(schema, key)


def _condition(schema: Schema, key: str, other: str, values: tuple[str, ...]) -> Schema | None:
    """The condition under which a field is shown; none for always."""
    if not other:
        return None
    siblings = {one.key: one for one in shape(schema).parts}
    if other not in siblings or other == key:
        raise Wrong("when-field")
    asked = siblings[other]
    if not values and asked.kind == "check":
        values = ("true",)
    if not values and asked.choices:
        values = (asked.choices[0].text,)
    if not values:
        raise Wrong("when-value")
    wanted = [_typed(asked, text) for text in values]
    return {"field": other, "equals": wanted[0]} if len(wanted) == 1 else {"field": other, "in": wanted}


def _typed(asked: Any, text: str) -> Any:
    """A value of the other field, as the other field would hold it."""
    if asked.kind == "check":
        return text == "true"
    if asked.choices:
        found = next((one for one in asked.choices if one.text == text), None)
        if found is None:
            raise Wrong("when-value")
        return found.value
    return as_number(text) if asked.kind in ("number", "money", "integer") else text


def _call(schema: Schema, key: str, name: str) -> None:
    if name == key:
        return
    if not NAME.fullmatch(name):
        raise Wrong("name")
    if name in schema["properties"]:
        raise Wrong("name-twice")
    rules.rename(schema, key, name)
