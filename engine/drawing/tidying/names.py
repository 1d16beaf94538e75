"""A place for every name beside a shape or on a flow: where it covers nothing first, the usual place second."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from ..facts import is_gateway
from ..geometry import Box, Point
from .measuring import Layout
from .reading import Flow, Node, Scope, label_size

NEAR = 4.0
SQUARE = 400.0  # of the grid by which it is found what is near
MOST = 5_000  # flows of a picture; with more, names stay where an editor puts them


def place_names(scope: Scope, layout: Layout) -> None:
    """Place the names of events, gateways and flows of a scope, and of those inside."""
    scopes = list(_open(scope))
    if sum(len(one.flows) for one in scopes) > MOST:
        return
    names = _Names(layout, [flow for one in scopes for flow in one.flows])
    for one in scopes:
        for node in sorted(one.nodes.values(), key=lambda node: not node.host):
            if node.beside[0]:
                layout.names[node.id] = names.best(_beside(node, layout.boxes[node.id]), node.beside)
    for one in scopes:
        for flow in sorted(one.flows, key=lambda flow: len(layout.points[flow.id])):
            if flow.name.strip():
                size = label_size(flow.name)
                layout.names[flow.id] = names.best(_along(flow, layout.points[flow.id], size), size)
    for node in [node for one in scopes for node in one.nodes.values() if node.inner and node.folded]:
        assert node.inner is not None
        place_names(node.inner, layout.inner[node.id])


def _open(scope: Scope) -> list[Scope]:
    inner = [one for node in scope.nodes.values() if node.inner and not node.folded for one in _open(node.inner)]
    return [scope, *inner]


class _Names:
    """What names must not cover."""

    def __init__(self, layout: Layout, flows: list[Flow]) -> None:
        self._there: dict[tuple[int, int], list[tuple[Box, int]]] = {}  # with its price, by the squares that it is in
        for leg in [leg for flow in flows for leg in pairwise(layout.points[flow.id])]:
            self._add(_line(leg), 1)
        large = [box for box in layout.boxes.values() if box.width > 100 or box.height > 80]
        for wall in [wall for box in (*layout.frames.values(), *large) for wall in _walls(box)]:
            self._add(wall, 3)
        for box in layout.boxes.values():
            if box.width <= 100 and box.height <= 80:
                self._add(box, 3)

    def best(self, corners: list[Point], size: tuple[float, float]) -> Box:
        """The cheapest of some places for a name of a size."""
        boxes = [Box(x, y, *size) for x, y in corners]
        found = min(range(len(boxes)), key=lambda number: self._price(boxes[number]) * 100 + number)
        self._add(boxes[found], 3)
        return boxes[found]

    def _add(self, box: Box, price: int) -> None:
        for square in _squares(box):
            self._there.setdefault(square, []).append((box, price))

    def _price(self, box: Box) -> int:
        near = {id(one): (one, price) for square in _squares(box) for one, price in self._there.get(square, ())}
        return sum(price for one, price in near.values() if _meets(box, one))


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    across, down = (
        (int(low // SQUARE), int(high // SQUARE)) for low, high in ((box.x, box.right), (box.y, box.bottom))
    )
    return product(range(across[0], across[1] + 1), range(down[0], down[1] + 1))


def _line(leg: tuple[Point, Point]) -> Box:
    """A part of a line, with the room that it needs."""
    (ax, ay), (bx, by) = leg
    return Box(min(ax, bx) - 2, min(ay, by) - 1, abs(ax - bx) + 4, abs(ay - by) + 2)


def _walls(box: Box) -> list[Box]:
    across = [Box(box.x, y - 1, box.width, 2) for y in (box.y, box.bottom)]
    return [*across, *(Box(x - 1, box.y, 2, box.height) for x in (box.x, box.right))]


def _meets(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def _beside(node: Node, box: Box) -> list[Point]:
    width, height = node.beside
    across = (box.cx - width / 2, box.right - 12, box.x + 12 - width)
    below = [(x, box.bottom + NEAR) for x in across]
    above = [(x, box.y - NEAR - height) for x in across]
    beside = [(box.right + NEAR, y) for y in (box.cy - height - 3, box.cy + 3)]
    if node.host:
        low = [(x, box.bottom - 12) for x in (box.x - width - 3, box.right + 3)]
        return [*low, *below, *beside]
    return above + below + beside if is_gateway(node.kind) else below + above + beside


def _along(flow: Flow, points: list[Point], size: tuple[float, float]) -> list[Point]:
    width, height = size
    level: list[Point] = []
    upright: list[Point] = []
    for (ax, ay), (bx, by) in pairwise(points):
        if ay == by:
            near, far = (ax + 10, bx - 12 - width) if bx > ax else (ax - 10 - width, bx + 12)
            level += [(x, y) for x in (near, far, (ax + bx - width) / 2) for y in (ay - height - 3, ay + 4)]
        else:
            y = by - 5 - height if by > ay else by + 5
            upright += [(x, y) for x in (ax + 6, ax - 6 - width)]
    return level + upright
