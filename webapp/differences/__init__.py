"""What is different between two versions of a bundle, part by part, in words.

`differences` holds the files of one bundle against another's; `marks` and `marks_before` say the same to the pictures.
It knows no page; `tables` and `forms` also lay both sides beside each other for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.bundles import catalogue
from engine.errors import MalformedXml
from engine.meaning import meaning_of

from ..language import Words
from . import diagrams, forms, tables, texts
from .parts import ADDED, CHANGED, MOVED, REMOVED, Difference, Say

if TYPE_CHECKING:
    from engine.bundles import Bundle
    from engine.diagram import Diagram


__all__ = ["ADDED", "CHANGED", "MOVED", "REMOVED", "Difference", "differences", "marks", "marks_before"]


def differences(old: Bundle | None, files: Mapping[str, bytes], new: Diagram | None, words: Words) -> list[Difference]:
    """What a bundle would change; without an old one, everything is new."""
    if old is None:
        return []
    say = _saying(old, files, words.lang)
    found = list(diagrams.differences(old.diagram, new, words, say)) if old.diagram and new else []
    for path in sorted({*old.files, *files}):
        before, after = old.files.get(path), files.get(path)
        if before == after:
            continue
        if path.endswith(".bpmn"):
            found += _drawn(path, before, after, words, told=bool(found))
        else:
            found += _file(path, before, after, words, say)
    return found


def marks(found: list[Difference]) -> dict[str, str]:
    """The same for the diagram: marks by the id of what was added or changed."""
    return {one.element: one.kind for one in found if one.element and one.kind not in (REMOVED, MOVED)}


def marks_before(found: list[Difference]) -> dict[str, str]:
    """And for the diagram as it was: marks by the id of what was removed or changed."""
    return {one.element: one.kind for one in found if one.element and one.kind not in (ADDED, MOVED)}


def _drawn(path: str, before: bytes | None, after: bytes | None, words: Words, *, told: bool) -> Iterator[Difference]:
    """What a file of a diagram has beside its process: where things stand, and what no words are for."""
    if before is None or after is None:
        yield Difference(kind=ADDED if before is None else REMOVED, what=words("File %(path)s", path=path), file=path)
        return
    if not told and meaning_of(path, before) != meaning_of(path, after):
        yield Difference(kind=CHANGED, what=words("File %(path)s", path=path), file=path)
    yield from diagrams.moved(path, before, after, words)


def _file(path: str, before: bytes | None, after: bytes | None, words: Words, say: Say) -> Iterator[Difference]:
    what = words("File %(path)s", path=path)
    if before is None or after is None:
        yield Difference(kind=ADDED if before is None else REMOVED, what=what, file=path)
        return
    if meaning_of(path, before) == meaning_of(path, after):
        return
    try:
        found = list(_compared(path, before, after, words, say))
    except (ValueError, MalformedXml, RecursionError):
        found = []
    yield from found or [Difference(kind=CHANGED, what=what, file=path)]


def _compared(path: str, before: bytes, after: bytes, words: Words, say: Say) -> Iterator[Difference]:
    """The differences of two files that can be read."""
    if path.endswith(".dmn"):
        return tables.differences(path, before, after, words, say)
    compare = forms.differences if forms.is_form(path) else texts.differences
    return compare(path, before, after, words)


def _saying(old: Bundle, files: Mapping[str, bytes], lang: str) -> Say:
    """What a text of a diagram or table is in a language, by the translations of both bundles."""
    path = f"i18n/{lang}.json"
    known = dict(old.i18n.get(lang, {}))
    with suppress(ValueError, RecursionError):
        known |= catalogue(path, files[path]) if path in files else {}
    return lambda text: known.get(text) or text
