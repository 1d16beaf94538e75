"""Laying a diagram out anew: nothing overlaps, every flow is drawn from end to end, nothing else of the file changes."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from engine.diagram import read_diagram
from engine.diagram.losing import said
from engine.drawing.geometry import Box
from engine.drawing.plane import BPMNDI, kind_of, read, read_all
from engine.drawing.tidying import names, placing, tidy
from engine.errors import MalformedXml
from engine.xml import parse_xml
from tests.support.work import at_most

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "bpmn_diagrams").glob("*/*.bpmn"))
MODELS = sorted((ROOT.parent / "shared" / "conformance" / "bpmn-miwg").glob("*.bpmn"))
HOLDERS = ("participant", "lane", "subProcess", "transaction", "adHocSubProcess", "group")

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="urn:another-tool" id="d" '
    'targetNamespace="urn:t">'
)
BARE = f"""{HEAD}<process id="p" isExecutable="true">
  <laneSet id="ls"><lane id="front" name="Front"><flowNodeRef>s</flowNodeRef><flowNodeRef>a</flowNodeRef>
    <flowNodeRef>q</flowNodeRef><flowNodeRef>late</flowNodeRef></lane>
    <lane id="back" name="Back"><flowNodeRef>b</flowNodeRef><flowNodeRef>e</flowNodeRef></lane></laneSet>
  <startEvent id="s"/><task id="a" name="Ask"/><boundaryEvent id="late" name="Late" attachedToRef="a">
    <timerEventDefinition/></boundaryEvent>
  <exclusiveGateway id="q" name="Enough?" default="q_b"/><subProcess id="b" name="Work"><startEvent id="bs"/>
    <task id="bt"/><sequenceFlow id="bs_bt" sourceRef="bs" targetRef="bt"/></subProcess><endEvent id="e"/>
  <textAnnotation id="n"><text>Why</text></textAnnotation><association id="n_a" sourceRef="n" targetRef="a"/>
  <sequenceFlow id="s_a" sourceRef="s" targetRef="a"/><sequenceFlow id="a_q" sourceRef="a" targetRef="q"/>
  <sequenceFlow id="q_b" name="yes" sourceRef="q" targetRef="b"/>
  <sequenceFlow id="q_a" name="no" sourceRef="q" targetRef="a"/>
  <sequenceFlow id="late_e" sourceRef="late" targetRef="e"/><sequenceFlow id="b_e" sourceRef="b" targetRef="e"/>
</process></definitions>"""


def plane_of(content, of=""):
    """What is drawn in a file."""
    found = read(parse_xml(content), of)
    assert found is not None
    return found


def meets(one, other):
    """Whether two boxes share more than an edge."""
    return one.x < other.right - 1 and other.x < one.right - 1 and one.y < other.bottom - 1 and other.y < one.bottom - 1


def overlaps(plane):
    """The pairs of shapes that lie over each other, but for what holds others and what sits on an edge."""
    shapes = [
        one for one in plane.shapes if kind_of(one.element) not in (*HOLDERS, "boundaryEvent") or one.expanded is False
    ]
    return [(one.id, other.id) for one, other in combinations(shapes, 2) if meets(one.box, other.box)]


def on_edge(point, box):
    """Whether a point lies on the edge of a box, to a pixel."""
    x, y = point
    across, down = box.x - 1.5 <= x <= box.right + 1.5, box.y - 1.5 <= y <= box.bottom + 1.5
    upright = min(abs(x - box.x), abs(x - box.right)) <= 1.5
    level = min(abs(y - box.y), abs(y - box.bottom)) <= 1.5
    return across and down and (upright or level)


def loose(plane):
    """The sequence flows that do not begin and end on the edges of what they connect, or are askew."""
    boxes = {one.id: one.box for one in plane.shapes}
    found = []
    for edge in plane.edges:
        if edge.kind == "sequenceFlow":
            ends = (edge.element.get("sourceRef"), edge.element.get("targetRef"))
            connected = all(on_edge(edge.points[place], boxes[end]) for place, end in zip((0, -1), ends, strict=True))
            upright = all(abs(a[0] - b[0]) <= 1 or abs(a[1] - b[1]) <= 1 for a, b in pairwise(edge.points))
            if not connected or not upright:
                found.append(edge.id)
    return found


def crossed(plane):
    """The flows that go through a shape which they do not connect."""
    small = [one for one in plane.shapes if kind_of(one.element) not in (*HOLDERS, "boundaryEvent")]
    found = []
    for edge in plane.edges:
        if edge.kind != "sequenceFlow":
            continue
        ends = {edge.element.get("sourceRef"), edge.element.get("targetRef")}
        for (ax, ay), (bx, by) in pairwise(edge.points):
            leg = Box(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))
            found += [(edge.id, one.id) for one in small if one.id not in ends and meets(leg_of(leg), one.box)]
    return found


def leg_of(leg):
    """A part of a line as a box that is thick enough to meet others."""
    return Box(leg.x - 1.5, leg.y - 1.5, leg.width + 3, leg.height + 3)


def undrawn(content):
    """The flow nodes and sequence flows of the executable process that no plane shows."""
    drawn = {
        one.get("bpmnElement") for one in parse_xml(content).iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
    }
    diagram = read_diagram(content)
    return [one.id for one in (*diagram.elements, *diagram.flows) if one.id not in drawn]


def model_of(content):
    """All that a file says but for its picture."""
    root = parse_xml(content)
    for picture in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(picture)
    return sorted(map(str, said(root)))


def demand_tidy(content):
    """Lay a file out, and hold the result to all that is promised."""
    done = tidy(content)
    plane = plane_of(done)
    assert overlaps(plane) == []
    assert loose(plane) == []
    assert crossed(plane) == []
    assert undrawn(done) == []
    assert model_of(done) == model_of(content)
    assert tidy(done) == done
    return done, plane


def test_a_file_without_a_picture_gets_one():
    _, plane = demand_tidy(BARE.encode())
    boxes = {one.id: one.box for one in plane.shapes}
    assert boxes["s"].right < boxes["a"].x < boxes["q"].x < boxes["b"].x < boxes["e"].x
    assert boxes["s"].cy == pytest.approx(boxes["a"].cy, abs=1) == pytest.approx(boxes["q"].cy, abs=1)
    for lane, inside in {"front": ("s", "a", "q"), "back": ("b", "e")}.items():
        assert all(boxes[lane].y < boxes[id].y and boxes[id].bottom < boxes[lane].bottom for id in inside)
    assert boxes["front"].bottom == boxes["back"].y
    assert boxes["late"].cy == pytest.approx(boxes["a"].bottom, abs=1)
    assert boxes["b"].x < boxes["bs"].x and boxes["bt"].right < boxes["b"].right
    assert {edge.id for edge in plane.edges} == {"s_a", "a_q", "q_b", "q_a", "late_e", "b_e", "bs_bt", "n_a"}


def test_what_another_tool_keeps_with_a_shape_stays():
    drawn = tidy(BARE.encode()).replace(b'bpmnElement="a"', b'x:color="#a0a0a0" bpmnElement="a"')
    assert b'x:color="#a0a0a0"' in tidy(drawn)


def test_a_folded_subprocess_keeps_its_inside_on_a_plane_of_its_own():
    folded = tidy(BARE.encode()).replace(b'isExpanded="true"', b'isExpanded="false"')
    done, plane = demand_tidy(folded)
    boxes = {one.id: one.box for one in plane.shapes}
    assert (boxes["b"].width, boxes["b"].height) == (100, 80) and "bt" not in boxes
    assert {one.id for one in plane_of(done, "b").shapes} == {"bs", "bt"}


def test_pools_stand_below_each_other():
    pools = BARE.replace(
        "<process",
        '<collaboration id="c"><participant id="other" name="Bank"/><participant id="own" processRef="p"/>'
        '<messageFlow id="m" sourceRef="a" targetRef="other"/></collaboration><process',
    )
    _, plane = demand_tidy(pools.encode())
    boxes = {one.id: one.box for one in plane.shapes}
    assert boxes["other"].bottom < boxes["own"].y and boxes["other"].width == boxes["own"].width
    line = next(edge for edge in plane.edges if edge.id == "m")
    assert on_edge(line.points[0], boxes["a"]) and on_edge(line.points[-1], boxes["other"])


def test_what_is_no_diagram_is_refused():
    with pytest.raises(MalformedXml):
        tidy(b"<definitions")


def test_nothing_to_draw_is_left_alone():
    empty = f'{HEAD}<process id="p"/></definitions>'.encode()
    assert read(parse_xml(tidy(empty))) is None


def of(body, before=""):
    """A file with one process."""
    return f'{HEAD}{before}<process id="p">{body}</process></definitions>'.encode()


ODD = {
    "a lane without an id": of('<laneSet><lane><flowNodeRef>a</flowNodeRef></lane></laneSet><task id="a"/>'),
    "a note without an id": of('<task id="a"/><textAnnotation/><association sourceRef="a" targetRef=""/>'),
    "data without an id": of('<task id="a"/><dataObjectReference/>'),
    "a pool without an id": of('<task id="a"/>', '<collaboration><participant processRef="p"/></collaboration>'),
    "a pool of nothing": of(
        '<task id="a"/>', '<collaboration id="c"><participant id="x" processRef="y"/></collaboration>'
    ),
    "a flow without an id": of('<task id="a"/><task id="b"/><sequenceFlow sourceRef="a" targetRef="b"/>'),
    "a flow to a boundary event": of(
        '<task id="a"/><boundaryEvent id="e" attachedToRef="a"/><sequenceFlow id="f" sourceRef="a" targetRef="e"/>'
    ),
    "events on each other": of(
        '<task id="a"/><boundaryEvent id="e" attachedToRef="g"/><boundaryEvent id="g" attachedToRef="e"/>'
        '<sequenceFlow id="f" sourceRef="e" targetRef="g"/>'
    ),
    "an event on itself": of('<task id="a"/><boundaryEvent id="e" attachedToRef="e"/>'),
    "an id twice": of('<task id="a"/><subProcess id="s"><task id="a"/><subProcess id="s"/></subProcess><task id="a"/>'),
    "a flow called like a task": of('<task id="a"/><task id="b"/><sequenceFlow id="a" sourceRef="a" targetRef="b"/>'),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_what_is_written_wrongly_is_laid_out_as_far_as_it_goes(content):
    done = tidy(content)
    plane = read_all(parse_xml(done))
    assert "a" in {one.id for one in plane.shapes} and overlaps(plane) == []
    assert model_of(done) == model_of(content)


def test_many_names_find_their_places_soon():
    events = "".join(f'<intermediateThrowEvent id="e{n}" name="Event number {n}"/>' for n in range(600))
    line = "".join(f'<sequenceFlow id="f{n}" name="{n}" sourceRef="e{n}" targetRef="e{n + 1}"/>' for n in range(599))
    with at_most(3):
        plane = plane_of(tidy(of(events + line)))
    assert all(one.label for one in (*plane.shapes, *plane.edges))


def test_beyond_the_bounds_flows_go_straight_and_names_stay(monkeypatch):
    jump = '<sequenceFlow id="jump" sourceRef="s" targetRef="e"/></process>'
    content = BARE.replace('sourceRef="late" targetRef="e"', 'sourceRef="late" targetRef="q"').replace(
        "</process>", jump
    )
    _, plane = demand_tidy(content.encode())
    assert any(one.label for one in plane.edges)
    monkeypatch.setattr(placing, "MOST", 0)
    monkeypatch.setattr(names, "MOST", 0)
    done = tidy(content.encode())
    plane = plane_of(done)
    assert overlaps(plane) == loose(plane) == undrawn(done) == []
    assert not any(one.label for one in (*plane.shapes, *plane.edges))


@pytest.mark.parametrize("path", SHIPPED[:3], ids=lambda path: path.stem)
def test_shipped_diagrams_can_be_tidied(path):
    demand_tidy(path.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("path", [*SHIPPED[3:], *MODELS], ids=lambda path: path.stem)
def test_every_diagram_can_be_tidied(path):
    demand_tidy(path.read_bytes())


@pytest.mark.slow
def test_a_thousand_elements_are_laid_out():
    """As many as a bundle may have, in one line with a way around every tenth."""
    tasks = "".join(f'<task id="t{n}"/>' for n in range(900))
    line = "".join(f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(899))
    jumps = "".join(f'<sequenceFlow id="j{n}" sourceRef="t{n}" targetRef="t{n + 7}"/>' for n in range(0, 890, 10))
    demand_tidy(f'{HEAD}<process id="p">{tasks}{line}{jumps}</process></definitions>'.encode())
