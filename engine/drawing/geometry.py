"""Boxes, points and the lines between them; plain numbers in the diagram's own pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

FARTHEST = 1_000_000.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def cx(self) -> float:
        """The middle, across."""
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        """The middle, down."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> Box:
        """The same box elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)


def around(boxes: Iterable[Box], margin: float = 0) -> Box:
    """The box around boxes, with a margin."""
    kept = list(boxes)
    if not kept:
        return Box(0, 0, 2 * margin, 2 * margin)
    left, top = min(box.x for box in kept), min(box.y for box in kept)
    right, bottom = max(box.right for box in kept), max(box.bottom for box in kept)
    return Box(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)


def number(text: str | None) -> float | None:
    """A coordinate, or None for what is none or lies out of this world."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) <= FARTHEST else None


def short(value: float) -> str:
    """A number for an attribute, to a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def toward(start: Point, end: Point, distance: float) -> Point:
    """The point at a distance from `start` on the way to `end`."""
    length = math.dist(start, end) or 1
    share = distance / length
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def polyline(points: Sequence[Point], radius: float = 6) -> str:
    """The path data of a line with rounded corners."""
    parts = [f"M{pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        entry, leave = toward(corner, before, reach), toward(corner, after, reach)
        parts.append(f"L{pair(entry)}Q{pair(corner)} {pair(leave)}")
    return "".join([*parts, f"L{pair(points[-1])}"])


def pair(point: Point) -> str:
    """A point in path data."""
    return f"{short(point[0])} {short(point[1])}"


def arrow(points: Sequence[Point], length: float = 9, width: float = 4) -> list[Point]:
    """The corners of an arrow head at the end of a line: one wing, the tip, the other wing."""
    tip = points[-1]
    before = next((point for point in reversed(points[:-1]) if point != tip), (tip[0] - 1, tip[1]))
    foot = toward(tip, before, length)
    across = ((before[1] - tip[1]), (tip[0] - before[0]))
    size = math.hypot(*across) or 1
    dx, dy = across[0] / size * width, across[1] / size * width
    return [(foot[0] + dx, foot[1] + dy), tip, (foot[0] - dx, foot[1] - dy)]


def roomy_leg(points: Sequence[Point], room: float = 40) -> tuple[Point, Point]:
    """The straight part of a line where a label has room: the last level one, else the longest."""
    legs = list(pairwise(points))
    level = [leg for leg in legs if abs(leg[0][1] - leg[1][1]) < 1 and math.dist(*leg) >= room]
    return level[-1] if level else max(legs, key=lambda leg: math.dist(*leg))
