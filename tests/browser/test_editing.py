"""A process owner draws: what is changed is saved, what is wrong is shown in its place, nothing of a file is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from engine.diagram import read_diagram
from engine.diagram.losing import lost

from .words import left_over, tips_left

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FILES = [
    *sorted((ROOT / "bpmn_diagrams").glob("*/*.bpmn")),
    *sorted((SHARED / "models").glob("*/*.bpmn")),
    *sorted((SHARED / "conformance" / "bpmn-miwg").glob("*.bpmn")),
]
INQUIRY = "inquiry.bpmn"
SELECT = """id => {
  const modeler = document.getElementById('canvas').modeler;
  modeler.get('selection').select(modeler.get('elementRegistry').get(id));
  modeler.get('canvas').scrollToElement(id, 300);
}"""
WRITE = """async text => {
  const { modeler, show } = document.getElementById('canvas');
  await show(text);
  return (await modeler.saveXML({ format: true })).xml;
}"""
ALL_THERE_IS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">
  <message id="m" name="paid"/><error id="er" name="Refused" errorCode="REFUSED"/><signal id="si" name="closed"/>
  <process id="p" isExecutable="true"><extensionElements><s:properties><s:property name="prefix" value="P"/>
    </s:properties></extensionElements>
  <startEvent id="a"/><serviceTask id="b"><extensionElements><s:serviceTaskOperator id="o/p" resultVariable="r">
    <s:parameters><s:parameter id="x" type="str" value="&quot;1&quot;"/></s:parameters></s:serviceTaskOperator>
    <s:preScript>u = 1</s:preScript><s:postScript>v = 2
w = 3</s:postScript></extensionElements>
    <multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>list.of</loopDataInputRef>
      <loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="item"/><outputDataItem id="result"/>
      <completionCondition xsi:type="tFormalExpression">item = 3</completionCondition></multiInstanceLoopCharacteristics>
  </serviceTask>
  <userTask id="c"><extensionElements><s:instructionsForEndUser>Ask</s:instructionsForEndUser>
    <s:variableName>answer</s:variableName><s:taskMetadataValues><s:taskMetadataValue name="dueIn" value="2 BD"/>
    </s:taskMetadataValues></extensionElements></userTask>
  <businessRuleTask id="e"><extensionElements><s:calledDecisionId>rule</s:calledDecisionId></extensionElements>
  </businessRuleTask>
  <intermediateCatchEvent id="f"><messageEventDefinition messageRef="m"><extensionElements>
    <s:messageVariable>paid</s:messageVariable></extensionElements></messageEventDefinition></intermediateCatchEvent>
  <intermediateThrowEvent id="g"><messageEventDefinition messageRef="m"><extensionElements>
    <s:messagePayload>{paid: 1}</s:messagePayload></extensionElements></messageEventDefinition></intermediateThrowEvent>
  <endEvent id="h"><errorEventDefinition errorRef="er"><extensionElements><s:payloadExpression>1</s:payloadExpression>
    </extensionElements></errorEventDefinition></endEvent>
  <callActivity id="i" calledElement="other"/><scriptTask id="j"><script>x = 1</script></scriptTask>
  <boundaryEvent id="k" attachedToRef="c" cancelActivity="false"><timerEventDefinition>
    <timeCycle xsi:type="tFormalExpression">"R3/PT1H"</timeCycle></timerEventDefinition></boundaryEvent>
  </process></definitions>"""

COLOURED = b' xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" bioc:fill="#ffe0b2"'
PAINTED = """() => {
  const seen = (id, of, what) => getComputedStyle(document.querySelector(`#canvas [data-element-id=${id}] > .djs-visual ${of}`))[what];
  const probe = document.body.appendChild(document.createElement('i'));
  const token = (name, scheme) => {
    probe.style.colorScheme = scheme;
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  return {
    plain: [seen('HandOver', 'rect', 'fill'), seen('HandOver', 'rect', 'stroke'), seen('HandOver', 'text', 'fill')],
    coloured: [seen('Answer', 'rect', 'fill'), seen('Answer', 'text', 'fill')],
    paper: getComputedStyle(document.querySelector('.djs-container')).backgroundColor,
    dark: ['surface', 'drawn', 'ink'].map(name => token(name, 'dark')),
    light: ['surface', 'drawn', 'ink'].map(name => token(name, 'light')),
  };
}"""


@pytest.fixture
def sketched(own_office):
    """The number of a sketch of the inquiry."""
    return own_office.engine.sketch_begin(key="inquiry", by=own_office.person("sun.ke")).id


def edits(someone, sketch, path=INQUIRY):
    """Open the editor of a file of a sketch."""
    someone.page.goto(f"{someone.office.url}/studio/sketches/{sketch}/edit?path={path}")
    expect(someone.page.locator("#canvas[data-ready]")).to_be_attached()
    return someone.page


def drawn(office, sketch, path=INQUIRY):
    """The diagram as it is saved."""
    return read_diagram(office.engine.sketch(sketch, SYSTEM).files[path])


def saved(page, text="Saved"):
    """Wait until all is saved."""
    expect(page.locator("#saved[data-state=saved]")).to_have_text(text)


def test_nothing_is_lost_on_save(own_office, sketched, enter):
    """Every diagram that there is, read and written by the editor, says what it said, and means the same."""
    page = edits(enter(own_office, "sun.ke"), sketched)
    page.route("**/files/**", lambda route: route.abort())
    for path in FILES:
        before = path.read_text(encoding="utf-8-sig")
        after = page.evaluate(WRITE, before)
        assert lost(before, after) == [], path.name
        assert lost(after, page.evaluate(WRITE, after)) == [], path.name
        assert meaning(before) == meaning(after), path.name
    after = page.evaluate(WRITE, ALL_THERE_IS)
    assert lost(ALL_THERE_IS, after) == [] and meaning(ALL_THERE_IS) == meaning(after)


def meaning(text):
    """What the engine reads of a file, but for lines and columns."""
    diagram = read_diagram(text.replace("&#xD;&#xA;", "&#xA;").encode())
    placed = {"line", "column", "_elements", "_flows"}
    rows = [*diagram.elements, *diagram.flows, *diagram.scopes, *diagram.lanes, *diagram.messages, *diagram.processes]
    return [{name: getattr(row, name) for name in row.__dataclass_fields__ if name not in placed} for row in rows]


def test_an_owner_changes_a_flow(own_office, sketched, enter):
    someone = enter(own_office, "sun.ke")
    page = edits(someone, sketched)
    before = drawn(own_office, sketched)
    page.evaluate(SELECT, "WhoAnswers_to_HandOver")
    condition = page.locator("#property-condition")
    condition.fill("answeredBy =")
    expect(page.locator("#property-condition-error")).to_contain_text("Line 1, column")
    finding = page.locator("#findings li[data-element=WhoAnswers_to_HandOver] button").first
    expect(finding).to_contain_text("error")
    page.evaluate(SELECT, "Answer")
    finding.click()
    expect(condition).to_have_value("answeredBy =")
    condition.fill('answeredBy = "PROCESS" and drafts < 3')
    expect(page.locator("#property-condition-error")).to_be_hidden()
    saved(page)
    assert (
        drawn(own_office, sketched).flow("WhoAnswers_to_HandOver").condition == 'answeredBy = "PROCESS" and drafts < 3'
    )

    page.evaluate(SELECT, "EndContactLost")
    page.locator(".djs-palette [data-action='create.task']").click()
    box = page.locator(".djs-element[data-element-id=EndContactLost]").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"])
    page.mouse.click(box["x"] + 160, box["y"] + 10)
    page.keyboard.type("Ask once more")
    page.keyboard.press("Enter")
    saved(page)
    added = [one for one in drawn(own_office, sketched).elements if one.name == "Ask once more"]
    assert len(added) == 1 and added[0].kind == "task"

    page.locator("#canvas").press("Control+z")
    page.locator("[data-tool=undo]").click()
    saved(page)
    assert len(drawn(own_office, sketched).elements) == len(before.elements)
    page.reload()
    expect(page.locator("#canvas[data-ready]")).to_be_attached()
    page.evaluate(SELECT, "WhoAnswers_to_HandOver")
    expect(condition).to_have_value('answeredBy = "PROCESS" and drafts < 3')


def test_the_panel_writes_what_the_engine_reads(own_office, sketched, enter):
    page = edits(enter(own_office, "sun.ke"), sketched)
    page.evaluate(SELECT, "Answer")
    page.locator("#property-groups").fill("csr,csl")
    page.locator("#property-due").fill("3 BD")
    page.locator("#property-form").select_option("forms/need.json")
    page.locator("#property-failure").check()
    page.locator("#property-evidence").fill("A letter")
    page.evaluate(SELECT, "DeclinePolitely")
    page.locator("#property-parameter-topic").fill('"OTHER"')
    page.evaluate(SELECT, "AnswerClear")
    page.locator("#property-message").fill("answer_fine")
    page.locator("#property-message").press("Tab")
    page.evaluate(SELECT, "NoReply")
    page.locator("#property-time").fill('"9 BD"')
    saved(page)
    found = drawn(own_office, sketched)
    answer = found.element("Answer")
    assert answer.metadata["candidateGroups"] == "csr,csl" and answer.metadata["dueIn"] == "3 BD"
    assert answer.form == "forms/need.json"
    assert answer.properties["failurePoint"] == "true" and answer.properties["evidence"] == "A letter"
    assert found.element("DeclinePolitely").operation.parameters["topic"] == '"OTHER"'
    assert found.element("AnswerClear").event.name == "answer_fine"
    assert {one.name for one in found.messages} >= {"answer_fine", "answer_unclear"}
    assert found.element("NoReply").event.expression == '"9 BD"'


def test_two_owners_meet(own_office, sketched, enter):
    first, second = enter(own_office, "sun.ke"), enter(own_office, "qian.wen")
    mine, theirs = edits(first, sketched), edits(second, sketched)
    for page, text in ((theirs, "Hand it over"), (mine, "Pass it on")):
        page.evaluate(SELECT, "HandOver")
        page.locator("#property-name").fill(text)
        if page is theirs:
            saved(page)
    expect(mine.locator("#conflict [role=alert]")).to_contain_text("has saved this file before you")
    expect(mine.locator("#saved")).to_have_attribute("data-state", "conflict")
    assert drawn(own_office, sketched).element("HandOver").name == "Hand it over"
    mine.get_by_role("link", name="Put both together").click()
    expect(mine.locator("main")).to_contain_text("Pass it on")


def test_work_that_was_not_saved_is_still_there(own_office, sketched, enter):
    """The connection breaks; the window is closed; later the text is there and is saved."""
    page = edits(enter(own_office, "sun.ke"), sketched)
    page.route("**/files/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.evaluate(SELECT, "HandOver")
    page.locator("#property-name").fill("Pass it on")
    expect(page.locator("#saved")).to_have_attribute("data-state", "failed")
    page.unroute("**/files/**")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    saved(page)
    assert drawn(own_office, sketched).element("HandOver").name == "Pass it on"


def test_a_diagram_without_a_drawing_gets_one(own_office, enter):
    office = own_office
    number = office.engine.sketch_begin(files={"p.bpmn": ALL_THERE_IS.encode()}, by=office.person("sun.ke")).id
    page = edits(enter(office, "sun.ke"), number, "p.bpmn")
    saved(page)
    expect(page.locator(".djs-element[data-element-id=b]")).to_be_visible()
    assert b"BPMNShape" in office.engine.sketch(number, SYSTEM).files["p.bpmn"]


def test_a_large_diagram_opens_where_it_begins_and_is_seen_whole_on_demand(own_office, enter):
    office = own_office
    number = office.engine.sketch_begin(key="complaint", by=office.person("sun.ke")).id
    page = edits(enter(office, "sun.ke"), number, "complaint.bpmn")
    scale = "document.getElementById('canvas').modeler.get('canvas').zoom()"
    last = page.locator(".djs-element[data-element-id=EndClosed] > .djs-visual > circle")
    expect(page.locator(".djs-element[data-element-id=ComplaintReceived] > .djs-visual > circle")).to_be_in_viewport()
    assert page.evaluate(scale) == pytest.approx(0.75)
    page.locator("[data-tool=fit]").click()
    expect(last).to_be_in_viewport()
    assert page.evaluate(scale) < 0.5


def test_the_editor_is_chinese_and_within_the_policy(own_office, sketched, enter):
    """Every kind of element is chosen once; nothing is left in English, and the browser has nothing to complain of."""
    page = edits(enter(own_office, "sun.ke", "zh", theme="dark"), sketched)
    for id in ("Answer", "SendText", "NoReply", "RouteInquiry", "WhoAnswers", "WhoAnswers_to_HandOver", "AnswerClear"):
        page.evaluate(SELECT, id)
        expect(page.locator("#property-id")).to_have_value(id)
    page.evaluate(SELECT, "Answer")
    page.locator(".djs-context-pad [data-action=replace]").click()
    expect(page.locator(".djs-popup")).to_contain_text("服务任务")
    page.keyboard.press("Escape")
    page.locator("[data-tool=simulate]").click()
    expect(page.locator(".bts-palette, .bts-notifications").first).to_be_attached()
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    page.locator(".bts-context-pad[title=触发事件]").first.dispatch_event("click")
    expect(page.locator("button.bts-scope").first).to_have_attribute("title", "聚焦此流程实例")
    expect(page.locator(".bts-log .bts-text").first).to_be_attached()
    diagram = read_diagram(own_office.engine.sketch(sketched, own_office.person("sun.ke")).files[INQUIRY])
    names = sorted((one.name for one in diagram.elements if one.name), key=len, reverse=True)
    assert tips_left(page, "#canvas", ("Powered by bpmn.io", *names)) == []
    assert page.evaluate("document.documentElement.dataset.untranslated") is None
    assert left_over(page, "zh", ()) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_follows_the_theme_and_its_file_does_not(office, enter, theme):
    """Paper, shapes and words are in our colours; a shape with a colour of its own keeps dark words; nothing is written."""
    owner = office.person("sun.ke")
    begun = office.engine.sketch_begin(key="inquiry", by=owner)
    shape = b'<bpmndi:BPMNShape id="Answer_di"'
    body = begun.files[INQUIRY].replace(shape, shape.replace(b" id", COLOURED + b" id"))
    assert body != begun.files[INQUIRY]
    office.engine.sketch_save(begun.id, 1, {INQUIRY: body}, by=owner)
    page = edits(enter(office, "sun.ke", theme=theme), begun.id)
    found = page.evaluate(PAINTED)
    assert found["dark"] != found["light"]
    assert found["plain"] == found[theme] and found["paper"] == found[theme][0]
    assert found["coloured"] == ["rgb(255, 224, 178)", found["light"][2]]
    page.locator("[data-tool=simulate]").click()
    expect(page.locator(".bjs-container.simulation")).to_be_attached()
    found = page.evaluate(PAINTED)
    assert found["plain"] == found[theme] and found["coloured"] == [found[theme][0], found[theme][2]]
    written = page.evaluate("async () => (await document.getElementById('canvas').modeler.saveXML()).xml")
    assert "var(" not in written and lost(body.decode(), written) == []
