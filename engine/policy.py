"""What an installation decides: who deploys, who reads everything, who assigns, who is told when a term runs out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from .model import NORMAL, Actor
from .retention.rules import Rule

OWNER = "owner"  # whoever holds the task, or the groups that it is offered to


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What happens when a share of a task's term is over: the step's kind, and the group that is told."""

    percent: int
    kind: str
    tell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of an installation; the defaults suit a script."""

    deployers: frozenset[str] = frozenset({"process_owner"})
    readers: frozenset[str] = frozenset({"auditor", "process_owner"})  # read every case of the classes open to them
    assigners: frozenset[str] = frozenset({"supervisor"})  # give tasks to others, take them back; cancel, suspend cases
    menders: frozenset[str] = frozenset({"process_owner", "supervisor"})  # decide what becomes of an incident
    correctors: frozenset[str] = frozenset({"process_owner", "supervisor"})  # correct data, move tokens, skip tasks
    auditors: frozenset[str] = frozenset({"auditor"})  # draw samples, write working papers
    watchers: frozenset[str] = frozenset({"auditor"})  # see who has read which case
    custodians: frozenset[str] = frozenset({"custodian"})  # place legal holds, dispose of values, read restricted ones
    confidential: Mapping[str, frozenset[str]] = field(default_factory=dict)  # class: the groups that may see it
    second_approval: bool = False  # whether a deployment waits for a second process owner
    terms: tuple[Term, ...] = (
        Term(percent=80, kind="reminded", tell=OWNER),
        Term(percent=100, kind="breached", tell="supervisor"),
        Term(percent=150, kind="escalated", tell="manager"),
    )
    remind_with: str | None = None  # the operator that tells them
    message_ttl: timedelta = timedelta(days=7)
    retention: tuple[Rule, ...] = ()  # what becomes of cases that ended long ago
    seal_every: timedelta = timedelta(hours=1)  # from one checkpoint to the next
    lease: timedelta = timedelta(minutes=2)  # how long a worker keeps a job to itself

    def classes_open_to(self, actor: Actor) -> tuple[str, ...] | None:
        """The confidentiality classes that an actor may see; None is every class."""
        if actor.system:
            return None
        listed = (name for name, groups in self.confidential.items() if not actor.groups.isdisjoint(groups))
        return (NORMAL, *sorted(listed))

    def may_see_class(self, actor: Actor, confidentiality: str) -> bool:
        """Whether an actor may see cases of a class; one that nobody listed is for the system alone."""
        classes = self.classes_open_to(actor)
        return classes is None or confidentiality in classes

    def may_read_all(self, actor: Actor) -> bool:
        """Whether an actor reads cases of every process."""
        return actor.any_of(self.readers)
