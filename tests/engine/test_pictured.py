"""A file without a picture gets one; any other file stays as it is, byte by byte."""

import pytest

from engine.drawing import pictured
from engine.drawing.pictured import with_picture
from engine.drawing.plane import read
from engine.xml import parse_xml
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, line, xml

BARE = xml(START + tiny.ask("ask") + END + line("start", "ask", "end"), "", "loan")


def test_a_file_without_a_picture_gets_one():
    drawn = with_picture(BARE)
    plane = read(parse_xml(drawn))
    assert {shape.id for shape in plane.shapes} == {"start", "ask", "end"}
    assert {edge.id for edge in plane.edges} == {"f_start_ask", "f_ask_end"}
    assert with_picture(drawn) == drawn


@pytest.mark.parametrize(
    "body", [b"", b"<not xml", b"<a/>", b"<!DOCTYPE a><a/>", xml("", "", "loan").replace(b"process", b"other")]
)
def test_what_is_no_diagram_stays(body):
    assert with_picture(body) == body


def test_what_is_too_large_stays(monkeypatch):
    monkeypatch.setattr(pictured, "LARGEST", len(BARE) - 1)
    assert with_picture(BARE) == BARE
