"""The dictionary of field types: what each is called, by what it is recognised in a schema, and what it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...language import noop

TEXT_BOUNDS = ("minLength", "maxLength")
NUMBER_BOUNDS = ("minimum", "exclusiveMinimum", "maximum")
LIST_BOUNDS = ("minItems", "maxItems")
FUND = {"type": "string", "pattern": r"^\d{6}$", "x-exists": "fund"}
COLLEAGUE = {"type": "string", "maxLength": 32, "x-exists": "staff"}
CUSTOMER = {"type": "string", "maxLength": 32, "x-exists": "customer"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One type of field: `makes` is what a schema of it holds, `marks` the part of that by which it is known."""

    name: str
    label: str
    family: str
    makes: Mapping[str, Any]
    marks: tuple[str, ...] = ("type",)
    bounds: tuple[str, ...] = ()
    default: str = ""  # text, number, boolean, choice, date or moment: what it may begin with
    example: Mapping[str, Any] = field(default_factory=dict)  # what a new one begins with

    @property
    def chooses(self) -> bool:
        """Whether a field of it has a list of choices."""
        return self.name in ("choice", "choices")

    @property
    def holds_fields(self) -> bool:
        """Whether a field of it has fields of its own."""
        return self.name in ("group", "rows")


def _format(name: str, label: str, format: str, *bounds: str) -> Kind:
    return Kind(
        name=name,
        label=label,
        family="text",
        makes={"type": "string", "format": format},
        marks=("type", "format"),
        bounds=bounds or TEXT_BOUNDS,
        default="text",
    )


def _picker(name: str, label: str, makes: Mapping[str, Any], widget: str) -> Kind:
    made = {**makes, "x-widget": widget}
    return Kind(name=name, label=label, family="look-up", makes=made, marks=("type", "x-widget"))


def _pickers(name: str, label: str, item: Mapping[str, Any], widget: str) -> Kind:
    made = {"type": "array", "items": item, "uniqueItems": True, "x-widget": widget}
    marks = ("type", "x-widget")
    return Kind(name=name, label=label, family="look-up", makes=made, marks=marks, bounds=LIST_BOUNDS)


CHOICE = {"const": "A", "title": "First choice", "x-i18n": {"zh": {"title": "选项一"}}}
INSIDE = {
    "x-order": ["field1"],
    "required": [],
    "additionalProperties": False,
    "properties": {"field1": {"type": "string", "title": "Field", "x-i18n": {"zh": {"title": "字段"}}}},
}

KINDS: tuple[Kind, ...] = (
    Kind(
        name="text",
        label=noop("Text, one line"),
        family="text",
        makes={"type": "string"},
        bounds=(*TEXT_BOUNDS, "pattern"),
        default="text",
        example={"maxLength": 200},
    ),
    Kind(
        name="textarea",
        label=noop("Long text"),
        family="text",
        makes={"type": "string", "x-widget": "textarea"},
        marks=("type", "x-widget"),
        bounds=TEXT_BOUNDS,
        default="text",
        example={"maxLength": 4000},
    ),
    _format("person", noop("Name of a person"), "person-name"),
    _format("phone", noop("Phone"), "cn-phone"),
    _format("mobile", noop("Mobile number"), "cn-mobile"),
    _format("email", noop("E-mail address"), "email"),
    _format("id", noop("Number of the ID card"), "cn-id"),
    _format("document", noop("Passport or permit"), "other-id"),
    _format("uscc", noop("Credit code of an organisation"), "uscc"),
    Kind(
        name="integer",
        label=noop("Whole number"),
        family="number",
        makes={"type": "integer"},
        bounds=NUMBER_BOUNDS,
        default="number",
    ),
    Kind(
        name="number",
        label=noop("Decimal number"),
        family="number",
        makes={"type": "number"},
        bounds=(*NUMBER_BOUNDS, "multipleOf"),
        default="number",
    ),
    Kind(
        name="money",
        label=noop("Amount in CNY"),
        family="number",
        makes={"type": "number", "x-widget": "money", "multipleOf": Decimal("0.01")},
        marks=("type", "x-widget"),
        bounds=(*NUMBER_BOUNDS, "multipleOf"),
        default="number",
        example={"exclusiveMinimum": 0, "maximum": Decimal("9999999999999999.99")},
    ),
    Kind(
        name="date",
        label=noop("Date"),
        family="time",
        makes={"type": "string", "format": "date"},
        marks=("type", "format"),
        default="date",
    ),
    Kind(
        name="moment",
        label=noop("Date and time"),
        family="time",
        makes={"type": "string", "format": "date-time"},
        marks=("type", "format"),
        default="moment",
    ),
    Kind(name="check", label=noop("Yes or no"), family="choice", makes={"type": "boolean"}, default="boolean"),
    Kind(
        name="choice",
        label=noop("One choice"),
        family="choice",
        makes={"type": "string", "oneOf": []},
        marks=("oneOf",),
        default="choice",
        example={"oneOf": [CHOICE]},
    ),
    Kind(
        name="choices",
        label=noop("Several choices"),
        family="choice",
        makes={"type": "array", "items": {}, "uniqueItems": True, "x-widget": "checkboxes"},
        marks=("items",),
        bounds=LIST_BOUNDS,
        example={"items": {"type": "string", "oneOf": [CHOICE]}},
    ),
    _picker("customer", noop("Customer"), CUSTOMER, "customer-picker"),
    _picker("fund", noop("Fund"), FUND, "fund-picker"),
    _pickers("funds", noop("Several funds"), FUND, "fund-picker"),
    _picker("colleague", noop("Member of staff"), COLLEAGUE, "staff-picker"),
    _pickers("colleagues", noop("Several members of staff"), COLLEAGUE, "staff-picker"),
    _picker("process", noop("Process"), {"type": "string", "maxLength": 64}, "process-picker"),
    Kind(
        name="list",
        label=noop("List of texts, such as numbers of files"),
        family="list",
        makes={"type": "array", "items": {}, "uniqueItems": True},
        marks=("type",),
        bounds=LIST_BOUNDS,
        example={"items": {"type": "string", "minLength": 1, "maxLength": 64}, "maxItems": 10},
    ),
    Kind(
        name="rows",
        label=noop("Table: rows of fields"),
        family="list",
        makes={"type": "array", "items": {}},
        marks=("items",),
        bounds=LIST_BOUNDS,
        example={"items": {"type": "object", **INSIDE}, "maxItems": 10},
    ),
    Kind(
        name="group",
        label=noop("Group of fields"),
        family="list",
        makes={"type": "object"},
        example=INSIDE,
    ),
)
FAMILIES: Mapping[str, str] = {
    "text": noop("Texts"),
    "number": noop("Numbers"),
    "time": noop("Dates"),
    "choice": noop("Choices"),
    "look-up": noop("Looked up"),
    "list": noop("Lists and groups"),
}
OTHER = Kind(name="other", label=noop("Another type, kept as it is"), family="", makes={})
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in (*KINDS, OTHER)}
TYPED = frozenset({key for kind in KINDS for key in (*kind.makes, *kind.bounds, *kind.example)}) | {
    "enum",
    "default",
    "x-default",
    "const",
}  # what is of a type: gone when a field becomes one of another


def kind_of(schema: Any) -> Kind:
    """The type of a field, the most special one that fits; `OTHER` for what stands in no dictionary."""
    if not isinstance(schema, Mapping) or "$ref" in schema:
        return OTHER
    if choices_in(schema) is not None:
        return BY_NAME["choice"]
    of = schema.get("type")
    if of == "object":
        return BY_NAME["group"] if isinstance(schema.get("properties"), Mapping) else OTHER
    if of == "array":
        return _of_list(schema)
    fitting = [kind for kind in KINDS if kind.makes["type"] == of and _fits(kind, schema)]
    return max(fitting, key=lambda kind: len(kind.marks), default=OTHER)


def _of_list(schema: Mapping[str, Any]) -> Kind:
    items = schema.get("items")
    if not isinstance(items, Mapping) or "$ref" in items:
        return OTHER
    if choices_in(items) is not None:
        return BY_NAME["choices"]
    if items.get("type") == "object":
        return BY_NAME["rows"] if isinstance(items.get("properties"), Mapping) else OTHER
    picked = next((BY_NAME[name] for name in ("funds", "colleagues") if _fits(BY_NAME[name], schema)), None)
    return picked or (BY_NAME["list"] if items.get("type") == "string" else OTHER)


def _fits(kind: Kind, schema: Mapping[str, Any]) -> bool:
    """Whether a schema has the marks of a type; lists of choices and of fields are known by what is in them."""
    if kind.chooses or kind.holds_fields:
        return False
    return all(schema.get(key) == kind.makes[key] for key in kind.marks)


def choices_in(schema: Mapping[str, Any]) -> list[Any] | None:
    """The choices of a schema as they stand there, nothing if it has none."""
    several = schema.get("oneOf")
    if isinstance(several, list) and all(isinstance(one, Mapping) and "const" in one for one in several):
        return several
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None
