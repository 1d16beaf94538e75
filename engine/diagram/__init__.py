"""A read-only view of a BPMN file: what is drawn, in our own words; no SpiffWorkflow, no database, no case."""

from .parts import (
    Element,
    Event,
    Flow,
    Formula,
    Label,
    Lane,
    Message,
    MultiInstance,
    Operation,
    Process,
    Scope,
)
from .read import read_diagram, read_root
from .view import Diagram

__all__ = [
    "Diagram",
    "Element",
    "Event",
    "Flow",
    "Formula",
    "Label",
    "Lane",
    "Message",
    "MultiInstance",
    "Operation",
    "Process",
    "Scope",
    "read_diagram",
    "read_root",
]
