"""A plain picture for a file that brings none: from left to right, branches below each other, loops underneath.

It knows flow nodes and sequence flows; pools, lanes, data and notes are left out. Subprocesses are laid out inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from .facts import SUBPROCESSES, is_event, is_gateway
from .geometry import Box, Point, around
from .plane import BPMN, Edge, Plane, Shape, kind_of, title_of

GAP_X, GAP_Y, PADDING, HEAD = 84.0, 40.0, 24.0, 20.0
BEND = 18.0  # how far behind a column its flows change their level
ACTIVITIES = (*SUBPROCESSES, "callActivity", "task")


@dataclass(slots=True)
class Drawn:
    """Shapes and edges so far, where the origin is that of their scope."""

    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def extent(self) -> Box:
        """The box around everything."""
        points = [Box(x, y, 0, 0) for edge in self.edges for x, y in edge.points]
        return around([*(shape.box for shape in self.shapes), *points])

    def take(self, inner: Drawn, dx: float, dy: float) -> None:
        """Take another scope's picture in, moved."""
        for shape in inner.shapes:
            self.shapes.append(replaced(shape, shape.box.moved(dx, dy)))
        for edge in inner.edges:
            points = tuple((x + dx, y + dy) for x, y in edge.points)
            self.edges.append(Edge(id=edge.id, kind=edge.kind, element=edge.element, points=points))


def arrange(root: etree._Element) -> Plane:
    """The picture of a file: its processes below each other."""
    whole = Drawn()
    for process in root.iter(f"{{{BPMN}}}process"):
        drawn = scope(process)
        whole.take(drawn, 0, whole.extent().bottom + 2 * GAP_Y if whole.shapes else 0)
    return Plane(title=title_of(root), shapes=tuple(whole.shapes), edges=tuple(whole.edges))


def scope(holder: etree._Element) -> Drawn:
    """The picture of what lies directly in a process or subprocess."""
    nodes = {child.get("id", ""): child for child in holder if isinstance(child.tag, str) and is_node(child)}
    hosts = {name: node.get("attachedToRef", "") for name, node in nodes.items() if node.get("attachedToRef") in nodes}
    flows = [flow for flow in holder.iterfind(f"{{{BPMN}}}sequenceFlow") if {*ends_of(flow)} <= nodes.keys()]
    inner = {name: scope(node) for name, node in nodes.items() if kind_of(node) in SUBPROCESSES}
    inner = {name: drawn for name, drawn in inner.items() if drawn.shapes}
    ends = [(hosts.get(source, source), target) for source, target in map(ends_of, flows)]
    free = [name for name in nodes if name not in hosts]
    grid = Grid(free, ends)
    sizes = {name: size_of(node, inner.get(name)) for name, node in nodes.items()}
    boxes = grid.boxes({name: sizes[name] for name in free})
    attach(boxes, hosts, sizes)

    drawn = Drawn()
    for name, node in nodes.items():
        shape = Shape(id=name, kind=kind_of(node), element=node, box=boxes[name], expanded=name in inner)
        drawn.shapes.append(shape)
        if name in inner:
            extent = inner[name].extent()
            drawn.take(inner[name], boxes[name].x + PADDING - extent.x, boxes[name].y + PADDING + HEAD - extent.y)
    floor = drawn.extent().bottom
    for flow, (_, target) in zip(flows, ends, strict=True):
        source = flow.get("sourceRef", "")
        points = grid.route(source, hosts.get(source, source), target, boxes, floor)
        floor = max(floor, *(y for _, y in points))
        drawn.edges.append(Edge(id=flow.get("id", ""), kind="sequenceFlow", element=flow, points=points))
    return drawn


def ends_of(flow: etree._Element) -> tuple[str, str]:
    """Where a sequence flow comes from, and where it leads."""
    return flow.get("sourceRef", ""), flow.get("targetRef", "")


def is_node(element: etree._Element) -> bool:
    """Whether an element is a flow node of its scope."""
    kind = kind_of(element)
    known = is_event(kind) or is_gateway(kind) or kind in ACTIVITIES or kind.endswith("Task")
    return known and bool(element.get("id"))


def size_of(node: etree._Element, inner: Drawn | None) -> tuple[float, float]:
    """How wide and high a node is."""
    kind = kind_of(node)
    if inner is not None:
        extent = inner.extent()
        return extent.width + 2 * PADDING, extent.height + 2 * PADDING + HEAD
    return (36, 36) if is_event(kind) else (50, 50) if is_gateway(kind) else (100, 80)


def replaced(shape: Shape, box: Box) -> Shape:
    """The shape in another box."""
    return Shape(id=shape.id, kind=shape.kind, element=shape.element, box=box, expanded=shape.expanded)


def attach(boxes: dict[str, Box], hosts: Mapping[str, str], sizes: Mapping[str, tuple[float, float]]) -> None:
    """Put boundary events on the lower edges of their hosts, from right to left."""
    taken: dict[str, int] = {}
    for name, host in hosts.items():
        place = taken[host] = taken.get(host, 0) + 1
        box, (width, height) = boxes.get(host, Box(0, 0, 100, 80)), sizes[name]
        boxes[name] = Box(box.right - place * (width + 28) + 20, box.bottom - height / 2, width, height)


class Grid:
    """Nodes in columns and rows; a flow over several columns keeps a row free in each."""

    def __init__(self, nodes: Sequence[str], flows: Sequence[tuple[str, str]]) -> None:
        self._after: dict[str, list[str]] = {name: [] for name in nodes}
        for source, target in flows:
            if source in self._after and target in self._after and source != target:
                self._after[source].append(target)
        self._back: set[tuple[str, str]] = set()
        self._column = self._columns(nodes)
        self._row: dict[str, int] = {}
        self._lanes: dict[tuple[str, str], dict[int, int]] = {}  # the row of a long flow in each column it passes
        self._rows(nodes)
        self._left: dict[int, float] = {}
        self._middle: dict[int, float] = {}

    def _columns(self, nodes: Sequence[str]) -> dict[str, int]:
        """Each node right of all its predecessors, but for flows that lead back."""
        order = self._order(nodes)
        column = dict.fromkeys(nodes, 0)
        for name in reversed(order):
            for target in self._after[name]:
                if (name, target) not in self._back:
                    column[target] = max(column[target], column[name] + 1)
        return column

    def _order(self, nodes: Sequence[str]) -> list[str]:
        """The nodes, the last ones first; on the way, the flows that lead back are found."""
        entered: set[str] = set()
        done: list[str] = []
        left: set[str] = set()
        targets = {target for after in self._after.values() for target in after}
        for root in sorted(nodes, key=lambda name: name in targets):
            stack = [(root, iter(self._after[root]))] if root not in entered else []
            entered.add(root)
            while stack:
                name, rest = stack[-1]
                target = next(rest, None)
                if target is None:
                    stack.pop()
                    left.add(name)
                    done.append(name)
                elif target not in entered:
                    entered.add(target)
                    stack.append((target, iter(self._after[target])))
                elif target not in left:
                    self._back.add((name, target))
        return done

    def _rows(self, nodes: Sequence[str]) -> None:
        """A row for each node: that of its first predecessor if it is free, else the next below."""
        taken: dict[tuple[int, int], int] = {}
        wish: dict[str, int] = {}
        for name in sorted(nodes, key=lambda name: self._column[name]):
            row = self._free(taken, self._column[name], wish.get(name, 0))
            self._row[name] = row
            for target in dict.fromkeys(self._after[name]):
                if (name, target) in self._back:
                    continue
                passed = range(self._column[name] + 1, self._column[target])
                lanes = self._lanes[name, target] = {}
                for column in passed:
                    lanes[column] = row = self._free(taken, column, row)
                wish.setdefault(target, row)

    @staticmethod
    def _free(taken: dict[tuple[int, int], int], column: int, row: int) -> int:
        """The first free row from `row` on, now taken; what is taken says where to go on looking."""
        passed = []
        while (column, row) in taken:
            passed.append(row)
            row = taken[column, row]
        taken.update(((column, before), row + 1) for before in (*passed, row))
        return row

    def boxes(self, sizes: Mapping[str, tuple[float, float]]) -> dict[str, Box]:
        """Where every node stands; columns are as wide and rows as high as what is in them."""
        widths: dict[int, float] = {}
        heights: dict[int, float] = {}
        for name, (width, height) in sizes.items():
            column, row = self._column[name], self._row[name]
            widths[column] = max(widths.get(column, 0), width)
            heights[row] = max(heights.get(row, 0), height)
        for lanes in self._lanes.values():
            for row in lanes.values():
                heights.setdefault(row, 20)
        x = y = 0.0
        for column in range(len(widths) + 1):
            self._left[column] = x
            x += widths.get(column, 0) + GAP_X
        for row in sorted(heights):
            self._middle[row] = y + heights[row] / 2
            y += heights[row] + GAP_Y
        found = {}
        for name, (width, height) in sizes.items():
            column = self._column[name]
            middle = self._left[column] + widths[column] / 2
            found[name] = Box(middle - width / 2, self._middle[self._row[name]] - height / 2, width, height)
        return found

    def route(self, source: str, host: str, target: str, boxes: Mapping[str, Box], floor: float) -> tuple[Point, ...]:
        """The line of a flow; one that leads back, or to itself, goes underneath everything."""
        start, end = boxes[source], boxes[target]
        points: list[Point] = [(start.right, start.cy) if source == host else (start.cx, start.bottom)]
        if (host, target) in self._back or host == target:
            self._bend(points, self._left[self._column[host] + 1], floor + 18)
            self._bend(points, self._left[self._column[target]], end.cy)
            return (*points, (end.x, end.cy))
        for column, row in self._lanes.get((host, target), {}).items():
            self._bend(points, self._left[column], self._middle[row])
        self._bend(points, self._left[self._column[target]], end.cy)
        points.append((end.x, end.cy))
        return tuple(points)

    @staticmethod
    def _bend(points: list[Point], left: float, level: float) -> None:
        """Change the level in the gap before a column."""
        if abs(points[-1][1] - level) > 0.5:
            gap = left - GAP_X + BEND
            points += [(gap, points[-1][1]), (gap, level)]
