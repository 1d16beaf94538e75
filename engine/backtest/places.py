"""Which arrival at its element a token is: what an input of one case is found again by in another version of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..cases.change import bundle_of
from ..spiff import Marking


class Key(NamedTuple):
    """The process that an element stands in, the element, and which arrival at it this is, from 1.

    An element that a case was moved to with a token keeps the name under which the token came.
    """

    process: str
    element: str
    nth: int


class Places:
    """The keys of the tokens of a case, given as they come."""

    def __init__(self, key_of: Callable[[str], str], names: Mapping[tuple[str, str], str] | None = None) -> None:
        self.names = dict(names or {})  # of what cases were moved to: by process and element, what it was before
        self._key_of, self._counts, self._known = key_of, Counter[tuple[str, str]](), dict[int, Key]()

    def see(self, marking: Marking, own: str) -> None:
        """Learn the tokens of a marking; `own` is the digest of the case's bundle."""
        for token in marking.tokens:
            if token.occurrence not in self._known:
                process = self._key_of(bundle_of(marking, token.occurrence, own) if token.scope else own)
                element = self.names.get((process, token.element), token.element)
                self._counts[process, element] += 1
                self._known[token.occurrence] = Key(process, element, self._counts[process, element])

    def move(self, marking: Marking) -> None:
        """Learn what the elements of known tokens are called now that their case was moved to another version."""
        for token in marking.tokens:
            known = self._known.get(token.occurrence)
            if known is not None and token.element != known.element:
                self.names[known.process, token.element] = known.element

    def __getitem__(self, occurrence: int) -> Key:
        """The key of a token that has been seen; KeyError for every other."""
        return self._known[occurrence]

    def get(self, occurrence: int) -> Key | None:
        """The same, or None."""
        return self._known.get(occurrence)
