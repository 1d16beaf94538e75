"""What is different between two files of texts: translations, scenarios and other JSON by name, the rest by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.bundles import is_catalogue
from engine.canonical import read_file

from ..language import Words
from .parts import ADDED, CHANGED, REMOVED, Difference, lines

PLAIN = (".md", ".txt")
DEEPEST = 3  # names inside each other that are told apart
MOST = 300  # names that are told one by one


def differences(path: str, before: bytes, after: bytes, words: Words) -> Iterator[Difference]:
    """The differences between two files of texts; ValueError where one cannot be read."""
    what = words("File %(path)s", path=path)
    if path.endswith(PLAIN):
        found = lines(before.decode("utf-8", "replace"), after.decode("utf-8", "replace"))
        yield Difference(kind=CHANGED, what=what, file=path, lines=found)
        return
    old, new = (dict(_flat(read_file(body), "", DEEPEST)) for body in (before, after))
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]
    if len(names) > MOST:
        yield Difference(kind=CHANGED, what=what, file=path)
        return
    for name in names:
        kind = ADDED if name not in old else REMOVED if name not in new else CHANGED
        said = words("translates “%(text)s”", text=name) if is_catalogue(path) else name
        yield Difference(
            kind=kind, what=what, said=said, before=old.get(name, ""), after=new.get(name, ""), file=path, place=name
        )


def _flat(value: Any, name: str, deep: int) -> Iterator[tuple[str, str]]:
    """What stands in data, by the names that lead to it."""
    if deep and isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key, deep - 1)
    elif deep and isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value, 1):
            yield from _flat(inner, f"{name} {number}" if name else str(number), deep - 1)
    else:
        yield name, written(value)


def written(value: Any) -> str:
    """A value as it is shown: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
