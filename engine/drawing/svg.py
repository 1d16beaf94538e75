"""Elements of SVG, built with lxml so that nothing is ever forgotten to be escaped."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from .geometry import Box, Point, pair, short
from .words import LEADING, clean

NAMESPACE = "http://www.w3.org/2000/svg"


def new(view: Box, title: str, classes: str) -> etree._Element:
    """An empty picture of a part of the plane; the title is for those who cannot see it."""
    svg = etree.Element("svg", nsmap={None: NAMESPACE})
    for name, value in {
        "class": classes,
        "role": "img",
        "aria-label": clean(title),
        "viewBox": " ".join(map(short, (view.x, view.y, view.width, view.height))),
        "width": short(view.width),
        "height": short(view.height),
    }.items():
        svg.set(name, value)
    return svg


def add(parent: etree._Element, tag: str, /, **attributes: str | float | None) -> etree._Element:
    """Append an element; `class_` is its class, underscores stand for hyphens, None is left out."""
    child = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        if value is not None:
            child.set(name.rstrip("_").replace("_", "-"), value if isinstance(value, str) else short(value))
    return child


def group(parent: etree._Element, classes: str, id: str | None = None) -> etree._Element:
    """Append a group, with the id of the element that it draws."""
    return add(parent, "g", class_=classes, data_id=None if id is None else clean(id))


def rectangle(
    parent: etree._Element, box: Box, classes: str | None, radius: float | None = None, **more: str | float | None
) -> None:
    """Append a rectangle."""
    size = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    add(parent, "rect", class_=classes, **size, rx=radius, **more)


def path(parent: etree._Element, data: str, classes: str, **more: str | float | None) -> None:
    """Append a path."""
    add(parent, "path", class_=classes, d=data, **more)


def polygon(parent: etree._Element, points: Sequence[Point], classes: str, **more: str | float | None) -> None:
    """Append a closed shape."""
    corners = " ".join(pair(point).replace(" ", ",") for point in points)
    add(parent, "polygon", class_=classes, points=corners, **more)


def text(
    parent: etree._Element,
    lines: Sequence[str],
    x: float,
    top: float,
    size: float,
    *,
    classes: str | None = None,
    anchor: str = "middle",
    pivot: Point | None = None,
) -> None:
    """Append lines of text, the first just below `top`; all of it is turned to the left about a pivot."""
    turn = None if pivot is None else f"rotate(-90 {pair(pivot)})"
    block = add(parent, "text", class_=classes, font_size=size, text_anchor=anchor, transform=turn)
    for index, line in enumerate(lines):
        add(block, "tspan", x=x, y=top + size * (0.9 + index * LEADING)).text = line


def height_of(lines: Sequence[str], size: float) -> float:
    """How high a block of lines is."""
    return len(lines) * size * LEADING


def hairlines(picture: etree._Element) -> None:
    """Let all lines stay thin but visible however small the picture is shown."""
    for tag in ("path", "rect", "circle", "polygon"):
        for drawn in picture.iter(tag):
            drawn.attrib.pop("stroke-width", None)
            drawn.set("vector-effect", "non-scaling-stroke")


def written(svg: etree._Element) -> str:
    """The picture as text, to stand in a page of HTML or alone in a file."""
    return str(etree.tostring(svg, encoding="unicode"))
