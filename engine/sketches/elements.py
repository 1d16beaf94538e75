"""The parts of a diagram that two people can change apart: each element with an id, with where it is drawn.

What follows from others (which flows come in and go out, which elements a lane lists) belongs to no part: it is worked
out again when parts are put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..errors import MalformedXml
from ..xml import parse_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CONTAINERS = frozenset(
    f"{{{BPMN}}}{tag}"
    for tag in ("definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration")
)
DERIVED = frozenset(f"{{{BPMN}}}{tag}" for tag in ("incoming", "outgoing", "flowNodeRef"))
FLOW, LANE, REF = f"{{{BPMN}}}sequenceFlow", f"{{{BPMN}}}lane", f"{{{BPMN}}}flowNodeRef"
DRAWN = (f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")
PLANE, PICTURE = f"{{{DI}}}BPMNPlane", f"{{{DI}}}BPMNDiagram"


class Inseparable(ValueError):
    """A diagram cannot be taken apart: it cannot be read, or an id in it is not unique."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One part of a diagram; `said` is equal where two are the same, however their files are written."""

    id: str
    element: etree._Element
    parent: str  # the id of what it lies in; empty for what lies in the file itself
    lanes: tuple[str, ...]
    drawn: tuple[etree._Element, ...]
    said: Any


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A diagram, taken apart."""

    root: etree._Element
    units: dict[str, Unit]


def read_parts(body: bytes) -> Parts:
    """Take a diagram apart; Inseparable where that cannot be done."""
    try:
        root = parse_xml(body)
    except MalformedXml as error:
        raise Inseparable(str(error)) from None
    if root.tag != f"{{{BPMN}}}definitions":
        raise Inseparable("no definitions")
    ids = [one.get("id") for one in root.iter(f"{{{BPMN}}}*", f"{{{DI}}}*") if one.get("id")]
    if len(ids) != len(set(ids)):
        raise Inseparable("an id is not unique")
    return Parts(root=root, units=_units(root))


def _units(root: etree._Element) -> dict[str, Unit]:
    drawn: dict[str, list[etree._Element]] = {}
    for one in root.iter(*DRAWN):
        drawn.setdefault(one.get("bpmnElement", ""), []).append(one)
    lanes: dict[str, list[str]] = {}
    for lane in root.iter(LANE):
        for ref in lane.iterfind(REF):
            lanes.setdefault((ref.text or "").strip(), []).append(lane.get("id", ""))
    found = {}
    for element in parts_in(root):
        id = element.get("id", "")
        parent = element.getparent()
        inside = parent.get("id", "") if parent is not None and parent is not root else ""
        at, shown = tuple(lanes.get(id, ())), tuple(one for mine in own_ids(element) for one in drawn.get(mine, ()))
        said = (inside, at, meant(element), tuple(map(meant, shown)))
        found[id] = Unit(id=id, element=element, parent=inside, lanes=at, drawn=shown, said=said)
    return found


def parts_in(holder: etree._Element) -> Iterator[etree._Element]:
    """The elements below a container that are parts, those inside of others too, in the order of the file."""
    for child in holder:
        if is_part(child):
            yield child
            if child.tag in CONTAINERS:
                yield from parts_in(child)


def is_part(element: etree._Element) -> bool:
    """Whether a child of a container is a part of its own."""
    return (
        isinstance(element.tag, str)
        and element.tag.startswith(f"{{{BPMN}}}")
        and bool(element.get("id"))
        and (parent := element.getparent()) is not None
        and parent.tag in CONTAINERS
    )


def own_ids(element: etree._Element) -> list[str]:
    """The id of a part and those within it that are no parts of their own, such as lanes."""
    found = [element.get("id", "")]
    for child in element.iterchildren(f"{{{BPMN}}}*"):
        if not is_part(child):
            found += own_ids(child)
    return [id for id in found if id]


def meant(element: etree._Element) -> Any:
    """What an element says, without its parts, what follows from others, and how the file is written."""
    given = {str(name): str(value) for name, value in element.attrib.items()}
    if TYPE in given:
        given[TYPE] = str(given[TYPE]).rpartition(":")[2]
    children = [
        child for child in element if isinstance(child.tag, str) and child.tag not in DERIVED and not is_part(child)
    ]
    text = (element.text or "").strip() if not children else ""
    return element.tag, tuple(sorted(given.items())), text, tuple(map(meant, children))
