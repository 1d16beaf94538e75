"""The diagrams that are measured: lines of user tasks with a form of ten fields, and a loop."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
FORM = "forms/ask.json"

FIELDS: dict[str, Any] = {
    "name": {"type": "string", "minLength": 2, "maxLength": 50},
    "amount": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
    "code": {"type": "string", "pattern": "^\\d{6}$"},
    "count": {"type": "integer", "minimum": 0, "maximum": 100},
    "urgent": {"type": "boolean"},
    "kind": {"enum": ["A", "B", "C"]},
    "since": {"type": "string", "format": "date"},
    "note": {"type": "string", "maxLength": 500},
    "marks": {"type": "array", "items": {"type": "integer"}, "maxItems": 5},
    "again": {"type": "boolean"},
}
GIVEN: dict[str, Any] = {
    "name": "Ten fields",
    "amount": Decimal("19.99"),
    "code": "990014",
    "count": 7,
    "urgent": False,
    "kind": "B",
    "since": "2026-11-20",
    "note": "a note of some length, as people write them",
    "marks": [1, 2, 3],
    "again": True,
}


def form() -> str:
    """A form of ten declared fields."""
    return json.dumps(
        {"type": "object", "properties": FIELDS, "required": sorted(FIELDS), "additionalProperties": False}
    )


def user_task(id: str, ours: bool) -> str:
    """A user task for the group `staff`; a bare one has no form."""
    inside = (
        f'<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="{FORM}"/>'
        "</spiffworkflow:properties><spiffworkflow:taskMetadataValues>"
        '<spiffworkflow:taskMetadataValue name="candidateGroups" value="staff"/>'
        "</spiffworkflow:taskMetadataValues></bpmn:extensionElements>"
    )
    return f'<bpmn:userTask id="{id}" name="{id}">{inside if ours else ""}</bpmn:userTask>'


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow."""
    inside = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def process(key: str, body: str) -> str:
    """A diagram of one process."""
    return (
        f'<bpmn:definitions {NAMESPACES} targetNamespace="x" id="d"><bpmn:process id="{key}" name="{key}" isExecutable="true">'
        f"{body}</bpmn:process></bpmn:definitions>"
    )


def line(length: int, *, ours: bool = True) -> str:
    """A line of user tasks."""
    names = ["start", *(f"task{number}" for number in range(1, length + 1)), "end"]
    body = '<bpmn:startEvent id="start"/>' + "".join(user_task(name, ours) for name in names[1:-1])
    flows = "".join(flow(a, b) for a, b in pairwise(names))
    return process(f"line{length}", body + '<bpmn:endEvent id="end"/>' + flows)


def loop() -> str:
    """One user task, again and again while `again` is true."""
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="into"/>'
        + user_task("task", True)
        + '<bpmn:exclusiveGateway id="more" default="more_end"/><bpmn:endEvent id="end"/>'
        + flow("start", "into")
        + flow("into", "task")
        + flow("task", "more")
        + flow("more", "into", "again")
        + flow("more", "end")
    )
    return process("loop", body)


def waits() -> str:
    """A timer of an hour, then a user task."""
    timer = '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>'
    body = (
        '<bpmn:startEvent id="start"/>'
        f'<bpmn:intermediateCatchEvent id="hour" name="An hour">{timer}</bpmn:intermediateCatchEvent>'
        + user_task("task", True)
        + '<bpmn:endEvent id="end"/>'
    )
    return process("waits", body + "".join(flow(a, b) for a, b in pairwise(["start", "hour", "task", "end"])))
