"""Texts: what people read has a translation in the bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from ..canonical import read_file
from ..diagram import Diagram
from ..feel.dmn_elements import below
from ..model import Finding
from .phrases import Phrase, phrase
from .rules import finding

LANGUAGES = ("zh",)
NAME, TEXT = re.compile(r"[A-Za-z_]\w*"), re.compile(r'"([^"]*)"')
LARGEST = 1_000_000  # bytes


def check_texts(
    files: Mapping[str, bytes], diagram: Diagram | None, tables: Mapping[str, etree._Element]
) -> Iterator[Finding]:
    """Texts without a translation, and translations of nothing; what is `written` may have one, and needs none."""
    shown, free = list(labels(diagram, tables)), set(written(diagram))
    for path in sorted(path for path in files if path.startswith("i18n/") and path.endswith(".json")):
        if path.removeprefix("i18n/").removesuffix(".json") not in LANGUAGES:
            yield from _read(path, files[path])[1]
    for language in LANGUAGES:
        path = f"i18n/{language}.json"
        if path in files:
            yield from _compared(path, files[path], shown, free)
        elif shown:
            yield finding("no-translations", path, count=len({text for text, *_ in shown}))


def labels(diagram: Diagram | None, tables: Mapping[str, etree._Element]) -> Iterator[tuple[str, str, int]]:
    """Every text that has letters, with the element that it is on and its line."""
    for label in diagram.labels() if diagram else ():
        if any(map(str.isalpha, label.text)):
            yield label.text, label.element, label.line
    for root in tables.values():
        for decision in below(root, "decision"):
            for node in (decision, *decision.iter("{*}input"), *decision.iter("{*}output")):
                text = node.get("name" if node is decision else "label", "")
                if any(map(str.isalpha, text)):
                    yield text, node.get("id", ""), node.sourceline or 0


def written(diagram: Diagram | None) -> Iterator[str]:
    """What may be translated beside labels: names in scripts, which people read as data, and texts for operators."""
    for element in diagram.elements if diagram else ():
        for script in (element.script, element.post_script):
            yield from NAME.findall(script or "")
        for given in element.operation.parameters.values() if element.operation else ():
            yield from TEXT.findall(given)


def _read(path: str, content: bytes) -> tuple[dict[str, Any], list[Finding]]:
    why = ""
    try:
        found = read_file(content) if len(content) <= LARGEST else None
    except (ValueError, RecursionError) as error:
        found, why = None, str(error)[:100]
    if isinstance(found, dict) and all(isinstance(text, str) for text in found.values()):
        return found, []
    return {}, [finding("translation-malformed", path, why=why or phrase("write {{English: translation}}"))]


def _compared(path: str, content: bytes, shown: list[tuple[str, str, int]], free: set[str]) -> Iterator[Finding]:
    known, findings = _read(path, content)
    if findings:
        yield from findings
        return
    said = set()
    for text, element, line in shown:
        if not known.get(text, "").strip() and text not in said:
            said.add(text)
            yield finding("missing-translation", path, element, line, 0, here=element, text=quoted(text))
    for text in sorted(set(known) - {text for text, *_ in shown} - free):
        yield finding("unused-translation", path, text=quoted(text))


def quoted(text: str) -> Phrase:
    """A text of the bundle in a sentence."""
    return phrase('"{text}"', text=text)
