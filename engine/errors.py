"""What the engine refuses. The docstring is the default message; every error carries its data, wording is the edge's.

A business error (somebody may not, something is missing, another was first) is a `Refusal`. A technical one is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .feel.errors import ExpressionError, LimitExceeded

if TYPE_CHECKING:
    from .model import Failure, Finding, Obstacle

__all__ = [
    "AmbiguousMessage",
    "Conflict",
    "EngineError",
    "ExpressionError",
    "FieldError",
    "InvalidDiagram",
    "InvalidForm",
    "MalformedXml",
    "NotAllowed",
    "NotFound",
    "NotJumpable",
    "NotMigratable",
    "OnHold",
    "Raced",
    "Refusal",
    "Restricted",
    "SchemaOutdated",
    "StepFailed",
    "Unavailable",
]


class EngineError(Exception):
    """The engine could not do this."""

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.data: dict[str, Any] = data


class Refusal(EngineError):
    """This is refused; nothing has changed."""


class NotFound(Refusal):
    """There is nothing of this name that you may see."""


class NotAllowed(Refusal):
    """You may see this, but not do this."""


class Restricted(NotAllowed):
    """This value is restricted: it is kept because a law demands it, and nobody uses it."""


class OnHold(Refusal):
    """A legal hold stands in the way; nothing of the case may be disposed of."""

    @property
    def by(self) -> str | None:
        """Who has placed it."""
        return self.data.get("by")

    @property
    def at(self) -> str | None:
        """When, as a moment in UTC."""
        return self.data.get("at")


class Conflict(Refusal):
    """Somebody else was first; look at the case again."""

    @property
    def by(self) -> str | None:
        """Who was first, where that is known."""
        return self.data.get("by")

    @property
    def at(self) -> str | None:
        """When, as a moment in UTC."""
        return self.data.get("at")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a code of JSON Schema (or `undeclared`, `exists`, `personal`) and its value."""

    code: str
    value: Any = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class InvalidForm(Refusal):
    """The form is not complete or not right; nothing has been sent."""

    def __init__(self, fields: Mapping[str, FieldError]) -> None:
        named = "; ".join(f"{name or '(form)'}: {problem.code}" for name, problem in fields.items())
        super().__init__(f"{(type(self).__doc__ or '').strip()} {named}", fields=dict(fields))
        self.fields: dict[str, FieldError] = dict(fields)


class InvalidDiagram(Refusal):
    """The bundle cannot be deployed; correct what the findings name."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [f for f in findings if f.severity == "error"]
        first = f" {errors[0].message}" if errors else ""
        super().__init__(f"{(type(self).__doc__ or '').strip()} {len(errors)} errors.{first}", findings=list(findings))
        self.findings: list[Finding] = list(findings)


class NotMigratable(Refusal):
    """The case cannot be moved to this version as it stands; map the elements that it stands on."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        named = "; ".join(sorted({f"{one.element}: {one.why}" for one in obstacles}))
        super().__init__(f"{(type(self).__doc__ or '').strip()} {named}", obstacles=list(obstacles))
        self.obstacles: list[Obstacle] = list(obstacles)


class NotJumpable(Refusal):
    """The case cannot go on from there; choose another element."""

    def __init__(self, element: str, to: str, why: str, join: str = "") -> None:
        named = f"{element} to {to or 'anywhere'}: {why}{f' at {join}' if join else ''}"
        super().__init__(f"{(type(self).__doc__ or '').strip()} {named}", element=element, to=to, why=why, join=join)
        self.element, self.to, self.why, self.join = element, to, why, join


class StepFailed(Refusal):
    """The step could not be taken, and nothing of it has happened."""

    def __init__(self, element: str, why: str, incident: int | None = None, *, kind: Failure = "rule") -> None:
        super().__init__(f"{element}: {why}", element=element, why=why)
        self.element, self.why, self.incident, self.kind = element, why, incident, kind

    @classmethod
    def of(cls, element: str, error: Exception) -> StepFailed:
        """What the error of an expression or of its value comes to at an element."""
        return cls(element, str(error), kind="bound" if isinstance(error, LimitExceeded) else "rule")


class AmbiguousMessage(Refusal):
    """More than one case waits for this message; say which, by a correlation key or the case."""


class MalformedXml(Refusal):
    """The file is no XML that can be read."""

    def __init__(self, why: str, line: int = 1, column: int = 1) -> None:
        super().__init__(why, line=line, column=column)
        self.why, self.line, self.column = why, line, column


class SchemaOutdated(EngineError):
    """The database has the tables of another release; run `fundcase upgrade`."""


class Unavailable(EngineError):
    """The database cannot be reached."""

    @property
    def unsure(self) -> bool:
        """Whether it was lost in the middle of a commit, so that what was asked for may have happened all the same."""
        return bool(self.data.get("unsure"))


class Raced(Unavailable):
    """Another transaction was quicker, and nothing of this one has happened; the engine tries it again by itself."""
