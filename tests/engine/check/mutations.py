"""Diagrams as somebody could spoil them: elements, attributes and texts of a good one taken away, doubled, exchanged."""

from __future__ import annotations

import copy
import random

from engine.xml import parse_xml, serialise

from .bundles import BPMN

WORDS = [
    *("", "0", "-1", "1e999999999", "true", "false", "null", "x", "a b", "../a", "=", "= x", "PT0S", '"P99999999999M"'),
    *(
        "typename",
        "__class__",
        "\u202e",
        "\u200f",
        "\ud7ff",
        "9" * 400,
        "R3/PT1H",
        "1..1000000",
        "[1..",
        "${x}",
        "%s%n",
    ),
]
KINDS = [
    *("userTask", "task", "serviceTask", "scriptTask", "callActivity", "businessRuleTask", "subProcess", "transaction"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"),
    *("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"),
    *("timerEventDefinition", "messageEventDefinition", "errorEventDefinition", "signalEventDefinition"),
    *(
        "terminateEventDefinition",
        "linkEventDefinition",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    ),
]


def mutated(content: bytes, seed: int) -> bytes:
    """A diagram in which a few things are other than they were; the same for the same seed."""
    chance, root = random.Random(seed), parse_xml(content)
    nodes = [node for node in root.iter("*") if "/DI" not in node.tag and "/DD/" not in node.tag and node is not root]
    ids = [node.get("id") for node in nodes if node.get("id")]
    for _ in range(chance.randint(1, 4)):
        node = chance.choice(nodes)
        if node.getparent() is not None:
            chance.choice((taken_away, doubled, moved, renamed, attribute, attribute, attribute, text, text))(
                chance, node, nodes, ids
            )
    return serialise(root)


def taken_away(chance, node, nodes, ids):
    node.getparent().remove(node)


def doubled(chance, node, nodes, ids):
    node.addnext(copy.deepcopy(node))


def moved(chance, node, nodes, ids):
    """An element into another one, unless that is inside of it."""
    goal = chance.choice(nodes)
    if goal is not node and node not in goal.iterancestors():
        goal.append(node)


def renamed(chance, node, nodes, ids):
    node.tag = f"{BPMN}{chance.choice(KINDS)}"


def attribute(chance, node, nodes, ids):
    """An attribute with another value, or gone."""
    if node.attrib:
        name = chance.choice(list(node.attrib))
        if chance.random() < 0.15:
            del node.attrib[name]
        else:
            node.set(name, chance.choice([chance.choice(WORDS), chance.choice(ids or ["x"])]))


def text(chance, node, nodes, ids):
    node.text = chance.choice(WORDS)
