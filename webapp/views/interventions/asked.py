"""The fields that an intervention asks for: one field of the data, or what is known of a task; as schemas, and back.

All stand under `values`, so that no field of a form can take the place of a control of the page. Nothing is required.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.bundles import Bundle
from engine.canonical import read_file
from engine.errors import FieldError
from engine.forms.schema import Form

from ... import forms, here
from ...desk import found_for, problems
from ...labels import is_reference

KEPT = 400
VALUES = "values"
ROOT = ("$defs", "definitions")
EITHER = {  # what a box is asked as, so that neither yes nor no can be said
    "yes": {"const": "yes", "title": "Yes", "x-i18n": {"zh": {"title": "是"}}},
    "no": {"const": "no", "title": "No", "x-i18n": {"zh": {"title": "否"}}},
}
SPOKEN = ("title", "description", "x-i18n")
PLAIN: Mapping[type, Mapping[str, Any]] = {
    int: {"type": "number"},
    Decimal: {"type": "number"},
    str: {"type": "string"},
}
LONG = {"type": "string", "x-widget": "textarea"}
JSON = {**LONG, "description": "As JSON", "x-i18n": {"zh": {"description": "JSON格式"}}}


@lru_cache(KEPT)
def of_task(form: Form) -> Mapping[str, Any]:
    """The schema that asks what is known of a task: nothing is required, and no box says no by itself."""
    part = form.part(form.properties).schema
    asked = {name: _either(one) for name, one in part["properties"].items()}
    return _wrapped({**part, "properties": asked}, form.schema)


@lru_cache(KEPT)
def of_field(bundle: Bundle, name: str) -> Mapping[str, Any] | None:
    """The schema that asks for a field of the data as a form of the bundle declares it, if one does."""
    for element in bundle.diagram.elements if bundle.diagram else ():
        form = bundle.form_of(element.id)
        variable = element.variable_name or (element.event.variable if element.event else None)
        if form is not None and variable == name:
            one = {**form.part(form.properties).schema, "title": element.label}
            return _wrapped({"properties": {name: one}}, form.schema)
        if form is not None and not variable and name in form.properties:
            one = form.part([name]).schema["properties"][name]
            return _wrapped({"properties": {name: _either(one)}}, form.schema)
    return None


def of_value(name: str, value: Any) -> Mapping[str, Any]:
    """The schema that asks for a field that no form declares: of the kind that its value has, else as JSON."""
    if isinstance(value, bool):
        one: Mapping[str, Any] = _either({"type": "boolean"})
    elif isinstance(value, str) and len(value) > 60:
        one = LONG
    else:
        one = PLAIN.get(type(value), JSON)
    return _wrapped({"properties": {name: one}}, {})


def is_json(schema: Mapping[str, Any], name: str) -> bool:
    """Whether a field is typed as JSON."""
    return schema["properties"][VALUES]["properties"].get(name) is JSON


def _either(one: Any) -> Any:
    """A box that may be ticked as a choice of yes, no and neither."""
    if not isinstance(one, Mapping) or one.get("type") != "boolean":
        return one
    choices = [said for word, said in EITHER.items() if one.get("const", word == "yes") == (word == "yes")]
    return {**{k: v for k, v in one.items() if k in SPOKEN}, "x-widget": "select", "x-either": True, "oneOf": choices}


def _wrapped(part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    inside = {**{k: v for k, v in part.items() if k not in ROOT}, "type": "object"}
    return {"type": "object", "properties": {VALUES: inside}, **{k: root[k] for k in ROOT if k in root}}


def given(schema: Mapping[str, Any], typed: MultiDict[str, str]) -> dict[str, Any]:
    """What was entered; what was left empty is not there."""
    values, asked = forms.read_form(schema, typed).get(VALUES) or {}, schema["properties"][VALUES]["properties"]
    return {name: _meant(asked.get(name), value) for name, value in values.items() if value != []}


def _meant(one: Any, value: Any) -> Any:
    either = isinstance(one, Mapping) and one.get("x-either") and value in EITHER
    return value == "yes" if either else value


def with_references(old: Any, new: Any) -> Any:
    """A new value with what was personal in the old one and is left as it is: it is never typed again to keep it."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    kept = {name: value for name, value in old.items() if name not in new and is_reference(value)}
    return {**kept, **{name: with_references(old.get(name), value) for name, value in new.items()}}


def as_typed(schema: Mapping[str, Any], name: str, value: Any) -> MultiDict[str, str]:
    """A value as the page begins with it."""
    if value is None or is_reference(value):
        return MultiDict()
    shown = written(value) if is_json(schema, name) else value
    if schema["properties"][VALUES]["properties"][name].get("x-either"):
        shown = "yes" if value is True else "no"
    return forms.flat(schema, {VALUES: {name: shown}})


def written(value: Any) -> str:
    """A value as JSON that a person reads."""
    return json.dumps(
        value, ensure_ascii=False, indent=1, default=lambda one: int(one) if one == int(one) else float(one)
    )


def unwritten(text: str) -> Any:
    """A value from such JSON; ValueError where it is none."""
    try:
        return read_file(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def wants_more(typed: MultiDict[str, str]) -> bool:
    """Whether the form is only drawn again: with other rows, with what a look-up found, or in another language."""
    return any(name in typed for name in ("_add", "_remove", "_find", "_pick", "_again"))


def drawn(
    schema: Mapping[str, Any], typed: MultiDict[str, str], errors: Mapping[str, FieldError] | None = None
) -> dict[str, Any]:
    """What a template needs for the fields: what was typed, what a look-up found, and what is wrong with them."""
    words, services = here.words(), here.services()
    sentences = forms.messages(schema, {f"{VALUES}.{name}": one for name, one in (errors or {}).items()}, words.lang)
    looked_up = found_for(services, schema, typed, words)
    built = forms.build(schema, forms.edited(schema, typed), sentences, words)
    focus = forms.touched(schema, typed)
    return {"fields": built[0].parts, "problems": problems(schema, sentences), "looked_up": looked_up, "focus": focus}
