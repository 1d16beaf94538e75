"""A picture for a file that brings none, so that from then on every tool shows the same."""

from __future__ import annotations

from ..errors import MalformedXml
from ..xml import parse_xml
from . import plane
from .plane import BPMN
from .tidying import tidy

LARGEST = 1_000_000  # bytes of a file that is laid out; a larger one keeps none


def with_picture(body: bytes) -> bytes:
    """The file with a picture; as it is where it has one, is too large, or is no diagram that can be read."""
    try:
        root = parse_xml(body)
    except MalformedXml:
        return body
    process = next(root.iter(f"{{{BPMN}}}process"), None)
    if root.tag != f"{{{BPMN}}}definitions" or process is None or plane.read(root) is not None:
        return body
    return tidy(body) if len(body) <= LARGEST else body
