"""The drawing and the manners of the file: nothing of this keeps a case from running."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ..diagram.nodes import BPMN, children
from ..model import Finding
from .rules import finding
from .subject import Subject

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
OURS = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/MODEL",
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://spiffworkflow.org/bpmn/schema/1.0/core",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    }
)
TASKS = frozenset({"userTask", "manualTask"})
ANSWERED = ("exclusiveGateway", "inclusiveGateway")


def check_drawing(subject: Subject) -> Iterator[Finding]:
    """Elements that have no place in the drawing."""
    drawn = {node.get("bpmnElement") for node in subject.root.iter(f"{DI}BPMNShape")}
    for element in subject.graph.elements:
        if element.id not in drawn:
            yield subject.find("no-drawing", element)


def check_manners(subject: Subject) -> Iterator[Finding]:
    """Tasks and answers without a name, gateways that decide nothing, conditions that do not say their type."""
    for element in subject.graph.elements:
        if element.kind in TASKS and not element.name.strip():
            yield subject.find("unnamed-task", element)
        if element.is_gateway and len(element.incoming) < 2 and len(element.outgoing) < 2:
            yield subject.find("one-way-gateway", element)
        if element.kind in ANSWERED and len(element.outgoing) > 1:
            for flow in subject.graph.flows(element):
                if not flow.name.strip():
                    yield subject.find("unnamed-flow", flow)
    for flow in subject.diagram.flows:
        if not flow.typed:
            yield subject.find("condition-without-type", flow)


def check_links(subject: Subject) -> Iterator[Finding]:
    """Elements that do not list the flows which the file has for them."""
    listed = {node.get("id"): _listed(node) for node in subject.root.iter(f"{BPMN}*") if node.get("id")}
    silent = [e for e in subject.graph.elements if {*e.incoming, *e.outgoing} - listed.get(e.id, set())]
    if silent:
        first = silent[0]
        yield subject.find("missing-links", first, count=len(silent), first=subject.label(first))


def _listed(node: etree._Element) -> set[str]:
    links = [*children(node, "incoming"), *children(node, "outgoing")]
    return {(link.text or "").strip() for link in links}


def check_namespaces(subject: Subject) -> Iterator[Finding]:
    """Namespaces of other tools that the file uses."""
    said: set[str | None] = set(OURS)
    for node in subject.root.iter("*"):
        for name in (node.tag, *node.attrib):
            namespace = etree.QName(name).namespace
            if namespace is not None and namespace not in said:
                said.add(namespace)
                line = node.sourceline or 0
                yield finding("foreign-namespace", subject.file, node.get("id", ""), line, 0, namespace=namespace)
