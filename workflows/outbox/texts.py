"""The texts of messages: files with `$placeholders`, filled once and never read as a template again.

`string.Template` knows no expressions; what a placeholder brings in is text, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("en", "zh")
LONGEST_SUBJECT = 200


class UnknownTemplate(ValueError):
    """There is no message text of this name."""


@cache
def names() -> frozenset[str]:
    """The names of all message texts."""
    return frozenset(path.name.split(".")[0] for path in FOLDER.glob("[!_]*.txt"))


def render(name: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body of a message; a value that the text needs and does not get is a KeyError."""
    subject, _, body = _read(name, language).partition("\n")
    footer = _read("_staff" if name.startswith("staff-") else "_footer", language)
    filled = Template(body).substitute(values) + "\n" + Template(footer).substitute(values)
    title = " ".join(Template(subject).substitute(values).split())
    return title[:LONGEST_SUBJECT], re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


@cache
def _read(name: str, language: str) -> str:
    if not name.startswith("_") and name not in names():
        raise UnknownTemplate(f"{UnknownTemplate.__doc__} {name}")
    return (FOLDER / f"{name}.{language}.txt").read_text(encoding="utf-8")
