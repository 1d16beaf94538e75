"""From XML to the parts of a diagram. Whatever is missing or doubled stays so: to judge it is `engine.check`'s work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ..xml import parse_xml
from .events import read_event
from .nodes import BPMN, NOT_NODES, Source, children, flag, local, text
from .parts import Element, Flow, Formula, Label, Lane, Message, MultiInstance, Operation, Process, Scope
from .view import Diagram

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def read_diagram(content: bytes) -> Diagram:
    """The diagram of a BPMN file; `MalformedXml` if it is no XML."""
    return read_root(parse_xml(content), content)


def read_root(root: etree._Element, content: bytes) -> Diagram:
    """The diagram of a document that is parsed already; `content` tells the columns."""
    return _Reader(root, Source(content)).diagram()


class _Reader:
    """Collects the parts of one file."""

    def __init__(self, root: etree._Element, source: Source) -> None:
        self.root, self.source = root, source
        self.elements: list[Element] = []
        self.flows: list[Flow] = []
        self.scopes: list[Scope] = []
        self.lanes: list[Lane] = []
        self.formulas: list[Formula] = []
        self.texts: list[Label] = []
        self.lane_of: dict[str, str] = {}

    def diagram(self) -> Diagram:
        nodes = children(self.root, "process")
        processes = tuple(map(self.process, nodes))
        first = next((n for n, process in zip(nodes, processes, strict=True) if process.executable), None)
        if first is not None:
            self.pools(first.get("id", ""))
            self.scope(first, None)
        messages = [
            Message(id=node.get("id", ""), name=node.get("name", ""), line=node.sourceline or 0)
            for node in children(self.root, "message")
        ]
        return Diagram(
            processes=processes,
            elements=tuple(self.connected()),
            flows=tuple(self.flows),
            scopes=tuple(self.scopes),
            lanes=tuple(self.lanes),
            messages=tuple(messages),
            formulas=tuple(self.formulas),
            texts=tuple(self.texts),
        )

    def process(self, node: etree._Element) -> Process:
        line, column = self.source.place(node)
        declared = children(node, "ioSpecification")
        return Process(
            id=node.get("id", ""),
            name=node.get("name", ""),
            executable=flag(node, "isExecutable", "true"),
            documentation=text(node, "documentation"),
            properties=pairs(node, "properties", "property"),
            inputs=tuple(_references(declared[0], "inputSet", "dataInputRefs")) if declared else None,
            outputs=tuple(_references(declared[0], "outputSet", "dataOutputRefs")) if declared else None,
            line=line,
            column=column,
        )

    def pools(self, key: str) -> None:
        for node in self.root.iter(f"{BPMN}participant"):
            if node.get("processRef") == key:
                self.label(node, node.get("name", ""))

    def label(self, node: etree._Element, shown: str, what: str = "name") -> None:
        if shown.strip():
            self.texts.append(Label(text=shown, element=node.get("id", ""), what=what, line=node.sourceline or 0))

    def scope(self, node: etree._Element, parent: str | None, lane: str | None = None) -> None:
        """What is drawn inside a process or subprocess; scopes inside follow it."""
        id, at = node.get("id", ""), len(self.scopes)
        self.scopes.append(Scope(id=id, parent=parent, elements=(), flows=()))
        for group in children(node, "laneSet"):
            self.lane_set(group)
        inner: list[str] = []
        flows: list[Flow] = []
        for child in node:
            kind = local(child)
            if kind == "sequenceFlow":
                flows.append(self.flow(child, id))
            elif kind == "textAnnotation":
                self.label(child, text(child, "text"), "annotation")
            elif kind in ("dataObjectReference", "dataStoreReference"):
                self.label(child, child.get("name", ""))
            elif kind and kind not in NOT_NODES:
                element = self.element(child, kind, id, lane)
                inner.append(element.id)
                self.elements.append(element)
                if element.is_scope:
                    self.scope(child, id, element.lane)
        self.flows += flows
        ids = tuple(flow.id for flow in flows)
        self.scopes[at] = replace(self.scopes[at], elements=tuple(inner), flows=ids)

    def lane_set(self, group: etree._Element) -> None:
        for node in children(group, "lane"):
            nodes = tuple((ref.text or "").strip() for ref in children(node, "flowNodeRef"))
            lane = Lane(id=node.get("id", ""), name=node.get("name", ""), nodes=nodes, line=node.sourceline or 0)
            self.lanes.append(lane)
            self.label(node, lane.name)
            self.lane_of.update((id, lane.name) for id in nodes)
            for inner in children(node, "childLaneSet"):
                self.lane_set(inner)

    def flow(self, node: etree._Element, scope: str) -> Flow:
        line, column = self.source.place(node)
        found = children(node, "conditionExpression")
        condition = (found[0].text or "") if found else ""
        if found and condition:
            self.formula(node.get("id", ""), "condition", found[0])
        return Flow(
            id=node.get("id", ""),
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            scope=scope,
            name=node.get("name", ""),
            condition=condition or None,
            typed=not found or found[0].get(XSI_TYPE) is not None,
            documentation=text(node, "documentation"),
            line=line,
            column=column,
        )

    def element(self, node: etree._Element, kind: str, scope: str, lane: str | None) -> Element:
        """One flow node; what flows into it and out of it is added when all flows are known."""
        id = node.get("id", "")
        line, column = self.source.place(node)
        properties = pairs(node, "properties", "property")
        event = read_event(self.root, node, kind, properties.get("correlationKey"))
        element = Element(
            id=id,
            kind=kind,
            scope=scope,
            name=node.get("name", ""),
            documentation=text(node, "documentation"),
            instructions=self.extension(node, "instructionsForEndUser"),
            line=line,
            column=column,
            default=node.get("default"),
            attached_to=node.get("attachedToRef"),
            cancel_activity=flag(node, "cancelActivity", "true"),
            triggered_by_event=flag(node, "triggeredByEvent", "false"),
            interrupting=flag(node, "isInterrupting", "true"),
            event=event.event if event else None,
            multi_instance=self.multi_instance(node, id),
            lane=self.lane_of.get(id) or lane,
            properties=properties,
            metadata=pairs(node, "taskMetadataValues", "taskMetadataValue"),
            variable_name=self.extension(node, "variableName") or None,
            post_script=self.extension(node, "postScript") or None,
            called_decision=self.extension(node, "calledDecisionId") or None,
            called_process=node.get("calledElement"),
            script=_script(node),
            operation=self.operation(node),
        )
        if event and event.node is not None:
            self.formula(id, "timer" if event.event.kind == "timer" else "payload", event.node)
        self.expressions(node, element)
        return element

    def expressions(self, node: etree._Element, element: Element) -> None:
        """The places in an element where expressions stand, beside its event and its instances."""
        for script in children(node, "script"):
            self.formula(element.id, "script", script)
        for script in _extensions(node, "postScript"):
            self.formula(element.id, "postScript", script)
        for name, attribute in _pair_nodes(node, "properties", "property"):
            if name == "correlationKey":
                self.attribute(element.id, "correlationKey", attribute, "value")
        for name, attribute in _pair_nodes(node, "taskMetadataValues", "taskMetadataValue"):
            if (attribute.get("value") or "").lstrip().startswith("="):
                self.attribute(element.id, "metadata", attribute, "value", name)
        for operator in _extensions(node, "serviceTaskOperator"):
            for parameter in operator.iter(f"{SPIFF}parameter"):
                if parameter.get("value") is not None:
                    self.attribute(element.id, "parameter", parameter, "value", parameter.get("id", ""))

    def formula(self, element: str, role: str, node: etree._Element) -> None:
        """The expression that is the text of a node."""
        if node.text:
            line, column = self.source.text_place(node)
            self.formulas.append(Formula(element=element, role=role, text=node.text, line=line, column=column))

    def attribute(self, element: str, role: str, node: etree._Element, attribute: str, name: str = "") -> None:
        """The expression that is an attribute of a node, perhaps behind an equals sign."""
        written = node.get(attribute) or ""
        line, column = self.source.attribute_place(node, attribute)
        if role == "metadata":
            head = written.index("=") + 1
            written, column = written[head:], column + head if column else 0
        self.formulas.append(Formula(element=element, role=role, name=name, text=written, line=line, column=column))

    def extension(self, node: etree._Element, name: str) -> str:
        """The text of an extension element."""
        return "".join(found.text or "" for found in _extensions(node, name)[-1:]).strip()

    def operation(self, node: etree._Element) -> Operation | None:
        for found in _extensions(node, "serviceTaskOperator"):
            parameters = {
                parameter.get("id", ""): parameter.get("value", "")
                for parameter in found.iter(f"{SPIFF}parameter")
                if parameter.get("value") is not None
            }
            variable = (found.get("resultVariable") or "").strip() or None
            return Operation(id=found.get("id", ""), result_variable=variable, parameters=parameters)
        return None

    def multi_instance(self, node: etree._Element, id: str) -> MultiInstance | None:
        for loop in children(node, "multiInstanceLoopCharacteristics"):
            roles = {"loopCardinality": "cardinality", "completionCondition": "completion"}
            for child in loop:
                if local(child) in roles:
                    self.formula(id, roles[local(child)], child)
                elif local(child) == "loopDataInputRef":
                    self.formula(id, "collection", child)
            return MultiInstance(
                sequential=flag(loop, "isSequential", "false"),
                cardinality=text(loop, "loopCardinality") or None,
                collection=text(loop, "loopDataInputRef") or None,
                item=_item(loop, "inputDataItem"),
                output=text(loop, "loopDataOutputRef") or None,
                output_item=_item(loop, "outputDataItem"),
                completion=text(loop, "completionCondition") or None,
            )
        return None

    def connected(self) -> Iterator[Element]:
        """The elements with the flows into and out of them; those that leave their scope are left out."""
        home = {element.id: element.scope for element in reversed(self.elements)}
        defaults = {(element.id, element.default) for element in self.elements}
        incoming: dict[str, list[str]] = {}
        outgoing: dict[str, list[str]] = {}
        for flow in self.flows:
            if home.get(flow.source) == flow.scope == home.get(flow.target):
                outgoing.setdefault(flow.source, []).append(flow.id)
                incoming.setdefault(flow.target, []).append(flow.id)
        self.flows = [replace(flow, default=(flow.source, flow.id) in defaults) for flow in self.flows]
        for element in self.elements:
            yield replace(
                element, incoming=tuple(incoming.get(element.id, ())), outgoing=tuple(outgoing.get(element.id, ()))
            )


def _references(declared: etree._Element, group: str, name: str) -> Iterator[str]:
    for child in children(declared, group):
        yield from (ref.text.strip() for ref in children(child, name) if ref.text)


def _script(node: etree._Element) -> str | None:
    found = children(node, "script")
    return (found[-1].text or "") if found else None


def _item(loop: etree._Element, name: str) -> str | None:
    found = children(loop, name)
    return found[0].get("id") if found else None


def _extensions(node: etree._Element, name: str) -> list[etree._Element]:
    return [found for holder in children(node, "extensionElements") for found in holder.iterchildren(SPIFF + name)]


def _pair_nodes(node: etree._Element, group: str, name: str) -> Iterator[tuple[str, etree._Element]]:
    for holder in _extensions(node, group):
        for found in holder.iter(SPIFF + name):
            yield found.get("name", ""), found


def pairs(node: etree._Element, group: str, name: str) -> dict[str, str]:
    """The names and values in an extension element such as `properties`."""
    return {key: found.get("value", "") for key, found in _pair_nodes(node, group, name)}
