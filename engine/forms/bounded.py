"""The validator of submissions, with a measure of work that is the same on every run.

A schema that refers to itself, compares all with all or matches without end is stopped where no honest form gets to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ..canonical import canonical
from .patterns import compile_pattern

MOST_WORK = 400_000  # steps of patterns and values compared; a keyword counts for twenty
A_KEYWORD = 20
A_PART = 4  # each item or field that a keyword goes through
CHARACTERS = 4  # so many of what is compared or said count for one
WALKING = frozenset({"items", "contains", "additionalProperties", "propertyNames"})
SQUARE, PAIRS = frozenset({"unevaluatedItems", "unevaluatedProperties"}), 32  # these look each part up in a list
Keyword: TypeAlias = Callable[[Any, Any, Any, Any], "Iterator[ValidationError] | None"]
left: ContextVar[int | None] = ContextVar("left", default=None)


class TooMuchWork(Exception):
    """A submission that takes more work than any form needs."""


@contextmanager
def measured() -> Iterator[None]:
    """Give what runs inside the allowed work; TooMuchWork where it needs more."""
    before = left.set(MOST_WORK)
    try:
        yield
    except RecursionError:
        raise TooMuchWork from None
    finally:
        left.reset(before)


def charge(amount: int) -> None:
    """Take note of work where it is measured; TooMuchWork where it is more than is allowed."""
    rest = left.get()
    if rest is None:
        return
    left.set(rest - amount)
    if rest < amount:
        raise TooMuchWork


def errors_of(validator: Any, values: Any, most: int) -> list[ValidationError]:
    """The first faults that a validator finds; TooMuchWork where it needs more than the allowed work."""
    with measured():
        return list(islice(validator.iter_errors(values), most))


def paid(name: str, keyword: Keyword) -> Keyword:
    """A keyword of JSON Schema that is charged, by the size of what it compares and of what it says is wrong."""

    def run(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        charge(A_KEYWORD + (len(value) if isinstance(value, Sized) else 0) + work(name, value, instance))
        for error in keyword(validator, value, instance, schema) or ():
            charge(len(error.message) // CHARACTERS)
            yield error

    return run


def work(name: str, value: Any, instance: Any) -> int:
    """What a keyword costs for the size of what it looks at."""
    if not isinstance(instance, (dict, list)):
        return 0
    if name in WALKING:
        return A_PART * len(instance)
    if name in SQUARE:
        return len(instance) ** 2 // PAIRS
    choices = {"const": [value], "enum": value}.get(name, ())
    alike = sum(isinstance(one, type(instance)) for one in choices)
    return alike * (len(canonical(instance)) // CHARACTERS) if alike else 0


def matched(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`pattern`, by a matcher that cannot run away."""
    if isinstance(instance, str) and not compile_pattern(pattern).found_in(instance, charge):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`uniqueItems`, in one pass: two values are the same if their canonical texts are."""
    if wanted and isinstance(instance, list):
        found = set()
        for item in instance:
            text = canonical(item)
            charge(1 + len(text) // CHARACTERS)
            found.add(text)
        if len(found) < len(instance):
            yield ValidationError("items are not unique")


OURS: Mapping[str, Keyword] = {"pattern": matched, "uniqueItems": unique}
KEYWORDS = {name: paid(name, OURS.get(name, keyword)) for name, keyword in Draft202012Validator.VALIDATORS.items()}
Validator: Any = extend(Draft202012Validator, KEYWORDS)
