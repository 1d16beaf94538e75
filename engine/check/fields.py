"""The fields of a form: each can be shown, is there when it is demanded, and has a value that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ..forms import Form
from ..model import Finding
from .phrases import Phrase, phrase
from .rules import finding
from .shapes import values_of
from .subject import Subject

KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "number": (int, Decimal, float),
    "integer": (int, Decimal, float),
}
BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
PLAIN = frozenset({"type", "enum", "const", "oneOf", *(name for pair in BOUNDS for name in pair)})


def check_fields(subject: Subject) -> Iterator[Finding]:
    """Fields that are never shown, demanded while they are hidden, or that no value fits."""
    for path, form in subject.forms.items():
        hidden = never_shown(form)
        for name, why in hidden.items():
            yield finding("field-never-shown", path, field=name, why=why)
        required = form.schema.get("required")
        for name in required if isinstance(required, list) else ():
            if isinstance(name, str) and name not in hidden and _when(form, name) is not None:
                yield finding("hidden-required", path, field=name, other=str(_when(form, name, "field")))
        for name, schema in form.properties.items():
            if isinstance(schema, dict):
                yield from _values(path, name, schema)


def never_shown(form: Form) -> dict[str, Phrase]:
    """The fields that no answer shows, with the reason."""
    found: dict[str, Phrase] = {}
    for name in form.properties:
        asked, seen = _when(form, name, "field"), [name]
        while isinstance(asked, str) and asked in form.properties and asked not in seen:
            seen.append(asked)
            asked = _when(form, asked, "field")
        if asked == name:
            found[name] = phrase("{other} is only shown when it is there itself", other=seen[-1])
        elif why := _impossible(form, name):
            found[name] = why
    while more := [name for name in form.properties if name not in found and _hangs_on(form, name, found)]:
        found |= {name: phrase("{other} is never shown", other=str(_when(form, name, "field"))) for name in more}
    return found


def _hangs_on(form: Form, name: str, hidden: Mapping[str, Phrase]) -> bool:
    """Whether a field is shown by a value of a hidden one alone."""
    return _when(form, name, "field") in hidden and None not in _wanted(form, name)


def _when(form: Form, name: str, part: str = "") -> Any:
    """The `x-when` of a field, or a part of it; nothing if it has none."""
    schema = form.properties.get(name)
    when = schema.get("x-when") if isinstance(schema, dict) else None
    if not isinstance(when, dict):
        return None
    return when.get(part) if part else when


def _wanted(form: Form, name: str) -> list[Any]:
    """The values of the other field that show a field."""
    several = _when(form, name, "in")
    return several if isinstance(several, list) else [_when(form, name, "equals")]


def _impossible(form: Form, name: str) -> Phrase | None:
    """Why none of the values that would show a field can be given."""
    other = form.properties.get(_when(form, name, "field") or "")
    wanted = _wanted(form, name)
    if not isinstance(other, dict) or None in wanted:
        return None
    asked = other.get("items") if other.get("type") == "array" else other
    if not isinstance(asked, dict):
        return None
    values, kinds = values_of(asked, form.schema), KINDS.get(str(asked.get("type")))
    if asked.get("type") == "boolean" and values is None:
        values = frozenset({True, False})
    if values is not None:
        possible = any(_same(value, one) for value in wanted for one in values)
    else:
        possible = kinds is None or any(isinstance(value, kinds) for value in wanted)
    if possible:
        return None
    said = ", ".join(str(value) for value in wanted)
    return phrase("{other} is never {values}", other=str(_when(form, name, "field")), values=said)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _values(path: str, name: str, schema: dict[str, Any]) -> Iterator[Finding]:
    """Bounds that leave nothing between them, lists of nothing, and defaults that are refused."""
    for low, high in BOUNDS:
        least, most = schema.get(low), schema.get(high)
        if isinstance(least, (int, Decimal)) and isinstance(most, (int, Decimal)) and least > most:
            why = phrase("{low} is {least} and {high} is {most}", low=low, least=least, high=high, most=most)
            yield finding("field-without-value", path, field=name, why=why)
            return
    kinds, values = KINDS.get(str(schema.get("type"))), schema.get("enum")
    if isinstance(values, list) and kinds and not any(isinstance(value, kinds) for value in values):
        yield finding("field-without-value", path, field=name, why=phrase("none of its values is of its type"))
        return
    if "default" in schema:
        plain = {key: value for key, value in schema.items() if key in PLAIN}
        try:
            Draft202012Validator(plain).validate(schema["default"])
        except ValidationError:
            yield finding("default-refused", path, field=name, value=str(schema["default"]))
