"""The pictures of a file: pools below each other, or a process by itself, and folded subprocesses for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..geometry import Box, Point, around
from .measuring import HEADER, Layout, lay_out
from .names import place_names
from .reading import Model, Scope

CORNER = (160.0, 80.0)
BETWEEN, CLOSED, LEAST = 60.0, 60.0, 600.0  # between pools; the height of a closed one, and its least width


@dataclass(frozen=True, slots=True)
class Picture:
    """One plane: what it is of, and where everything on it stands."""

    of: str
    layout: Layout
    folded: frozenset[str]


def pictures(model: Model) -> Iterator[Picture]:
    """All pictures of a file, the first one that of the collaboration or the process."""
    shown = {process for _, process in model.pools if model.collaboration}
    if model.collaboration:
        yield from _with_folded(model.collaboration, _pools(model), model)
    for id, scope in model.scopes.items():
        if id not in shown:
            whole = Layout()
            whole.take(_named(scope), *CORNER)
            yield from _with_folded(id, whole, model)


def _with_folded(of: str, layout: Layout, model: Model) -> Iterator[Picture]:
    _join(layout, model)
    yield Picture(of, layout, frozenset(layout.inner))
    for id, inner in layout.inner.items():
        moved = Layout()
        moved.take(inner, *CORNER)
        yield from _with_folded(id, moved, model)


def _named(scope: Scope) -> Layout:
    layout = lay_out(scope)
    place_names(scope, layout)
    return layout


def _pools(model: Model) -> Layout:
    """Pools below each other, all of one width."""
    whole = Layout()
    inside = {pool: _named(model.scopes[process]) for pool, process in model.pools if process in model.scopes}
    inside = {pool: layout for pool, layout in inside.items() if layout.boxes or layout.frames}
    width = max((layout.size[0] for layout in inside.values()), default=LEAST) + HEADER
    x, y = CORNER
    for pool, _ in model.pools:
        layout = inside.get(pool)
        height = layout.size[1] if layout else CLOSED
        whole.boxes[pool] = Box(x, y, width, height)
        if layout:
            stretched(layout, width - HEADER)
            whole.take(layout, x + HEADER, y)
        y += height + BETWEEN
    return whole


def stretched(layout: Layout, right: float) -> None:
    """Make lanes as wide as their pool."""
    layout.frames = {id: Box(box.x, box.y, right - box.x, box.height) for id, box in layout.frames.items()}


def _join(layout: Layout, model: Model) -> None:
    """Draw associations and message flows between what stands on a picture, and groups around theirs."""
    for scope in model.scopes.values():
        for group, nodes in scope.groups.items():
            inside = [layout.boxes[id] for id in nodes if id in layout.boxes]
            if inside:
                layout.boxes[group] = around(inside, 18)
    for line in model.lines:
        source, target = layout.boxes.get(line.source), layout.boxes.get(line.target)
        if source is not None and target is not None:
            layout.points[line.id] = _between(source, target)


def _between(source: Box, target: Box) -> list[Point]:
    """From one box to another by their upper and lower edges, or their sides where they stand side by side."""
    if source.bottom <= target.y or target.bottom <= source.y:
        start, end = (source.bottom, target.y) if source.bottom <= target.y else (source.y, target.bottom)
        x1, x2 = _across(source, target)
        if x1 == x2:
            return [(x1, start), (x2, end)]
        return [(x1, start), (x1, (start + end) / 2), (x2, (start + end) / 2), (x2, end)]
    x1, x2 = (source.right, target.x) if source.cx <= target.cx else (source.x, target.right)
    return [(x1, source.cy), (x2, target.cy)]


def _across(source: Box, target: Box) -> tuple[float, float]:
    """Where a line leaves one box and enters the other: straight down where a wide one lies below or above."""
    if target.x + 10 <= source.cx <= target.right - 10 and target.width > 200:
        return source.cx, source.cx
    if source.x + 10 <= target.cx <= source.right - 10 and source.width > 200:
        return target.cx, target.cx
    return source.cx, target.cx
