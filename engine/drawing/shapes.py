"""The outlines of BPMN: activities, events, gateways, data, pools. What is unknown is a box."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from . import svg
from .facts import SUBPROCESSES, gateway_sign, interrupts, is_event, is_gateway, markers, throws, trigger
from .geometry import Box, short
from .icons import EVENTS, GATEWAYS, MARKERS, TASKS, THROWN, Stroke
from .labels import BAND, has_band
from .plane import Shape, kind_of

FRAMES = (*SUBPROCESSES, "callActivity")  # activities that may show what is in them
DASHED = "4 3"
DOTTED = "1 4"


def holds(shape: Shape) -> bool:
    """Whether other elements lie on a shape."""
    return shape.kind in ("participant", "lane") or (shape.expanded is True and shape.kind in FRAMES)


def draw_shape(group: etree._Element, shape: Shape, *, plain: bool = False) -> None:
    """Draw a shape without its name; `plain` leaves out the small signs, too."""
    if is_event(shape.kind):
        outline: Callable[[etree._Element, Shape, bool], None] = event
    elif is_gateway(shape.kind):
        outline = gateway
    else:
        outline = OUTLINES.get(shape.kind, activity)
    outline(group, shape, plain)


def event(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A ring, two for an event between, a thick one for an end, dashed for one that does not interrupt."""
    box, kind = shape.box, shape.kind
    dash = None if interrupts(shape.element) else DASHED
    radius = min(box.width, box.height) / 2
    ring(group, box, radius, "fill", stroke_width=3.6 if kind == "endEvent" else 1.5, stroke_dasharray=dash)
    if kind.startswith("intermediate") or kind == "boundaryEvent":
        ring(group, box, max(radius - 3, 1), "line", stroke_width=1.5, stroke_dasharray=dash)
    sign = trigger(shape.element)
    if sign and not plain:
        draw_sign(group, (THROWN if throws(kind) else EVENTS).get(sign, ()), box.cx, box.cy, radius / 18)


def ring(group: etree._Element, box: Box, radius: float, classes: str, **more: str | float | None) -> None:
    """A circle in the middle of a box."""
    svg.add(group, "circle", class_=classes, cx=box.cx, cy=box.cy, r=radius, **more)


def gateway(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A diamond with its sign."""
    box = shape.box
    corners = [(box.cx, box.y), (box.right, box.cy), (box.cx, box.bottom), (box.x, box.cy)]
    svg.polygon(group, corners, "fill", stroke_width=1.5)
    if not plain and (shape.marker or shape.kind != "exclusiveGateway"):
        draw_sign(group, GATEWAYS.get(gateway_sign(shape.element), ()), box.cx, box.cy, min(box.width, box.height) / 50)


def activity(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A rounded box: thick for a call, double for a transaction, dotted for a subprocess that an event starts."""
    box, kind = shape.box, shape.kind
    started_by_event = shape.element.get("triggeredByEvent") == "true"
    width, dash = 4.0 if kind == "callActivity" else 1.5, DOTTED if started_by_event else None
    paper = "line" if holds(shape) else "fill"  # a frame keeps the colour of its mark away from what is in it
    svg.rectangle(group, box, paper, 10, stroke_width=width, stroke_dasharray=dash)
    if kind == "transaction":
        svg.rectangle(group, Box(box.x + 3, box.y + 3, box.width - 6, box.height - 6), "line", 8)
    if plain:
        return
    draw_sign(group, TASKS.get(kind, ()), box.x + 14, box.y + 13)
    row = markers(shape.element, expanded=shape.expanded is True)
    for index, name in enumerate(row):
        draw_sign(group, MARKERS[name], box.cx + (index - (len(row) - 1) / 2) * 18, box.bottom - 11)


def pool(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A pool: a frame, and the strip for its name if it shows its process."""
    box = shape.box
    svg.rectangle(group, box, "line", stroke_width=1.5)
    if has_band(shape):
        divider = f"V{short(box.bottom)}" if shape.horizontal else f"H{short(box.right)}"
        start = (box.x + BAND, box.y) if shape.horizontal else (box.x, box.y + BAND)
        svg.path(group, f"M{short(start[0])} {short(start[1])}{divider}", "line", stroke_width=1.5)
    if any(kind_of(child) == "participantMultiplicity" for child in shape.element if isinstance(child.tag, str)):
        draw_sign(group, MARKERS["parallel"], box.cx, box.bottom - 11)


def lane(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A lane: a frame."""
    svg.rectangle(group, shape.box, "line", stroke_width=1)


def data(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A sheet with a folded corner; input and output carry an arrow."""
    box = shape.box
    fold = min(box.width, box.height) / 3
    x, y, right, bottom, corner = map(short, (box.x, box.y, box.right, box.bottom, box.right - fold))
    svg.path(group, f"M{x} {y}H{corner}L{right} {short(box.y + fold)}V{bottom}H{x}z", "fill", stroke_width=1.5)
    svg.path(group, f"M{corner} {y}V{short(box.y + fold)}H{right}", "line", stroke_width=1.2)
    if shape.kind in ("dataInput", "dataOutput"):
        arrow = [Stroke("M-6 -2H0V-6L6 0L0 6V2H-6z", "line" if shape.kind == "dataInput" else "solid")]
        draw_sign(group, arrow, box.x + 11, box.y + 11)


def store(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A drum."""
    box, lid = shape.box, min(shape.box.height / 6, 10)
    x, right, top, foot = short(box.x), short(box.right), short(box.y + lid), short(box.bottom - lid)
    arc = f"A{short(box.width / 2)} {short(lid)} 0 0"
    svg.path(group, f"M{x} {top}{arc} 1 {right} {top}V{foot}{arc} 1 {x} {foot}z", "fill", stroke_width=1.5)
    svg.path(group, f"M{x} {top}{arc} 0 {right} {top}", "line", stroke_width=1.5)


def annotation(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A bracket on the left."""
    box = shape.box
    edge = short(box.x + min(10, box.width))
    svg.path(group, f"M{edge} {short(box.y)}H{short(box.x)}V{short(box.bottom)}H{edge}", "line", stroke_width=1.5)


def grouping(group: etree._Element, shape: Shape, plain: bool) -> None:
    """A frame of dashes and dots around what belongs together."""
    svg.rectangle(group, shape.box, "line", 10, stroke_width=1.5, stroke_dasharray="8 4 1 4")


OUTLINES: dict[str, Callable[[etree._Element, Shape, bool], None]] = {
    "participant": pool,
    "lane": lane,
    "dataObject": data,
    "dataObjectReference": data,
    "dataInput": data,
    "dataOutput": data,
    "dataStore": store,
    "dataStoreReference": store,
    "textAnnotation": annotation,
    "group": grouping,
}


def draw_sign(group: etree._Element, strokes: Iterable[Stroke], x: float, y: float, scale: float = 1) -> None:
    """Put a small sign somewhere."""
    where = f"translate({short(x)} {short(y)})" + (f" scale({short(scale)})" if abs(scale - 1) > 0.01 else "")
    for stroke in strokes:
        svg.path(group, stroke.data, stroke.classes, transform=where, stroke_width=stroke.width)
