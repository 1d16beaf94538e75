"""What is checked, and against what: the files of one bundle as far as they could be read, and the installation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from .. import feel
from ..diagram import Diagram, Element, Flow, Formula
from ..feel.errors import closest
from ..feel.nodes import Assignment, Node
from ..forms import Form
from ..model import Finding
from ..operators import Registry
from .graph import Graph
from .phrases import KIND, Phrase, listed, phrase
from .rules import finding

ROLES = {
    "condition": "the condition",
    "script": "the script",
    "postScript": "the script at the end",
    "parameter": "the parameter {name}",
    "payload": "the content of the message",
    "timer": "the timer",
    "correlationKey": "the correlation key",
    "collection": "the list",
    "cardinality": "the number of instances",
    "completion": "the completion condition",
    "metadata": "the {name}",
}
CAPITALS = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What a bundle may refer to; None where that is not known and not checked."""

    operators: Registry = field(default_factory=Registry)
    built_in: Collection[str] = ()  # operators of the engine itself, all of them local
    processes: Collection[str] = ()
    decisions: Collection[str] = ()
    groups: Collection[str] | None = None
    formats: Collection[str] | None = None
    lookups: Collection[str] | None = None
    language: feel.Language = feel.DEFAULT


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One bundle with a diagram, as the rules see it."""

    file: str
    content: bytes
    root: etree._Element
    diagram: Diagram
    files: Mapping[str, bytes]
    forms: Mapping[str, Form]
    decisions: Mapping[str, feel.Decision]
    decision_ids: Mapping[str, frozenset[str]]  # by the files that they are in
    installation: Installation
    trees: Mapping[Formula, Node | tuple[Assignment, ...]]  # of the expressions that can be read

    @cached_property
    def graph(self) -> Graph:
        """The ways through the diagram."""
        return Graph(self.diagram)

    def find(self, rule: str, on: Element | Flow, **data: Any) -> Finding:
        """A finding on an element or flow."""
        return finding(rule, self.file, on.id, on.line, on.column, here=self.label(on), **data)

    def find_in(self, rule: str, formula: Formula, place: tuple[int, int] = (1, 1), **data: Any) -> Finding:
        """A finding at a place of an expression."""
        line, column = formula.place(*place)
        here = self.label(self.part(formula.element))
        return finding(rule, self.file, formula.element, line, column, here=here, where=where(formula), **data)

    def part(self, id: str) -> Element | Flow | str:
        """The element or flow of an id; the id itself if there is none."""
        if id in self.diagram:
            return self.diagram.element(id)
        return self.diagram.flow(id) if self.diagram.has_flow(id) else id

    def label(self, part: Element | Flow | str) -> Phrase | str:
        """What a sentence calls an element or flow: by its label and id."""
        if isinstance(part, str):
            return part
        kind, label = kind_of(part), " ".join(part.name.split())
        if part.name and part.name != part.id:
            if isinstance(part, Flow):
                return phrase('the flow "{label}" ({id})', label=label, id=part.id)
            return phrase('"{label}" ({id})', label=label, id=part.id, kind=kind)
        if isinstance(part, Flow):
            source, target = self.diagram.label(part.source), self.diagram.label(part.target)
            return phrase("the flow {id} from {source} to {target}", id=part.id, source=source, target=target)
        return phrase("the {kind} {id}", kind=kind, id=part.id)

    def labels(self, parts: Collection[Element | Flow]) -> Phrase:
        """Several of them in a sentence."""
        named = listed(self.label(part) for part in list(parts)[:3])
        return phrase("{first} and {count} more", first=named, count=len(parts) - 3) if len(parts) > 3 else named


def kind_of(part: Element | Flow) -> Phrase:
    """What kind of element something is, in words: exclusive gateway, user task."""
    if isinstance(part, Flow):
        return phrase("flow")
    event = part.event.kind if part.event else "none"
    return Phrase(CAPITALS.sub(" ", part.kind).lower(), KIND, {"event": event, "tag": part.kind})


def where(formula: Formula) -> Phrase:
    """What a sentence calls the place of an expression in its element."""
    return phrase(ROLES[formula.role], name=formula.name or phrase("a parameter"))


def near(word: str, known: Collection[str]) -> str:
    """The question whether something close was meant, in brackets; nothing if there is nothing close."""
    close = closest(word, sorted(known))
    return phrase(" (did you mean {word}?)", word=close) if close else ""
