"""What people call the values that a process works out itself, where no form declares them.

An operator says in its schema what each value of its answer is called, a decision table in the labels of its columns.
A whole answer that stands under one name is called as its task is. What only a script writes is translated by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.xml import parse_xml

from . import forms
from .forms import Shape
from .forms import labels as named
from .language import LANGUAGES, Lang

if TYPE_CHECKING:
    from engine.bundles import Bundle
    from engine.diagram import Element
    from engine.operators import Registry

KEPT = 400  # bundles whose tables stay in memory
RESULT = "resultVariable"
OF_THE_ENGINE: Mapping[str, Mapping[str, Any]] = {
    "case/start": {
        "type": "object",
        "properties": {
            "requested": {"type": "string", "title": "Process to begin", "x-i18n": {"zh": {"title": "待发起的流程"}}}
        },
    }
}  # what its own operator answers


@dataclass(frozen=True, slots=True)
class Made:
    """A value that the process works out: what it is called, and what is known of what is inside."""

    label: str
    shape: Shape


def answered(bundle: Bundle, operators: Registry, lang: Lang) -> Iterator[tuple[str, Made]]:
    """The names under which the service tasks of a bundle keep what operators answer."""
    for element in bundle.diagram.elements if bundle.diagram else ():
        if call := element.operation:
            operator = operators.get(call.id)
            schema = operator.result if operator else OF_THE_ENGINE.get(call.id)
            yield from _kept(bundle, element, call.result_variable, shape_of(schema or {}), lang)


def repeated(bundle: Bundle, lang: Lang) -> Iterator[tuple[str, Made]]:
    """The names under which a bundle gathers what is done once for each of several things."""
    for element in bundle.diagram.elements if bundle.diagram else ():
        if element.multi_instance and element.multi_instance.output:
            yield element.multi_instance.output, Made(bundle.translate(element.label, lang), shape_of({}))


def decided(bundle: Bundle, tables: Mapping[str, Shape], lang: Lang) -> Iterator[tuple[str, Made]]:
    """The names under which the tasks of a bundle keep what some tables say."""
    for element in bundle.diagram.elements if bundle.diagram else ():
        if shape := tables.get(element.called_decision or ""):
            yield from _kept(bundle, element, element.properties.get(RESULT, "").strip(), shape, lang)


def _kept(bundle: Bundle, element: Element, under: str | None, shape: Shape, lang: Lang) -> Iterator[tuple[str, Made]]:
    if under:
        yield under, Made(bundle.translate(element.label, lang), shape)
        return
    for part in shape.parts:
        yield part.key, Made(named.label(part, lang), part)


def called(bundle: Bundle) -> set[str]:
    """The decisions and processes that a bundle calls and does not hold."""
    elements = bundle.diagram.elements if bundle.diagram else ()
    keys = {key for one in elements for key in (one.called_decision, one.called_process) if key}
    return keys - tables_of(bundle).keys()


@lru_cache(KEPT)
def tables_of(bundle: Bundle) -> Mapping[str, Shape]:
    """What each decision table of a bundle says, column by column."""
    found = {}
    for path, body in bundle.files.items():
        if path.endswith(".dmn"):
            for decision in parse_xml(body).iter("{*}decision"):
                columns = [column for table in decision.iter("{*}decisionTable") for column in table.iter("{*}output")]
                labels = {str(one.get("name") or ""): str(one.get("label") or "") for one in columns}
                parts = {name: _column(bundle, label) for name, label in labels.items() if name}
                found[str(decision.get("id"))] = forms.shape({"properties": parts})
    return found


def _column(bundle: Bundle, label: str) -> Mapping[str, Any]:
    """A column of results as a field of a form; one without a label is called by its name."""
    translated = {lang: {"title": bundle.translate(label, lang)} for lang in LANGUAGES}
    return {"title": label, "x-i18n": translated} if label else {}


def shape_of(schema: Mapping[str, Any]) -> Shape:
    """The shape of a whole answer, which may be a list or a single value."""
    return forms.shape({"properties": {"answer": schema}}).parts[0]


def titles_in(made: Mapping[str, Made], lang: Lang) -> dict[str, str]:
    """What each name is called that some values have, or that stands inside of them; the first counts."""
    found: dict[str, str] = {}
    for name, one in made.items():
        found.setdefault(name, one.label)
        for inner, title in _titles(one.shape, lang):
            found.setdefault(inner, title)
    return found


def _titles(shape: Shape, lang: Lang) -> Iterator[tuple[str, str]]:
    for part in shape.parts:
        if title := named.text(part.schema, "title", lang):
            yield part.key, title
        yield from _titles(part, lang)
    if shape.item is not None:
        yield from _titles(shape.item, lang)
