"""Writes pictures into the diagram interchange of a file; shapes that are there move, and keep what else they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from lxml import etree

from ..geometry import Box, Point
from ..plane import BPMNDI, DC, DI, by_id, kind_of
from .pools import Picture

T = TypeVar("T")
MARKED = ("exclusiveGateway",)
PREFIXES = {"bpmndi": BPMNDI, "dc": DC, "di": DI}


class Writer:
    """Writes into one file."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.elements = by_id(root)
        self.planes = {one.get("bpmnElement", ""): one for one in root.iter(f"{{{BPMNDI}}}BPMNPlane")}
        self.ids = {str(one.get("id")) for one in root.iter() if isinstance(one.tag, str) and one.get("id")}

    def write(self, picture: Picture) -> None:
        """Write one picture; an empty one is not drawn."""
        layout = picture.layout
        if not layout.boxes and not layout.frames:
            return
        plane = self.plane(picture.of)
        self.known = {one.get("bpmnElement", ""): one for one in plane if isinstance(one.tag, str)}
        self.take_from_others(plane, {*layout.boxes, *layout.frames, *layout.points})
        boxes = self.named({**layout.frames, **layout.boxes})
        for id, box in {**_pools(boxes, self.elements), **boxes}.items():
            self.shape(plane, id, box, layout.names.get(id), picture)
        for id, points in self.named(layout.points).items():
            self.edge(plane, id, points, layout.names.get(id))

    def named(self, found: Mapping[str, T]) -> dict[str, T]:
        """Those that have an id: what has none cannot be drawn."""
        return {id: one for id, one in found.items() if id in self.elements}

    def plane(self, of: str) -> etree._Element:
        """The plane of a picture; the first one of a file may say wrongly of what it is."""
        if of in self.planes:
            return self.planes[of]
        diagram = etree.SubElement(self.root, f"{{{BPMNDI}}}BPMNDiagram", nsmap=PREFIXES)
        diagram.set("id", self.fresh(f"{of}_diagram"))
        plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane")
        plane.set("id", self.fresh(f"{of}_plane"))
        plane.set("bpmnElement", of)
        self.planes[of] = plane
        return plane

    def take_from_others(self, plane: etree._Element, ids: set[str]) -> None:
        """Move what was drawn on another plane to its own."""
        for other in self.planes.values():
            if other is not plane:
                for one in [one for one in other if isinstance(one.tag, str) and one.get("bpmnElement") in ids]:
                    if one.get("bpmnElement") not in self.known:
                        self.known[str(one.get("bpmnElement"))] = one
                        plane.append(one)
                    else:
                        other.remove(one)

    def shape(self, plane: etree._Element, id: str, box: Box, name: Box | None, picture: Picture) -> None:
        """Draw one shape."""
        made = self.drawn(plane, id, "BPMNShape")
        kind = kind_of(self.elements[id])
        if id in picture.folded:
            made.set("isExpanded", "false")
        elif kind in ("subProcess", "transaction", "adHocSubProcess") and box.width > 100:
            made.set("isExpanded", "true")
        if kind in ("participant", "lane"):
            made.set("isHorizontal", "true")
        if kind in MARKED:
            made.set("isMarkerVisible", "true")
        bounds = made.find(f"{{{DC}}}Bounds")
        if bounds is None:
            bounds = etree.Element(f"{{{DC}}}Bounds", nsmap=PREFIXES)
            made.insert(0, bounds)
        _bound(bounds, box)
        self.label(made, name)

    def edge(self, plane: etree._Element, id: str, points: list[Point], name: Box | None) -> None:
        """Draw one line."""
        made = self.drawn(plane, id, "BPMNEdge")
        for old in made.findall(f"{{{DI}}}waypoint"):
            made.remove(old)
        for number, (x, y) in enumerate(points):
            point = etree.Element(f"{{{DI}}}waypoint", nsmap=PREFIXES)
            point.set("x", str(round(x)))
            point.set("y", str(round(y)))
            made.insert(number, point)
        self.label(made, name)

    def drawn(self, plane: etree._Element, id: str, tag: str) -> etree._Element:
        """What draws an element on a plane; it is made where there is none."""
        if id not in self.known:
            made = etree.SubElement(plane, f"{{{BPMNDI}}}{tag}")
            made.set("id", self.fresh(f"{id}_di"))
            made.set("bpmnElement", id)
            self.known[id] = made
        return self.known[id]

    def label(self, made: etree._Element, name: Box | None) -> None:
        """Say where a name stands; without a place it is where the editor puts it."""
        label = made.find(f"{{{BPMNDI}}}BPMNLabel")
        if label is not None:
            for bounds in label.findall(f"{{{DC}}}Bounds"):
                label.remove(bounds)
        if name is None:
            return
        if label is None:
            label = etree.SubElement(made, f"{{{BPMNDI}}}BPMNLabel")
        bounds = etree.Element(f"{{{DC}}}Bounds", nsmap=PREFIXES)
        _bound(bounds, name)
        label.insert(0, bounds)

    def fresh(self, wanted: str) -> str:
        """An id that nothing has."""
        found, number = wanted, 1
        while found in self.ids:
            number += 1
            found = f"{wanted}_{number}"
        self.ids.add(found)
        return found


def _pools(boxes: dict[str, Box], elements: dict[str, etree._Element]) -> dict[str, Box]:
    """The pools among some boxes: lanes and nodes lie on them, so they come first."""
    return {id: box for id, box in boxes.items() if kind_of(elements[id]) == "participant"}


def _bound(bounds: etree._Element, box: Box) -> None:
    for name, value in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height)):
        bounds.set(name, str(round(value)))
