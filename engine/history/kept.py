"""What was worked out of histories and never changes, in bounded memory: what was asked for last stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class Kept:
    """A shelf of immutable things; `room` is how many bytes, by the word of who puts them there, it may hold."""

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self._things: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any | None:
        """The thing of a key, if it is still there."""
        with self._lock:
            found = self._things.get(key)
            if found is None:
                return None
            self._things.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, thing: Any, size: int) -> None:
        """Keep a thing of about so many bytes."""
        with self._lock:
            _, before = self._things.pop(key, (None, 0))
            self._things[key] = (thing, size)
            self.used += size - before
            while self.used > self.room and len(self._things) > 1:
                _, (_, gone) = self._things.popitem(last=False)
                self.used -= gone


__all__ = ["Kept"]
