"""What a bundle means, apart from how it is written and drawn: two bundles of one meaning are one version.

Left out are the places of shapes and lines, blanks, comments, prefixes, the order of attributes and of what is found
by name, values that are the default anyway, and ids that nothing refers to. Kept is all that changes what runs or what
people read; where that is not certain, it is kept. Scenarios are kept: who approves a version relies on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from .canonical import canonical, digest, normal, read_file
from .errors import MalformedXml
from .xml import parse_xml

DRAWN = (  # of these namespaces, what is only about the picture
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DMN/20151101/DMNDI",
    "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "https://www.omg.org/spec/DMN/20180521/DMNDI/",
    "http://bpmn.io/schema/dmn/biodi/1.0",
    "http://bpmn.io/schema/dmn/biodi/2.0",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
)
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
LINKS = frozenset({"incoming", "outgoing"})  # each flow says the same
BY_NAME = frozenset({"properties", "taskMetadataValues", "parameters", "definitions", "collaboration"})
SETS = frozenset({"lane"})  # of references
ARTIFACTS = frozenset({"association", "group", "textAnnotation"})
UNCALLED = frozenset(  # nothing refers to one of these by its id
    {
        "definitions",
        "documentation",
        "extensionElements",
        "conditionExpression",
        "completionCondition",
        "loopCardinality",
        "multiInstanceLoopCharacteristics",
        "timeDuration",
        "timeDate",
        "timeCycle",
        "inputExpression",
        "inputEntry",
        "outputEntry",
        "inputValues",
        "outputValues",
        "decisionTable",
    }
)
USUAL = frozenset(
    {
        ("cancelActivity", "true"),
        ("completionQuantity", "1"),
        ("eventGatewayType", "Exclusive"),
        ("gatewayDirection", "Unspecified"),
        ("hitPolicy", "UNIQUE"),
        ("instantiate", "false"),
        ("isClosed", "false"),
        ("isCollection", "false"),
        ("isForCompensation", "false"),
        ("isInterrupting", "true"),
        ("isSequential", "false"),
        ("parallelMultiple", "false"),
        ("preferredOrientation", "Rule-as-Row"),
        ("processType", "None"),
        ("startQuantity", "1"),
        ("triggeredByEvent", "false"),
    }
)


def meaning(files: Mapping[str, bytes]) -> str:
    """The digest of what the files of a bundle mean."""
    return digest(canonical({path: meaning_of(path, body) for path, body in files.items()}))


def meaning_of(path: str, body: bytes) -> str:
    """The digest of what one file means; of what cannot be read, that of its bytes."""
    try:
        if path.endswith((".bpmn", ".dmn")):
            return digest(canonical(_element(parse_xml(body))))
        if path.endswith(".json"):
            found = read_file(body)
            return digest(canonical(normal(in_order(found) if path.startswith("forms/") else found)))
    except (MalformedXml, ValueError, TypeError, RecursionError):
        pass
    return digest(body)


def _element(node: etree._Element) -> list[Any]:
    """An element as plain data: its name, attributes, text and children."""
    name = etree.QName(node).localname
    attributes = {} if name == "definitions" else _attributes(node, name)
    inside = [child for child in node if isinstance(child.tag, str) and not _unsaid(child)]
    found = sorted(inside, key=lambda child: _rank(child, name))
    return [node.tag, attributes, (node.text or "").strip(), [_element(child) for child in found]]


def _attributes(node: etree._Element, name: str) -> dict[str, str]:
    given = {str(key): str(value) for key, value in node.attrib.items()}
    if TYPE in given:
        given[TYPE] = given[TYPE].rpartition(":")[2]
    nameless = name in UNCALLED or name.endswith("EventDefinition")
    return {
        key: value
        for key, value in given.items()
        if (key, value) not in USUAL and not _drawn(key) and not (nameless and key == "id")
    }


def _drawn(name: str) -> bool:
    return name.startswith("{") and name[1:].partition("}")[0] in DRAWN


def _unsaid(node: etree._Element) -> bool:
    """Whether an element says nothing: it draws, repeats a flow, or is an empty holder."""
    name = etree.QName(node).localname
    empty = name in ("extensionElements", "properties", "taskMetadataValues", "parameters")
    return _drawn(str(node.tag)) or name in LINKS or (empty and all(map(_unsaid, node.iterchildren("*"))))


def _rank(node: etree._Element, parent: str) -> tuple[str, str]:
    """What stands before what: by kind where order means nothing, but nodes and flows of a process as in the file."""
    name = etree.QName(node).localname
    if parent in BY_NAME or name in ARTIFACTS:
        return str(node.tag), node.get("id") or node.get("name") or ""
    if parent in SETS:
        return str(node.tag), (node.text or "").strip()
    if parent in ("process", "subProcess") and name not in ("documentation", "extensionElements", "laneSet"):
        return "~flow" if name == "sequenceFlow" else "~node", ""
    return str(node.tag), ""


def in_order(schema: Any) -> Any:
    """A form as plain data in which the order of fields counts, unless the form names an order itself."""
    if isinstance(schema, list):
        return [in_order(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {name: in_order(one) for name, one in schema.items()}
    fields = found.get("properties")
    if isinstance(fields, dict) and not set(fields) <= set(map(str, schema.get("x-order") or ())):
        found["properties"] = [[name, one] for name, one in fields.items()]
    return found
