"""What one file of a diagram says and another does not: everything that means something, and nothing that does not."""

from __future__ import annotations

import pytest

from engine.diagram.losing import lost, lost_of_others
from engine.errors import MalformedXml

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:o="urn:other" id="defs" exporter="Tool">
  <b:process id="p" isExecutable="true">
    <b:userTask id="t" name="Ask" o:shade="dark" startQuantity="1">
      <b:documentation>Why</b:documentation>
      <b:extensionElements>
        <s:properties><s:property name="stage" value="front"/><s:property name="evidence" value="Letter"/></s:properties>
        <o:cost unit="h">2</o:cost>
      </b:extensionElements>
      <b:incoming>f</b:incoming>
    </b:userTask>
    <b:exclusiveGateway id="g"/>
    <b:sequenceFlow id="f" sourceRef="g" targetRef="t">
      <b:conditionExpression xsi:type="b:tFormalExpression">amount &gt; 1</b:conditionExpression>
    </b:sequenceFlow>
  </b:process>
  <d:BPMNDiagram id="dia"><d:BPMNPlane id="pl" bpmnElement="p"><d:BPMNShape id="t_di" bpmnElement="t">
    <dc:Bounds x="10.0" y="20" width="100" height="80"/></d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>
</b:definitions>"""


def replaced(*pairs):
    """The file with some texts in the place of others."""
    text = FILE
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


WRITTEN = {
    "prefixes": [("xmlns:b=", "xmlns:bpmn="), ("<b:", "<bpmn:"), ("</b:", "</bpmn:"), ('"b:tF', '"bpmn:tF')],
    "white space": [("\n      <b:inc", "<b:inc"), ("\n    <b:exclusive", "\n\n\n<b:exclusive")],
    "numbers": [('x="10.0"', 'x="10"'), ('y="20"', 'y="20.00"')],
    "what holds anyway": [(' startQuantity="1"', "")],
    "the tool": [('exporter="Tool"', 'exporter="Another" exporterVersion="2"')],
    "order of attributes": [('id="t" name="Ask"', 'name="Ask" id="t"')],
    "comments": [("<b:exclusive", "<!-- asked -->\n<b:exclusive")],
}
SAID = {
    "an attribute": ([(' name="Ask"', "")], "t: name"),
    "a value": ([('name="Ask"', 'name="Tell"')], "t: name"),
    "an element": ([('<b:exclusiveGateway id="g"/>', "")], "p: exclusiveGateway g"),
    "a text": ([("amount &gt; 1", "amount &gt; 2")], "f: conditionExpression"),
    "a type": ([(' xsi:type="b:tFormalExpression"', "")], "f: conditionExpression"),
    "documentation": ([("<b:documentation>Why</b:documentation>", "")], "t: documentation"),
    "one of two properties": ([('<s:property name="stage" value="front"/>', "")], "t: properties"),
    "two properties changed over": (
        [('"front"', '"?"'), ('"Letter"', '"front"'), ('"?"', '"Letter"')],
        "t: properties",
    ),
    "an extension of another tool": ([('<o:cost unit="h">2</o:cost>', "")], "t: cost"),
    "an attribute of another tool": ([(' o:shade="dark"', "")], "t: shade"),
    "a place": ([('x="10.0"', 'x="11"')], "t_di: Bounds"),
    "a reference": ([("<b:incoming>f</b:incoming>", "")], "t: incoming"),
}


@pytest.mark.parametrize("pairs", WRITTEN.values(), ids=WRITTEN)
def test_how_a_file_is_written_says_nothing(pairs):
    assert lost(FILE, replaced(*pairs)) == [] == lost(replaced(*pairs), FILE)


@pytest.mark.parametrize(("pairs", "what"), SAID.values(), ids=SAID)
def test_what_is_lost_is_named(pairs, what):
    assert what in lost(FILE, replaced(*pairs))


def test_what_is_new_is_no_loss():
    assert lost(FILE, replaced(("<b:exclusive", '<b:task id="new" name="More"/><b:exclusive'))) == []


def test_only_words_of_other_tools_must_come_through_an_edit():
    edited = replaced(('name="Ask"', 'name="Tell"'), ('<s:property name="stage" value="front"/>', ""))
    assert lost_of_others(FILE, edited) == []
    assert lost_of_others(FILE, replaced(('<o:cost unit="h">2</o:cost>', ""))) == ["t: cost"]
    assert lost_of_others(FILE, replaced((' o:shade="dark"', ""))) == ["t: shade"]


def test_what_is_deleted_takes_its_extensions_with_it():
    start, end = FILE.index("<b:userTask"), FILE.index("</b:userTask>") + len("</b:userTask>")
    assert lost_of_others(FILE, FILE[:start] + FILE[end:]) == []


def test_a_file_that_cannot_be_read_is_refused():
    with pytest.raises(MalformedXml):
        lost(FILE, "<b:definitions")
