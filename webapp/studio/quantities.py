"""Durations, shares and small curves as people read them: no more digits than are certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
WIDTH, HEIGHT, EDGE = 96, 28, 3  # of a small curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A small curve: the path of its line, of the area below it, and its last point."""

    line: str
    area: str
    x: float
    y: float


def lasted(milliseconds: float | None) -> str:
    """A duration in the unit that suits it: 40 s, 25 min, 31 h, 4.6 days; a dash where there is none."""
    if milliseconds is None:
        return "–"
    if milliseconds < MINUTE:
        return _("%(n)s s", n=two_digits(milliseconds / SECOND))
    if milliseconds < HOUR:
        return _("%(n)s min", n=two_digits(milliseconds / MINUTE))
    if milliseconds < 2 * DAY:
        return _("%(n)s h", n=two_digits(milliseconds / HOUR))
    return _("%(n)s days", n=two_digits(milliseconds / DAY))


def two_digits(value: float) -> str:
    """A number with as many digits as a value that is up to 5 % off deserves."""
    return f"{value:,.0f}" if value >= 9.95 or value == int(value) else f"{value:.1f}"


def percent(share: float | None) -> str:
    """A share of all: 91 %, and 0.4 % where that says more; a dash where there is nothing to be shared."""
    if share is None:
        return "–"
    value = share * 100
    places = 1 if 0 < value < 10 or 99 < value < 100 else 0
    return f"{value:.{places}f}\u2009%"


def part_of(count: int, n: int) -> float | None:
    """The share of a count; None of nothing."""
    return count / n if n else None


def spark(values: Sequence[float | None]) -> Spark | None:
    """The curve of some values in their order, gaps passed over; None where two are not there to be joined."""
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _n, value in known), max(value for _n, value in known)
    points = [
        (_scaled(number, 0, len(values) - 1, EDGE, WIDTH - EDGE), _scaled(value, high, low, EDGE, HEIGHT - EDGE))
        for number, value in known
    ]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    first, (x, y) = points[0][0], points[-1]
    return Spark(line=line, area=f"{line}L{x:.1f} {HEIGHT}L{first:.1f} {HEIGHT}z", x=round(x, 1), y=round(y, 1))


def _scaled(value: float, begin: float, end: float, first: float, last: float) -> float:
    """A value between two others, as far between two places; the middle where they are one."""
    share = (value - begin) / (end - begin) if end != begin else 0.5
    return first + share * (last - first)
