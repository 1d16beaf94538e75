"""The shape of a form: what kind of control each field of a schema wants, and by which name the browser sends it.

It knows no language, no values and no HTML; reading, drawing and explaining all walk the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.canonical import canonical, normal

RADIO_UP_TO = 5
MOST_DEPTH = 6
KEPT = 1_000  # shapes in memory
PICKERS = {"customer-picker": "customer", "fund-picker": "fund", "staff-picker": "staff", "process-picker": "process"}
FORMATS = {"date": "date", "date-time": "moment", "email": "email"}
NOWHERE: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the values that a field may have: as JSON, as the browser sends it, and its part of the schema."""

    value: Any
    text: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One field: its kind is one of text, textarea, email, integer, number, money, check, radio, select, checks, date,
    moment, lookup, list, rows, group."""

    name: str
    key: str
    kind: str
    schema: Mapping[str, Any]
    required: bool = False
    choices: tuple[Choice, ...] = ()
    parts: tuple[Shape, ...] = ()  # of a group
    item: Shape | None = None  # of a list or rows
    lookup: str = ""

    @cached_property
    def id(self) -> str:
        """The id of the control that takes the focus."""
        return "f-" + self.name.replace(".", "-").replace("%", "_")

    @property
    def when(self) -> tuple[str, tuple[Any, ...]] | None:
        """The sibling that this field depends on, and the values of it at which the field is asked for."""
        rule = self.schema.get("x-when")
        if not isinstance(rule, Mapping) or not isinstance(rule.get("field"), str):
            return None
        wanted = rule["in"] if isinstance(rule.get("in"), list) else [rule.get("equals")]
        return rule["field"], tuple(wanted)

    def at(self, index: int) -> Shape:
        """The shape of one row of a list or of rows."""
        assert self.item is not None
        return _shape(self.item.schema, f"{self.name}.{index}", self.key, True, self.item.schema, 0)

    def asked(self, siblings: Mapping[str, Any]) -> bool:
        """Whether the field is asked for, given the typed values beside it."""
        if (rule := self.when) is None:
            return True
        field, wanted = rule
        value = siblings.get(field)
        return any(one in wanted for one in value) if isinstance(value, list) else value in wanted


_kept: dict[int, tuple[Mapping[str, Any], Shape]] = {}  # by the identity of the schema, which is kept with it


def shape(schema: Mapping[str, Any]) -> Shape:
    """The shape of a whole form; a page asks for the same one several times, and a deployed schema never changes."""
    kept = _kept.get(id(schema))
    if kept is None or kept[0] is not schema:
        if len(_kept) >= KEPT:
            _kept.clear()
        kept = _kept[id(schema)] = (schema, _shape({**schema, "type": "object"}, "", "", True, schema, 0))
    return kept[1]


def walk(form: Shape) -> Iterator[Shape]:
    """Every field of a form but the rows of its lists."""
    for part in form.parts:
        yield part
        yield from walk(part)


def inner(name: str, key: str) -> str:
    """The name by which the browser sends a property of what is named."""
    escaped = key.replace("%", "%25").replace(".", "%2E")
    return f"{name}.{escaped}" if name else escaped


def text_of(value: Any) -> str:
    """A value as the browser sends it: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else canonical(normal(value)).decode()


def _shape(schema: Any, name: str, key: str, required: bool, root: Mapping[str, Any], depth: int) -> Shape:
    schema = _resolved(schema, root)
    kind, choices, lookup = _kind(schema)
    if depth > MOST_DEPTH and kind in ("group", "rows", "list"):
        kind = "text"
    parts: tuple[Shape, ...] = ()
    item = None
    if kind == "group":
        wanted = _required(schema)
        parts = tuple(
            _shape(part, inner(name, part_key), part_key, part_key in wanted, root, depth + 1)
            for part_key, part in _ordered(schema)
        )
    if kind in ("rows", "list"):
        inside = _resolved(schema["items"], root)
        item = _shape(_rooted(inside, root), f"{name}.0", key, True, root, depth + 1)
        if schema.get("x-widget") in PICKERS and kind == "list":
            picked = {**item.schema, "x-widget": schema["x-widget"]}
            item = _shape(_rooted(picked, root), f"{name}.0", key, True, root, depth + 1)
    return Shape(
        name=name,
        key=key,
        kind=kind,
        schema=schema,
        required=required,
        choices=choices,
        parts=parts,
        item=item,
        lookup=lookup,
    )


def _kind(schema: Mapping[str, Any]) -> tuple[str, tuple[Choice, ...], str]:
    """The kind of a field, what it may be, and where its values are looked up."""
    of, widget = _type(schema), schema.get("x-widget")
    if of == "boolean":
        return "check", (), ""
    if choices := _choices(schema):
        few = len(choices) <= RADIO_UP_TO and widget not in ("select", "search")
        return "radio" if few or widget == "radio" else "select", choices, ""
    if of == "object":
        return "group", (), ""
    if of == "array":
        return _array(schema)
    if of == "integer":
        return "integer", (), ""
    if of == "number":
        return "money" if widget == "money" else "number", (), ""
    if lookup := PICKERS.get(str(widget)) or schema.get("x-exists"):
        return "lookup", (), str(lookup)
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]], (), ""
    return "textarea" if widget == "textarea" else "text", (), ""


def _array(schema: Mapping[str, Any]) -> tuple[str, tuple[Choice, ...], str]:
    items = schema.get("items")
    if not isinstance(items, Mapping):
        return "text", (), ""
    if choices := _choices(items):
        return "checks", choices, ""
    if _type(items) == "object" or "$ref" in items:
        return "rows", (), ""
    return "list", (), PICKERS.get(str(schema.get("x-widget")), str(items.get("x-exists") or ""))


def _type(schema: Mapping[str, Any]) -> str:
    of = schema.get("type")
    if isinstance(of, list):
        of = next((one for one in of if one != "null"), None)
    if of is None and isinstance(schema.get("properties"), Mapping):
        return "object"
    return of if isinstance(of, str) else "string"


def _choices(schema: Mapping[str, Any]) -> tuple[Choice, ...]:
    listed: list[tuple[Any, Mapping[str, Any]]] = []
    one_of = schema.get("oneOf")
    if isinstance(one_of, list) and all(isinstance(one, Mapping) and "const" in one for one in one_of):
        listed = [(one["const"], one) for one in one_of]
    elif isinstance(schema.get("enum"), list):
        listed = [(one, {}) for one in schema["enum"]]
    return tuple(Choice(value=value, text=text_of(value), schema=part) for value, part in listed if value is not None)


def _ordered(schema: Mapping[str, Any]) -> list[tuple[str, Any]]:
    properties = schema.get("properties") or {}
    order = [key for key in schema.get("x-order", ()) if key in properties]
    return [(key, properties[key]) for key in dict.fromkeys([*order, *properties])]


def _required(schema: Mapping[str, Any]) -> set[str]:
    """The names that a schema requires, always or once a field that depends on another is asked for."""
    names = set(schema.get("required", ()))
    for rule in schema.get("allOf", ()):
        if isinstance(rule, Mapping) and isinstance(rule.get("then"), Mapping):
            conditional = set(rule["then"].get("required", ()))
            names |= {key for key in conditional if "x-when" in (schema.get("properties") or {}).get(key, ())}
    return names


def _resolved(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its local references followed; one that leads nowhere or in a ring is an empty schema."""
    for _ in range(MOST_DEPTH):
        if not isinstance(schema, Mapping):
            return NOWHERE
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        found: Any = root
        for step in reference.removeprefix("#/").split("/") if reference.startswith("#/") else ["$nowhere"]:
            found = found.get(step, NOWHERE) if isinstance(found, Mapping) else NOWHERE
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return NOWHERE


def _rooted(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a schema that still finds the definitions of the whole."""
    return {**schema, "$defs": root["$defs"]} if "$defs" in root else schema


def places(schema: Mapping[str, Any]) -> int | None:
    """How many decimals a number may have, where its schema says so by `multipleOf`."""
    step = schema.get("multipleOf")
    if step is None or isinstance(step, bool):
        return None
    sign, digits, exponent = Decimal(str(step)).normalize().as_tuple()
    return -int(exponent) if not sign and digits == (1,) and int(exponent) <= 0 else None
