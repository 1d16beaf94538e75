"""What people, customers and cases are called in an export: pseudonyms that are the same every time, or their ids."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import lru_cache

Names = Callable[[str, str], str]  # the kind of thing and its id

LEAST_KEY = 16  # bytes
KEPT = 10_000
DIGITS = 24  # of 64: among a hundred million ids, two alike are a chance of one in ten trillion


class Pseudonyms:
    """Names by HMAC-SHA-256: without the key nobody gets back to an id, and no table says who is who."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LEAST_KEY:
            raise ValueError(f"a key of pseudonyms has {LEAST_KEY} bytes or more")
        self._key = key
        self._lately = lru_cache(KEPT)(self._made)

    def __call__(self, kind: str, id: str) -> str:
        """The pseudonym of an id; the same id of another kind has another one."""
        return self._lately(kind, id)

    def _made(self, kind: str, id: str) -> str:
        return f"{kind}-{hmac.digest(self._key, f'{kind}:{id}'.encode(), 'sha256').hex()[:DIGITS]}"


def as_they_are(kind: str, id: str) -> str:
    """The id itself, for whoever may see it."""
    return id
