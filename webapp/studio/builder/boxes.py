"""The boxes of the builder: how what stands in one is written into the schema of a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from ...forms.read import typed_number
from ...forms.shape import shape, text_of
from .describe import Entry, Line
from .kinds import TYPED, Kind

Schema = dict[str, Any]
Texts = MultiDict[str, str]
ORDER = (
    "type",
    "title",
    "description",
    "format",
    "oneOf",
    "enum",
    "items",
    "pattern",
    "minLength",
    "maxLength",
    "exclusiveMinimum",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "const",
    "default",
    "x-default",
    "readOnly",
    "x-personal",
    "x-exists",
    "x-widget",
    "x-when",
    "x-from",
    "x-order",
    "required",
    "additionalProperties",
    "properties",
    "x-submit",
    "x-i18n",
)
PLACES = 6  # decimals of a number at the most
FLAGS = (
    "required",
    "personal",
    "readonly",
    "must",
    "now",
)  # ticked or not: a browser is silent about those that are not
INSIDE = ("x-order", "required", "additionalProperties", "properties", "allOf")  # what says which fields a group has


class Wrong(Exception):
    """What stands in a box cannot be written down; the message is a code."""


def become(part: Schema, before: Kind, wanted: Kind) -> None:
    """Make a field one of another type, with what both types have."""
    choices, fields = _taken_choices(part, before), _taken_fields(part, before)
    kept = {*wanted.bounds, *({"default"} if wanted.default == before.default else ())} - before.makes.keys()
    for name in [name for name in part if name in TYPED and name not in kept]:
        del part[name]
    for name, value in {**wanted.makes, **wanted.example}.items():
        if name in wanted.makes or name not in part:
            put(part, name, deepcopy(value))
    holder = part["items"] if wanted.name in ("choices", "rows") else part
    if wanted.chooses:
        holder.update(choices)
    if wanted.holds_fields and fields:
        for name in INSIDE:
            put(holder, name, fields.get(name))


def _taken_choices(part: Schema, kind: Kind) -> Schema:
    """The choices of a field, for when it becomes one of another type that has them."""
    if not kind.chooses:
        return {}
    holder = part if kind.name == "choice" else part["items"]
    listed = holder["oneOf"] if "oneOf" in holder else [{"const": one} for one in holder["enum"]]
    return {"oneOf": listed, "type": holder.get("type", "string")}


def _taken_fields(part: Schema, kind: Kind) -> Schema:
    """The fields of a group or of rows, for when it becomes the other one."""
    if not kind.holds_fields:
        return {}
    holder = part["items"] if kind.name == "rows" else part
    return {name: holder[name] for name in INSIDE if name in holder}


def choice_moved(texts: Texts, number: int) -> Texts:
    """The boxes with one of the choices a line further up."""
    found = Texts(texts)
    for name in ("was", "value", "title", "title_zh"):
        one, other = f"choice.{number}.{name}", f"choice.{number - 1}.{name}"
        found[one], found[other] = texts.get(other, ""), texts.get(one, "")
    return found


def choice_removed(texts: Texts, number: int) -> Texts:
    """The boxes without one of the choices."""
    return Texts((name, value) for name, value in texts.items(multi=True) if not name.startswith(f"choice.{number}."))


def text_in(texts: Texts, name: str) -> str:
    """What a box says, without blanks that nobody means; those of a pattern mean something."""
    return " ".join(texts.get(name, "").split()) if name != "pattern" else texts.get(name, "")


def differs(name: str, before: Entry, texts: Texts) -> bool:
    """Whether a box is there and holds something else than before."""
    there = name in texts or (name in FLAGS and name in texts.getlist("box"))
    return there and text_in(texts, name) != before[name]


def say(part: Schema, name: str, before: Entry, texts: Texts) -> None:
    """Write a text in both languages."""
    if differs(name, before, texts):
        put(part, name, text_in(texts, name) or None)
    if differs(f"{name}_zh", before, texts):
        _say_chinese(part, name, text_in(texts, f"{name}_zh"))


def _say_chinese(part: Schema, name: str, text: str) -> None:
    translated = dict(part.get("x-i18n") or {})
    chinese = dict(translated.get("zh") or {})
    if text:
        chinese[name] = text
    else:
        chinese.pop(name, None)
    translated["zh"] = chinese
    left = {lang: words for lang, words in translated.items() if words}
    put(part, "x-i18n", left or None)


def put(part: Schema, name: str, value: Any) -> None:
    """Set a value where one of its kind stands; None takes it away."""
    if value is None:
        part.pop(name, None)
        return
    if name not in part and name in ORDER:
        rank = ORDER.index(name)
        later = [one for one in part if one in ORDER and ORDER.index(one) > rank]
        if later:
            after = {one: part.pop(one) for one in list(part)[list(part).index(later[0]) :]}
            part[name] = value
            part.update(after)
            return
    part[name] = value


def attempt(problems: dict[str, str], name: str, write: Callable[[], None]) -> None:
    """Write a value, or note what is wrong with it."""
    try:
        write()
    except Wrong as error:
        problems[name] = str(error)


def _count(name: str) -> Callable[[Schema, Kind, str], None]:
    def write(part: Schema, kind: Kind, text: str) -> None:
        if text and not (text.isdecimal() and len(text) < 9):
            raise Wrong("count")
        put(part, name, int(text) if text else None)

    return write


def _bound(name: str) -> Callable[[Schema, Kind, str], None]:
    def write(part: Schema, kind: Kind, text: str) -> None:
        put(part, name, as_number(text) if text else None)

    return write


def as_number(text: str) -> Any:
    """A number as it was typed; Wrong where it is none."""
    value = typed_number(text)
    if isinstance(value, str):
        raise Wrong("number")
    return value


def _places(part: Schema, kind: Kind, text: str) -> None:
    if text and not (text.isdecimal() and int(text) <= PLACES):
        raise Wrong("places")
    put(part, "multipleOf", (Decimal(1).scaleb(-int(text)) if int(text) else 1) if text else None)


def _pattern(part: Schema, kind: Kind, text: str) -> None:
    put(part, "pattern", text or None)


def _default(part: Schema, kind: Kind, text: str) -> None:
    if not text:
        put(part, "default", None)
    elif kind.default == "boolean":
        put(part, "default", text == "true")
    elif kind.default == "number":
        put(part, "default", as_number(text))
    elif kind.default == "choice":
        known = {one.text: one.value for one in shape({"properties": {"x": part}}).parts[0].choices}
        if text not in known:
            raise Wrong("default")
        put(part, "default", known[text])
    else:
        put(part, "default", text)


def _flag(name: str, value: Any) -> Callable[[Schema, Kind, str], None]:
    return lambda part, kind, text: put(part, name, value if text else None)


def _plain(name: str) -> Callable[[Schema, Kind, str], None]:
    return lambda part, kind, text: put(part, name, text or None)


WRITERS: Mapping[str, Callable[[Schema, Kind, str], None]] = {
    **{name: _count(name) for name in ("minLength", "maxLength", "minItems", "maxItems")},
    **{name: _bound(name) for name in ("minimum", "exclusiveMinimum", "maximum")},
    "places": _places,
    "pattern": _pattern,
    "widget": _plain("x-widget"),
    "from": _plain("x-from"),
    "default": _default,
    "personal": _flag("x-personal", True),
    "readonly": _flag("readOnly", True),
    "must": _flag("const", True),
    "now": _flag("x-default", "now"),
}


def lines_in(texts: Texts) -> list[Line]:
    """The choices as they stand in the boxes; a line that is empty is none."""
    numbers = sorted({int(name.split(".")[1]) for name in texts if re.fullmatch(r"choice\.\d{1,4}\.value", name)})
    lines = [
        Line(
            was=int(was) if (was := texts.get(f"choice.{n}.was", "")).isdecimal() else -1,
            **{name: text_in(texts, f"choice.{n}.{name}") for name in ("value", "title", "title_zh")},
        )
        for n in numbers
    ]
    return [line for line in lines if line.value or line.title or line.title_zh]


def choose(part: Schema, kind: Kind, before: Iterable[Line], lines: list[Line]) -> None:
    """Write the choices; those that were there keep what the builder does not know of them."""
    if lines == list(before) or (not lines and not list(before)):
        return
    if not lines:
        raise Wrong("no-choice")
    if any(not line.value for line in lines):
        raise Wrong("choice-without-value")
    if len({line.value for line in lines}) < len(lines):
        raise Wrong("choice-twice")
    holder = part if kind.name == "choice" else part["items"]
    named = "oneOf" in holder or any(line.title or line.title_zh for line in lines)
    old = holder.get("oneOf") or [{"const": one} for one in holder.get("enum", ())]
    made = [_choice(line, old, holder.get("type")) for line in lines]
    for name in ("oneOf", "enum"):
        holder.pop(name, None)
    put(holder, "oneOf" if named else "enum", made if named else [one["const"] for one in made])


def _choice(line: Line, old: list[Any], of: Any) -> Schema:
    found: Schema = deepcopy(old[line.was]) if 0 <= line.was < len(old) else {}
    if "const" not in found or text_of(found["const"]) != line.value:
        found = {"const": as_number(line.value) if of in ("integer", "number") else line.value} | {
            name: value for name, value in found.items() if name != "const"
        }
    if found.get("title", "") != line.title:
        put(found, "title", line.title or None)
    if found.get("x-i18n", {}).get("zh", {}).get("title", "") != line.title_zh:
        _say_chinese(found, "title", line.title_zh)
    return found
