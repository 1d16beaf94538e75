"""A form as the templates draw it: every field with its label, hint, value, error and attributes, in one language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from ..language import Words
from ..when import local
from . import labels
from .read import Form, entry, flat, indices, read_form
from .shape import Shape, places, shape, text_of

HALF = {"integer", "number", "money", "date", "moment", "select", "email"}
SHORT = 40  # characters that fit into half a row
TYPES = {"date": "date", "moment": "datetime-local", "email": "email"}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One radio button, check box or line of a list."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field, ready to be drawn."""

    name: str
    id: str
    kind: str
    label: str
    hint: str = ""
    error: str = ""
    value: str = ""
    required: bool = False
    personal: bool = False
    half: bool = False
    options: tuple[Option, ...] = ()
    parts: tuple[Field, ...] = ()  # of a group; of a list and of rows: one per row
    attributes: Mapping[str, str] = field(default_factory=dict)
    limit: int = 0
    unit: str = ""
    lookup: str = ""
    depends: tuple[str, str] = ("", "")  # the field's name, the texts at which this one is asked for, as JSON
    asked: bool = True

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for `aria-describedby`."""
        return " ".join(f"{self.id}-{what}" for what in ("hint", "error") if getattr(self, what))


def build(
    schema: Mapping[str, Any],
    form: Form,
    errors: Mapping[str, str],
    words: Words,
    *,
    fresh: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> tuple[Field, ...]:
    """The fields of a form with what was typed.

    One that is opened fresh at a moment begins with the defaults of its schema, and with what the data of the case hold
    where the schema says `x-from`.
    """
    root = shape(schema)
    if fresh is not None:
        form = _with_defaults(root, form, fresh, data or {})
    values = read_form(schema, form)
    return _parts(root, form, errors, words, values)


def _parts(
    group: Shape, form: Form, errors: Mapping[str, str], words: Words, values: Mapping[str, Any]
) -> tuple[Field, ...]:
    siblings = {part.key: part for part in group.parts}
    fields = []
    for part in group.parts:
        inside = values.get(part.key)
        made = _field(part, form, errors, words, inside if isinstance(inside, Mapping) else {})
        if part.when is not None and part.when[0] in siblings:
            other, wanted = siblings[part.when[0]], part.when[1]
            texts = json.dumps([text_of(one) for one in wanted])
            made = replace(made, depends=(other.name, texts), asked=part.asked(values))
        fields.append(made)
    return tuple(fields)


def _field(part: Shape, form: Form, errors: Mapping[str, str], words: Words, values: Mapping[str, Any]) -> Field:
    made = Field(
        name=part.name,
        id=part.id,
        kind=part.kind,
        label=labels.label(part, words.lang),
        hint=_hint(part, words),
        error=errors.get(part.name, ""),
        value=form.get(part.name, ""),
        required=part.required,
        personal=part.schema.get("x-personal") is True,
        half=_half(part),
        attributes=_attributes(part),
        limit=_limit(part) if part.kind == "textarea" else 0,
        unit="CNY" if part.kind == "money" else str(part.schema.get("x-unit", "")),
        lookup=part.lookup,
    )
    if part.choices:
        made = replace(made, options=_options(part, form, words))
    if part.kind == "group":
        made = replace(made, parts=_parts(part, form, errors, words, values))
    if part.kind == "list":
        made = replace(made, parts=_items(part, form, errors, words))
    if part.kind == "rows":
        made = replace(made, parts=_rows(part, form, errors, words))
    return made


def _options(part: Shape, form: Form, words: Words) -> tuple[Option, ...]:
    chosen = set(form.getlist(part.name))
    return tuple(
        Option(
            id=entry(part, index),
            value=one.text,
            label=labels.choice(one, words),
            chosen=one.text in chosen,
        )
        for index, one in enumerate(part.choices)
    )


def _items(part: Shape, form: Form, errors: Mapping[str, str], words: Words) -> tuple[Field, ...]:
    """The entries of a list: one control for each, and one that is empty."""
    assert part.item is not None
    texts = form.getlist(part.name) or [""]
    fields = []
    for index, text in enumerate(texts):
        one = _field(part.item, MultiDict({part.item.name: text}), {}, words, {})
        fields.append(
            replace(
                one,
                name=part.name,
                id=entry(part, index),
                error=errors.get(f"{part.name}.{index}", ""),
                lookup=part.lookup,
                label=words("%(label)s, entry %(n)s", label=labels.label(part, words.lang), n=index + 1),
            )
        )
    return tuple(fields)


def _rows(part: Shape, form: Form, errors: Mapping[str, str], words: Words) -> tuple[Field, ...]:
    found = indices(part.name, form)
    least = max(int(part.schema.get("minItems") or 0), 1 if part.required else 0)
    while len(found) < least:
        found.append(max(found, default=-1) + 1)
    rows = []
    for position, index in enumerate(found):
        row = _field(part.at(index), form, errors, words, {})
        rows.append(replace(row, label=words("Row %(n)s", n=position + 1), hint=""))
    return tuple(rows)


def _hint(part: Shape, words: Words) -> str:
    given = labels.text(part.schema, "description", words.lang)
    if part.kind == "checks" and not given:
        return words("Choose all that apply.")
    return given


def _half(part: Shape) -> bool:
    if part.kind in HALF:
        return True
    return part.kind in ("text", "lookup") and 0 < _limit(part) <= SHORT


def _limit(part: Shape) -> int:
    limit = part.schema.get("maxLength")
    if limit is None and part.lookup:
        return SHORT
    return limit if isinstance(limit, int) else 0


def _attributes(part: Shape) -> dict[str, str]:
    """What the control says about itself to the browser and to helping technology."""
    found: dict[str, str] = {}
    if part.kind in TYPES:
        found["type"] = TYPES[part.kind]
    if part.kind in ("number", "money"):
        found["inputmode"] = "numeric" if places(part.schema) == 0 else "decimal"
    if part.kind == "integer":
        found["inputmode"] = "numeric"
    if part.schema.get("readOnly") is True:
        found["readonly"] = ""
    if part.required and part.kind not in ("check", "checks", "group", "list", "rows"):
        found["aria-required"] = "true"
    pattern = part.schema.get("pattern")
    if part.kind == "text" and isinstance(pattern, str) and pattern.startswith(("^\\d", "^1[3-9]\\d")):
        found["inputmode"] = "numeric"
    if part.schema.get("x-personal") is True or part.lookup:
        found["autocomplete"] = "off"
    return found


def _with_defaults(group: Shape, form: Form, now: datetime, data: Mapping[str, Any]) -> Form:
    filled = flat(group.schema, _defaults(group, now, data))
    for name in form:
        filled.setlist(name, form.getlist(name))
    return filled


def _defaults(group: Shape, now: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields begin with."""
    found = {}
    for part in group.parts:
        value = _defaults(part, now, data) if part.kind == "group" else _default(part, now, data)
        if value not in (None, {}):
            found[part.key] = value
    return found


def _default(part: Shape, now: datetime, data: Mapping[str, Any]) -> Any:
    """What the case holds at the path of `x-from`, else the present for `x-default: now`, else the default."""
    held = at_path(data, str(part.schema.get("x-from", "")))
    if held is not None and not isinstance(held, Mapping):
        return held
    if part.schema.get("x-default") == "now" and part.kind in PRESENT:
        return PRESENT[part.kind](local(now))
    return part.schema.get("default")


def at_path(data: Mapping[str, Any], path: str) -> Any:
    """What stands in the data of a case at the end of names with dots between them, or None."""
    held: Any = data
    for name in path.split("."):
        held = held.get(name) if isinstance(held, Mapping) and "$vault" not in held else None
    return held


PRESENT: Mapping[str, Callable[[datetime], str]] = {
    "moment": lambda now: now.replace(second=0, microsecond=0).isoformat(),
    "date": lambda now: now.date().isoformat(),
}
