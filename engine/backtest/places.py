"""Which arrival at its element a token is: what an input of one case is found again by in another version of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from ..cases.change import bundle_of
from ..spiff import Marking


class Key(NamedTuple):
    """The process that an element stands in, the element, and which arrival at it this is, from 1."""

    process: str
    element: str
    nth: int


class Places:
    """The keys of the tokens of a case, given as they come."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        self._key_of, self._counts, self._known = key_of, Counter[tuple[str, str]](), dict[int, Key]()

    def see(self, marking: Marking, own: str) -> None:
        """Learn the tokens of a marking; `own` is the digest of the case's bundle."""
        for token in marking.tokens:
            if token.occurrence not in self._known:
                process = self._key_of(bundle_of(marking, token.occurrence, own) if token.scope else own)
                self._counts[process, token.element] += 1
                number = self._counts[process, token.element]
                self._known[token.occurrence] = Key(process, token.element, number)

    def __getitem__(self, occurrence: int) -> Key:
        """The key of a token that has been seen; KeyError for every other."""
        return self._known[occurrence]

    def get(self, occurrence: int) -> Key | None:
        """The same, or None."""
        return self._known.get(occurrence)
