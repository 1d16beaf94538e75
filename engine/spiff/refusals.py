"""What a diagram may hold but this engine does not execute: refused by name before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from .errors import Refused
from .tree import DEEPEST

WITHOUT_MEANING = {
    full_tag(tag)
    for tag in (
        "sequenceFlow",
        "laneSet",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "ioSpecification",
        "property",
        "multiInstanceLoopCharacteristics",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "association",
        "group",
        "textAnnotation",
    )
}
REFUSED_INSIDE = {
    ".//bpmn:standardLoopCharacteristics": "a standard loop (draw a gateway)",
    ".//*[@isForCompensation='true']": "a compensation",
    ".//spiffworkflow:preScript": "a pre-script (draw a script task)",
    ".//*[contains(local-name(), 'Event') or contains(local-name(), 'Gateway')]"
    "/bpmn:extensionElements/spiffworkflow:postScript": "a post-script of something that is no activity",
    ".//bpmn:eventBasedGateway[@instantiate='true']": "an event-based gateway that starts a case",
    ".//bpmn:eventBasedGateway[@eventGatewayType='Parallel']": "a parallel event-based gateway",
    ".//bpmn:eventDefinitionRef": "an event by reference (write its definition into it)",
    ".//bpmn:multiInstanceLoopCharacteristics[@behavior and @behavior!='All']": "a multi-instance that throws events",
    ".//bpmn:subProcess[@triggeredByEvent='true']/bpmn:multiInstanceLoopCharacteristics": "an event subprocess of many",
    ".//bpmn:loopDataOutputRef[contains(., '.')]": "results inside of something (name a field of the case)",
    ".//bpmn:*[@completionQuantity!='1' or @startQuantity!='1']": "more than one token at once",
}
BOOLEANS = (
    "isExecutable",
    "isForCompensation",
    "isSequential",
    "isInterrupting",
    "cancelActivity",
    "triggeredByEvent",
    "instantiate",
    "parallelMultiple",
)
WORDS = {"true": "true", "1": "true", "false": "false", "0": "false"}
INSIDE = ".//bpmn:*[parent::bpmn:process or parent::bpmn:subProcess]"
ID = re.compile(r"[\w.\-]{1,200}")  # as much as the tables hold


def spell_out_booleans(root: Any, names: dict[str, str]) -> None:
    """Write true and false where a file has 1 and 0, which BPMN allows and the stock parser does not know."""
    for node in root.xpath(f".//bpmn:*[{' or '.join('@' + name for name in BOOLEANS)}]", namespaces=names):
        for name in BOOLEANS:
            if (written := node.get(name)) is not None:
                if written.strip() not in WORDS:
                    raise Refused(node.get("id", "?"), f"the {name} {written[:20]!r} (write true or false)")
                node.set(name, WORDS[written.strip()])


def refuse_what_is_not_executed(root: Any, process: Any, executed: Collection[str], names: dict[str, str]) -> None:
    """Look through the executable process of a document."""
    parts = process.xpath(INSIDE, namespaces=names)
    for node in parts:
        if node.tag not in executed and node.tag not in WITHOUT_MEANING:
            raise Refused(node.get("id", "?"), f"a {etree.QName(node).localname}")
        if len(list(node.iterancestors(full_tag("subProcess")))) > DEEPEST:
            raise Refused(node.get("id", "?"), f"more than {DEEPEST} subprocesses inside each other")
    for path, what in REFUSED_INSIDE.items():
        for node in root.xpath(path, namespaces=names):
            raise Refused(next((n.get("id") for n in (node, *node.iterancestors()) if n.get("id")), "?"), what)
    seen: set[str] = set()
    for node in (process, *parts):
        if node.tag in executed or node is process or node.tag == full_tag("sequenceFlow"):
            _look_at_id(node, seen)


def _look_at_id(node: Any, seen: set[str]) -> None:
    given = node.get("id", "")
    if not ID.fullmatch(given):
        raise Refused(given or "?", f"a {etree.QName(node).localname} whose id is no name")
    if given in seen:
        raise Refused(given, "an id that is there twice")
    seen.add(given)


@contextmanager
def refused_by_name(node: Any) -> Iterator[None]:
    """Turn what the stock parser raises into a refusal that names the element.

    It raises whatever a missing attribute or reference brings about, so the kinds are many.
    """
    try:
        yield
    except ValidationException as error:
        raise Refused(error.id or node.get("id", "?"), str(error)) from error
    except KeyError as error:
        raise Refused(node.get("id", "?"), f"the attribute {error.args[0]} is missing") from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Refused(node.get("id", "?"), f"something in it cannot be read: {error}") from error
