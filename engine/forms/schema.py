"""A form as it was deployed: its schema, closed against undeclared fields, and what the hints in it say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from ..canonical import read_file
from .bounded import Validator

DEEPEST = 12  # objects inside each other
LARGEST = 400_000  # bytes
MOST_FAULTS = 50
REMEMBERED, SMALL = 500, 20_000  # so many forms of so many bytes: what was read last is read again with every draft
MOST_SCHEMAS = 1_000  # in one form, each of which takes half a millisecond to be read
LONGEST_LIST = 500  # of schemas or names: that they are different takes its square
OF_SCHEMAS = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
PART = ("type", "additionalProperties", "$defs", "definitions")  # what holds for a form of which a part is asked
HINTS = ("x-when", "x-order", "x-exists", "x-personal")
PERSONAL = "x-personal stands at a field of `properties` or at the `items` of one, true or false, nowhere else"
BY_NAME = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")  # schemas by name
DATA = ("const", "default", "enum", "examples")  # what stands there is data, no schema


@dataclass(frozen=True, eq=False)
class Form:
    """One form of a bundle, compiled once."""

    path: str
    schema: Mapping[str, Any]

    @cached_property
    def closed(self) -> dict[str, Any]:
        """The schema in which an object takes its declared fields alone, unless it says `additionalProperties`."""
        return {"additionalProperties": False, **close(without_dialect(self.schema))}

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """The declared fields of the form itself."""
        found = self.schema.get("properties", {})
        return found if isinstance(found, dict) else {}

    @property
    def open(self) -> bool:
        """Whether the form takes any field."""
        return self.schema.get("additionalProperties") is True

    @cached_property
    def has_personal(self) -> bool:
        """Whether a field of it is personal."""
        return next(personal_paths(self.schema), None) is not None

    def part(self, names: Iterable[str]) -> Form:
        """Some fields of the form for themselves: no other is required, and none hangs on what another one says."""
        asked = {name: self.properties[name] for name in names if name in self.properties}
        alone = {
            n: {k: v for k, v in s.items() if k != "x-when"} if isinstance(s, dict) else s for n, s in asked.items()
        }
        kept = {name: self.schema[name] for name in PART if name in self.schema}
        return Form(self.path, {**kept, "properties": alone})

    def validator(self, formats: FormatChecker) -> Any:
        """What validates a submission, within a measure of work."""
        return Validator(self.closed, format_checker=formats)


def read_form(path: str, content: bytes) -> Form:
    """A form from its file; ValueError where it is no schema of an object."""
    if len(content) > LARGEST:
        raise ValueError(f"{path} is larger than {LARGEST // 1000} KB")
    return _remembered(path, content) if len(content) <= SMALL else _read(path, content)


def _read(path: str, content: bytes) -> Form:
    try:
        schema = read_file(content)
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply") from None
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        raise ValueError(f"{path} is no JSON Schema of an object")
    if deeper_than(schema, DEEPEST * 4):
        raise ValueError(f"{path} is nested too deeply")
    if takes_too_much(schema):
        raise ValueError(f"{path} takes too much work to be read")
    error = best_match(islice(OF_SCHEMAS.iter_errors(schema), MOST_FAULTS))
    if error is not None:
        place = "/".join(map(str, error.absolute_path))
        raise ValueError(f"{path}: {place or 'the schema'}: {error.message[:200]}")
    if (hint := next(wrong_hints(schema), None)) is not None:
        raise ValueError(f"{path}: {hint} is not written as it is read")
    if schema.get("x-personal") is True or unsheltered(schema):
        raise ValueError(f"{path}: {PERSONAL}")
    return Form(path, schema)


_remembered = lru_cache(REMEMBERED)(_read)


def takes_too_much(schema: Any) -> bool:
    """Whether there is more in a schema than could be read in bearable time."""
    todo, found = [schema], 0
    while todo and found <= MOST_SCHEMAS:
        one = todo.pop()
        if isinstance(one, dict):
            found += 1
            todo += [inner for name, inner in one.items() if name not in DATA]
        elif isinstance(one, list):
            if len(one) > LONGEST_LIST:
                return True
            todo += one
    return found > MOST_SCHEMAS


def without_dialect(schema: Any) -> Any:
    """A copy without `$schema`: a schema that names another dialect would be held to the rules of that one."""
    if isinstance(schema, dict):
        kept = schema.items() if "$schema" not in schema else [pair for pair in schema.items() if pair[0] != "$schema"]
        return {name: one if name in DATA else without_dialect(one) for name, one in kept}
    return [without_dialect(one) for one in schema] if isinstance(schema, list) else schema


def wrong_hints(schema: Any) -> Iterator[str]:
    """The hints that have another form than the one in which they are read."""
    todo = [schema]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            yield from (name for name in HINTS if name in one and not well_written(name, one[name]))
            for name, inner in one.items():
                if name in BY_NAME and isinstance(inner, dict):
                    todo += inner.values()
                elif name not in DATA:
                    todo.append(inner)
        elif isinstance(one, list):
            todo += one


def well_written(hint: str, value: Any) -> bool:
    """Whether a hint has its form: yes or no, a name to look up, a list of names, {field, equals} or {field, in}."""
    if hint == "x-personal":
        return isinstance(value, bool)
    if hint == "x-exists":
        return isinstance(value, str)
    if hint == "x-order":
        return isinstance(value, list) and all(isinstance(name, str) for name in value)
    named = isinstance(value, dict) and isinstance(value.get("field"), str)
    return named and ("equals" in value or "in" in value) and isinstance(value.get("in", []), list)


def deeper_than(value: Any, most: int) -> bool:
    """Whether data is nested deeper than `most`, without recursion."""
    level = [value]
    for _ in range(most):
        level = [item for one in level for item in parts_of(one)]
        if not level:
            return False
    return True


def parts_of(value: Any) -> Iterable[Any]:
    """What is directly inside of a list or an object."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def close(schema: dict[str, Any]) -> dict[str, Any]:
    """A copy of a schema in which every object refuses fields that it does not declare."""
    copied = dict(schema)
    for holder in ("properties", "$defs", "definitions"):
        if isinstance(copied.get(holder), dict):
            copied[holder] = {name: closed(one) for name, one in copied[holder].items()}
    if "properties" in copied or copied.get("type") == "object":
        copied.setdefault("additionalProperties", False)
    else:  # each alternative says all there is to say
        for holder in ("anyOf", "oneOf"):
            if isinstance(copied.get(holder), list):
                copied[holder] = [closed(one) for one in copied[holder]]
    for holder in ("items", "additionalProperties"):
        if holder in copied:
            copied[holder] = closed(copied[holder])
    return copied


def closed(schema: Any) -> Any:
    """The same for what may be no object: `true` and `false` are schemas, too."""
    return close(schema) if isinstance(schema, dict) else schema


def declared_names(schema: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields that a form declares."""
    found = schema.get("properties", {})
    return frozenset(found) if isinstance(found, dict) else frozenset()


def personal_paths(schema: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of personal values; `*` stands for every item of a list."""
    for name, one in (schema.get("properties") or {}).items():
        if isinstance(one, dict):
            yield from _personal(one, (*before, name))


def _personal(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if schema.get("x-personal") is True:
        yield path
        return
    yield from personal_paths(schema, path)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _personal(items, (*path, "*"))


def unsheltered(schema: Mapping[str, Any], looked_at: bool = True) -> bool:
    """Whether something inside a schema is marked as personal where nobody looks for it."""
    for name, one in schema.items():
        followed = looked_at and name in ("properties", "items")
        for inner in parts_of(one) if name == "properties" or isinstance(one, list) else (one,):
            if not isinstance(inner, dict) or name in DATA:
                continue
            if inner.get("x-personal") is True and not followed:
                return True
            if inner.get("x-personal") is not True and unsheltered(inner, followed):
                return True
    return False
