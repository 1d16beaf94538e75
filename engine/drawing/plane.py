"""The diagram interchange of a BPMN file: which element stands where. What it says wrongly is passed over.

A file may hold several planes (one per collapsed subprocess); the first is the picture of the process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from .geometry import Box, Point, around, number

if TYPE_CHECKING:
    from collections.abc import Iterator

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
BETWEEN = 60.0  # planes that are shown below each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An element with its box; `label` is where its name goes, if the file says so."""

    id: str
    kind: str
    element: etree._Element
    box: Box
    label: Box | None = None
    expanded: bool | None = None
    horizontal: bool = True
    marker: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A flow or association with the points of its line."""

    id: str
    kind: str
    element: etree._Element
    points: tuple[Point, ...]
    label: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One picture: its title, shapes and edges in the order of the file."""

    title: str
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


def read(root: etree._Element, of: str = "") -> Plane | None:
    """The plane of a collapsed subprocess, else the first that shows anything; None where there is no picture."""
    elements = by_id(root)
    for plane in root.iter(f"{{{BPMNDI}}}BPMNPlane"):
        if of and plane.get("bpmnElement") != of:
            continue
        shapes = tuple(shape for child in plane.iter(f"{{{BPMNDI}}}BPMNShape") if (shape := shape_of(child, elements)))
        edges = tuple(edge for child in plane.iter(f"{{{BPMNDI}}}BPMNEdge") if (edge := edge_of(child, elements)))
        if shapes:
            return Plane(title=title_of(root), shapes=shapes, edges=edges)
    return None


def read_all(root: etree._Element) -> Plane:
    """All planes below each other; without any, an empty one."""
    shapes: list[Shape] = []
    edges: list[Edge] = []
    for name in [one.get("bpmnElement", "") for one in root.iter(f"{{{BPMNDI}}}BPMNPlane")]:
        if plane := read(root, name):
            lower = around(shape.box for shape in shapes).bottom + BETWEEN if shapes else 0.0
            shapes += [
                replace(one, box=one.box.moved(0, lower), label=_lower(one.label, lower)) for one in plane.shapes
            ]
            for one in plane.edges:
                points = tuple((x, y + lower) for x, y in one.points)
                edges.append(replace(one, points=points, label=_lower(one.label, lower)))
    return Plane(title=title_of(root), shapes=tuple(shapes), edges=tuple(edges))


def _lower(label: Box | None, distance: float) -> Box | None:
    return label.moved(0, distance) if label else None


def by_id(root: etree._Element) -> dict[str, etree._Element]:
    """Every element of the model by its id; of two with the same id, the first."""
    found: dict[str, etree._Element] = {}
    for element in model(root):
        if name := element.get("id"):
            found.setdefault(name, element)
    return found


def model(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of the file that are not its picture."""
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).namespace != BPMNDI:
            yield from (element for element in child.iter() if isinstance(element.tag, str))


def kind_of(element: etree._Element) -> str:
    """What an element is: its name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def title_of(root: etree._Element) -> str:
    """What the picture shows: the name of the executable process, else of the first that has one."""
    processes = list(root.iter(f"{{{BPMN}}}process"))
    processes.sort(key=lambda process: process.get("isExecutable") != "true")
    return next((name for process in processes if (name := process.get("name") or process.get("id"))), "")


def shape_of(shape: etree._Element, elements: dict[str, etree._Element]) -> Shape | None:
    """A shape whose element and box are known."""
    element, box = elements.get(shape.get("bpmnElement", "")), box_of(shape.find(f"{{{DC}}}Bounds"))
    if element is None or box is None or box.width <= 0 or box.height <= 0:
        return None
    expanded = shape.get("isExpanded")
    return Shape(
        id=element.get("id", ""),
        kind=kind_of(element),
        element=element,
        box=box,
        label=label_of(shape),
        expanded=None if expanded is None else expanded == "true",
        horizontal=shape.get("isHorizontal") != "false",
        marker=shape.get("isMarkerVisible") != "false",
    )


def edge_of(edge: etree._Element, elements: dict[str, etree._Element]) -> Edge | None:
    """An edge whose element is known and whose line has two points."""
    element = elements.get(edge.get("bpmnElement", ""))
    points = tuple(
        (x, y)
        for point in edge.iterfind(f"{{{DI}}}waypoint")
        if (x := number(point.get("x"))) is not None and (y := number(point.get("y"))) is not None
    )
    if element is None or len(points) < 2:
        return None
    return Edge(id=element.get("id", ""), kind=kind_of(element), element=element, points=points, label=label_of(edge))


def label_of(holder: etree._Element) -> Box | None:
    """Where the file puts the name of a shape or an edge."""
    return box_of(holder.find(f"{{{BPMNDI}}}BPMNLabel/{{{DC}}}Bounds"))


def box_of(bounds: etree._Element | None) -> Box | None:
    """The box that bounds say, or None for bounds that say none."""
    if bounds is None:
        return None
    x, y, width, height = (number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None:
        return None
    return Box(x, y, width, height)
