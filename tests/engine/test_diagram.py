"""The read-only view of a BPMN file."""

from pathlib import Path

import pytest

from engine.diagram import Flow, Label, Lane, Message, MultiInstance, Operation, read_diagram
from engine.errors import MalformedXml

INQUIRY = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="x">
  <bpmn:collaboration id="c">
    <bpmn:participant id="pool" name="Fund house" processRef="loan"/>
    <bpmn:participant id="other" name="Customer" processRef="customer"/>
  </bpmn:collaboration>
  <bpmn:message id="M_paid" name="paid"/>
  <bpmn:error id="E" name="failed" errorCode="FAILED"/>
  <bpmn:process id="customer" isExecutable="false"><bpmn:startEvent id="theirs"/></bpmn:process>
  <bpmn:process id="loan" name="Loan" isExecutable="true">
    <bpmn:documentation>How a loan is given.</bpmn:documentation>
    <bpmn:extensionElements>
      <spiffworkflow:properties>
        <spiffworkflow:property name="prefix" value="ln"/>
        <spiffworkflow:property name="confidentiality" value="aml"/>
        <spiffworkflow:property name="readers" value="qa"/>
      </spiffworkflow:properties>
    </bpmn:extensionElements>
    <bpmn:laneSet id="ls">
      <bpmn:lane id="l1" name="Team leader"><bpmn:flowNodeRef>ask</bpmn:flowNodeRef><bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="start" name="Begun">
      <bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="forms/start.json"/></spiffworkflow:properties></bpmn:extensionElements>
    </bpmn:startEvent>
    <bpmn:userTask id="ask" name="Ask">
      <bpmn:documentation>Ask nicely.</bpmn:documentation>
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="formJsonSchemaFilename" value="forms/ask.json"/>
          <spiffworkflow:property name="stage" value="front"/>
          <spiffworkflow:property name="evidence" value="A letter"/>
        </spiffworkflow:properties>
        <spiffworkflow:taskMetadataValues>
          <spiffworkflow:taskMetadataValue name="dueIn" value="= within"/>
          <spiffworkflow:taskMetadataValue name="fourEyes" value="other"/>
        </spiffworkflow:taskMetadataValues>
        <spiffworkflow:instructionsForEndUser>Be brief.</spiffworkflow:instructionsForEndUser>
        <spiffworkflow:variableName>need</spiffworkflow:variableName>
        <spiffworkflow:postScript>n = 1
m = n + 1</spiffworkflow:postScript>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="late" name="Late" attachedToRef="ask" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDate xsi:type="bpmn:tFormalExpression">business_days(1)</bpmn:timeDate></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:exclusiveGateway id="which" name="Which?" default="no"/>
    <bpmn:subProcess id="sub" name="Look">
      <bpmn:startEvent id="inner"/>
      <bpmn:serviceTask id="rate" name="Rate">
        <bpmn:extensionElements>
          <spiffworkflow:serviceTaskOperator id="risk/rate" resultVariable="risk">
            <spiffworkflow:parameters><spiffworkflow:parameter id="sum" type="any" value="amount * 2"/><spiffworkflow:parameter id="none" type="any"/></spiffworkflow:parameters>
          </spiffworkflow:serviceTaskOperator>
        </bpmn:extensionElements>
        <bpmn:multiInstanceLoopCharacteristics isSequential="true">
          <bpmn:loopDataInputRef>funds</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>marks</bpmn:loopDataOutputRef>
          <bpmn:inputDataItem id="fund" name="fund"/><bpmn:outputDataItem id="mark" name="mark"/>
          <bpmn:completionCondition>mark = 1</bpmn:completionCondition>
        </bpmn:multiInstanceLoopCharacteristics>
      </bpmn:serviceTask>
      <bpmn:userTask id="other" name="Other"/>
      <bpmn:sequenceFlow id="in" sourceRef="inner" targetRef="rate"/>
    </bpmn:subProcess>
    <bpmn:intermediateCatchEvent id="wait" name="Paid">
      <bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="order.id"/></spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:messageEventDefinition messageRef="M_paid"><bpmn:extensionElements><spiffworkflow:messageVariable>payment</spiffworkflow:messageVariable></bpmn:extensionElements></bpmn:messageEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:businessRuleTask id="grade"><bpmn:extensionElements><spiffworkflow:calledDecisionId>grading</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>
    <bpmn:callActivity id="call" calledElement="kyc"/>
    <bpmn:scriptTask id="set"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>
    <bpmn:endEvent id="end" name="Done"><bpmn:errorEventDefinition errorRef="E"/></bpmn:endEvent>
    <bpmn:textAnnotation id="t"><bpmn:text>Mind this</bpmn:text></bpmn:textAnnotation>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="which"/>
    <bpmn:sequenceFlow id="yes" name="yes" sourceRef="which" targetRef="end">
      <bpmn:conditionExpression>amount &gt; 10</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" name="no" sourceRef="which" targetRef="sub"/>
    <bpmn:sequenceFlow id="astray" sourceRef="which" targetRef="inner"/>
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture(scope="module")
def diagram():
    return read_diagram(INQUIRY.encode())


def test_the_process(diagram):
    assert (diagram.key, diagram.name, diagram.prefix, diagram.confidentiality) == ("loan", "Loan", "LN", "aml")
    assert diagram.properties["readers"] == "qa"
    assert [(process.id, process.executable) for process in diagram.processes] == [("customer", False), ("loan", True)]
    assert diagram.messages == (Message(id="M_paid", name="paid", line=9),)


@pytest.mark.parametrize("key, prefix", [("complaint", "COM"), ("_3d1ef204-2d", "DEF"), ("a", "A"), ("_1", "1")])
def test_the_prefix_of_a_process_that_names_none(key, prefix):
    text = f'<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="{key}"/></d>'
    assert read_diagram(text.encode()).prefix == prefix


def test_the_elements_in_the_order_of_the_file(diagram):
    order = "start ask late which sub inner rate other wait grade call set end"
    assert [element.id for element in diagram.elements] == order.split()
    assert [(scope.id, scope.parent) for scope in diagram.scopes] == [("loan", None), ("sub", "loan")]
    assert diagram.scopes[1].elements == ("inner", "rate", "other") and diagram.scopes[1].flows == ("in",)
    assert {element.scope for element in diagram.inside("sub")} == {"sub"}


def test_a_user_task(diagram):
    ask = diagram.element("ask")
    assert (ask.kind, ask.name, ask.documentation, ask.instructions) == ("userTask", "Ask", "Ask nicely.", "Be brief.")
    assert (ask.line, ask.column, ask.scope) == (27, 5, "loan")
    assert (ask.incoming, ask.outgoing) == (("f1",), ("f2",))
    assert ask.properties["stage"] == "front" and ask.metadata == {"dueIn": "= within", "fourEyes": "other"}
    assert (ask.variable_name, ask.post_script, ask.lane) == ("need", "n = 1\nm = n + 1", "Team leader")
    assert ask.form == diagram.path_of_form("ask") == "forms/ask.json" and diagram.path_of_form("gone") is None


def test_events(diagram):
    late, wait, end = (diagram.element(id) for id in ("late", "wait", "end"))
    assert (late.attached_to, late.cancel_activity, late.event.kind, late.event.timer) == (
        "ask",
        False,
        "timer",
        "timeDate",
    )
    assert late.event.expression == "business_days(1)" and diagram.boundary_events("ask") == (late,)
    assert (wait.event.kind, wait.event.name, wait.event.variable, wait.event.key) == (
        "message",
        "paid",
        "payment",
        "order.id",
    )
    assert (end.event.kind, end.event.name) == ("error", "FAILED")
    assert diagram.start_events() == (diagram.element("start"),) and diagram.start_events()[0].event.kind == "none"


def test_what_is_called(diagram):
    rate = diagram.element("rate")
    assert rate.operation == Operation(id="risk/rate", result_variable="risk", parameters={"sum": "amount * 2"})
    assert rate.multi_instance == MultiInstance(
        sequential=True, collection="funds", item="fund", output="marks", output_item="mark", completion="mark = 1"
    )
    assert rate.multi_instance.locals == {"loopCounter", "fund", "mark"}
    assert diagram.element("grade").called_decision == "grading"
    assert diagram.element("call").called_process == "kyc" and diagram.element("set").script == "x = 1"


def test_flows(diagram):
    yes = diagram.flow("yes")
    expected = Flow(
        id="yes",
        source="which",
        target="end",
        scope="loan",
        name="yes",
        condition="amount > 10",
        typed=False,
        line=77,
        column=5,
    )
    assert yes == expected and diagram.flow("no").default and diagram.label("f1") == "f1"
    which = diagram.element("which")
    assert [flow.id for flow in diagram.outgoing(which)] == ["yes", "no"]  # the one that leaves its scope is no way out
    assert [flow.id for flow in diagram.incoming(which)] == ["f2"]


def test_groups_are_candidate_groups_or_the_lane_also_of_the_subprocess_around(diagram):
    assert diagram.lanes == (Lane(id="l1", name="Team leader", nodes=("ask", "sub"), line=22),)
    assert [diagram.groups_of(task) for task in diagram.user_tasks()] == [("team_leader",), ("team_leader",)]
    named = INQUIRY.replace('name="dueIn" value="= within"', 'name="candidateGroups" value="CSR, Team leader,"')
    assert read_diagram(named.encode()).groups() == {"csr", "team_leader"}
    asked = INQUIRY.replace('name="dueIn" value="= within"', 'name="candidateGroups" value="= groups"')
    assert read_diagram(asked.encode()).groups_of(read_diagram(asked.encode()).element("ask")) == ()


def test_labels_are_all_that_people_read(diagram):
    texts = [label.text for label in diagram.labels()]
    assert set(texts) == {
        *("Fund house", "Team leader", "Mind this", "Loan", "How a loan is given.", "Begun", "Ask", "Ask nicely."),
        *("Be brief.", "A letter", "Late", "Which?", "Look", "Rate", "Other", "Paid", "Done", "yes", "no"),
    }
    assert Label(text="A letter", element="ask", what="evidence", line=27) in diagram.labels()


def test_every_expression_and_its_place(diagram):
    found = {(formula.element, formula.role, formula.name): formula for formula in diagram.formulas}
    assert set(found) == {
        ("ask", "postScript", ""),
        ("ask", "metadata", "dueIn"),
        ("late", "timer", ""),
        ("rate", "parameter", "sum"),
        ("rate", "collection", ""),
        ("rate", "completion", ""),
        ("wait", "correlationKey", ""),
        ("set", "script", ""),
        ("yes", "condition", ""),
    }
    lines = INQUIRY.split("\n")
    for formula in found.values():
        line, column = formula.place(1, 1)
        written = lines[line - 1][column - 1 :].replace("&gt;", ">")
        assert written.startswith(formula.text.split("\n")[0]), formula
    assert found["ask", "postScript", ""].place(2, 5) == (found["ask", "postScript", ""].line + 1, 5)


def test_what_is_missing_is_an_error_of_its_kind(diagram):
    with pytest.raises(KeyError):
        diagram.element("gone")
    assert "gone" not in diagram and "ask" in diagram and not diagram.has_flow("gone")
    with pytest.raises(MalformedXml):
        read_diagram(b"<a>")


def test_a_file_without_a_process_is_empty():
    diagram = read_diagram(b"<a/>")
    assert (diagram.key, diagram.process, diagram.elements, diagram.prefix, diagram.labels()) == ("", None, (), "", ())


def test_a_view_is_read_only(diagram):
    with pytest.raises(AttributeError):
        diagram.elements = ()
    with pytest.raises(AttributeError):
        diagram.element("ask").name = "x"


@pytest.mark.parametrize(
    "path", sorted(Path("../shared/conformance/bpmn-miwg").glob("*.bpmn")), ids=lambda path: path.name
)
def test_models_of_other_tools_can_be_read(path):
    diagram = read_diagram(path.read_bytes())
    assert diagram.processes and all(element.kind and element.line for element in diagram.elements)
