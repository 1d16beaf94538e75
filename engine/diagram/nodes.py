"""Small helpers over lxml: BPMN children by name, texts, and where in the file something stands."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
NOT_NODES = frozenset(
    {
        "sequenceFlow",
        "laneSet",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "ioSpecification",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "association",
        "group",
        "textAnnotation",
        "category",
        "auditing",
        "monitoring",
        "correlationSubscription",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "ioBinding",
        "completionCondition",
    }
)  # what stands in a scope beside its flow nodes

LONGEST_LINE = 10_000  # characters in which a column is looked for


def local(node: etree._Element) -> str:
    """The name of a BPMN tag; nothing for comments and for other namespaces."""
    return node.tag.removeprefix(BPMN) if isinstance(node.tag, str) and node.tag.startswith(BPMN) else ""


def children(node: etree._Element, name: str) -> list[etree._Element]:
    """The BPMN children of a name."""
    return list(node.iterchildren(BPMN + name))


def text(node: etree._Element, name: str) -> str:
    """The text of the first child of a name."""
    found = children(node, name)
    return (found[0].text or "").strip() if found else ""


def flag(node: etree._Element, name: str, default: str) -> bool:
    """An attribute that is true or false."""
    return node.get(name, default).strip() in ("true", "1")


class Source:
    """The lines of a file: lxml knows the line of a node, this finds the column."""

    def __init__(self, content: bytes) -> None:
        self._lines = content.decode("utf-8", "replace").split("\n")

    def _line(self, node: etree._Element) -> tuple[int, str]:
        line = node.sourceline or 0
        written = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return line, written if len(written) <= LONGEST_LINE else ""

    def place(self, node: etree._Element) -> tuple[int, int]:
        """Line and column of a node's tag, both from 1; the column is 0 where it cannot be known."""
        line, written = self._line(node)
        at = written.find(f'id="{node.get("id", "")}"')
        return line, written.rfind("<", 0, at) + 1 if at > 0 else 0

    def text_place(self, node: etree._Element) -> tuple[int, int]:
        """Line and column of the first character of a node's text."""
        line, written = self._line(node)
        tag = re.search(rf"<[\w.:-]*\b{etree.QName(node).localname}\b[^>]*>", written)
        return line, tag.end() + 1 if tag else 0

    def attribute_place(self, node: etree._Element, attribute: str) -> tuple[int, int]:
        """Line and column of the first character of an attribute's value."""
        line, written = self._line(node)
        at = written.find(f"{attribute}={quoteattr(node.get(attribute, ''))}")
        at = written.find(f'{attribute}="') if at < 0 else at
        return line, at + len(attribute) + 3 if at >= 0 else 0
