"""Drawing a diagram: everything is there, marked, translated, escaped, and in its place."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine.drawing import draw, plane_of
from engine.drawing.geometry import Box
from engine.drawing.icons import EVENTS, GATEWAYS, MARKERS, TASKS, THROWN
from engine.drawing.plane import Shape, read
from engine.drawing.words import clean
from engine.errors import MalformedXml
from engine.xml import parse_xml, serialise
from tests.support.work import at_most

SHARED = Path(__file__).resolve().parents[3] / "shared"
FILES = [*sorted(SHARED.glob("models/*/*.bpmn")), *sorted(SHARED.glob("conformance/bpmn-miwg/*.bpmn"))]
OURS = sorted((Path(__file__).resolve().parents[2] / "bpmn_diagrams").glob("*/*.bpmn"))

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
)
NS = {"s": "http://www.w3.org/2000/svg"}


def bpmn(process: str, picture: str = "") -> str:
    """A file with one process, and with a picture if there is one."""
    plane = f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">{picture}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return f'{HEAD}<process id="p" name="Loan" isExecutable="true">{process}</process>{plane if picture else ""}</definitions>'


def shape(
    id: str, x: float = 0, y: float = 0, width: float = 100, height: float = 80, more: str = "", label: str = ""
) -> str:
    """A shape of the picture."""
    return (
        f'<bpmndi:BPMNShape bpmnElement="{id}" {more}><dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
        f"{label}</bpmndi:BPMNShape>"
    )


def edge(id: str, *points: tuple[float, float]) -> str:
    """A line of the picture."""
    between = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{id}">{between}</bpmndi:BPMNEdge>'


def parsed(svg: str) -> etree._Element:
    """The picture as a tree; what is not well formed fails here."""
    return etree.fromstring(svg)


def groups(svg: str, role: str) -> dict[str, etree._Element]:
    """The groups of a role by the id of what they draw."""
    found = parsed(svg).findall("s:g", NS)
    return {group.get("data-id"): group for group in found if group.get("class").split()[0] == role}


def words(svg: str) -> list[str]:
    """All texts, line by line put together again."""
    return ["".join(text.itertext()) for text in parsed(svg).iter("{http://www.w3.org/2000/svg}text")]


def drawn_alone(element: str, **more: str | float) -> etree._Element:
    """The group of one element that is drawn alone."""
    id = re.search(r'id="(\w+)"', element)[1]
    return groups(draw(bpmn(element, shape(id, **more))), "node")[id]


def signs(group: etree._Element) -> set[str]:
    """The path data in a group."""
    return {path.get("d") for path in group.iter("{http://www.w3.org/2000/svg}path")}


# -- whole files


@pytest.mark.parametrize("path", [*FILES, *OURS], ids=lambda path: path.stem)
def test_every_file_is_drawn_whole(path):
    content = path.read_bytes()
    plane = read(parse_xml(content))
    svg = draw(content)
    assert set(groups(svg, "node")) == {shape.id for shape in plane.shapes}
    assert set(groups(svg, "flow")) == {edge.id for edge in plane.edges}


@pytest.mark.parametrize("path", [*FILES, *OURS], ids=lambda path: path.stem)
def test_every_word_of_a_file_is_shown(path):
    content = path.read_bytes()
    plane = read(parse_xml(content))
    names = {clean(part.element.get("name")) for part in (*plane.shapes, *plane.edges) if part.element.get("name")}
    shown = {re.sub(r"\s", "", text) for text in words(draw(content))}
    cut = {text[:-1] for text in shown if text.endswith("…")}
    for name in names:
        bare = re.sub(r"\s", "", name)
        assert bare in shown or any(bare.startswith(start) for start in cut), name


@pytest.mark.parametrize("path", [*FILES, *OURS], ids=lambda path: path.stem)
def test_no_colour_and_no_style_stands_in_a_picture(path):
    for element in parsed(draw(path.read_bytes(), marks={"Start": "done"})).iter():
        assert not {"style", "fill", "stroke", "color", "href", "onload"} & set(element.attrib)
        assert not any(
            re.search(r"#[0-9a-fA-F]{3}|rgb|url\(", value)
            for name, value in element.attrib.items()
            if name != "data-id"
        )


@pytest.mark.parametrize("path", [*FILES, *OURS], ids=lambda path: path.stem)
def test_a_file_without_its_picture_is_laid_out(path):
    root = parse_xml(path.read_bytes())
    for diagram in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(diagram)
    plane = plane_of(serialise(root))
    flows = {flow.get("id") for flow in root.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}sequenceFlow")}
    assert {edge.id for edge in plane.edges if edge.kind == "sequenceFlow"} == flows
    assert_apart(plane.shapes)


# -- marks, counts, words

LINE = '<startEvent id="s" name="Asked"/><sequenceFlow id="f" name="at once" sourceRef="s" targetRef="t"/><userTask id="t" name="Check the file"/>'
LINE_PICTURE = shape("s", 0, 22, 36, 36) + shape("t", 100) + edge("f", (36, 40), (100, 40))


def test_marks_are_classes():
    svg = draw(bpmn(LINE, LINE_PICTURE), marks={"t": "active heat-3", "f": "travelled"})
    assert groups(svg, "node")["t"].get("class") == "node userTask active heat-3"
    assert groups(svg, "node")["s"].get("class") == "node startEvent"
    assert groups(svg, "flow")["f"].get("class") == "flow sequenceFlow travelled"
    assert groups(svg, "label")["f"].get("class") == "label sequenceFlow travelled"


def test_marked_flows_lie_on_top_of_the_others():
    process = LINE.replace('<userTask id="t"', '<sequenceFlow id="g" sourceRef="s" targetRef="t"/><userTask id="t"')
    picture = LINE_PICTURE + edge("g", (36, 40), (100, 40))
    assert list(groups(draw(bpmn(process, picture), marks={"f": "travelled"}), "flow")) == ["g", "f"]


def test_counts_are_badges():
    svg = draw(bpmn(LINE, LINE_PICTURE), counts={"t": 12345, "s": 0})
    badges = parsed(svg).findall(".//s:g[@class='count']", NS)
    assert ["".join(badge.itertext()) for badge in badges] == ["12\u2009345"]
    assert badges[0].getparent().get("data-id") == "t"


def test_the_picture_says_what_it_is():
    root = parsed(draw(bpmn(LINE, LINE_PICTURE), labels=lambda text: {"Loan": "贷款"}.get(text, text)))
    assert (root.get("role"), root.get("aria-label"), root.get("class")) == ("img", "贷款", "bpmn")
    x, y, width, height = map(float, root.get("viewBox").split())
    assert x <= -12 and y <= -12 and x + width >= 212 and y + height >= 92
    assert (float(root.get("width")), float(root.get("height"))) == (width, height)


def test_every_word_is_translated():
    chinese = {"Asked": "收到", "at once": "立即", "Check the file": "核对客户提交的全部资料", "Loan": "贷款"}
    assert words(draw(bpmn(LINE, LINE_PICTURE), labels=chinese.__getitem__)) == [
        "核对客户提交的全部资料",
        "收到",
        "立即",
    ]


def test_a_small_picture_has_no_words():
    svg = draw(bpmn(LINE, LINE_PICTURE), counts={"t": 3}, mini=True)
    assert words(svg) == [] and "count" not in svg
    assert parsed(svg).get("class") == "bpmn mini"
    assert groups(svg, "node").keys() == {"s", "t"}


# -- what a file can say


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_tasks_show_their_kind(kind):
    assert {stroke.data for stroke in TASKS[kind]} <= signs(drawn_alone(f'<{kind} id="a"/>'))


@pytest.mark.parametrize(
    ("inside", "attributes", "sign"),
    [
        ("<standardLoopCharacteristics/>", "", "loop"),
        ("<multiInstanceLoopCharacteristics/>", "", "parallel"),
        ('<multiInstanceLoopCharacteristics isSequential="true"/>', "", "sequential"),
        ("", 'isForCompensation="true"', "compensation"),
    ],
)
def test_activities_show_that_they_repeat(inside, attributes, sign):
    drawn = signs(drawn_alone(f'<task id="a" {attributes}>{inside}</task>'))
    assert {stroke.data for stroke in MARKERS[sign]} <= drawn
    assert signs(drawn_alone('<task id="a"/>')) == set()


def test_a_collapsed_subprocess_shows_a_plus_and_an_expanded_one_what_is_in_it():
    inner = '<subProcess id="a" name="Investigate"><task id="b"/></subProcess>'
    plus = {stroke.data for stroke in MARKERS["collapsed"]}
    assert plus <= signs(drawn_alone(inner, more='isExpanded="false"'))
    svg = draw(bpmn(inner, shape("b", 50, 50) + shape("a", 0, 0, 300, 200, 'isExpanded="true"')))
    assert list(groups(svg, "node")) == ["a", "b"]  # the frame is drawn first, what is in it lies above
    assert not plus & signs(groups(svg, "node")["a"])
    assert groups(svg, "node")["a"].find("s:rect", NS).get("class") == "line"  # its mark colours the frame alone


@pytest.mark.parametrize("kind", sorted(set(EVENTS) - {"multiple", "parallelMultiple", "terminate"}))
def test_events_show_what_they_wait_for_and_what_they_do(kind):
    definition = f"<{kind}EventDefinition/>"
    caught = drawn_alone(f'<intermediateCatchEvent id="a">{definition}</intermediateCatchEvent>', width=36, height=36)
    assert {stroke.data for stroke in EVENTS[kind]} <= signs(caught)
    assert {path.get("class") for path in caught.iter("{*}path")} == {"line"}
    thrown = drawn_alone(f'<endEvent id="a">{definition}</endEvent>', width=36, height=36)
    assert {stroke.data for stroke in THROWN[kind]} <= signs(thrown)
    assert {path.get("class") for path in thrown.iter("{*}path")} == {"solid"}


def test_an_event_with_several_triggers():
    two = "<messageEventDefinition/><timerEventDefinition/>"
    multiple = drawn_alone(f'<intermediateCatchEvent id="a">{two}</intermediateCatchEvent>')
    parallel = drawn_alone(f'<intermediateCatchEvent id="a" parallelMultiple="true">{two}</intermediateCatchEvent>')
    assert (signs(multiple), signs(parallel)) == ({EVENTS["multiple"][0].data}, {EVENTS["parallelMultiple"][0].data})


@pytest.mark.parametrize("kind", sorted(kind for kind in GATEWAYS if " " not in kind))
def test_gateways_show_their_kind(kind):
    assert signs(drawn_alone(f'<{kind} id="a"/>')) == {stroke.data for stroke in GATEWAYS[kind]}


def test_an_exclusive_gateway_may_hide_its_cross():
    assert signs(drawn_alone('<exclusiveGateway id="a"/>', more='isMarkerVisible="false"')) == set()


def test_a_boundary_event_lies_above_its_host_and_is_dashed_if_it_does_not_interrupt():
    process = '<boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><timerEventDefinition/></boundaryEvent><task id="t"/>'
    drawn = groups(draw(bpmn(process, shape("b", 80, 60, 36, 36) + shape("t"))), "node")
    assert list(drawn) == ["t", "b"]
    assert [ring.get("stroke-dasharray") for ring in drawn["b"].findall("s:circle", NS)] == ["4 3", "4 3"]


def test_default_and_conditional_flows():
    process = (
        '<task id="a" default="f"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
        '<sequenceFlow id="g" sourceRef="a" targetRef="b"><conditionExpression>x</conditionExpression></sequenceFlow>'
        '<sequenceFlow id="h" sourceRef="a" targetRef="b"/>'
    )
    lines = "".join(edge(id, (100, 40), (200, 40)) for id in "fgh")
    drawn = groups(draw(bpmn(process, shape("a") + shape("b", 200) + lines)), "flow")
    assert [len(drawn[id]) for id in "fgh"] == [3, 3, 2]
    assert [drawn[id][2].get("class") for id in "fg"] == ["line", "fill"]


def test_pools_and_lanes_lie_lowest_and_their_names_are_turned():
    file = (
        f'{HEAD}<collaboration id="c"><participant id="pool" name="Bank" processRef="p"/>'
        '<participant id="box" name="Customer"/></collaboration><process id="p"><laneSet id="l">'
        '<lane id="lane" name="Front"/></laneSet><task id="t"/></process><bpmndi:BPMNDiagram><bpmndi:BPMNPlane>'
        + shape("t", 90, 30)
        + shape("lane", 30, 0, 400, 140)
        + shape("pool", 0, 0, 430, 140)
        + shape("box", 0, 200, 430, 60)
        + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    )
    drawn = groups(draw(file), "node")
    assert list(drawn) == ["pool", "box", "lane", "t"]
    turned = {id: drawn[id].find("s:text", NS).get("transform") for id in ("pool", "lane", "box")}
    assert turned == {"pool": "rotate(-90 15 70)", "lane": "rotate(-90 45 70)", "box": None}


def test_what_is_unknown_is_a_box():
    drawn = drawn_alone('<choreographyTask id="a" name="Agree"/>')
    assert [child.tag.rpartition("}")[2] for child in drawn] == ["rect", "text"]


def test_an_annotation_is_its_text():
    process = '<textAnnotation id="a"><text>Within the term</text></textAnnotation>'
    assert words(draw(bpmn(process, shape("a", width=120)))) == ["Within the term"]


# -- what a file should not say


def test_hostile_names_are_words():
    nasty = "<script>alert('1')</script>\" onload=\"x"
    svg = draw(
        bpmn(LINE.replace("Check the file", "Check"), LINE_PICTURE), labels=lambda text: nasty + "\x00\ud800\ufffe"
    )
    assert not list(parsed(svg).iter("{*}script"))
    assert "<script" not in svg and all("onload" not in element.attrib for element in parsed(svg).iter())
    assert re.sub(r"\s", "", words(svg)[1]) == re.sub(r"\s", "", nasty)


def test_hostile_ids_and_marks_are_attributes():
    process = '<task id="a&quot; onclick=&quot;x&lt;" name="A"/>'
    svg = draw(bpmn(process, shape("a&quot; onclick=&quot;x&lt;")), marks={'a" onclick="x<': 'done" onclick="x'})
    (group,) = parsed(svg).findall("s:g", NS)
    assert set(group.attrib) == {"class", "data-id"} and group.get("data-id") == 'a" onclick="x<'


@pytest.mark.parametrize("wrong", ["", "x", "NaN", "inf", "1e300", "-1e9"])
def test_impossible_coordinates_are_passed_over(wrong):
    svg = draw(bpmn(LINE, shape("s", wrong, 22, 36, 36) + shape("t", 100) + edge("f", (wrong, 40), (100, 40))))
    assert set(groups(svg, "node")) == {"t"} and not groups(svg, "flow")
    assert "nan" not in svg.lower() and "inf" not in svg.lower().replace("info", "")


def test_shapes_of_nothing_are_passed_over():
    picture = (
        LINE_PICTURE
        + shape("nobody")
        + shape("t", 0, 0, -5, 10)
        + edge("f", (1, 1))
        + '<bpmndi:BPMNShape bpmnElement="t"/>'
    )
    assert draw(bpmn(LINE, picture)) == draw(bpmn(LINE, LINE_PICTURE))


def test_a_flow_of_no_length_is_drawn():
    assert "f" in groups(draw(bpmn(LINE, LINE_PICTURE.replace('x="36" y="40"', 'x="100" y="40"'))), "flow")


@pytest.mark.parametrize("content", [b"", b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_cannot_be_read_is_malformed(content):
    with pytest.raises(MalformedXml):
        draw(content)


def test_a_file_without_any_process_is_an_empty_picture():
    assert len(parsed(draw(f"{HEAD}</definitions>"))) == 0


# -- the layout for files without a picture


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def inside(one: Box, other: Box) -> bool:
    """Whether a box lies in another."""
    return other.x < one.x and one.right < other.right and other.y < one.y and one.bottom < other.bottom


def assert_apart(shapes: tuple[Shape, ...]) -> None:
    """No two shapes overlap but for what lies inside, and boundary events on their host."""
    placed = [shape for shape in shapes if shape.kind not in ("boundaryEvent", "participant", "lane")]
    for one, other in combinations(placed, 2):
        apart = not overlap(one.box, other.box)
        assert apart or inside(one.box, other.box) or inside(other.box, one.box), (one.id, other.id)


def test_a_line_is_laid_out_from_left_to_right():
    plane = plane_of(bpmn(LINE))
    start, task = plane.shapes
    assert start.box.right < task.box.x and start.box.cy == task.box.cy
    assert plane.edges[0].points == ((start.box.right, start.box.cy), (task.box.x, task.box.cy))
    assert words(draw(bpmn(LINE))) == ["Check the file", "Asked", "at once"]


def test_what_is_in_a_subprocess_lies_in_it_and_events_on_its_edge():
    process = (
        '<subProcess id="a"><task id="b"/><subProcess id="c"><task id="d"/><task id="e"/></subProcess></subProcess>'
        '<boundaryEvent id="x" attachedToRef="a"/><boundaryEvent id="y" attachedToRef="a"/><task id="z"/>'
        '<sequenceFlow id="f" sourceRef="x" targetRef="z"/>'
    )
    plane = plane_of(bpmn(process))
    box = {shape.id: shape.box for shape in plane.shapes}
    for one, other in ["ba", "ca", "dc", "ec"]:
        assert inside(box[one], box[other]), (one, other)
    assert box["x"].cy == box["y"].cy == box["a"].bottom and not overlap(box["x"], box["y"])
    assert box["z"].x > box["a"].right
    assert {shape.expanded for shape in plane.shapes if shape.kind == "subProcess"} == {True}


def flows(pairs: list[tuple[int, int]]) -> str:
    """Sequence flows between numbered tasks."""
    return "".join(f'<sequenceFlow id="f{n}" sourceRef="t{a}" targetRef="t{b}"/>' for n, (a, b) in enumerate(pairs))


numbers = st.integers(0, 9)


@given(st.lists(st.tuples(numbers, numbers), max_size=25))
def test_any_graph_is_laid_out_without_overlap(pairs):
    tasks = "".join(f'<task id="t{n}"/>' for n in range(10))
    plane = plane_of(bpmn(tasks + flows(pairs)))
    assert_apart(plane.shapes)
    box = {shape.id: shape.box for shape in plane.shapes}
    lines = {edge.id: edge for edge in plane.edges}
    assert len(lines) == len(pairs)
    for n, (a, b) in enumerate(pairs):
        line = lines[f"f{n}"]
        assert line.points[0] == (box[f"t{a}"].right, box[f"t{a}"].cy)
        assert line.points[-1] == (box[f"t{b}"].x, box[f"t{b}"].cy)
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            assert x1 == x2 or y1 == y2, "every leg is level or upright"


def test_a_thousand_elements_are_laid_out_and_drawn_in_a_second():
    tasks = "".join(f'<task id="t{n}" name="Task number {n}"/>' for n in range(1000))
    file = bpmn(tasks + flows([(n, n + 1) for n in range(999)] + [(999, 0)]))
    with at_most(2):
        svg = draw(file)
    assert len(groups(svg, "node")) == 1000


def test_what_is_monstrous_is_drawn_in_a_moment():
    many = "".join(f'<task id="t{n}"/>' for n in range(5000))
    endless = '<task id="t" name="' + "word字" * 200_000 + '"/>'
    with at_most(5):
        assert len(groups(draw(bpmn(many)), "node")) == 5000
        assert words(draw(bpmn(endless)))[0].endswith("…")
