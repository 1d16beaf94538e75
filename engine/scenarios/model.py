"""What a scenario says: how a case begins, what happens to it, what operators answer, and where it has to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FOLDER = "scenarios/"
ENDING = ".json"
NEXT = "next"  # the time passes until the next timer is due
SAMPLE = "sample"  # what stands for every personal value: nothing of a case can depend on one


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """Somebody completes the task that is open at an element, the one that was opened first."""

    element: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Time passes: a term such as `4 bh`, until a moment, or until the next timer is due."""

    until: str = NEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """A message or a signal comes for whoever waits for it first."""

    kind: str  # message or signal
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)


Input = Complete | Wait | Bring


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operator answers: once, or every time; at one element, or wherever it is asked."""

    operator: str
    result: Any = None
    error: str = ""
    element: str = ""
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Where the case has to go; what is not named is not looked at.

    `path` are elements that are entered in this order, with others between them; `data` are values by their path, `due`
    the terms or moments of tasks by their element, `waiting` the open tasks of a case that has not ended.
    """

    path: tuple[str, ...] = ()
    end: str = ""
    waiting: tuple[str, ...] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    due: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario of a bundle."""

    name: str
    at: datetime
    title: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""  # the case begins by this message, whose content the data are
    inputs: tuple[Input, ...] = ()
    replies: tuple[Reply, ...] = ()
    expected: Expected = Expected()


def is_scenario(path: str) -> bool:
    """Whether a file of a bundle is a scenario."""
    return path.startswith(FOLDER) and path.endswith(ENDING)


def name_of(path: str) -> str:
    """The name of a scenario by its path."""
    return path.removeprefix(FOLDER).removesuffix(ENDING)


def path_of(name: str) -> str:
    """The path of a scenario by its name."""
    return f"{FOLDER}{name}{ENDING}"
