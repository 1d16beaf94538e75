"""What can go wrong when a diagram is read or a step is taken, beside `engine.errors.StepFailed`."""

from __future__ import annotations

from ..errors import StepFailed

__all__ = ["NotWaiting", "Refused", "StepFailed", "StepperError"]


class StepperError(Exception):
    """Something the stepper refuses to do."""


class Refused(StepperError):
    """A diagram uses something that this engine does not execute."""

    def __init__(self, element: str, what: str) -> None:
        super().__init__(f"{element}: {what}")
        self.element, self.what = element, what


class NotWaiting(StepperError):
    """Nothing in the marking waits for this input."""
