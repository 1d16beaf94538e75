"""Regular expressions that cannot run away: every way through a pattern is followed at once, none is tried again.

The patterns of forms are written by whoever deploys a bundle and are tried on what strangers send, and Python's own
matcher can take years over thirty characters. Here a text costs at most its length times the size of the pattern, and
what looks ahead, looks back or refers to a group is refused: it cannot be had at that price.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

MOST_STEPS = 2_000  # of one pattern
Charge: TypeAlias = Callable[[int], None]
Test: TypeAlias = Callable[[str], bool]

CATEGORIES: dict[Any, Test] = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_NOT_DIGIT: lambda one: not one.isdecimal(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda one: not one.isspace(),
    sre.CATEGORY_WORD: lambda one: one.isalnum() or one == "_",
    sre.CATEGORY_NOT_WORD: lambda one: not (one.isalnum() or one == "_"),
}
PLACES: dict[Any, Callable[[str, int], bool]] = {
    sre.AT_BEGINNING: lambda text, at: at == 0,
    sre.AT_BEGINNING_STRING: lambda text, at: at == 0,
    sre.AT_END: lambda text, at: at == len(text) or (at == len(text) - 1 and text[at] == "\n"),
    sre.AT_END_STRING: lambda text, at: at == len(text),
    sre.AT_BOUNDARY: lambda text, at: _border(text, at),
    sre.AT_NON_BOUNDARY: lambda text, at: text != "" and not _border(text, at),
}


class Unmatchable(ValueError):
    """A pattern that is not tried here; the message is `syntax`, `large` or `looking`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: a letter, a place in the text or neither, and the steps that may follow."""

    letter: Test | None = None
    place: Callable[[str, int], bool] | None = None
    then: tuple[int, ...] = ()


class Pattern:
    """A compiled pattern: steps that lead to each other, the last of which has none after it."""

    def __init__(self, source: str) -> None:
        self.steps: list[Step] = [Step()]
        self.start = self._compiled(_parsed(source), 0)

    def found_in(self, text: str, charge: Charge) -> bool:
        """Whether the pattern is somewhere in a text; each step that is looked at is charged."""
        waiting: list[int] = []
        for at in range(len(text) + 1):
            reached = self._reached([*waiting, self.start], text, at, charge)
            if 0 in reached:
                return True
            letter = text[at : at + 1]
            waiting = [
                then
                for step in reached
                if (test := self.steps[step].letter) and letter and test(letter)
                for then in self.steps[step].then
            ]
        return False

    def _reached(self, todo: list[int], text: str, at: int, charge: Charge) -> set[int]:
        """The steps that some steps lead to without a letter."""
        reached: set[int] = set()
        while todo:
            number = todo.pop()
            if number in reached:
                continue
            step = self.steps[number]
            if step.place is None or step.place(text, at):
                reached.add(number)
                todo += step.then if step.letter is None else ()
        charge(len(reached) + 1)
        return reached

    def _step(self, step: Step) -> int:
        if len(self.steps) >= MOST_STEPS:
            raise Unmatchable("large")
        self.steps.append(step)
        return len(self.steps) - 1

    def _compiled(self, nodes: Any, then: int) -> int:
        """The first step of a sequence that goes on with `then`."""
        for operation, argument in reversed(list(nodes)):
            then = self._one(operation, argument, then)
        return then

    def _one(self, operation: Any, argument: Any, then: int) -> int:
        if operation is sre.AT:
            return self._step(Step(place=PLACES[argument], then=(then,)))
        if operation is sre.BRANCH:
            return self._step(Step(then=tuple(self._compiled(branch, then) for branch in argument[1])))
        if operation is sre.SUBPATTERN and not (argument[1] or argument[2]):
            return self._compiled(argument[3], then)
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = argument
            return self._repeated(least, most, inner, then)
        return self._step(Step(letter=_letter(operation, argument), then=(then,)))

    def _repeated(self, least: int, most: int, inner: Any, then: int) -> int:
        if most is sre.MAXREPEAT:
            here = self._step(Step())
            self.steps[here] = Step(then=(self._compiled(inner, here), then))
            then = here
        else:
            end = then
            for _ in range(most - least):
                then = self._step(Step(then=(self._compiled(inner, then), end)))
        for _ in range(least):
            before, then = then, self._compiled(inner, then)
            if then == before:  # nothing, so often that counting it would take for ever
                break
        return then


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> Pattern:
    """A pattern; Unmatchable says why it is not tried."""
    try:
        return Pattern(source)
    except RecursionError:
        raise Unmatchable("large") from None


def _parsed(source: str) -> Any:
    try:
        tree = parser.parse(source)
    except (re.error, OverflowError):
        raise Unmatchable("syntax") from None
    if tree.state.flags & ~re.UNICODE.value:
        raise Unmatchable("looking")
    return tree


def _letter(operation: Any, argument: Any) -> Test:
    """Whether a letter is what an operation wants."""
    if operation is sre.ANY:
        return lambda one: one != "\n"
    if operation is sre.LITERAL:
        return chr(argument).__eq__
    if operation is sre.NOT_LITERAL:
        return chr(argument).__ne__
    if operation is sre.RANGE:
        low, high = map(chr, argument)
        return lambda one: low <= one <= high
    if operation is sre.CATEGORY:
        return CATEGORIES[argument]
    if operation is not sre.IN:
        raise Unmatchable("looking")
    wanted = argument[0][0] is not sre.NEGATE
    tests = [_letter(*each) for each in argument if each[0] is not sre.NEGATE]
    return lambda one: any(test(one) for test in tests) is wanted


def _border(text: str, at: int) -> bool:
    """Whether a word begins or ends here."""
    word = CATEGORIES[sre.CATEGORY_WORD]
    return (at > 0 and word(text[at - 1])) != (at < len(text) and word(text[at]))
