"""What makes the result of an assessment doubtful, so that compliance looks at it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from . import questionnaire
from .assessments import Assessment
from .goals import class_level

AGE, NO_LOSS, JUMP = "AGE_DIFFERS", "NO_LOSS_YET_HIGHER", "RISEN_TOO_FAST"


def doubts(
    answers: Mapping[str, Any],
    found: str,
    before: Assessment | None,
    *,
    age: int | None,
    since: date,
    levels: int,
    taken: date | None,
) -> list[str]:
    """Codes of what contradicts the record, or itself, or the assessment that was taken after `since`."""
    said = []
    if not questionnaire.age_agrees(answers, age):
        said.append(AGE)
    if answers["bearsLoss"] == "NO" and found != "C1":
        said.append(NO_LOSS)
    if before is not None and taken is not None and taken > since and _risen(before.risk_class, found) >= levels:
        said.append(JUMP)
    return said


def _risen(before: str, now: str) -> int:
    return (class_level(now) or 0) - (class_level(before) or 0)
