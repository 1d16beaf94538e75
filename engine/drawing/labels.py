"""The names of shapes: inside, beside or along them, broken into lines that fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from . import svg
from .facts import child, is_event, is_gateway, markers
from .geometry import Box, Point
from .icons import TASKS
from .plane import Shape
from .words import LEADING, width_of, wrap

SIZE = 12  # inside
SMALL = 11  # beside
SMALLEST = 10  # inside, where nothing larger fits
BESIDE = 92  # how wide a name may be where the file gives no room for it
NARROWEST = 56
BAND = 30  # the strip of a pool or lane that its name is turned into
OUTSIDE = ("dataObjectReference", "dataObject", "dataInput", "dataOutput", "dataStoreReference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Lines of text, where they begin, and the box that they fill."""

    lines: tuple[str, ...]
    x: float
    top: float
    size: float
    box: Box
    pivot: Point | None = None  # turned about it by a quarter, to be read from below
    anchor: str = "middle"
    beside: bool = False  # on a paper of its own, above whatever it meets

    def draw(self, group: etree._Element) -> None:
        """Write the lines."""
        at = (self.x, self.top, self.size)
        svg.text(
            group, self.lines, *at, classes="beside" if self.beside else None, pivot=self.pivot, anchor=self.anchor
        )


def shape_label(shape: Shape, labels: Callable[[str], str]) -> Label | None:
    """The name of a shape, where BPMN puts it."""
    name = text_of(shape)
    if not name.strip():
        return None
    words = labels(name)
    if shape.kind in ("participant", "lane"):
        return band(words, shape)
    if shape.kind == "textAnnotation":
        return annotation(words, shape.box)
    if shape.kind == "group":
        return aside(words, shape.label or Box(shape.box.x, shape.box.y + 4, shape.box.width, 0))
    if is_event(shape.kind) or is_gateway(shape.kind) or shape.kind in OUTSIDE:
        return aside(words, shape.label or Box(shape.box.cx - BESIDE / 2, shape.box.bottom + 5, BESIDE, 0))
    return inside(words, shape)


def text_of(shape: Shape) -> str:
    """What a shape is called; an annotation is its text, a group its category."""
    if shape.kind == "textAnnotation":
        content = child(shape.element, "text")
        return "" if content is None else "".join(content.itertext())
    return shape.element.get("name") or ""


def aside(words: str, room: Box) -> Label | None:
    """A name about the middle of its room, on paper of its own; the room's height is a wish only."""
    return centred(wrap(words, max(room.width + 8, NARROWEST), SMALL, 6), room.cx, room.y, SMALL, beside=True)


def centred(lines: list[str], x: float, top: float, size: float, *, beside: bool = False) -> Label | None:
    """Lines about a middle."""
    if not lines:
        return None
    width = max(width_of(line, size) for line in lines)
    box = Box(x - width / 2, top, width, svg.height_of(lines, size))
    return Label(lines=tuple(lines), x=x, top=top, size=size, box=box, beside=beside)


def inside(words: str, shape: Shape) -> Label | None:
    """A name in the middle of an activity, clear of its signs; at the top of one that shows what is in it."""
    box = shape.box
    if shape.expanded:
        return centred(wrap(words, box.width - 16, SIZE, 2), box.cx, box.y + 6, SIZE)
    foot = box.bottom - (20 if markers(shape.element, expanded=False) else 4)
    lines, size = fitted(words, max(box.width - 10, SIZE), foot - box.y - 4)
    height = svg.height_of(lines, size)
    head = box.y + (22 if shape.kind in TASKS and height < foot - box.y - 22 else 4)
    return centred(lines, box.cx, min(max(box.cy - height / 2, head), foot - height), size)


def fitted(words: str, width: float, height: float) -> tuple[list[str], float]:
    """The lines that fit into a room, in a smaller size if they must; what then has no room is cut."""
    for size in (SIZE, SMALL, SMALLEST):
        most = max(int(height / (size * LEADING)), 1)
        lines = wrap(words, width, size)
        if len(lines) <= most:
            return lines, size
    return wrap(words, width, SMALLEST, most), SMALLEST


def annotation(words: str, box: Box) -> Label | None:
    """The text of an annotation, from its bracket to the right."""
    lines = wrap(words, max(box.width - 8, SIZE), SIZE, max(int(box.height / (SIZE * LEADING)), 1))
    return Label(lines=tuple(lines), x=box.x + 6, top=box.y + 4, size=SIZE, box=box, anchor="start") if lines else None


def band(words: str, shape: Shape) -> Label | None:
    """The name of a pool or lane in the strip at its beginning; of a pool without a strip, in its middle."""
    box = shape.box
    if shape.kind == "participant" and not has_band(shape):
        lines = wrap(words, box.width - 20, SIZE, 3)
        return centred(lines, box.cx, box.cy - svg.height_of(lines, SIZE) / 2, SIZE)
    along = box.height if shape.horizontal else box.width
    lines = wrap(words, max(along - 12, SIZE), SIZE, 2)
    if not shape.horizontal:
        return centred(lines, box.cx, box.y + (BAND - svg.height_of(lines, SIZE)) / 2, SIZE)
    middle = box.x + BAND / 2
    top = box.cy - svg.height_of(lines, SIZE) / 2
    return Label(lines=tuple(lines), x=middle, top=top, size=SIZE, box=box, pivot=(middle, box.cy)) if lines else None


def has_band(shape: Shape) -> bool:
    """Whether a pool shows its process, so that its name must make room."""
    return shape.element.get("processRef") is not None and shape.expanded is not False
