"""The bundles that the product ships, as tests read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import workflows
from engine import calendars
from engine.diagram import Diagram, read_diagram
from engine.feel import Decision, Language, Limits, read_decisions
from engine.xml import parse_xml

DIAGRAMS = Path(__file__).parents[2] / "bpmn_diagrams"
BUNDLES = (
    "shared/suitability",
    "shared/wording",
    "shared/contact_permission",
    "shared/feedback_follow_up",
    "shared/callback_rule",
    "shared/field_disposition",
    "complaint",
    "inquiry",
    "feedback",
    "survey",
    "risk-assess",
    "recommendation",
    "feedback-analysis",
    "trade",
    "callback",
    "personal-request",
)  # what another one calls comes first


def bundle_files(name: str) -> dict[str, bytes]:
    """The files of a bundle by their paths inside it."""
    folder = DIAGRAMS / name
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cache
def diagram(key: str) -> Diagram:
    """The diagram of a process."""
    return read_diagram((DIAGRAMS / key / f"{key}.bpmn").read_bytes())


def decision(bundle: str, id: str, **changed: Any) -> Decision:
    """A decision table of a bundle, with the parameters as shipped but for those that are changed."""
    values: Mapping[str, Any] = {name: said["value"] for name, said in workflows.parameters().items()} | changed
    language = Language(Limits(), (calendars.parameters_function(values),))
    root = parse_xml((DIAGRAMS / bundle / f"{id}.dmn").read_bytes())
    return read_decisions(root, language)[id]


def rows(table: Decision) -> set[int]:
    """The numbers of all rows."""
    return {row.number for row in table.rows}
