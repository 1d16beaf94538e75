"""A wide picture once more in parts that can be read on paper, one below the other."""

from __future__ import annotations

import re
from math import ceil

from markupsafe import Markup

WIDEST = 1_250  # units of the drawing that fit on a page and can still be read
OVERLAP = 180  # what two parts have in common: an element stands whole in one of them
BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
PART = Markup('<svg class="bpmn" aria-hidden="true" viewBox="{}"><use href="#{}"/></svg>')
OPENED = re.compile(r"<svg[^>]*>")


def parts(picture: str, id: str) -> tuple[Markup, list[Markup]]:
    """The picture, whose content has an id now, and the parts that show it; none where it is narrow."""
    found, opened = BOX.search(picture), OPENED.match(picture)
    if found is None or opened is None:
        return Markup(picture), []
    left, top, width, height = map(float, found.groups())
    count = ceil(width / WIDEST)
    if count == 1:
        return Markup(picture), []
    whole = f'{opened[0]}<g id="{id}" class="bpmn">{picture[opened.end() : -len("</svg>")]}</g></svg>'
    each = (width + OVERLAP * (count - 1)) / count
    boxes = (f"{left + n * (each - OVERLAP):g} {top:g} {each:g} {height:g}" for n in range(count))
    return Markup(whole), [PART.format(box, id) for box in boxes]
