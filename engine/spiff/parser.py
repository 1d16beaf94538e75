"""From XML to our specs, by the extension points of SpiffBpmnParser; what we do not execute is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import SPIFFWORKFLOW_NSMAP

from ..canonical import digest as sha256
from ..feel import Decision
from ..xml import parse_xml
from . import activities, events, gateways, nodes
from .element import Anchor, Flow, Step
from .errors import Refused
from .refusals import refuse_what_is_not_executed, refused_by_name, spell_out_booleans


class Process(BpmnProcessSpec):
    """One scope of a diagram: a process or a subprocess."""

    def __init__(self, name: str | None = None, description: str | None = None, filename: str | None = None) -> None:
        # BpmnProcessSpec.__init__ makes Start, EndJoin and End of its own classes under names that an element may have.
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.start, self.end = Anchor(self, "(start)"), Anchor(self, "(end)")
        self.description, self.svg = description, None
        self.io_specification: Any = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[events.StartEvent] = []
        self.event_subprocesses: list[str] = []
        self.error_subprocesses: list[str] = []

    def start_event(self, message: str = "") -> events.StartEvent | None:
        """The start for a message, else the plain one, else the one by the clock."""
        kinds = ("message",) if message else ("none", "timer")
        starts = (event for kind in kinds for event in self.bpmn_start_events if event.begins_with(kind, message))
        return next(starts, None)


@dataclass(frozen=True)
class Bundle:
    """A deployed diagram, parsed once, with the decision tables that lie beside it."""

    key: str
    digest: str
    process: Process
    scopes: dict[str, Process]
    decisions: Mapping[str, Decision] = field(default_factory=dict)

    @cached_property
    def pausable(self) -> frozenset[str]:
        """The elements whose clocks something here may pause."""
        specs = (spec for scope in (self.process, *self.scopes.values()) for spec in scope.task_specs.values())
        return frozenset().union(*(spec.pauses for spec in specs))


class ScopeParser(SpiffProcessParser):
    """Parses one scope in two passes: its elements, then its flows."""

    def create_spec(self) -> Process:
        """Our own process spec."""
        return Process(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def add_tasks(self) -> None:
        """All elements, reached or not, then all flows, both in document order."""
        for node in self.node:
            if node.tag in EXECUTED:
                with refused_by_name(node):
                    self.parse_node(node)
        elements = self.spec.task_specs
        self._look_at_starts()
        for node in self.xpath("./bpmn:sequenceFlow"):
            self._connect(node, elements)
        for node in self.xpath("./bpmn:boundaryEvent"):
            host = elements.get(node.get("attachedToRef"))
            if host is None or not host.takes_time:
                raise Refused(node.get("id"), "a boundary event of something that does not wait")
            host.boundary.append(node.get("id"))
        for gateway in elements.values():
            if isinstance(gateway, gateways.EventBasedGateway):
                self._look_at_event_gateway(gateway, elements)

    def _look_at_starts(self) -> None:
        begun = set()
        for start in self.spec.bpmn_start_events:
            way = (start.event_definition.kind, start.event_definition.name)
            if way in begun:
                raise Refused(start.bpmn_id, "a second start of the same kind")
            begun.add(way)

    def _look_at_event_gateway(self, gateway: Step, elements: dict[str, Step]) -> None:
        for flow in gateway.flows:
            event = elements[flow.target]
            if not isinstance(event, events.Catching) or len(event.incoming) > 1 or event.boundary:
                raise Refused(flow.id, "an event-based gateway leads to something that is not an event of its own")

    def _connect(self, node: Any, elements: dict[str, Step]) -> None:
        source, target = elements.get(node.get("sourceRef")), elements.get(node.get("targetRef"))
        if source is None or target is None:
            raise Refused(node.get("id"), "a sequence flow that leads nowhere")
        if isinstance(source, (events.EndEvent, activities.EventSubProcess)):
            raise Refused(node.get("id"), "a sequence flow out of something that ends")
        if isinstance(target, (events.StartEvent, events.BoundaryEvent, activities.EventSubProcess)):
            raise Refused(node.get("id"), "a sequence flow into something that an event begins")
        condition = node.find(full_tag("conditionExpression"))
        default = self.get_node_by_id(source.bpmn_id).get("default") == node.get("id")
        flow = Flow(
            node.get("id"), source.name, target.name, None if default or condition is None else condition.text, default
        )
        source.flows.append(flow)
        target.incoming.append(flow)


class ScopeReader(SpiffBpmnParser):
    """SpiffBpmnParser with our specs in the place of its own."""

    PROCESS_PARSER_CLASS = ScopeParser
    OVERRIDE_PARSER_CLASSES = {
        full_tag(tag): pair
        for tag, pair in {
            "startEvent": (nodes.EventParser, events.StartEvent),
            "endEvent": (nodes.EventParser, events.EndEvent),
            "intermediateCatchEvent": (nodes.EventParser, events.IntermediateCatchEvent),
            "intermediateThrowEvent": (nodes.EventParser, events.IntermediateThrowEvent),
            "boundaryEvent": (nodes.EventParser, events.BoundaryEvent),
            "sendTask": (nodes.EventParser, events.SendTask),
            "receiveTask": (nodes.EventParser, events.ReceiveTask),
            "task": (nodes.NodeParser, activities.NoneTask),
            "userTask": (nodes.NodeParser, activities.UserTask),
            "manualTask": (nodes.NodeParser, activities.ManualTask),
            "scriptTask": (nodes.ScriptParser, activities.ScriptTask),
            "serviceTask": (nodes.ServiceParser, activities.ServiceTask),
            "subProcess": (nodes.SubProcessParser, activities.SubProcess),
            "businessRuleTask": (nodes.DecisionParser, activities.DecisionTask),
            "callActivity": (nodes.CallParser, activities.CallActivity),
            "exclusiveGateway": (nodes.GatewayParser, gateways.ExclusiveGateway),
            "parallelGateway": (nodes.GatewayParser, gateways.ParallelGateway),
            "inclusiveGateway": (nodes.GatewayParser, gateways.InclusiveGateway),
            "eventBasedGateway": (nodes.GatewayParser, gateways.EventBasedGateway),
        }.items()
    }


EXECUTED = ScopeReader.OVERRIDE_PARSER_CLASSES


def parse(xml: bytes, digest: str | None = None, decisions: Mapping[str, Decision] | None = None) -> Bundle:
    """The bundle of a diagram with one executable process; `digest` is the bundle's, else that of the diagram alone."""
    root = parse_xml(xml)
    etree.strip_tags(root, etree.Comment)  # a comment would cut the text of an expression short
    reader = ScopeReader()
    names = {**reader.namespaces, **SPIFFWORKFLOW_NSMAP}
    spell_out_booleans(root, names)
    executable = root.xpath("./bpmn:process[not(@isExecutable='false')]", namespaces=names)
    if len(executable) != 1:
        raise Refused(root.get("id", "?"), f"{len(executable)} executable processes in one diagram")
    refuse_what_is_not_executed(root, executable[0], EXECUTED, names)
    if executable[0].xpath(".//bpmn:dataObjectReference", namespaces=names):
        for node in executable[0].xpath(".//bpmn:dataObjectReference|.//bpmn:dataObject", namespaces=names):
            node.getparent().remove(node)  # drawings here; one that nobody owns hangs the stock parser
    with refused_by_name(root):
        reader.add_bpmn_xml(root)
        process = reader.get_spec(executable[0].get("id"))
        scopes = dict(_scopes(reader, process))
    return Bundle(process.name, digest or sha256(xml), process, scopes, decisions or {})


def _scopes(reader: ScopeReader, process: Process) -> Iterator[tuple[str, Process]]:
    for spec in process.task_specs.values():
        if isinstance(spec, activities.SubProcess) and not isinstance(spec, activities.CallActivity):
            inner = reader.get_spec(spec.spec)
            yield spec.spec, inner
            yield from _scopes(reader, inner)
