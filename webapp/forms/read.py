"""From what a browser sends to typed values and back. What cannot be typed stays text, so that validation names it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.canonical import normal

from ..when import ZONE
from .shape import Shape, places, shape, text_of

MOST_ROWS = 100
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MOST_DIGITS = 40
ROW = re.compile(r"\d{1,6}(?=\.|$)")  # the number of a row within a name

Form = MultiDict[str, str]


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A control whose value is looked up: where it stands, what it looks up, and what it holds."""

    id: str
    name: str
    index: int
    kind: str
    text: str


def read_form(schema: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The typed values of a form; fields that are not asked for are left out."""
    return _group(shape(schema), form) or {}


def flat(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Form:
    """Typed values as the browser would send them: the other way of `read_form`."""
    form: Form = MultiDict()
    for part in shape(schema).parts:
        if part.key in values:
            _flatten(part, values[part.key], form)
    return form


def edited(schema: Mapping[str, Any], form: Form) -> Form:
    """The form after its buttons “add a row”, “remove” and “use the chosen one” were used."""
    form = MultiDict(form)
    added, removed, picked = form.poplist("_add"), form.poplist("_remove"), form.poplist("_pick")
    for control in lookups(schema, form):
        if control.id in picked and (value := form.get(f"_pick.{control.id}")):
            values = form.getlist(control.name) or [""]
            values[control.index] = value
            form.setlist(control.name, values)
    for name in added:
        part = _named(shape(schema), name)
        if part is not None and part.kind == "list":
            form.add(name, "")
        else:
            form[f"{name}.{_next(name, form)}"] = ""
    for name in removed:
        for key in [key for key in form if key == name or key.startswith(f"{name}.")]:
            form.poplist(key)
    return form


def touched(schema: Mapping[str, Any], form: Form) -> str:
    """The id of the control that a pressed button leads to: what was looked up, what is new, the list with one less."""
    if control := form.get("_find") or form.get("_pick"):
        return control
    if removed := form.get("_remove"):
        around = _named(shape(schema), removed.rpartition(".")[0])
        return around.id if around is not None else ""
    part = _named(shape(schema), form.get("_add", ""))
    if part is None:
        return ""
    if part.kind == "list":
        return entry(part, len(form.getlist(part.name)))
    return _first(part.at(_next(part.name, form))) if part.kind == "rows" else ""


def lookups(schema: Mapping[str, Any], form: Form) -> list[Lookup]:
    """Every control of a form whose values are looked up."""
    return [found for part in shape(schema).parts for found in _lookups(part, form)]


def indices(name: str, form: Form) -> list[int]:
    """The rows that a form holds under a name, in order."""
    found = re.compile(re.escape(name) + r"\.(\d{1,6})(\..*)?")
    numbers = {int(match[1]) for key in form if (match := found.fullmatch(key))}
    return sorted(numbers)[:MOST_ROWS]


def clean(text: str) -> str:
    """Text without control characters and without blanks around it; lines end in a line feed."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def typed_number(text: str) -> Any:
    """The number that a text writes, with thousands or without; the text itself if it writes none."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").lstrip("¥￥")
    if not NUMBER.fullmatch(plain) or not any(map(str.isdigit, plain)) or len(plain) > MOST_DIGITS:
        return text
    return normal(Decimal(plain.replace(",", "")))


def _lookups(part: Shape, form: Form) -> list[Lookup]:
    if part.kind == "group":
        return [found for inside in part.parts for found in _lookups(inside, form)]
    if part.kind == "rows":
        return [found for index in indices(part.name, form) for found in _lookups(part.at(index), form)]
    if not part.lookup or part.kind not in ("lookup", "list"):
        return []
    return [
        Lookup(id=entry(part, index), name=part.name, index=index, kind=part.lookup, text=clean(text))
        for index, text in enumerate(form.getlist(part.name) or [""])
    ]


def entry(part: Shape, index: int) -> str:
    """The id of one control of a list."""
    return f"{part.id}-{index}" if index else part.id


def _named(group: Shape, name: str) -> Shape | None:
    """The field of a name, in whichever row it stands."""
    for part in group.parts:
        if part.name == name:
            return part
        if name.startswith(f"{part.name}."):
            row = ROW.match(name, len(part.name) + 1)
            return _named(part.at(int(row[0])) if part.kind == "rows" and row else part, name)
    return None


def _first(part: Shape) -> str:
    """The id of the first control in a field."""
    while part.kind == "group" and part.parts:
        part = part.parts[0]
    return part.id


def _next(name: str, form: Form) -> int:
    return max(indices(name, form), default=-1) + 1


def _group(group: Shape, form: Form) -> dict[str, Any] | None:
    """The values of a group; None if nothing but unticked boxes is in it."""
    values = {part.key: value for part in group.parts if (value := _value(part, form)) is not None}
    for _ in group.parts:
        hidden = [part.key for part in group.parts if part.key in values and not part.asked(values)]
        if not hidden:
            break
        for key in hidden:
            del values[key]
    return values if any(value is not False and value != [] for value in values.values()) or not group.name else None


def _value(part: Shape, form: Form) -> Any:
    """The value of one field, None if there is none."""
    match part.kind:
        case "check":
            return part.name in form
        case "checks":
            known = {choice.text: choice.value for choice in part.choices}
            chosen = [known.get(text, text) for text in form.getlist(part.name)]
            return _listed(part, chosen)
        case "list":
            assert part.item is not None
            texts = map(clean, form.getlist(part.name))
            return _listed(part, [_scalar(part.item, text) for text in texts if text])
        case "rows":
            rows = [_group(part.at(index), form) for index in indices(part.name, form)]
            return _listed(part, [row for row in rows if row is not None])
        case "group":
            found = _group(part, form)
            return {} if found is None and part.required else found
    text = clean(form.get(part.name, ""))
    return _scalar(part, text) if text else None


def _listed(part: Shape, values: list[Any]) -> list[Any] | None:
    """A list; an empty one that must not be empty is no value."""
    return None if not values and part.schema.get("minItems") else values


def _scalar(part: Shape, text: str) -> Any:
    match part.kind:
        case "radio" | "select":
            return next((choice.value for choice in part.choices if choice.text == text), text)
        case "number" | "money":
            return typed_number(text)
        case "integer":
            value = typed_number(text)
            return value if isinstance(value, int) else text
        case "moment":
            return _stored(text)
    return text


def _stored(text: str) -> str:
    """Business time as it is stored: with its offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("2026-11-20"):
        return text
    return (at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)).isoformat()


def _typed(text: str) -> str:
    """A stored moment as a control for local time takes it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is None:
        return text
    there = at.astimezone(ZONE).replace(tzinfo=None)
    return there.isoformat(timespec="auto" if there.second or there.microsecond else "minutes")


def _flatten(part: Shape, value: Any, form: Form) -> None:
    if value is None or (isinstance(value, Mapping) and "$vault" in value):
        return
    if part.kind == "check":
        if value is True:
            form[part.name] = "on"
    elif part.kind in ("checks", "list") and isinstance(value, list):
        form.setlist(part.name, [_text(part.item, one) for one in value])
    elif part.kind == "rows" and isinstance(value, list):
        for index, row in enumerate(value):
            row_shape = part.at(index)
            form[row_shape.name] = ""
            for inside in row_shape.parts:
                if isinstance(row, Mapping) and inside.key in row:
                    _flatten(inside, row[inside.key], form)
    elif part.kind == "group" and isinstance(value, Mapping):
        for inside in part.parts:
            if inside.key in value:
                _flatten(inside, value[inside.key], form)
    else:
        form[part.name] = _text(part, value)


def _text(part: Shape | None, value: Any) -> str:
    if part is not None and part.kind == "moment" and isinstance(value, str):
        return _typed(value)
    if part is not None and part.kind == "money" and isinstance(value, (int, Decimal)):
        least = places(part.schema) or 0
        return f"{value:.{least}f}" if value == round(Decimal(value), least) else text_of(value)
    return text_of(value)
