"""Conditions: which flow is taken must be decided, and by one of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ..diagram import Element, Flow, Formula
from ..feel import nodes as n
from ..model import Finding
from .overlaps import both_possible, complementary, possible
from .phrases import phrase
from .subject import Subject

CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def check_gateways(subject: Subject) -> Iterator[Finding]:
    """Gateways that do not say which way to go."""
    for gateway in subject.graph.elements:
        flows = subject.graph.flows(gateway)
        if gateway.kind not in CHOOSING or len(flows) < 2:
            continue
        silent = [flow for flow in flows if not flow.default and not _says(flow)]
        if silent and (gateway.kind == "exclusiveGateway" or not any(map(_says, flows))):
            named = subject.label(silent[0])
            yield subject.find("gateway-without-condition", gateway, flow=named)


def check_defaults(subject: Subject) -> Iterator[Finding]:
    """Defaults that are none, and elements that may find no way on."""
    trees = _conditions(subject)
    for element in subject.graph.elements:
        flows = subject.graph.flows(element)
        if element.default and element.default not in element.outgoing:
            yield subject.find("unknown-default", element, flow=element.default)
        chooses = element.kind in CHOOSING or not element.is_gateway
        if chooses and flows and all(_says(flow) and not flow.default for flow in flows):
            found = [trees[flow.id] for flow in flows if flow.id in trees]
            if len(found) == len(flows) and not _exhaustive(found):
                yield subject.find("no-default", element)


def check_ignored(subject: Subject) -> Iterator[Finding]:
    """Conditions that nobody looks at."""
    for flow in subject.diagram.flows:
        if _says(flow) and flow.source in subject.graph.number:
            source = subject.diagram.element(flow.source)
            if flow.default:
                why = phrase("it is the default")
                yield subject.find("condition-ignored", flow, flow=subject.label(flow), why=why)
            elif source.kind in ("parallelGateway", "eventBasedGateway"):
                why = phrase("{here} does not choose by conditions", here=subject.label(source))
                yield subject.find("condition-ignored", flow, flow=subject.label(flow), why=why)


def check_overlaps(subject: Subject) -> Iterator[Finding]:
    """Two conditions of an exclusive gateway that can both be true, where that is certain."""
    trees = _conditions(subject)
    for gateway in subject.graph.elements:
        if gateway.kind == "exclusiveGateway":
            yield from _overlaps(subject, gateway, trees)


def check_possible(subject: Subject) -> Iterator[Finding]:
    """Conditions that never hold: in themselves, or because one of those before them holds then."""
    trees = _conditions(subject)
    for element in subject.graph.elements:
        before: tuple[n.Node, ...] = ()
        for flow in subject.graph.flows(element)[:20]:
            if flow.id not in trees or flow.default or not subject.graph.is_reached(element):
                continue
            if not possible(trees[flow.id]) or not possible(trees[flow.id], without=before):
                yield subject.find("condition-never-holds", flow)
            elif element.kind == "exclusiveGateway":
                before = (*before, trees[flow.id])


def _overlaps(subject: Subject, gateway: Element, trees: dict[str, n.Node]) -> Iterator[Finding]:
    flows = [flow for flow in subject.graph.flows(gateway) if flow.id in trees and not flow.default][:20]
    for one, other in combinations(flows, 2):
        if both_possible(trees[one.id], trees[other.id]) and possible(trees[other.id], without=(trees[one.id],)):
            names = {"flow": subject.label(one), "other": subject.label(other)}
            yield subject.find("overlapping-conditions", gateway, **names)


def _says(flow: Flow) -> bool:
    return flow.condition is not None and bool(flow.condition.strip())


def _conditions(subject: Subject) -> dict[str, n.Node]:
    def is_condition(formula: Formula, tree: object) -> bool:
        return formula.role == "condition" and isinstance(tree, n.Node)

    return {
        formula.element: tree
        for formula, tree in subject.trees.items()
        if is_condition(formula, tree) and isinstance(tree, n.Node)
    }


def _exhaustive(conditions: list[n.Node]) -> bool:
    """Whether one of the conditions holds whatever the data are, where that is plain to see."""
    if any(isinstance(tree, n.Literal) and tree.value is True for tree in conditions):
        return True
    return any(complementary(one, other) for one, other in combinations(conditions[:20], 2))
