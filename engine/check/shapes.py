"""What is known of a value: nothing, that it is plain, a list of something, or a context with these members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

ITEM = "[]"  # the step of a path from a list to an item of it
DEEPEST = 12
MOST_SHAPES = 5_000
TEXT, NUMBER, BOOLEAN = "text", "number", "true or false"  # what plain values are in expressions
KINDS = {"string": TEXT, "number": NUMBER, "integer": NUMBER, "boolean": BOOLEAN}  # of JSON Schema
PLAIN = frozenset(KINDS)
KIND_OF = {str: "string", bool: "boolean", int: "integer", Decimal: "number"}
MOST_VALUES = 200
COMBINED = ("allOf", "anyOf", "oneOf")
BRANCHES = ("if", "then", "else")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a value; `sure` says whether it is there whenever what it is part of is.

    `types` are the kinds of a plain value, none if they are not known; `values` are all that it can be, if they are.
    """

    kind: Literal["any", "plain", "list", "context"] = "any"
    members: Mapping[str, Shape] = field(default_factory=dict)
    open: bool = False  # whether a context may have other members
    item: Shape | None = None
    personal: bool = False
    sure: bool = True
    types: frozenset[str] = frozenset()
    values: frozenset[Any] | None = None

    def step(self, name: str) -> Shape | None:
        """What a member is, or an item of a list; nothing if there is no such member."""
        if self.kind == "any" or (name == ITEM and self.kind == "context"):
            return ANY
        if self.kind == "list":
            item = self.item or ANY
            return item if name == ITEM else item.step(name)
        return self.members.get(name) or (ANY if self.open else None)


ANY = Shape()


def merged(shapes: Iterable[Shape]) -> Shape:
    """What is known of a value that may be any of these."""
    found: Shape | None = None
    for shape in shapes:
        found = shape if found is None else _either(found, shape)
    return found or ANY


def _either(one: Shape, other: Shape) -> Shape:
    personal, sure = one.personal or other.personal, one.sure and other.sure
    if one is other or one.kind != other.kind or one.kind == "any":
        kind = one if one is other else ANY
        return replace(kind, personal=personal, sure=sure)
    members = {
        name: _either(one.members[name], other.members[name])
        if name in one.members and name in other.members
        else replace(one.members.get(name) or other.members[name], sure=False)
        for name in (*one.members, *(set(other.members) - set(one.members)))
    }
    item = _either(one.item or ANY, other.item or ANY) if one.kind == "list" else None
    types = one.types | other.types if one.types and other.types else frozenset()
    values = None if one.values is None or other.values is None else one.values | other.values
    return Shape(one.kind, members, one.open or other.open, item, personal, sure, types, values)


def sure_paths(shape: Shape, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths that are there when a value of this shape is: its own, and those of its sure members."""
    yield path
    if shape.kind == "context" and not shape.personal:
        for name, member in shape.members.items():
            if member.sure:
                yield from sure_paths(member, (*path, name))


def of_schema(schema: Any, *, form: bool = False) -> Shape:
    """The shape that a JSON Schema gives; in a form what is not required may be missing, but for what it fills in."""
    return _Schemas(schema if isinstance(schema, Mapping) else {}, form).shape(schema, 0)


class _Schemas:
    """Reads one schema with all that it refers to."""

    def __init__(self, root: Mapping[str, Any], form: bool) -> None:
        self.root, self.form, self.left = root, form, MOST_SHAPES

    def shape(self, schema: Any, depth: int) -> Shape:
        self.left -= 1
        if not isinstance(schema, Mapping) or depth > DEEPEST or self.left < 0:
            return ANY
        parts = list(_parts(schema, self.root))
        personal = any(part.get("x-personal") is True for part in parts)
        kinds = {kind for part in parts for kind in _types(part)} - {"null"}
        values = values_of(schema, self.root)
        kinds = kinds or {KIND_OF[type(value)] for value in values or () if type(value) in KIND_OF}
        properties = [part["properties"] for part in parts if isinstance(part.get("properties"), Mapping)]
        if kinds <= {"object"} and (properties or any(_opens(part) for part in parts)):
            return replace(self.context(parts, properties, depth), personal=personal)
        if kinds == {"array"}:
            items = [part["items"] for part in parts if isinstance(part.get("items"), Mapping)]
            return Shape("list", item=merged(self.shape(one, depth + 1) for one in items[:4]), personal=personal)
        if not kinds or not kinds <= PLAIN:
            return Shape(personal=personal)
        types = frozenset(KINDS[kind] for kind in kinds)
        return Shape("plain", personal=personal, types=types, values=values)

    def context(self, parts: list[Mapping[str, Any]], properties: list[Mapping[str, Any]], depth: int) -> Shape:
        members: dict[str, Shape] = {}
        for name, one in (pair for group in properties for pair in group.items()):
            shape = self.shape(one, depth + 1)
            members[name] = merged([members[name], shape]) if name in members else shape
        asked = {id(part.get("if")) for part in parts}  # what a condition requires, nobody has to give
        lists = [p["required"] for p in parts if isinstance(p.get("required"), list) and id(p) not in asked]
        for name, shape in members.items():
            sure = any(name in required for required in lists) if lists else not self.form
            filled = self.form and not depth and _fills(properties[0].get(name))
            members[name] = replace(shape, sure=sure or filled)
        return Shape("context", members, any(_opens(part) for part in parts))


def _opens(schema: Mapping[str, Any]) -> bool:
    return schema.get("additionalProperties") not in (None, False) or "patternProperties" in schema


def _fills(schema: Any) -> bool:
    """Whether a form fills a field in that was left empty."""
    if not isinstance(schema, Mapping) or "x-when" in schema:
        return False
    kind = schema.get("type")
    empty_list = kind == "array" and not schema.get("minItems")
    return "default" in schema or (kind == "boolean" and "const" not in schema) or empty_list


def values_of(schema: Any, root: Mapping[str, Any]) -> frozenset[Any] | None:
    """All values that a schema allows, where it lists them: by enum, const, or alternatives with one value each."""
    for _ in range(DEEPEST):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        schema = resolved(root, schema["$ref"])
    if not isinstance(schema, Mapping):
        return None
    listed = schema.get("enum")
    if "const" in schema:
        listed = [schema["const"]]
    for name in ("oneOf", "anyOf"):
        several = schema.get(name)
        if isinstance(several, list) and all(isinstance(one, Mapping) and "const" in one for one in several):
            listed = [one["const"] for one in several]
    if not isinstance(listed, list) or len(listed) > MOST_VALUES:
        return None
    plain = all(isinstance(one, (str, int, Decimal, type(None))) for one in listed)
    return frozenset(listed) - {None} if plain else None


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    given = schema.get("type")
    yield from (kind for kind in (given if isinstance(given, list) else [given]) if isinstance(kind, str))


def _parts(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and all that it combines and refers to, each once."""
    todo: list[Any] = [schema]
    seen: set[int] = set()
    while todo:
        part = todo.pop(0)
        if isinstance(part, Mapping) and id(part) not in seen:
            seen.add(id(part))
            yield part
            for name in COMBINED:
                several = part.get(name)
                todo += several if isinstance(several, list) else []
            todo += [part.get(name) for name in BRANCHES]
            todo.append(resolved(root, part.get("$ref")))


def resolved(root: Mapping[str, Any], reference: Any) -> Mapping[str, Any] | None:
    """What a reference inside the same schema points to."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        return None
    here: Any = root
    for step in reference[1:].split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        here = here.get(step) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else None
