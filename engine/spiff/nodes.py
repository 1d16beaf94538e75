"""The spec of each kind of element, read from its XML node alone; flows are connected by the scope that it is in."""

from __future__ import annotations

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.spiff.parser import task_spec as stock
from SpiffWorkflow.spiff.parser.event_parsers import SpiffEventDefinitionParser

from . import activities, clocks
from .element import Event, Step
from .errors import Refused
from .offer import Assignment

LONGEST_NAME = 200  # characters of what messages, signals and errors are called


class NodeParser(stock.SpiffTaskParser):
    """Makes the spec of one element; flows are connected afterwards, in document order."""

    PARALLEL_MI_CLASS = activities.ParallelMultiInstance
    SEQUENTIAL_MI_CLASS = activities.SequentialMultiInstance

    def __init__(
        self, process_parser: Any, spec_class: Any, node: Any, nsmap: Any = None, lane: str | None = None
    ) -> None:
        super().__init__(process_parser, spec_class, node, nsmap, lane)
        self.lane = self._get_lane() or lane  # stock keeps the lane of the subprocess around it

    def parse_node(self) -> Step:
        """The spec of this element alone: stock follows the flows, sorts them by y and recurses once per element."""
        self.task = self.create_task()
        self.task.extensions = self.parse_extensions()
        self.task.postscript = self.task.extensions.get("postScript")
        if isinstance(self.task, activities.UserTask):
            self.task.assignment = Assignment.of(self.task.extensions.get("taskMetadataValues", {}))
            self.task.variable = (self.task.extensions.get("variableName") or "").strip() or None
        for loop in self.xpath("./bpmn:multiInstanceLoopCharacteristics"):
            self.task.instance = True
            self._add_multiinstance_task(loop)
            self.task.extensions = self.parse_extensions()
        self.task.pauses = clocks.names(self.task.extensions.get("properties", {}))
        return self.task

    def flag(self, node: Any, name: str, default: bool) -> bool:
        """The value of an attribute that is true or false; XML also writes 1 and 0."""
        return node.get(name, "true" if default else "false").strip() in ("true", "1")

    def parse_incoming_data_references(self) -> list[Any]:
        """Data objects in a diagram are drawings: the data of a case are one."""
        return []

    parse_outgoing_data_references = parse_incoming_data_references


class GatewayParser(NodeParser):
    """Gateways keep their extensions, which stock drops."""

    create_task = TaskParser.create_task


class ScriptParser(NodeParser, stock.ScriptTaskParser):
    """Script tasks."""


class ServiceParser(NodeParser, stock.ServiceTaskParser):
    """Service tasks with their operator."""

    def create_task(self) -> Step:
        """The spec of a service task; without a result variable it writes name by name (stock makes up a variable)."""
        task = super().create_task()
        task.result_variable = (self.parse_extensions()["serviceTaskOperator"]["resultVariable"] or "").strip() or None
        return task


class DecisionParser(NodeParser):
    """Business rule tasks: the id of the decision, and the name that its result goes to."""

    @staticmethod
    def get_decision_ref(node: Any) -> str:
        """What stock gathers as a dependency; ours is looked up when it is called."""
        return node.get("id", "")

    def create_task(self) -> Step:
        """The spec of a business rule task."""
        extensions = self.parse_extensions()
        decision = (extensions.get("calledDecisionId") or "").strip()
        if not decision:
            raise Refused(self.bpmn_id, "a business rule task without calledDecisionId")
        task = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        task.decision, task.result_variable = decision, extensions.get("properties", {}).get("resultVariable")
        return task


class CallParser(NodeParser, stock.CallActivityParser):
    """Call activities: only the key of the called process is read here."""


class SubProcessParser(NodeParser, stock.SubWorkflowParser):
    """Embedded and event subprocesses."""

    def create_task(self) -> Step:
        """An event subprocess carries the event of its start (stock looks for the attribute in the wrong namespace)."""
        if not self.flag(self.node, "triggeredByEvent", False):
            return super().create_task()
        name = stock.SubprocessParser.get_subprocess_spec(self)
        start = self.xpath("./bpmn:startEvent")[0]
        event = EventParser(self.process_parser, None, start, self.nsmap).event()
        if event.kind == "none":
            raise Refused(self.bpmn_id, "an event subprocess needs an event at its start")
        task = activities.EventSubProcess(self.spec, self.bpmn_id, subworkflow_spec=name, **self.bpmn_attributes)
        task.event_definition, task.interrupting = event, self.flag(start, "isInterrupting", True)
        if event.kind == "error" and not task.interrupting:
            raise Refused(self.bpmn_id, "an error that does not interrupt")
        (self.spec.error_subprocesses if event.kind == "error" else self.spec.event_subprocesses).append(self.bpmn_id)
        return task


class EventParser(NodeParser, SpiffEventDefinitionParser):
    """Events of every position; their definitions are plain data of our own."""

    def create_task(self) -> Step:
        """The spec of an event."""
        attributes = {**self.bpmn_attributes, "event_definition": self.event()}
        if self.node.tag == full_tag("boundaryEvent"):
            attributes["cancel_activity"] = self.flag(self.node, "cancelActivity", True)
            if attributes["event_definition"].kind == "error" and not attributes["cancel_activity"]:
                raise Refused(self.bpmn_id, "an error that does not interrupt")
        return self.spec_class(self.spec, self.bpmn_id, **attributes)

    def event(self) -> Event:
        """The one event definition of this element, or none."""
        position, found = etree.QName(self.node).localname, self.xpath("./*[contains(local-name(), 'EventDefinition')]")
        if len(found) > 1:
            raise Refused(self.bpmn_id, "several events in one element")
        kind = etree.QName(found[0]).localname.removesuffix("EventDefinition") if found else "none"
        if self.node.get("messageRef"):
            kind, found = "message", [self.node]
        if kind not in EVENTS[position]:
            raise Refused(self.bpmn_id, f"a {kind} event in a {position}")
        event = getattr(self, f"_{kind}")(found[0]) if found else Event("none")
        if kind in ("message", "signal") and not event.name:
            raise Refused(self.bpmn_id, f"a {kind} without a name")
        if len(event.name) > LONGEST_NAME:
            raise Refused(self.bpmn_id, f"a {kind} with a name of more than {LONGEST_NAME} characters")
        return event

    def _timer(self, node: Any) -> Event:
        for tag in ("timeDuration", "timeDate", "timeCycle"):
            for expression in self._xpath(node, f"./bpmn:{tag}"):
                if (expression.text or "").strip():
                    if tag == "timeCycle" and not self._comes_again():
                        raise Refused(self.bpmn_id, "a cycle of which only the first time would count")
                    return Event("timer", expression=expression.text, cycle=tag == "timeCycle")
        raise Refused(self.bpmn_id, "a timer without timeDuration, timeDate or timeCycle")

    def _comes_again(self) -> bool:
        """Whether an event here can come more than once: beside an activity or a scope, or as the start of cases."""
        position = etree.QName(self.node).localname
        if position == "boundaryEvent":
            return not self.flag(self.node, "cancelActivity", True)
        around = self.node.getparent()
        handler = around is not None and self.flag(around, "triggeredByEvent", False)
        return position == "startEvent" and not (handler and self.flag(self.node, "isInterrupting", True))

    def _message(self, node: Any) -> Event:
        given = self.parse_message_event(node)
        if given.correlation_properties:
            raise Refused(self.bpmn_id, "correlation properties (use the property correlationKey)")
        key = self.parse_extensions().get("properties", {}).get("correlationKey")
        return Event("message", given.name, given.expression, given.message_var, key)

    def _signal(self, node: Any) -> Event:
        given = self.parse_signal_event(node)
        return Event("signal", given.name, given.expression, given.variable)

    def _error(self, node: Any) -> Event:
        given = self.parse_error_event(node)
        return Event("error", given.code or "", given.expression, given.variable)

    def _terminate(self, node: Any) -> Event:
        return Event("terminate")


EVENTS = {
    "startEvent": {"none", "message", "timer", "signal", "error"},
    "endEvent": {"none", "message", "signal", "error", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "signal"},
    "intermediateThrowEvent": {"none", "message", "signal"},
    "boundaryEvent": {"message", "timer", "signal", "error"},
    "sendTask": {"message"},
    "receiveTask": {"message"},
}
