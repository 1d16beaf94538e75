"""The validator of submissions, with a measure of work that is the same on every run.

A schema that refers to itself, compares all with all or matches without end is stopped where no honest form gets to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from contextvars import ContextVar
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ..canonical import canonical
from .patterns import compile_pattern

MOST_WORK = 400_000  # steps of patterns and values compared; a keyword counts for twenty
A_KEYWORD = 20
Keyword: TypeAlias = Callable[[Any, Any, Any, Any], "Iterator[ValidationError] | None"]
left: ContextVar[int] = ContextVar("left")


class TooMuchWork(Exception):
    """A submission that takes more work than any form needs."""


def charge(amount: int) -> None:
    """Take note of work; TooMuchWork where it is more than is allowed."""
    rest = left.get(MOST_WORK) - amount
    left.set(rest)
    if rest < 0:
        raise TooMuchWork


def errors_of(validator: Any, values: Any, most: int) -> list[ValidationError]:
    """The first faults that a validator finds; TooMuchWork where it needs more than the allowed work."""
    before = left.set(MOST_WORK)
    try:
        found = []
        for error in validator.iter_errors(values):
            found.append(error)
            if len(found) == most:
                break
        return found
    except RecursionError:
        raise TooMuchWork from None
    finally:
        left.reset(before)


def paid(keyword: Keyword) -> Keyword:
    """A keyword of JSON Schema that is charged, by the values that it compares with."""

    def run(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        size = len(value) if isinstance(value, Sized) else 0
        charge(A_KEYWORD + size)
        yield from keyword(validator, value, instance, schema) or ()

    return run


def matched(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`pattern`, by a matcher that cannot run away."""
    if isinstance(instance, str) and not compile_pattern(pattern).found_in(instance, charge):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`uniqueItems`, in one pass: two values are the same if their canonical texts are."""
    if wanted and isinstance(instance, list):
        charge(len(instance))
        if len({canonical(item) for item in instance}) < len(instance):
            yield ValidationError("items are not unique")


OURS: Mapping[str, Keyword] = {"pattern": matched, "uniqueItems": unique}
KEYWORDS = {name: paid(OURS.get(name, keyword)) for name, keyword in Draft202012Validator.VALIDATORS.items()}
Validator: Any = extend(Draft202012Validator, KEYWORDS)
