"""A BPMN diagram as SVG, without a browser: for pages, evidence files and mails.

It owns the picture: where things stand (from the diagram interchange, or as `tidying` lays them out where there is
none), their shapes and their words. Colours are the stylesheet's: the drawing only says what a thing is and how it is
marked, by classes. It knows no case and no history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from ..xml import parse_xml
from .facts import SUBPROCESSES
from .plane import BPMNDI, Plane, by_id, kind_of, read, read_all
from .scene import Scene
from .tidying import arrange

__all__ = ["draw", "pictures_in"]

KEPT = 100  # diagrams that have been read


def draw(
    diagram_xml: bytes | str,
    *,
    marks: Mapping[str, str] | None = None,
    counts: Mapping[str, int] | None = None,
    labels: Callable[[str], str] | None = None,
    mini: bool = False,
    of: str = "",
) -> str:
    """Draw a diagram as one `<svg class="bpmn">` element.

    `marks` gives elements and flows further classes by their id (`done`, `active`, `heat-3`; several with blanks
    between), `counts` puts a number on elements, `labels` translates every word, and `mini` leaves out the words for a
    small picture. `of` is a collapsed subprocess with a picture of its own. A file that cannot be read is MalformedXml.
    """
    scene = Scene(marks=marks or {}, counts=counts or {}, labels=labels or (lambda text: text), mini=mini)
    return scene.draw(plane_of(diagram_xml, of))


@lru_cache(KEPT)
def plane_of(diagram_xml: bytes | str, of: str = "") -> Plane:
    """Where everything stands in a diagram; the same file is read once, however often it is drawn."""
    root = parse_xml(diagram_xml)
    return read(root, of) or read_all(arrange(root))


@lru_cache(KEPT)
def pictures_in(diagram_xml: bytes | str) -> tuple[str, ...]:
    """The collapsed subprocesses of a diagram that have a picture of their own."""
    root = parse_xml(diagram_xml)
    elements = by_id(root)
    names = [plane.get("bpmnElement", "") for plane in root.iter(f"{{{BPMNDI}}}BPMNPlane")]
    return tuple(name for name in names if name in elements and kind_of(elements[name]) in SUBPROCESSES)
