"""What an operator was shown of the vault: if it fails, what it says is kept without it.

Whoever writes an operator puts what he was given into the message of an error. The error is read by everybody who may
see the case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..store.vault import is_reference
from .forgetting import Values


class Revealing:
    """Gives an operator the value behind a reference and everything else as it is, and remembers what it has given."""

    def __init__(self, behind: Callable[[Any], Any]) -> None:
        self._behind, self._shown = behind, list[Any]()

    def __call__(self, value: Any) -> Any:
        """The value behind a reference."""
        if not is_reference(value):
            return value
        found = self._behind(value)
        self._shown.append(found)
        return found

    def hidden(self, text: str) -> str:
        """A text without the values that were shown."""
        return Values(self._shown).cut(text)
