"""What the builder shows of a form: every field as texts in boxes, and what it does not know as it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...forms.shape import places, text_of
from .kinds import Kind, choices_in, kind_of
from .rules import is_required, others, wanted_of

COMMON = frozenset({"title", "description", "x-i18n", "x-when", "x-personal", "x-from", "readOnly"})
OF_FORM = frozenset(
    {
        "$schema",
        "type",
        "title",
        "description",
        "x-i18n",
        "x-submit",
        "x-order",
        "required",
        "additionalProperties",
        "properties",
        "allOf",
    }
)
WIDGETS = ("radio", "select", "search")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of the values that may be chosen: its place in the schema, and what stands in its boxes."""

    was: int
    value: str
    title: str = ""
    title_zh: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One field: `texts` is what stands in the boxes of the builder, `kept` what it has no box for."""

    key: str
    kind: Kind
    texts: Mapping[str, str]
    lines: tuple[Line, ...] = ()
    asked_at: tuple[str, ...] = ()  # the values of the other field at which it is shown, as a browser sends them
    kept: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


def entries(schema: Mapping[str, Any]) -> list[Entry]:
    """The fields of a form in the order in which they are drawn."""
    properties = schema.get("properties") or {}
    order = [key for key in schema.get("x-order", ()) if key in properties]
    return [described(schema, key) for key in dict.fromkeys([*order, *properties])]


def described(schema: Mapping[str, Any], key: str) -> Entry:
    """One field of a form."""
    part = schema["properties"][key]
    part = part if isinstance(part, Mapping) else {}
    kind = kind_of(part)
    hangs = wanted_of(part)
    texts = {
        "key": key,
        "kind": kind.name,
        **_words(part, "title", "description"),
        "required": _yes(is_required(schema, key)),
        "personal": _yes(part.get("x-personal") is True),
        "readonly": _yes(part.get("readOnly") is True),
        "from": str(part.get("x-from", "")),
        "when": hangs[0] if hangs else "",
        **_of_kind(kind, part),
    }
    return Entry(
        key=key,
        kind=kind,
        texts=texts,
        lines=_lines(kind, part),
        asked_at=tuple(text_of(one) for one in hangs[1]) if hangs else (),
        kept=_kept(kind, part),
    )


def whole(schema: Mapping[str, Any]) -> Entry:
    """The form itself, with its title and its button."""
    texts = _words(schema, "title", "description", "x-submit")
    kept = {key: value for key, value in schema.items() if key not in OF_FORM}
    if left := others(schema):
        kept["allOf"] = left
    return Entry(key="", kind=kind_of({"type": "object", "properties": {}}), texts=texts, kept=kept)


def _words(part: Mapping[str, Any], *names: str) -> dict[str, str]:
    translated = part.get("x-i18n")
    chinese = translated.get("zh") if isinstance(translated, Mapping) else None
    chinese = chinese if isinstance(chinese, Mapping) else {}
    return {name: str(part.get(name, "")) for name in names} | {f"{n}_zh": str(chinese.get(n, "")) for n in names}


def _of_kind(kind: Kind, part: Mapping[str, Any]) -> dict[str, str]:
    found = {name: _number(part.get(name)) for name in kind.bounds if name not in ("pattern", "multipleOf")}
    if "pattern" in kind.bounds:
        found["pattern"] = str(part.get("pattern", ""))
    if "multipleOf" in kind.bounds:
        decimals = places(part)
        found["places"] = "" if decimals is None else str(decimals)
    if kind.default and "default" in part:
        found["default"] = text_of(part["default"])
    if kind.default in ("date", "moment"):
        found["now"] = _yes(part.get("x-default") == "now")
    if kind.name == "check":
        found["must"] = _yes(part.get("const") is True)
    if kind.name == "choice" and part.get("x-widget") in WIDGETS:
        found["widget"] = part["x-widget"]
    return found


def _lines(kind: Kind, part: Mapping[str, Any]) -> tuple[Line, ...]:
    if not kind.chooses:
        return ()
    listed = choices_in(part if kind.name == "choice" else part["items"]) or []
    return tuple(_line(index, one) for index, one in enumerate(listed))


def _line(index: int, one: Any) -> Line:
    if not isinstance(one, Mapping):
        return Line(was=index, value=text_of(one))
    words = _words(one, "title")
    return Line(was=index, value=text_of(one["const"]), **words)


def _kept(kind: Kind, part: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a field and in no box."""
    known = {*COMMON, *kind.makes, *kind.bounds}
    known |= {"default"} if kind.default else set()
    known |= {"x-default"} if kind.default in ("date", "moment") and part.get("x-default") == "now" else set()
    known |= {"const"} if kind.name == "check" and part.get("const") is True else set()
    if kind.name == "choice":
        known |= {"enum", "type"} | ({"x-widget"} if part.get("x-widget") in WIDGETS else set())
    if kind.name == "group":
        known |= {"properties", "required", "x-order", "additionalProperties"}
    if "multipleOf" in known and "multipleOf" in part and places(part) is None:
        known.discard("multipleOf")
    if "items" in part and kind.name in ("list", "other"):
        known.discard("items")
    return {key: value for key, value in part.items() if key not in known}


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _number(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)
