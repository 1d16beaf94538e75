"""A BPMN diagram as SVG, without a browser: for pages, evidence files and mails.

It owns the picture: where things stand (from the diagram interchange, or laid out here where there is none), their
shapes and their words. Colours are the stylesheet's: the drawing only says what a thing is and how it is marked, by
classes. It knows no case and no history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..xml import parse_xml
from .layout import arrange
from .plane import Plane, read
from .scene import Scene

__all__ = ["draw"]


def draw(
    diagram_xml: bytes | str,
    *,
    marks: Mapping[str, str] | None = None,
    counts: Mapping[str, int] | None = None,
    labels: Callable[[str], str] | None = None,
    mini: bool = False,
) -> str:
    """Draw a diagram as one `<svg class="bpmn">` element.

    `marks` gives elements and flows further classes by their id (`done`, `active`, `heat-3`; several with blanks
    between), `counts` puts a number on elements, `labels` translates every word, and `mini` leaves out the words for a
    small picture. A file that cannot be read is MalformedXml.
    """
    root = parse_xml(diagram_xml)
    plane: Plane = read(root) or arrange(root)
    scene = Scene(marks=marks or {}, counts=counts or {}, labels=labels or (lambda text: text), mini=mini)
    return scene.draw(plane)
