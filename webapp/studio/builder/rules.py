"""When a field is asked for, and when it must be filled in: `x-when`, `required`, and the rules that join the two.

A field that another one hides cannot be required always, or nobody could send the form: it is required by a rule of
`allOf` that holds where the field is shown. Rules that say anything else are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.canonical import canonical, normal

Schema = dict[str, Any]
WITHIN = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not")  # what speaks of the same object


def wanted_of(field: Any) -> tuple[str, list[Any]] | None:
    """The field on which another one hangs, and the values at which it is shown."""
    rule = field.get("x-when") if isinstance(field, Mapping) else None
    if not isinstance(rule, Mapping) or not isinstance(rule.get("field"), str):
        return None
    several = rule.get("in")
    return rule["field"], list(several) if isinstance(several, list) else [rule.get("equals")]


def is_required(schema: Mapping[str, Any], key: str) -> bool:
    """Whether a field must be filled in whenever it is shown."""
    if key in schema.get("required", ()):
        return True
    hangs = wanted_of(schema.get("properties", {}).get(key))
    if hangs is None or not hangs[1]:
        return False
    sure = [one for rule in _rules(schema) if key in _then(rule) for one in _values(rule, hangs[0])]
    return all(any(same(one, value) for one in sure) for value in hangs[1])


def require(schema: Schema, key: str) -> None:
    """Make a field required whenever it is shown."""
    hangs = wanted_of(schema["properties"][key])
    if hangs is None:
        schema["required"] = [*schema.get("required", ()), key]
        return
    name, values = hangs
    for rule in _rules(schema):
        held = _values(rule, name)
        if len(held) == len(values) and all(any(same(one, value) for one in held) for value in values):
            rule["then"]["required"] = [*_then(rule), key]
            return
    one = {"const": values[0]} if len(values) == 1 else {"enum": values}
    test = {"contains": one} if schema["properties"].get(name, {}).get("type") == "array" else one
    made = {"if": {"properties": {name: test}, "required": [name]}, "then": {"required": [key]}}
    schema["allOf"] = [*schema.get("allOf", ()), made]


def release(schema: Schema, key: str) -> None:
    """Let a field be left empty."""
    if key in schema.get("required", ()):
        schema["required"] = [name for name in schema["required"] if name != key]
    hangs = wanted_of(schema.get("properties", {}).get(key))
    if hangs is not None:
        _let_go(schema, key, hangs[0])


def forget(schema: Schema, key: str) -> None:
    """Take a field out of everything that is said of it."""
    for name in ("required", "x-order"):
        if key in schema.get(name, ()):
            schema[name] = [one for one in schema[name] if one != key]
    _let_go(schema, key, None)
    _drop(schema, [rule for rule in _rules(schema) if _values(rule, key)])


def rename(schema: Schema, old: str, new: str) -> None:
    """Call a field something else, wherever the form speaks of it."""
    if isinstance(schema.get("x-order"), list):
        schema["x-order"] = [new if one == old else one for one in schema["x-order"]]
    for one in _within(schema):
        if isinstance(one.get("required"), list):
            one["required"] = [new if name == old else name for name in one["required"]]
        if isinstance(one.get("properties"), dict):
            one["properties"] = {new if name == old else name: part for name, part in one["properties"].items()}
    for part in schema["properties"].values():
        hangs = wanted_of(part)
        if hangs is not None and hangs[0] == old:
            part["x-when"] = {**part["x-when"], "field": new}


def others(schema: Mapping[str, Any]) -> list[Any]:
    """The rules of a form that say something else than when a field is required."""
    return [rule for rule in schema.get("allOf", ()) if not _plain(rule)]


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    return canonical(normal(one)) == canonical(normal(other))


def _rules(schema: Mapping[str, Any]) -> list[Schema]:
    """The rules that require fields where another one has a value: those of `allOf`, and the form's own."""
    several = schema.get("allOf")
    return [rule for rule in (*(several if isinstance(several, list) else ()), schema) if _plain(rule)]


def _plain(rule: Any) -> bool:
    """Whether a rule says: where one field has one of these values, these fields are required."""
    test, then = (rule.get("if"), rule.get("then")) if isinstance(rule, Mapping) else (None, None)
    if not (isinstance(test, Mapping) and isinstance(then, Mapping)) or "else" in rule:
        return False
    named = test.get("required")
    if set(test) != {"properties", "required"} or set(then) != {"required"} or not isinstance(named, list):
        return False
    return isinstance(test["properties"], Mapping) and list(test["properties"]) == named and len(named) == 1


def _values(rule: Mapping[str, Any], name: str) -> list[Any]:
    """The values of a field at which a rule holds, none if it is about another field."""
    test = rule["if"]["properties"].get(name, {})
    test = test.get("contains", test) if isinstance(test, Mapping) else {}
    if not isinstance(test, Mapping) or len(test) != 1:
        return []
    return [test["const"]] if "const" in test else list(test.get("enum", ()))


def _then(rule: Mapping[str, Any]) -> list[str]:
    found = rule["then"]["required"]
    return list(found) if isinstance(found, list) else []


def _let_go(schema: Schema, key: str, name: str | None) -> None:
    """Take a field out of the rules about another one, or out of all, and drop those that say nothing any more."""
    touched = [rule for rule in _rules(schema) if key in _then(rule) and (name is None or _values(rule, name))]
    for rule in touched:
        rule["then"]["required"] = [one for one in _then(rule) if one != key]
    _drop(schema, [rule for rule in touched if not _then(rule)])


def _drop(schema: Schema, rules: list[Schema]) -> None:
    gone = [id(rule) for rule in rules]
    if isinstance(schema.get("allOf"), list) and any(id(rule) in gone for rule in schema["allOf"]):
        schema["allOf"] = [rule for rule in schema["allOf"] if id(rule) not in gone]
        if not schema["allOf"]:
            del schema["allOf"]
    if id(schema) in gone:
        del schema["if"], schema["then"]


def _within(schema: Any) -> Iterator[Schema]:
    """A schema and those in it that speak of the same object."""
    if isinstance(schema, dict):
        yield schema
        for name in WITHIN:
            inner = schema.get(name)
            for one in inner if isinstance(inner, list) else [inner]:
                yield from _within(one)
