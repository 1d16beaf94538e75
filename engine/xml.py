"""The one place where XML is parsed: no DTD, no entities, no network, bounded size and depth.

A test fails if lxml parses anywhere else in the project.
"""

from __future__ import annotations

from lxml import etree

from .errors import MalformedXml

LARGEST = 4_000_000  # bytes
DEEPEST = 200  # elements inside each other


def parse_xml(content: bytes | str) -> etree._Element:
    """The root element of a document; whatever is malformed, hostile or too large is MalformedXml with its place."""
    data = content.encode() if isinstance(content, str) else bytes(content)
    if len(data) > LARGEST:
        raise MalformedXml(f"the file is larger than {LARGEST // 1_000_000} MB", 1, 1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", None) or (1, 1)
        raise MalformedXml(str(getattr(error, "msg", error)).split(", line")[0], line or 1, column or 1) from None
    if root.getroottree().docinfo.doctype:
        raise MalformedXml("a document type declaration is not allowed", 1, 1)
    if deeper_than(root, DEEPEST):
        raise MalformedXml(f"elements are nested more than {DEEPEST} deep", 1, 1)
    return root


def deeper_than(root: etree._Element, most: int) -> bool:
    """Whether a branch of the tree is longer than `most`, without recursion."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > most:
            return True
    return False


def serialise(root: etree._Element) -> bytes:
    """The document of a root element, UTF-8, with its declaration."""
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))
