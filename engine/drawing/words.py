"""Text in a drawing: how wide it is, where it breaks, how it is cut. SVG breaks no lines by itself.

Widths are those of a common sans-serif typeface, good to a few per cent; Chinese, Japanese and Korean characters are
as wide as they are high and may break anywhere, but for punctuation that must not begin or end a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST = 1000  # characters that are looked at; no shape has room for more
LEADING = 1.25  # from one line to the next, in font sizes
NOT_FIRST = frozenset("，。、；：？！）】》」』”’…—·,.;:?!)]}%")  # what must not begin a line
NOT_LAST = frozenset("（【《「『“‘([{¥￥")  # what must not end one

WIDTHS = {
    **dict.fromkeys("ijl|'!,.:;", 0.28),
    **dict.fromkeys(' frtI()[]{}/\\-"`*', 0.36),
    **dict.fromkeys("mwMW@%", 0.87),
    **dict.fromkeys("ABCDEGHKNOPQRSUVXYZ&", 0.68),
}
USUAL = 0.56


def width_of(text: str, size: float) -> float:
    """How wide a text is, about."""
    return sum(map(character, text)) * size


def character(char: str) -> float:
    """The width of one character, in font sizes."""
    if char in WIDTHS:
        return WIDTHS[char]
    if unicodedata.combining(char):
        return 0
    return 1.0 if wide(char) else USUAL


def wide(char: str) -> bool:
    """Whether a character is drawn in a full square."""
    return unicodedata.east_asian_width(char) in "WF"


def clean(text: str) -> str:
    """The text with single blanks and without characters that XML does not know."""
    return " ".join("".join(char if printable(char) else " " for char in text).split())


def printable(char: str) -> bool:
    """Whether a character may stand in a file of XML and shows something."""
    return unicodedata.category(char) not in ("Cc", "Cs", "Cn") and char not in "\ufffe\uffff"


def wrap(text: str, width: float, size: float, most: int | None = None) -> list[str]:
    """The lines of a text in a width, about equally long; past `most` lines it is cut, and says so by an ellipsis."""
    shown = clean(text[: 4 * MOST])
    parted = pieces(shown if len(shown) <= MOST else f"{shown[:MOST]}…", width, size)
    lines = filled(parted, width, size)
    if most is not None and len(lines) > most:
        return cut(lines, max(most, 1), width, size)
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        narrower = filled(parted, width * share, size)
        if len(narrower) == len(lines) and all(width_of(line, size) <= width * share for line in narrower):
            return narrower
    return lines


def filled(parted: Sequence[str], width: float, size: float) -> list[str]:
    """Lines as full as they can be."""
    lines: list[str] = []
    line = ""
    for piece in parted:
        if line.strip() and width_of((line + piece).rstrip(), size) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() else lines


def cut(lines: Sequence[str], most: int, width: float, size: float) -> list[str]:
    """The first lines, the last of them with an ellipsis that fits."""
    last = lines[most - 1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def pieces(text: str, width: float, size: float) -> list[str]:
    """The parts of a text between which a line may break; blanks stay at the end of their part."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        for part in parts(word):
            if found and (part[0] in NOT_FIRST or found[-1][-1] in NOT_LAST):
                found[-1] += part
            elif width_of(part.rstrip(), size) > width:
                found.extend(chopped(part, width, size))
            else:
                found.append(part)
    return found


def parts(word: str) -> list[str]:
    """A word's wide characters one by one, and what stands between them."""
    found: list[str] = []
    for char in word:
        if found and (char == " " or not (wide(char) or wide(found[-1][-1]))):
            found[-1] += char
        else:
            found.append(char)
    return found


def chopped(word: str, width: float, size: float) -> list[str]:
    """A word too long for a line, in parts that fit."""
    found, part = [], ""
    for char in word:
        if part and width_of(part + char, size) > width:
            found.append(part)
            part = ""
        part += char
    return [*found, part]
