"""What a diagram says, apart from how its file is written; and so what one file says that another one does not.

Prefixes, the order of attributes, white space between elements, comments, the way a number is written and attributes
that say what holds anyway are how it is written. All else is said: every element, attribute, text and extension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from ..xml import parse_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
EXTENSIONS = "http://spiffworkflow.org/bpmn/schema/1.0/core"
KNOWN = frozenset({BPMN, BPMNDI, DC, DI, XSI, EXTENSIONS})
OWNERS = frozenset({BPMN, BPMNDI})  # what has an id of its own that is unique in the file
TOOL = frozenset({"exporter", "exporterVersion"})  # who wrote the file
SCHEMA = f"{{{XSI}}}schemaLocation"
TYPE = f"{{{XSI}}}type"
POINTS = frozenset({f"{{{DI}}}waypoint", f"{{{DC}}}Bounds"})  # of one type only, whether the file says it or not
NUMBERS = frozenset({"x", "y", "width", "height", "size", "resolution"})
DEFAULTS = frozenset(
    {
        ("associationDirection", "None"),
        ("cancelActivity", "true"),
        ("cancelRemainingInstances", "true"),
        ("completionQuantity", "1"),
        ("startQuantity", "1"),
        ("eventGatewayType", "Exclusive"),
        ("expressionLanguage", "http://www.w3.org/1999/XPath"),
        ("gatewayDirection", "Unspecified"),
        ("implementation", "##unspecified"),
        ("implementation", "##WebService"),
        ("instantiate", "false"),
        ("isClosed", "false"),
        ("isCollection", "false"),
        ("isForCompensation", "false"),
        ("isImmediate", "true"),
        ("isInterrupting", "true"),
        ("isReference", "false"),
        ("isSequential", "false"),
        ("isUnlimited", "true"),
        ("itemKind", "Information"),
        ("maximum", "1"),
        ("messageVisibleKind", "initiating"),
        ("minimum", "0"),
        ("mustUnderstand", "false"),
        ("ordering", "Parallel"),
        ("parallelMultiple", "false"),
        ("processType", "None"),
        ("structure", "xsd:string"),
        ("testBefore", "false"),
        ("triggeredByEvent", "false"),
        ("typeLanguage", "http://www.w3.org/2001/XMLSchema"),
        ("behavior", "All"),
        ("textFormat", "text/plain"),
    }
)


class Said(NamedTuple):
    """One thing that a file says: of which element, in what, and the whole of it."""

    of: str
    what: str
    whole: object
    foreign: bool


def lost(before: bytes | str, after: bytes | str) -> list[str]:
    """What the first file says and the second does not, in a few words each; MalformedXml where one cannot be read."""
    return _worded(_missing(before, after))


def lost_of_others(before: bytes | str, after: bytes | str) -> list[str]:
    """What the first file says in the words of other tools, on elements that are in both, and the second does not.

    Whoever edits a diagram here changes what is known here; the rest must come through whatever is changed.
    """
    there = {one.get("id") for one in parse_xml(after).iter() if isinstance(one.tag, str)}
    return _worded(one for one in _missing(before, after) if one.foreign and one.of in there)


def _missing(before: bytes | str, after: bytes | str) -> Iterator[Said]:
    kept = Counter(said(parse_xml(after)))
    for one in said(parse_xml(before)):
        if kept[one]:
            kept[one] -= 1
        else:
            yield one


def _worded(missing: Iterator[Said]) -> list[str]:
    return list(dict.fromkeys(f"{one.of}: {one.what}" if one.of else one.what for one in missing))


def said(root: etree._Element, of: str = "") -> Iterator[Said]:
    """All that an element and what is in it says."""
    of = root.get("id", of)
    for name, value in root.attrib.items():
        if (attribute := _attribute(str(name), str(value), root)) is not None:
            yield Said(of, plain(str(name)), (plain(str(root.tag)), attribute), _foreign(str(name)))
    if text := _text(root):
        yield Said(of, plain(str(root.tag)), text, False)
    for child in root:
        if not isinstance(child.tag, str):
            continue
        if child.get("id") and etree.QName(child).namespace in OWNERS and not _expression(child):
            yield Said(of, f"{plain(child.tag)} {child.get('id')}", child.tag, False)
            yield from said(child, of)
        else:
            yield from _within(child, of)


def _within(child: etree._Element, of: str) -> Iterator[Said]:
    """What an element without an id of its own says: extensions one by one, anything else as a whole."""
    if plain(str(child.tag)) == "extensionElements":
        for inner in child:
            if isinstance(inner.tag, str):
                yield Said(of, plain(inner.tag), whole(inner), _any_foreign(inner))
        return
    if any(inner.get("id") and etree.QName(inner).namespace in OWNERS for inner in child if isinstance(inner.tag, str)):
        yield from said(child, of)
    else:
        value = whole(child)
        yield Said(of, plain(value[0]), value, _any_foreign(child))


def whole(element: etree._Element) -> tuple[str, object, str, object]:
    """An element as a value: equal for two that say the same."""
    said_by = (_attribute(str(name), str(value), element) for name, value in element.attrib.items())
    given = [one for one in said_by if one]
    children = [whole(child) for child in element if isinstance(child.tag, str)]
    tag = str(element.tag)
    if tag == f"{{{BPMN}}}formalExpression":  # it may stand as an expression of that type
        tag, given = f"{{{BPMN}}}expression", [*given, (TYPE, f"{{{BPMN}}}tFormalExpression")]
    return tag, tuple(sorted(set(given))), _text(element), tuple(children)


def _expression(element: etree._Element) -> bool:
    """Whether an element is an expression, whose id nothing refers to."""
    return element.get(TYPE) is not None and not len(element)


def _attribute(name: str, value: str, element: etree._Element) -> tuple[str, str] | None:
    """An attribute as it is compared; None for one that says nothing."""
    if name in TOOL or name == SCHEMA or (name, value) in DEFAULTS:
        return None
    if name == TYPE and element.tag in POINTS:
        return None
    if name == TYPE:
        prefix, _, local = value.rpartition(":")
        return name, f"{{{element.nsmap.get(prefix or None, '')}}}{local}"
    if name in NUMBERS:
        try:
            return name, f"{float(value):g}"
        except ValueError:
            pass
    own = f"{{{etree.QName(element).namespace}}}"  # that of its element, which may be left out
    return name.removeprefix(own), value.replace("\r\n", "\n")


def _text(element: etree._Element) -> str:
    """The text of an element; white space around others is how it is written."""
    return (element.text or "").strip() if not any(isinstance(child.tag, str) for child in element) else ""


def plain(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def _foreign(name: str) -> bool:
    return name.startswith("{") and etree.QName(name).namespace not in KNOWN


def _any_foreign(element: etree._Element) -> bool:
    return any(
        _foreign(str(one.tag)) or any(_foreign(str(name)) for name in one.attrib)
        for one in element.iter()
        if isinstance(one.tag, str)
    )
