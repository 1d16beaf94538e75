"""A plane, drawn: what lies under what, the marks and counts, and how large the picture is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from . import shapes, svg
from .flows import draw_edge, edge_label
from .geometry import Box, around
from .labels import Label, shape_label
from .plane import Edge, Plane, Shape

MARGIN = 12
UNDER = {"participant": 0, "lane": 1}  # pools lie lowest, then lanes, then subprocesses that show what is in them


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How planes are to be drawn."""

    marks: Mapping[str, str]
    counts: Mapping[str, int]
    labels: Callable[[str], str]
    mini: bool

    def draw(self, plane: Plane) -> str:
        """The picture of a plane."""
        below = sorted((s for s in plane.shapes if shapes.holds(s)), key=lambda s: UNDER.get(s.kind, 2))
        above = sorted((s for s in plane.shapes if not shapes.holds(s)), key=lambda s: s.kind == "boundaryEvent")
        lines = sorted(plane.edges, key=lambda edge: edge.id in self.marks)
        named = {} if self.mini else self.words(plane)
        ends = {shape.id: shape.element for shape in plane.shapes}
        picture = svg.new(self.extent(plane, named), self.labels(plane.title), "bpmn mini" if self.mini else "bpmn")
        for shape in below:
            self.place(picture, shape, named)
        for edge in lines:
            draw_edge(self.group(picture, "flow", edge), edge, ends)
        for shape in above:
            self.place(picture, shape, named)
        everything: list[Shape | Edge] = [*plane.shapes, *lines]
        for drawn in everything:
            if (label := named.get(id(drawn))) and label.beside:
                label.draw(self.group(picture, "label", drawn))
        if self.mini:
            svg.hairlines(picture)
        return svg.written(picture)

    def words(self, plane: Plane) -> dict[int, Label]:
        """The labels of everything that has a name, by the identity of shape or edge."""
        shown = {id(shape): shape_label(shape, self.labels) for shape in plane.shapes}
        shown |= {id(edge): edge_label(edge, self.labels) for edge in plane.edges}
        return {key: label for key, label in shown.items() if label is not None}

    def extent(self, plane: Plane, named: Mapping[int, Label]) -> Box:
        """The part of the plane that the picture shows."""
        points = [Box(x, y, 0, 0) for edge in plane.edges for x, y in edge.points]
        return around([*(s.box for s in plane.shapes), *points, *(label.box for label in named.values())], MARGIN)

    def place(self, picture: etree._Element, shape: Shape, named: Mapping[int, Label]) -> None:
        """Draw one shape with its name and its count."""
        group = self.group(picture, "node", shape)
        shapes.draw_shape(group, shape, plain=self.mini)
        if (label := named.get(id(shape))) and not label.beside:
            label.draw(group)
        if (count := self.counts.get(shape.id)) and not self.mini:
            badge(group, shape.box, count)

    def group(self, picture: etree._Element, role: str, drawn: Shape | Edge) -> etree._Element:
        """The group of an element, with its kind and its marks as classes."""
        words = " ".join(filter(None, [role, drawn.kind, *self.marks.get(drawn.id, "").split()]))
        return svg.group(picture, words, drawn.id)


def badge(group: etree._Element, box: Box, count: int) -> None:
    """A number on the upper right corner."""
    digits = f"{count:,}".replace(",", "\u2009")
    width = 11 + 7 * len(digits)
    inner = svg.group(group, "count")
    svg.rectangle(inner, Box(box.right - width + 5, box.y - 9, width, 18), None, 9)
    svg.text(inner, [digits], box.right - width / 2 + 5, box.y - 6.5, 12)
