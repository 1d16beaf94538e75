"""A case engine: diagrams executed step by step, every step one transaction, every history replayable.

with open_engine("sqlite:///cases.db") as engine:
    engine.deploy(files, by=owner)
    case = engine.start("loan", {"amount": 12000}, by=ann)
"""

from .clock import FixedClock, SystemClock
from .engine import Engine, open_engine
from .errors import (
    AmbiguousMessage,
    Conflict,
    EngineError,
    ExpressionError,
    InvalidDiagram,
    InvalidForm,
    NotAllowed,
    NotFound,
    Refusal,
    StepFailed,
)
from .model import (
    SYSTEM,
    Actor,
    Awaited,
    Case,
    Deployment,
    Effect,
    Finding,
    Incident,
    Replay,
    Rollout,
    Step,
    Task,
    Verification,
)
from .operators import Call, DiagramError, Operator, Parameter
from .policy import Policy

__all__ = [
    "SYSTEM",
    "Actor",
    "AmbiguousMessage",
    "Awaited",
    "Call",
    "Case",
    "Conflict",
    "Deployment",
    "DiagramError",
    "Effect",
    "Engine",
    "EngineError",
    "ExpressionError",
    "Finding",
    "FixedClock",
    "Incident",
    "InvalidDiagram",
    "InvalidForm",
    "NotAllowed",
    "NotFound",
    "Operator",
    "Parameter",
    "Policy",
    "Refusal",
    "Replay",
    "Rollout",
    "Step",
    "StepFailed",
    "SystemClock",
    "Task",
    "Verification",
    "open_engine",
]
