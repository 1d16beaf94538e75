"""The lines of BPMN: sequence flows, message flows, associations, with their ends and their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from . import svg
from .facts import is_conditional, is_default
from .geometry import Box, arrow, pair, polyline, roomy_leg, toward
from .labels import BESIDE, SMALL, Label, aside, centred
from .plane import Edge
from .words import width_of, wrap

DASHES = {
    "messageFlow": "7 5",
    "association": "1 4",
    "dataInputAssociation": "1 4",
    "dataOutputAssociation": "1 4",
    "conversationLink": None,
}


def draw_edge(group: etree._Element, edge: Edge, ends: Mapping[str, etree._Element]) -> None:
    """Draw a line with what stands at its ends."""
    points = edge.points
    svg.path(group, polyline(points), "line", stroke_dasharray=DASHES.get(edge.kind))
    if edge.kind == "messageFlow":
        svg.polygon(group, arrow(points, 9, 5), "fill")
        svg.add(group, "circle", class_="fill", cx=points[0][0], cy=points[0][1], r=4)
    elif edge.kind in ("dataInputAssociation", "dataOutputAssociation"):
        open_arrow(group, edge)
    elif edge.kind == "association":
        direction = edge.element.get("associationDirection")
        if direction in ("One", "Both"):
            open_arrow(group, edge)
    elif edge.kind == "sequenceFlow":
        svg.polygon(group, arrow(points), "head")
        if is_default(edge.element, ends):
            slash(group, edge)
        elif is_conditional(edge.element, ends):
            diamond(group, edge)


def open_arrow(group: etree._Element, edge: Edge) -> None:
    """An arrow head of two strokes."""
    wing, tip, other = arrow(edge.points, 8, 5)
    svg.path(group, f"M{pair(wing)}L{pair(tip)}L{pair(other)}", "line")


def slash(group: etree._Element, edge: Edge) -> None:
    """The stroke across the beginning of a default flow."""
    start, end = edge.points[:2]
    first, second = toward(start, end, 8), toward(start, end, 14)
    dx, dy = (second[0] - first[0]) / 6, (second[1] - first[1]) / 6  # one pixel along the line
    left = (first[0] - dy * 5, first[1] + dx * 5)
    right = (second[0] + dy * 5, second[1] - dx * 5)
    svg.path(group, f"M{pair(left)}L{pair(right)}", "line")


def diamond(group: etree._Element, edge: Edge) -> None:
    """The diamond at the beginning of a flow with a condition."""
    start, end = edge.points[:2]
    middle, far = toward(start, end, 7), toward(start, end, 14)
    dx, dy = (far[0] - start[0]) / 14, (far[1] - start[1]) / 14
    wings = [(middle[0] - dy * 5, middle[1] + dx * 5), (middle[0] + dy * 5, middle[1] - dx * 5)]
    svg.polygon(group, [start, wings[0], far, wings[1]], "fill")


def edge_label(edge: Edge, labels: Callable[[str], str]) -> Label | None:
    """The name of a line: where the file puts it, else along a part that has room."""
    name = edge.element.get("name") or ""
    if not name.strip():
        return None
    words = labels(name)
    if edge.label is not None:
        return aside(words, edge.label)
    (x1, y1), (x2, y2) = roomy_leg(edge.points)
    lines = wrap(words, BESIDE, SMALL, 3)
    if abs(y1 - y2) < abs(x1 - x2):
        return centred(lines, (x1 + x2) / 2, min(y1, y2) - 4 - svg.height_of(lines, SMALL), SMALL, beside=True)
    room = Box((x1 + x2) / 2 + 6, (y1 + y2) / 2 - svg.height_of(lines, SMALL) / 2, 0, 0)
    width = max((width_of(line, SMALL) for line in lines), default=0)
    return centred(lines, room.x + width / 2, room.y, SMALL, beside=True)
