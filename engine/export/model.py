"""What an event log is made of: the steps that it is told from, the cases that it speaks of, and its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from .fields import Plain

Lifecycle = Literal[
    "create", "assign", "start", "suspend", "resume", "reassign", "complete", "cancel", "fail", "escalate", "breach"
]


class Entry(NamedTuple):
    """As much of a step as becomes events; `at` is its moment in canonical form."""

    seq: int
    at: str
    actor: str
    kind: str
    input: Mapping[str, Any]
    effects: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A case as a log speaks of it: whatever names it or somebody is a name of the export."""

    case: str
    key: str
    version: int
    status: str
    started_at: str
    last_at: str
    ended_at: str | None
    outcome: str | None
    customer: str | None
    parent: str | None


class Event(NamedTuple):
    """One event of a log; `number` and `instance` are those within its case, instance 0 is the case itself."""

    number: str
    at: str
    activity: str
    name: str
    kind: str
    instance: int
    lifecycle: Lifecycle
    actor: str
    actor_type: str
    role: str
    direction: str
    planned: bool
    begun: bool
    version: int
    values: Mapping[str, Plain]

    def attributes(self, case: str, role: str) -> dict[str, Plain]:
        """What it says beside what it is, when and by whom, in every format; `role` is what the format calls a role."""
        said: dict[str, Plain] = {
            "activityId": self.activity,
            "activityInstanceId": f"{case}.{self.instance}",
            "activityType": self.kind,
            "lifecycle": self.lifecycle,
            "actorType": self.actor_type,
            "planned": self.planned,
        }
        told = {name: value for name, value in ((role, self.role), ("direction", self.direction)) if value}
        return said | told | {f"data.{name}": value for name, value in self.values.items()}
