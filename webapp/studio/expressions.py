"""Whether an expression is right while somebody types it: what is wrong, and at which line and column.

It knows the places of a diagram only by what they hold: an expression, a script, a time, a text that may be either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine import feel
from engine.calendars.terms import parse_term, term_or_moment
from engine.check.timers import DURATION, SOME_DAY, UNQUOTED, constant, time_of
from engine.feel import ExpressionError, Language

from ..findings import read
from ..language import Lang

LONGEST = 20_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is wrong with an expression; nothing where it is right."""

    problem: str = ""
    line: int = 0
    column: int = 0


def judge(role: str, text: str, language: Language, lang: Lang) -> Judged:
    """What is wrong with a text in a role, in the words of a language; KeyError for a role that there is not."""
    look = ROLES[role]
    try:
        look(text, language)
    except ExpressionError as error:
        return Judged(problem=said(error.message, lang), line=error.line, column=error.column)
    except (ValueError, OverflowError) as error:
        return Judged(problem=said(str(error), lang))
    return Judged()


def said(problem: str, lang: Lang) -> str:
    """A problem as the checks word it."""
    return problem if lang == "en" else read(problem)


def expression(text: str, language: Language) -> None:
    """An expression must be one."""
    feel.compile_expression(text, language)


def script(text: str, language: Language) -> None:
    """A script has lines of assignments."""
    feel.compile_script(text, language)


def value(text: str, language: Language) -> None:
    """Behind an equals sign stands an expression; everything else is a text."""
    head, sign, rest = text.partition("=")
    if sign and not head.strip():
        expression(" " * (len(head) + 1) + rest, language)  # the column stays that of what was typed


def term(text: str, language: Language) -> None:
    """A term as it is written, or behind an equals sign."""
    if text.lstrip().startswith("="):
        value(text, language)
    else:
        term_or_moment(text)


def timer(text: str, language: Language) -> None:
    """A time is an expression; one that is written out must be a time."""
    plain = text.strip()
    if UNQUOTED.fullmatch(plain) or _is_term(plain):
        raise ValueError(DURATION)
    compiled = feel.compile_expression(text, language)
    if constant(compiled.tree):
        found = compiled.evaluate({}, now=SOME_DAY)
        repeating = feel.parse_repeating(found) if isinstance(found, str) else None
        time_of(repeating[1] if repeating else found)


def _is_term(text: str) -> bool:
    try:
        parse_term(text)
    except ValueError:
        return False
    return True


ROLES: Mapping[str, Callable[[str, Language], None]] = {
    "expression": expression,
    "script": script,
    "value": value,
    "term": term,
    "timer": timer,
    "cycle": timer,
}
