"""Takes a submission or refuses it: every fault at its field, by a code, so that wording stays the edge's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Context, Decimal, localcontext
from typing import Any, TypeAlias

from jsonschema import FormatChecker, ValidationError

from ..canonical import MOST_DIGITS, canonical, normal
from ..errors import FieldError, InvalidForm
from .bounded import MOST_WORK, TooMuchWork, charge, errors_of, measured
from .schema import DEEPEST, Form, deeper_than, parts_of

Formats: TypeAlias = Mapping[str, Callable[[str], bool]]
Lookup: TypeAlias = Callable[[str, Any], bool]  # whether a value exists: the name in `x-exists`, and the value

LARGEST = 200_000  # bytes of a submission in canonical form
MOST_ERRORS = 50
MOST_BITS = (10**MOST_DIGITS).bit_length()
DEEPEST_PLAIN = 30  # lists and objects inside each other, where no form says what is expected
EXACT = Context(prec=1_000)  # `multipleOf` divides, and no quotient may be too long for it
COMPARED = 10  # choices of a list with those that show a field, which count for one
CHOICES = {"const": "enum", "oneOf": "enum", "anyOf": "enum"}


def accept(form: Form, values: Any, formats: FormatChecker, exists: Lookup | None = None) -> dict[str, Any]:
    """The values as they are kept, with what an empty form means filled in; InvalidForm names every fault."""
    given, faults = plain_fields(values, DEEPEST)
    try:
        with measured():
            filled = with_defaults(form, without_hidden(form, given))
        with localcontext(EXACT):
            for error in errors_of(form.validator(formats), filled, MOST_ERRORS):
                for place, fault in fault_of(error, filled):
                    faults.setdefault(place, fault)
    except TooMuchWork:
        raise InvalidForm({"": FieldError("maxWork", MOST_WORK)}) from None
    if exists is not None:
        for place, fault in unknown(form.schema, filled, exists, ""):
            faults.setdefault(place, fault)
    if faults:
        raise InvalidForm(faults)
    return filled


def accept_plain(values: Any) -> dict[str, Any]:
    """The values as they are kept, where there is no form: any JSON object of bearable size."""
    given, faults = plain_fields(values, DEEPEST_PLAIN)
    if faults:
        raise InvalidForm(faults)
    return given


def plain_fields(values: Any, deepest: int) -> tuple[dict[str, Any], dict[str, FieldError]]:
    """The fields that have a canonical form, and a fault for each that has none; InvalidForm where it is too much."""
    if not isinstance(values, Mapping):
        raise InvalidForm({"": FieldError("type", "object")})
    if deeper_than(values, deepest):
        raise InvalidForm({"": FieldError("maxDepth", deepest)})
    plain: dict[str, Any] = {}
    faults: dict[str, FieldError] = {}
    for name, value in values.items():
        try:
            plain[str(normal(str(name)))] = plain_value(value)
        except (TypeError, ValueError) as error:
            faults[ascii(str(name))[1:-1][:100]] = FieldError("value", None, {"why": str(error)[:200]})
    if len(canonical(plain)) > LARGEST:
        raise InvalidForm({"": FieldError("maxSize", LARGEST)})
    return plain, faults


def plain_value(value: Any) -> Any:
    """A value in its canonical form; TypeError or ValueError where it has none."""
    level = [found := normal(value)]
    while level:
        if any(isinstance(one, int) and one.bit_length() > MOST_BITS for one in level):
            raise ValueError(f"a number of more than {MOST_DIGITS} digits cannot be kept")
        level = [inner for one in level for inner in parts_of(one)]
    return found


def without_hidden(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those of fields that `x-when` hides, also because of a field that is itself hidden."""
    left = dict(values)
    while hidden := [name for name in left if not shown(form.properties.get(name), left)]:
        for name in hidden:
            del left[name]
    return left


def shown(schema: Any, values: Mapping[str, Any]) -> bool:
    """Whether a field is to be filled in: `x-when` is {field, equals} or {field, in: [...]}."""
    when = schema.get("x-when") if isinstance(schema, dict) else None
    if not isinstance(when, dict):
        return True
    found = values.get(when.get("field", ""))
    if isinstance(found, list):
        charge(len(found) * (1 + len(when.get("in", ()))) // COMPARED)
    if "in" in when:
        return any(item in when["in"] for item in found) if isinstance(found, list) else found in when["in"]
    if isinstance(found, list):
        return when.get("equals") in found
    return bool(found == when.get("equals"))


def with_defaults(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """An empty check box is false, an empty list is a list; other fields have their default, if they name one."""
    filled = dict(values)
    for name, one in form.properties.items():
        if name in filled or not isinstance(one, dict) or not shown(one, filled):
            continue
        if "default" in one:
            filled[name] = normal(one["default"])
        elif name in form.schema.get("required", ()):
            continue
        elif one.get("type") == "boolean" and "const" not in one:
            filled[name] = False
        elif one.get("type") == "array" and not one.get("minItems"):
            filled[name] = []
    return filled


def fault_of(error: ValidationError, values: Mapping[str, Any]) -> Iterator[tuple[str, FieldError]]:
    """The fields that an error of the validator is about, each with its code."""
    place = ".".join(map(str, error.absolute_path))
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield from ((joined(place, name), FieldError("required")) for name in missing)
    elif error.validator == "additionalProperties":
        declared = error.schema.get("properties", {})
        extra = [name for name in error.instance if name not in declared]
        yield from ((joined(place, name), FieldError("undeclared")) for name in extra)
    else:
        code = CHOICES.get(str(error.validator), str(error.validator))
        value = error.validator_value if isinstance(error.validator_value, (str, int, Decimal, list)) else None
        yield place, FieldError(code, None if code == "enum" else value)


def unknown(schema: Mapping[str, Any], value: Any, exists: Lookup, place: str) -> Iterator[tuple[str, FieldError]]:
    """The values that `x-exists` demands to be known and that are not."""
    if "x-exists" in schema and value not in (None, "") and not isinstance(value, (dict, list)):
        if not exists(str(schema["x-exists"]), value):
            yield place, FieldError("exists", schema["x-exists"])
    elif isinstance(value, dict):
        for name, one in (schema.get("properties") or {}).items():
            if name in value and isinstance(one, dict):
                yield from unknown(one, value[name], exists, joined(place, name))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for number, item in enumerate(value):
            yield from unknown(schema["items"], item, exists, joined(place, str(number)))


def joined(place: str, name: str) -> str:
    """The path of a field inside another."""
    return f"{place}.{name}" if place else name


def checker(formats: Formats | None = None) -> FormatChecker:
    """The formats that a form may name: dates, times and e-mail, and those of the installation."""
    found = FormatChecker(formats=())
    known: dict[str, Callable[[str], bool]] = {**PLAIN, **(formats or {})}
    found.checkers = {name: (_safely(check), ()) for name, check in known.items()}
    return found


def _safely(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or bool(check(value))


def _reads(parse: Callable[[str], object], *, zoned: bool = False) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            found = parse(text)
        except ValueError:
            return False
        return not zoned or getattr(found, "tzinfo", None) is not None

    return check


def _is_date(text: str) -> bool:
    return _reads(date.fromisoformat)(text) and date.fromisoformat(text).isoformat() == text


def _is_email(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    labels = domain.split(".")
    plain = not any(letter.isspace() for letter in text) and len(text) <= 254
    return bool(at and name and "@" not in name) and len(labels) > 1 and all(labels) and plain


PLAIN: Formats = {
    "date": _is_date,
    "time": _reads(time.fromisoformat),
    "date-time": _reads(datetime.fromisoformat, zoned=True),
    "email": _is_email,
}
