"""Lays a whole diagram out anew, from its lanes and flows alone, and writes that into the file.

It reads no coordinate but which subprocess is folded and what a group goes around; so a second time changes nothing.
What the file says is not touched, and what other tools keep with a shape stays with it.

Columns: an element stands right of all its predecessors, but for loops. Rows: every lane has its own; an element goes
on in its predecessor's row or the next free one below, and a flow past other elements, or back, has a row of its own
there. So no flow goes through an element, and two flows share a line only where they begin or end together; but for
monstrous diagrams (`placing.MOST`, `names.MOST`), in which flows go straight and names stay where an editor puts them.
"""

from __future__ import annotations

from lxml import etree

from ...xml import parse_xml, serialise
from .interchange import Writer
from .pools import pictures
from .reading import read

__all__ = ["arrange", "tidy"]


def tidy(content: bytes | str) -> bytes:
    """The file of a diagram with a fresh layout; MalformedXml where it cannot be read."""
    return serialise(arrange(parse_xml(content)))


def arrange(root: etree._Element) -> etree._Element:
    """The same root with a fresh layout in it."""
    writer = Writer(root)
    for picture in pictures(read(root)):
        writer.write(picture)
    return root
