"""What surrounds a step: everything it may read beside the marking and the input, and nothing that has a state.

A live step is given the world as it is and writes down what it was told; a replay is given what was written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..feel import DEFAULT, Language, Limits, parse_date_time, parse_duration

if TYPE_CHECKING:
    from ..feel import Decision
    from ..mapping import Declared
    from .parser import Bundle


class Request(NamedTuple):
    """What an operator is asked; replay finds the recorded answer by element and occurrence."""

    element: str
    occurrence: int
    operator: str
    parameters: dict[str, Any]
    data: Mapping[str, Any] = {}  # what an expression there reads


class Answer(NamedTuple):
    """What a local operator answered: a result, or an error that the diagram may catch."""

    result: Any = None
    error: str | None = None


Answers = Callable[[Request], Answer | None]  # None: a remote operator, whose answer is an input of its own


class Library(Protocol):
    """Where call activities and business rule tasks find what another bundle holds."""

    def newest(self, key: str) -> Bundle:
        """The process in force now; which version it was is recorded by the step. KeyError where there is none."""

    def version(self, digest: str) -> Bundle:
        """The version that a case is bound to."""

    def decision(self, key: str) -> tuple[Decision, str]:
        """The shared decision in force now and the digest of its bundle. KeyError where there is none."""

    def mapping(self, digest: str) -> Declared:
        """The mapping that a migration was declared by."""


class Shelf:
    """A library in memory."""

    def __init__(
        self,
        *bundles: Bundle,
        decisions: dict[str, tuple[Decision, str]] | None = None,
        mappings: Iterable[Declared] = (),
    ) -> None:
        self._newest = {bundle.key: bundle for bundle in bundles}
        self._versions = {bundle.digest: bundle for bundle in bundles}
        self._decisions = decisions or {}
        self._mappings = {one.digest: one for one in mappings}

    def newest(self, key: str) -> Bundle:
        """The last one given for this key."""
        return self._newest[key]

    def version(self, digest: str) -> Bundle:
        """The one with this digest."""
        return self._versions[digest]

    def decision(self, key: str) -> tuple[Decision, str]:
        """The one given for this key."""
        return self._decisions[key]

    def mapping(self, digest: str) -> Declared:
        """The one with this digest."""
        return self._mappings[digest]


class Due(NamedTuple):
    """A moment, provisional where it lies in a year whose calendar is not known yet."""

    at: datetime
    provisional: bool = False


def plain_due(text: str, at: datetime) -> Due:
    """A term without calendars: an ISO duration of days, hours, minutes and seconds, or a moment."""
    value = parse_duration(text) or parse_date_time(text)
    if isinstance(value, timedelta):
        return Due(at + value)
    if isinstance(value, datetime):
        return Due(value)
    raise ValueError(f"{text} is no duration and no moment")


def plain_moved(at: datetime, term: str, stopped: datetime, resumed: datetime) -> Due:
    """Where a moment moves by a pause that began before it, without calendars: by the length of the pause."""
    return Due(at + (resumed - stopped) if at > stopped else at)


def local_only(request: Request) -> Answer | None:
    """No local operators: every one is remote."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The world of one step."""

    library: Library
    answer: Answers = local_only
    language: Language = DEFAULT
    limits: Limits | None = None
    due: Callable[[str, datetime], Due] = plain_due
    moved: Callable[[datetime, str, datetime, datetime], Due] = plain_moved
    last_year: int = 9999  # moments of business time after this year are provisional
    zone: timezone = field(default=UTC)
