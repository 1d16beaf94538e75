"""Forms: each user task has one, it is in the bundle, it is a schema, and it can be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ..forms import Form, read_form
from ..forms.accept import PLAIN
from ..forms.patterns import Unmatchable, compile_pattern
from ..model import Finding
from .phrases import phrase
from .rules import finding
from .shapes import resolved
from .subject import Subject, near

FOLDER = "forms/"
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
MANY = 50  # repetitions from which a pattern counts as without end
DEEPEST = 48
LONGEST = 1_000  # characters of a pattern
MOST_SCHEMAS = 2_000  # that are applied to one value, with all that they refer to
IN_PLACE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas")  # about the same value
REFERENCES = ("$ref", "$dynamicRef")


def read_forms(files: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Finding]]:
    """The forms of a bundle by their paths, and what is wrong with the files that are none."""
    forms, findings = {}, []
    for path, content in files.items():
        if path.endswith(".json") and path.startswith(FOLDER):
            try:
                forms[path] = read(path, content)
            except (ValueError, RecursionError) as error:
                why = str(error) or phrase("{file} is nested too deeply", file=path)
                findings.append(finding("form-malformed", path, why=why))
    return forms, findings


read = lru_cache(maxsize=500)(read_form)  # whoever edits a diagram has it checked again and again, with the same forms


def check_forms(subject: Subject) -> Iterator[Finding]:
    """User tasks without a form, and forms that are not there."""
    for element in subject.diagram.elements:
        if element.form is None:
            if element.kind == "userTask":
                yield subject.find("task-without-form", element)
        elif element.form not in subject.files:
            hint = near(element.form, [path for path in subject.files if path.endswith(".json")])
            yield subject.find("missing-form", element, form=element.form, hint=hint)
        elif not (element.form.startswith(FOLDER) and element.form.endswith(".json")):
            yield subject.find("form-elsewhere", element, form=element.form)


def check_schemas(subject: Subject) -> Iterator[Finding]:
    """Forms that can never be sent, that refer to elsewhere, or whose patterns may take for ever."""
    for path, form in subject.forms.items():
        yield from _fields(path, form)
        sizes: dict[int, int] = {}
        for place, schema in schemas(form.schema):
            yield from _schema(subject, form, place, schema)
            if _endless(schema, form.schema, sizes):
                yield finding("form-endless", path, field=place)
                break


def _fields(path: str, form: Form) -> Iterator[Finding]:
    required, hints = form.schema.get("required", ()), form.schema.get("x-order", ())
    for name in required if isinstance(required, list) else ():
        if name not in form.properties and not form.open:
            yield finding("form-unsendable", path, field=str(name))
    named = [("x-order", name) for name in (hints if isinstance(hints, list) else ())]
    for one in form.properties.values():
        when = one.get("x-when") if isinstance(one, dict) else None
        named += [("x-when", when.get("field"))] if isinstance(when, dict) else []
    for hint, name in named:
        if name not in form.properties:
            yield finding("form-hint", path, hint=hint, field=str(name))


def _schema(subject: Subject, form: Form, place: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    for reference in (schema.get(name) for name in REFERENCES):
        if isinstance(reference, str) and (resolved(form.schema, reference) is None or "$id" in form.schema):
            yield finding("form-reference", form.path, reference=reference)
    if isinstance(schema.get("$id"), str) and schema is not form.schema:
        yield finding("form-reference", form.path, reference=schema["$id"])
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and (why := fault_of_pattern(pattern)):
        yield finding("unsafe-pattern", form.path, pattern=pattern, field=place, why=why)
    for pattern in schema.get("patternProperties") or ():
        why = phrase("stands for the names of fields, and each field is declared by its name")
        yield finding("unsafe-pattern", form.path, pattern=pattern, field=place, why=why)
    known = subject.installation
    lookup, given = schema.get("x-exists"), schema.get("format")
    if isinstance(lookup, str) and known.lookups is not None and lookup not in known.lookups:
        yield finding("unknown-lookup", form.path, field=place, name=lookup, hint=near(lookup, known.lookups))
    if isinstance(given, str) and known.formats is not None and given not in {*known.formats, *PLAIN}:
        yield finding("unknown-format", form.path, field=place, name=given, hint=near(given, [*known.formats, *PLAIN]))


def schemas(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A schema and all schemas inside it, each with the field that it is about."""
    todo: list[tuple[str, Any, int]] = [(phrase("the form"), schema, 0)]
    while todo:
        place, one, depth = todo.pop()
        if not isinstance(one, dict) or depth > DEEPEST:
            continue
        yield place, one
        for name, value in one.items():
            if name in ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas"):
                inner = value.items() if isinstance(value, dict) else ()
                todo += [(field if name == "properties" else place, each, depth + 1) for field, each in inner]
            elif name not in ("const", "default", "enum", "examples"):
                todo += [(place, each, depth + 1) for each in (value if isinstance(value, list) else [value])]


def fault_of_pattern(pattern: str) -> str:
    """Why a pattern must not be used; nothing if it may."""
    if len(pattern) > LONGEST:
        return phrase("is longer than {most} characters", most=LONGEST)
    try:
        compile_pattern(pattern)
    except Unmatchable as error:
        return WHY_NOT[str(error)]
    endless = _nested(parser.parse(pattern), False)
    return phrase("may take for ever on some texts (repetition inside repetition)") if endless else ""


WHY_NOT = {
    "syntax": phrase("is no regular expression"),
    "large": phrase("has too many parts"),
    "looking": phrase("looks ahead or back, refers to a group or sets a flag"),
}


def _endless(schema: Any, root: Mapping[str, Any], sizes: dict[int, int]) -> bool:
    """Whether no value can be held against a schema in bearable time."""
    try:
        return _applied(schema, root, sizes) > MOST_SCHEMAS
    except RecursionError:
        return True


def _applied(schema: Any, root: Mapping[str, Any], sizes: dict[int, int]) -> int:
    """How many schemas are applied to a value that this one is applied to; more than are allowed if it is a circle."""
    if not isinstance(schema, dict):
        return 0
    if id(schema) not in sizes:
        sizes[id(schema)] = MOST_SCHEMAS + 1  # while it is counted: whoever gets here again goes in a circle
        found = 1
        for name in (*IN_PLACE, *REFERENCES):
            found += sum(_applied(one, root, sizes) for one in _given(name, schema.get(name), root))
        sizes[id(schema)] = min(found, MOST_SCHEMAS + 1)
    return sizes[id(schema)]


def _given(name: str, value: Any, root: Mapping[str, Any]) -> list[Any]:
    """The schemas that stand under a keyword."""
    if name in REFERENCES:
        return [resolved(root, value)]
    if name == "dependentSchemas":
        return list(value.values()) if isinstance(value, dict) else []
    return value if isinstance(value, list) else [value]


def _nested(tree: Any, repeated: bool) -> bool:
    """Whether something that repeats in several ways is inside something that repeats without end."""
    for operation, argument in tree:
        if operation in REPEATS:
            least, most, inner = argument
            if repeated and most != least:
                return True
            if _nested(inner, repeated or most >= MANY):
                return True
        elif any(_nested(inner, repeated) for inner in _inside(argument)):
            return True
    return False


def _inside(argument: Any) -> Iterator[Any]:
    """The patterns inside an operation."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for one in argument:
            yield from _inside(one)
