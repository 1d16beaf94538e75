"""Lines of charts as SVG paths. The numbers beside them are HTML, so that they are readable at any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 600, 200
ROOM = Decimal("0.08")  # of the height, above the highest and below the lowest value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through some values with the area under it, and what stands at the top, middle and foot of its scale."""

    path: str
    area: str
    scale: tuple[Decimal, Decimal, Decimal]
    width: int = WIDTH
    height: int = HEIGHT


def line(values: Sequence[tuple[int, Decimal]]) -> Line:
    """The line through values at places (days, say) in their order."""
    first, last = values[0][0], values[-1][0]
    low, high = min(value for _, value in values), max(value for _, value in values)
    room = (high - low) * ROOM or Decimal(1)
    low, high = low - room, high + room
    points = [
        f"{(place - first) * WIDTH / max(last - first, 1):.1f} {(high - value) * HEIGHT / (high - low):.1f}"
        for place, value in values
    ]
    path = "M" + "L".join(points)
    area = f"{path}L{points[-1].split()[0]} {HEIGHT}L{points[0].split()[0]} {HEIGHT}Z"
    return Line(path=path, area=area, scale=(high, (high + low) / 2, low))
