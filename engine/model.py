"""What crosses the engine's door: frozen rows and narrow ids. Nothing here knows how they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NewType, get_args

CaseId = NewType("CaseId", str)
TaskId = NewType("TaskId", str)

Status = Literal["open", "suspended", "completed", "cancelled"]
Severity = Literal["error", "warning", "info"]
NORMAL = "normal"  # the confidentiality class of a case that says nothing
Failure = Literal[
    "operator",  # what a task calls has failed, or answered what is no answer
    "reminder",  # nobody was reminded of a task
    "missing",  # a process, decision or operator is not there
    "rule",  # an expression, term, table or script does not go with the data
    "bound",  # it would have been more than one step may do, or went round in a circle
    "message",  # a message could not be handed over
    "start",  # another case could not be started
    "uncaught",  # an error that no way is drawn for
    "deadlock",  # the case waits for what cannot come
    "checkpoint",  # a checkpoint could not be made, or be brought outside
    "other",  # what nobody has foreseen
]
FAILURES: tuple[Failure, ...] = get_args(Failure)


def group_id(name: str) -> str:
    """The id of a group or lane: lower case, underscores for blanks."""
    return "_".join(name.strip().lower().split())


@dataclass(frozen=True, slots=True, init=False)
class Actor:
    """Who does something, and the groups that he is in at that moment."""

    name: str
    groups: frozenset[str]
    system: bool

    def __init__(self, name: str, groups: Iterable[str] = (), *, system: bool = False) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "groups", frozenset(map(group_id, groups)))
        object.__setattr__(self, "system", system)

    def any_of(self, groups: Iterable[str]) -> bool:
        """Whether the actor is in one of the groups, or is the system itself."""
        return self.system or not self.groups.isdisjoint(groups)


SYSTEM = Actor("system", system=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A message that a case waits for, and the bundle that its event stands in: its own, or one that it has called."""

    name: str
    element: str
    occurrence: int
    bundle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A message that nobody waits for yet; its content is shown to nobody: who knows what in it is personal?"""

    id: int
    name: str
    correlate: Mapping[str, Any]
    case_id: CaseId | None  # the case that it is for, where the sender named one
    sender: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that technical staff must look at: one row per case, element and error, outside the chain."""

    id: int
    case_id: CaseId
    element: str
    error: str
    opened_at: datetime
    last_at: datetime
    count: int = 1
    closed_at: datetime | None = None
    kind: Failure = "other"
    alike: str = ""  # those with the same error have the same
    parked: bool = False  # whether something was laid aside with it, which runs again when it is retried


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An incident in a list, with what there is to say of its case; one of no case has no number and no status."""

    incident: Incident
    key: str  # the process; empty where it belongs to none
    bundle: str
    number: str
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands."""

    id: CaseId
    number: str
    key: str
    version: int
    bundle: str
    status: Status
    data: Mapping[str, Any]
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    outcome: str | None = None  # the id of the end event that ended it
    confidentiality: str = NORMAL
    parent: CaseId | None = None
    customer: str | None = None  # whom it is about: what the process's property `customer` points to
    subject: str | None = None  # what it is about, in a word: the property `subject`
    seq: int = 0
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One open user task; `id` is case.seq.n: the step that offered it and its occurrence in the case."""

    id: TaskId
    case_id: CaseId
    case_number: str
    key: str
    bundle: str
    element: str
    name: str
    occurrence: int
    groups: tuple[str, ...]
    assignee: str | None
    due: datetime | None
    provisional: bool
    priority: int
    offered_at: datetime
    claimed_at: datetime | None = None
    status: str = "open"
    form: str | None = None
    confidentiality: str = NORMAL
    paused: bool = False  # its term stands still, because the case waits for somebody outside

    @property
    def role(self) -> str | None:
        """The first group that may do it."""
        return self.groups[0] if self.groups else None


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that followed from an input: what, where, which occurrence, and what there is to say."""

    kind: str
    element: str
    occurrence: int
    detail: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of a case's history; hashes are hexadecimal."""

    case_id: CaseId
    seq: int
    at: datetime
    actor: str
    kind: str
    input: Mapping[str, Any]
    effects: tuple[Effect, ...]
    semantics: int
    state_hash: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The legal hold that a case is under: who has placed it, when, by which step."""

    case_id: CaseId
    seq: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """What became of a personal value: erased, anonymised or restricted; by whom, when, under which rule and why."""

    disposition: str
    at: datetime
    by: str
    under: str
    reason: str
    case_id: CaseId
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a token of a case has no place in another version.

    It is `removed`, of an `other kind`, comes by an `other flow`, brings `other results`, stands `elsewhere`, or is
    there `twice`.
    """

    element: str
    occurrence: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Where a token stands, and the elements of its scope at which it may go on."""

    token: int
    element: str
    bundle: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that `check` found; line and column count from 1, 0 is unknown."""

    severity: Severity
    rule: str
    file: str
    element: str = ""
    line: int = 0
    column: int = 0
    message: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One version of a process or a shared decision."""

    key: str
    version: int
    bundle: str
    kind: Literal["process", "decision"]
    name: str
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Whom a version is for: so many in a hundred new cases, from a moment on."""

    key: str
    number: int
    version: int
    percent: int
    effective_at: datetime
    at: datetime
    by: str
    reason: str

    def effective(self, at: datetime) -> bool:
        """Whether it counts; what does not wait for a moment counts at once, whatever clock is looked at."""
        return self.effective_at <= max(at, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many in a hundred new cases begin with a version; `percent` is its part of those that come so far."""

    version: int
    bundle: str
    percent: int
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What new cases of a key begin with, the version that is asked first before the others, and what waits."""

    shares: tuple[Share, ...]
    coming: tuple[Rollout, ...]

    @property
    def base(self) -> int | None:
        """The version of whoever is in the share of no other; None where nothing is in force yet."""
        return self.shares[-1].version if self.shares else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The version that somebody's next case would begin with, and the coin that says so."""

    key: str
    version: int
    bundle: str
    coin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a replay left the record: the step, what differs, and both sides."""

    seq: int
    what: str
    recorded: Any
    replayed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay of a case found."""

    case_id: CaseId
    steps: int
    difference: Difference | None = None

    @property
    def equal(self) -> bool:
        """Whether every step came out as it is recorded."""
        return self.difference is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that `verify` found wrong with a case."""

    what: str
    seq: int | None = None
    detail: str = ""
    case: str = ""  # the case, where the problem was found beside the cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What retention has left of a case: under which policy it went, by whom and when, and how many steps it had."""

    number: str
    policy: str
    at: str
    by: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `verify` found in one case; one that retention purged is sound and says so."""

    case_id: CaseId
    number: str
    steps: int
    problems: tuple[Problem, ...] = ()
    purged: Purged | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
