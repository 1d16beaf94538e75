"""What an expression sees while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .errors import ExpressionError, hint
from .limits import Budget, Limits
from .values import Value, admit

MISSING: Any = object()


class Frame:
    """One evaluation: the data, what is left of the limits, and the names that loops and filters bind."""

    __slots__ = ("budget", "now", "locals", "items", "question", "values", "_data", "_paths")

    def __init__(self, data: Mapping[str, Any], limits: Limits, now: datetime | None = None) -> None:
        self.budget, self.now, self._data = Budget(limits), now, data
        self.locals: dict[str, Value] = {}
        self.items: list[Value] = []
        self.question: Value = None
        self.values: dict[str, Value] = {}  # what has been read, and what a script has assigned
        self._paths: dict[tuple[str, ...], tuple[Value, int]] | None = None  # most expressions have none

    def has(self, name: str) -> bool:
        """Whether the data has a name."""
        return name in self.values or name in self._data

    def read(self, name: str) -> Value:
        """The value of a name in the data, taken over once."""
        if name in self.values:
            return self.values[name]
        if name not in self._data:
            raise ExpressionError(f"unknown name {name}{hint(name, [*self._data, *self.values])}")
        value = self.values[name] = admit(self._data[name], self.budget)
        return value

    def reach(self, path: tuple[str, ...]) -> tuple[Value, int]:
        """The value where a path or its contexts end, and how many names that took; nothing beside it is copied."""
        name = path[0]
        if name in self.values:
            return self.values[name], 1
        if self._paths is None:
            self._paths = {}
        if path in self._paths:
            return self._paths[path]
        if name not in self._data:
            return self.read(name), 1
        value, taken = self._data[name], 1
        while taken < len(path) and type(value) is dict and path[taken] in value:
            value, taken = value[path[taken]], taken + 1
        found = self._paths[path] = admit(value, self.budget), taken
        return found

    def in_items(self, name: str) -> Value:
        """The item of the nearest filter, or its field of that name; MISSING if there is neither."""
        for item in reversed(self.items):
            if name == "item":
                return item
            if type(item) is dict and name in item:
                return item[name]
        return MISSING
