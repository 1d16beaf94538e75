"""What a file of decision tables says, apart from how it is written; and so what one says that another one does not.

Prefixes, versions of the standard's namespaces, the order of different elements, white space between elements and
attributes that say what holds anyway are how a file is written. All else is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.xml import parse_xml

VERSION = re.compile(r"https?://www\.omg\.org/spec/(DMN|FEEL|DMNDI)/[\w.]+/?")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOOL = frozenset({"exporter", "exporterVersion", f"{XSI}schemaLocation"})
NUMBERS = frozenset({"x", "y", "width", "height"})
DEFAULTS = frozenset(
    {
        ("hitPolicy", "UNIQUE"),
        ("isCollection", "false"),
        ("preferredOrientation", "Rule-as-Row"),
        ("textFormat", "text/plain"),
        ("associationDirection", "None"),
        ("kind", "FEEL"),
    }
)
Said = tuple[tuple[str, ...], str, str]  # where, what of it, and what that is


def lost(before: bytes | str, after: bytes | str) -> list[str]:
    """What the first file says and the second does not, in a few words each; MalformedXml where one cannot be read."""
    kept = Counter(_said(parse_xml(after), ("",)))
    found = []
    for one in _said(parse_xml(before), ("",)):
        if kept[one]:
            kept[one] -= 1
        else:
            found.append("/".join(one[0][-2:]) + (f" {one[1]}" if one[1] else ""))
    return list(dict.fromkeys(found))


def _said(element: etree._Element, at: tuple[str, ...]) -> Iterator[Said]:
    yield at, "", _name(str(element.tag))
    for name, value in element.attrib.items():
        if str(name) not in TOOL and (str(name), str(value)) not in DEFAULTS:
            yield at, _name(str(name)), _value(str(name), str(value))
    inside = [child for child in element if isinstance(child.tag, str)]
    if not inside and (text := (element.text or "").strip()):
        yield at, "text", text
    counted: Counter[str] = Counter()
    for child in inside:
        name = _name(str(child.tag))
        counted[name] += 1
        yield from _said(child, (*at, f"{name}[{counted[name]}]"))


def _name(name: str) -> str:
    """A name whose namespace is the same in all versions of the standard."""
    space, sign, local = name.rpartition("}")
    return local if VERSION.match(space[1:]) else f"{space}{sign}{local}"


def _value(name: str, value: str) -> str:
    if name in NUMBERS:
        try:
            return f"{float(value):g}"
        except ValueError:
            pass
    return VERSION.sub("", value).replace("\r\n", "\n")
