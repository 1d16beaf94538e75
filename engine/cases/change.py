"""What a step changes in the tables beside the history: worked out from the marking before and after, purely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ..calendars import UnknownYear
from ..canonical import canonical, digest, instant, moment
from ..configuration import Configuration
from ..model import Effect
from ..policy import Policy
from ..spiff import Clock, Due, Marking, Timer
from ..store.tables import NEVER, PAUSED
from .world import START

Row = dict[str, Any]


@dataclass(kw_only=True)
class Change:
    """Rows that come and rows that go: `gone` are the occurrences that have left a table."""

    gone: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    dated: list[Row] = field(default_factory=list)  # tasks that are there, with a new end or none while they pause
    tasks: list[Row] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    subscriptions: list[Row] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a change needs to know of the case beside its markings."""

    case_id: int
    seq: int
    at: datetime
    number: str
    key: str
    bundle: str
    confidentiality: str


def change_of(
    before: Marking,
    after: Marking,
    effects: Iterable[Effect],
    facts: Facts,
    configuration: Configuration,
    policy: Policy,
) -> Change:
    """The rows of the read tables that a step adds and takes away."""
    effects = tuple(effects)
    change = Change(gone=gone(before, after))
    offered, stopped = {e.occurrence: e for e in effects if e.kind == "offered"}, after.stopped
    home = bundles_in(after, facts.bundle)
    for token in after.tokens:
        if token.occurrence in offered and token.state == "ready":
            paused = token.occurrence in stopped
            offer = standing(offered[token.occurrence]) if paused else offered[token.occurrence]
            change.tasks += task_rows(offer, facts, home(token.occurrence))
            change.jobs += () if paused else term_jobs(offer, facts, configuration, policy)
    known = {timer.occurrence for timer in before.timers} - before.stopped
    for timer in after.timers:
        if timer.occurrence not in known | stopped:
            change.jobs.append(job("timer", facts, timer.occurrence, timer.due, {}))
    dated = {e.occurrence: e.detail for e in effects if e.kind == "redated"}
    for clock in after.clocks:
        if clock.stopped and clock.occurrence not in before.stopped:
            change.dated.append({"occurrence": clock.occurrence, "due": PAUSED, "provisional": False})
        elif clock.occurrence in before.stopped - stopped:
            change.dated.append({"provisional": False, **dated[clock.occurrence], "occurrence": clock.occurrence})
            change.jobs += remaining_jobs(clock, facts, configuration, policy, timers=after.timers)
    change.jobs += requested_jobs(effects, after, facts)
    known = {subscription.occurrence for subscription in before.subscriptions}
    for given in after.subscriptions:
        if given.occurrence not in known:
            key_hash = digest(given.key.encode()) if given.key else ""
            row = {"occurrence": given.occurrence, "kind": given.kind, "name": given.name, "key_hash": key_hash}
            change.subscriptions.append({"case_id": facts.case_id, **row})
    return change


def gone(before: Marking, after: Marking) -> dict[str, tuple[int, ...]]:
    """The occurrences whose rows go, for each table that has any: drafts go with their tasks."""
    had, has = _watched(before), _watched(after)
    found = {name: tuple(sorted(had[name] - has[name])) for name in had}
    return {name: occurrences for name, occurrences in found.items() if occurrences}


def _watched(marking: Marking) -> dict[str, set[int]]:
    """The occurrences that may have rows: offered tasks, armed events, operators that were asked."""
    offered = {token.occurrence for token in marking.tokens if token.state == "ready"}
    asked = {token.occurrence for token in marking.tokens if token.state == "started"}
    timers = {timer.occurrence for timer in marking.timers}
    waits = {subscription.occurrence for subscription in marking.subscriptions}
    jobs = (offered | asked | timers) - marking.stopped
    return {"task": offered, "draft": offered, "job": jobs, "subscription": waits}


def bundle_of(marking: Marking, occurrence: int, own: str) -> str:
    """The bundle that a token's element stands in: that of the innermost call around it, else the case's own."""
    return bundles_in(marking, own)(occurrence)


def bundles_in(marking: Marking, own: str) -> Callable[[int], str]:
    """The same for many tokens of one marking."""
    tokens = {token.occurrence: token for token in marking.tokens}

    def found(occurrence: int) -> str:
        calls = (tokens[host].calls for host in reversed(tokens[occurrence].scope))
        return next((digest for digest in calls if digest), own)

    return found


def task_rows(offer: Effect, facts: Facts, bundle: str) -> Iterator[Row]:
    """One row for each queue that a new task stands in."""
    said = offer.detail
    groups, assignee = said["groups"], said.get("assignee")
    shared = {
        "case_id": facts.case_id,
        "occurrence": offer.occurrence,
        "seq": facts.seq,
        "element": offer.element,
        "groups": ",".join(groups),
        "assignee": assignee,
        "claimed_at": moment(facts.at) if assignee else None,
        "due": said.get("due", NEVER),
        "provisional": said.get("provisional", False),
        "priority": said["priority"],
        "offered_at": moment(facts.at),
        "key": facts.key,
        "bundle": bundle,
        "number": facts.number,
        "confidentiality": facts.confidentiality,
    }
    return ({**shared, "queue": queue} for queue in queues(groups, assignee))


def queues(groups: Iterable[str], assignee: str | None) -> list[str]:
    """The queues that a task stands in: of its person, else of its groups."""
    return [f"u:{assignee}"] if assignee else [f"g:{group}" for group in groups] or ["-"]


def term_jobs(offer: Effect, facts: Facts, configuration: Configuration, policy: Policy) -> Iterator[Row]:
    """The jobs that remind and escalate while a task is open."""
    due = offer.detail.get("due")
    if due is None:
        return
    for term in policy.terms:
        when = share(facts.at, instant(due), offer.detail.get("term"), term.percent, configuration)
        if when is not None:
            yield job("term", facts, offer.occurrence, moment(when), {"percent": term.percent})


def standing(offer: Effect) -> Effect:
    """The offer of a task whose clock stands still."""
    return replace(offer, detail={**offer.detail, "due": PAUSED, "provisional": False})


def remaining_jobs(
    clock: Clock, facts: Facts, configuration: Configuration, policy: Policy, timers: Iterable[Timer]
) -> Iterator[Row]:
    """The reminders of a task that are still to come after a pause: each moved as its end is."""
    if any(timer.occurrence == clock.occurrence for timer in timers):
        return
    for term in policy.terms:
        when = share(instant(clock.begun), instant(clock.due), clock.term or None, term.percent, configuration)
        when = clock.after_pauses(Due(when), configuration.moved).at if when else None
        if when is not None and when >= facts.at:
            yield job("term", facts, clock.occurrence, moment(when), {"percent": term.percent})


def share(at: datetime, due: datetime, term: str | None, percent: int, configuration: Configuration) -> datetime | None:
    """The moment when a share of a term is over; None where that is beyond all calendars."""
    if percent == 100 or due <= at:
        return due
    try:
        if term is not None:
            return configuration.calendars.share(term, at, percent)
        return at + timedelta(seconds=int((due - at).total_seconds() * percent / 100))
    except (OverflowError, ValueError, UnknownYear):
        return None


def requested_jobs(effects: Iterable[Effect], after: Marking, facts: Facts) -> Iterator[Row]:
    """The jobs for what a step asked of others: remote operators, linked cases, messages and signals."""
    now, open_now = moment(facts.at), {token.occurrence for token in after.tokens}
    for effect in effects:
        detail: Mapping[str, Any] = effect.detail if isinstance(effect.detail, dict) else {}
        if effect.kind == "requested" and effect.occurrence in open_now:
            yield job("operator", facts, effect.occurrence, now, {**detail, "element": effect.element})
        elif effect.kind == "answered" and detail["operator"] == START and "result" in detail:
            yield job("start", facts, 0, now, {**detail["parameters"], "element": effect.element})
        elif effect.kind == "thrown":
            yield job(detail["kind"], facts, 0, now, {"name": detail["name"], "payload": detail["payload"]})


def job(kind: str, facts: Facts, occurrence: int, run_at: str, payload: Mapping[str, Any]) -> Row:
    """A job of the case; it is numbered when it is stored."""
    return {
        "case_id": facts.case_id,
        "seq": facts.seq,
        "kind": kind,
        "occurrence": occurrence,
        "run_at": run_at,
        "leased_until": None,
        "attempts": 0,
        "hops": 0,
        "payload": canonical(dict(payload)),
    }
