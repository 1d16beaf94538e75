"""What is different between two forms, field by field, and the fields of both beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bundles import is_form
from engine.forms import read_form

from ..forms import Shape, labels, shape
from ..language import Words, noop
from .parts import ADDED, CHANGED, REMOVED, Difference, compared, yes_no
from .texts import written

__all__ = ["differences", "is_form", "sides"]

CONTROLS = {
    "text": noop("text"),
    "textarea": noop("long text"),
    "email": noop("e-mail address"),
    "integer": noop("whole number"),
    "number": noop("number"),
    "money": noop("amount of money"),
    "check": noop("box to tick"),
    "radio": noop("one of a few"),
    "select": noop("one of a list"),
    "checks": noop("several of a list"),
    "date": noop("date"),
    "moment": noop("date and time"),
    "lookup": noop("looked up"),
    "list": noop("list"),
    "rows": noop("rows"),
    "group": noop("group of fields"),
}
BOUNDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "multipleOf", "pattern", "format"),
)
HINTS = {"x-from": "from", "x-exists": "exists", "x-unit": "unit"}
RULES = ("allOf", "if", "then", "else", "anyOf", "oneOf", "dependentRequired")
DEEPEST = 6
KNOWN = frozenset(
    {
        *(
            "type",
            "title",
            "description",
            "enum",
            "const",
            "items",
            "properties",
            "required",
            "default",
            "$ref",
            "$defs",
        ),
        *("x-i18n", "x-widget", "x-personal", "x-when", "x-default", "x-order", "readOnly"),
        *BOUNDS,
        *HINTS,
        *RULES,
    }
)
OF_FORM = frozenset({"x-submit", "x-compare", "additionalProperties", "$schema", "$id", "definitions"}) | KNOWN


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A field on both sides of a comparison: what is said of it, by what is said, and how the sides differ."""

    name: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    mark: str

    @property
    def changed(self) -> frozenset[str]:
        """What is not the same on both sides."""
        return frozenset(
            name for name in {**self.before, **self.after} if self.before.get(name) != self.after.get(name)
        )


def differences(path: str, before: bytes, after: bytes, words: Words) -> Iterator[Difference]:
    """The differences between two forms; ValueError where one cannot be read."""
    schemas = read(before), read(after)
    what = words("Form %(path)s", path=path)
    yield from compared(*(_of_form(one) for one in schemas), what, words, file=path)
    old, new = (_fields(one, words) for one in schemas)
    for name in dict.fromkeys([*new, *old]):
        label = (new.get(name) or old[name]).get("title") or name
        field = words("%(form)s: field “%(field)s”", form=what, field=label)
        if name not in old or name not in new:
            yield Difference(kind=ADDED if name not in old else REMOVED, what=field, file=path, place=name)
        else:
            yield from compared(old[name], new[name], field, words, file=path, place=name)
    order = [[name for name in side if name in other] for side, other in ((old, new), (new, old))]
    if order[0] != order[1]:
        sides = {"before": ", ".join(order[0]), "after": ", ".join(order[1])}
        yield Difference(kind=CHANGED, what=what, said=words("has its fields in the order"), file=path, **sides)


def sides(before: bytes | None, after: bytes | None, words: Words) -> list[Pair]:
    """The fields of both forms beside each other, in the order of the new one."""
    old, new = (_fields(read(body), words) if body is not None else {} for body in (before, after))
    found = []
    for name in dict.fromkeys([*new, *old]):
        one, other = old.get(name, {}), new.get(name, {})
        mark = ADDED if name not in old else REMOVED if name not in new else CHANGED if one != other else ""
        found.append(Pair(name=name, before=one, after=other, mark=mark))
    return found


def read(body: bytes) -> Mapping[str, Any]:
    """The schema of a form; ValueError where there is none."""
    return read_form("", body).schema


def _fields(schema: Mapping[str, Any], words: Words) -> dict[str, dict[str, str]]:
    """What is said of every field, also of those in rows and groups, by its name."""
    return {part.name: _facts(part, words) for part in _walk(shape(schema), 0)}


def _walk(form: Shape, deep: int) -> Iterator[Shape]:
    for part in form.parts if deep < DEEPEST else ():
        yield part
        yield from _walk(part.item if part.item is not None else part, deep + 1)


def _facts(part: Shape, words: Words) -> dict[str, str]:
    schema = part.schema
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else {}
    found = {
        "title": labels.text(schema, "title", "en"),
        "title_zh": _chinese(schema, "title"),
        "hint": labels.text(schema, "description", "en"),
        "hint_zh": _chinese(schema, "description"),
        "control": words(CONTROLS.get(part.kind, part.kind)),
        "required": yes_no(True, words) if part.required else "",
        "personal": yes_no(True, words) if schema.get("x-personal") is True or inner.get("x-personal") is True else "",
        "readOnly": yes_no(True, words) if schema.get("readOnly") is True else "",
        "choices": ("、" if words.lang == "zh" else ", ").join(_choice(one, words) for one in part.choices),
        "when": _when(schema.get("x-when")),
        "initial": written(schema["default"]) if "default" in schema else str(schema.get("x-default") or ""),
    }
    found |= {name: written(schema[name]) for name in BOUNDS if name in schema}
    found |= {said: written(schema[hint]) for hint, said in HINTS.items() if hint in schema}
    found |= {"rules": written({name: schema[name] for name in RULES if name in schema and not part.choices})}
    found |= {name: written(value) for name, value in schema.items() if name not in KNOWN}
    return {name: value for name, value in found.items() if value not in ("", "{}")}


def _of_form(schema: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a form as a whole."""
    found = {
        "title": labels.text(schema, "title", "en"),
        "title_zh": _chinese(schema, "title"),
        "hint": labels.text(schema, "description", "en"),
        "hint_zh": _chinese(schema, "description"),
        "submit": labels.text(schema, "x-submit", "en"),
        "submit_zh": _chinese(schema, "x-submit"),
        "open": written(schema["additionalProperties"]) if schema.get("additionalProperties") else "",
        "compare": written(schema["x-compare"]) if "x-compare" in schema else "",
        "rules": written({name: schema[name] for name in RULES if name in schema}),
    }
    found |= {name: written(value) for name, value in schema.items() if name not in OF_FORM}
    return {name: value for name, value in found.items() if value not in ("", "{}")}


def _chinese(schema: Mapping[str, Any], name: str) -> str:
    found: Any = schema.get("x-i18n")
    for key in ("zh", name):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _choice(one: Any, words: Words) -> str:
    """A choice by its value, and by what it is called where that is something else."""
    said = labels.choice(one, words)
    return one.text if said == one.text else f"{one.text} ({said})"


def _when(rule: Any) -> str:
    """The condition of a field, as it is read."""
    if not isinstance(rule, Mapping) or not isinstance(rule.get("field"), str):
        return ""
    wanted = rule["in"] if isinstance(rule.get("in"), list) else [rule.get("equals")]
    return f"{rule['field']} = {' / '.join(written(one) for one in wanted)}"
