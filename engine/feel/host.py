"""Functions of the embedder. They must be deterministic: the same arguments and the same moment, the same value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ExpressionError
from .frame import Frame
from .library import now
from .signatures import Function, by_size, declare
from .values import Value, admit


def host_function(
    name: str, run: Callable[..., Any], signature: str, cost: int = 10, *, timed: bool = False
) -> Function:
    """A function of the embedder; it gets values, after the moment if `timed`; its result is checked like data."""

    def call(frame: Frame, *values: Value) -> Value:
        given = (now(frame), *values) if timed else values
        try:
            result = run(*given)
        except ExpressionError:
            raise
        except Exception as error:
            raise ExpressionError(f"{name} failed: {type(error).__name__}") from error
        return admit(result, frame.budget)

    return declare(name, call, signature, lambda values: cost + by_size(values))
