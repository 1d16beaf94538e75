"""Deploys bundles: checked, then a version of their key for all new cases or some of them, at once or from a moment on.

A second person approves where the policy says so: neither who proposed it nor who has worked on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..bounded import Question
from ..bundles import Bundle, normal_files, read_bundle
from ..canonical import canonical, instant, moment, read
from ..check import in_order
from ..configuration import Configuration
from ..errors import Conflict, InvalidDiagram, NotAllowed, NotFound
from ..model import Actor, Deployment, Finding
from ..reasons import demand_short
from ..scenarios import Outcome
from ..sketches.writers import writers
from ..store import rollouts, shelf
from ..store.database import alone
from ..store.rollouts import ALL
from ..store.tables import proposal
from . import rehearsing, rolling, schedule, starting
from .context import Context
from .rolling import Reach
from .world import START

Given = Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A bundle that waits for a second person, or what that person decided."""

    id: int
    key: str
    bundle: str
    at: datetime
    by: str
    reason: str
    decision: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    remark: str | None = None
    authors: tuple[str, ...] = ()  # who else has worked on it
    effective_at: datetime | None = None  # none is as soon as it is approved
    percent: int = ALL
    version: int | None = None  # the one that is to be rolled out further; none is a new one


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a check has found in the files of a bundle, and how its scenarios went, if they were run."""

    findings: list[Finding]
    outcomes: list[Outcome] | None = None


def check(
    context: Context, connection: Connection, files: Given, configuration: Configuration, key: str | None = None
) -> list[Finding]:
    """What is wrong with the files of a bundle, gravest first; never an exception, whatever the files are."""
    return examine(context, connection, files, configuration, key).findings


def examine(
    context: Context, connection: Connection, files: Given, configuration: Configuration, key: str | None = None
) -> Examined:
    """The same, with how its scenarios went: they are run where nothing else is an error."""
    findings = read_within_limits(context, connection, files, configuration)
    if any(finding.severity == "error" for finding in findings):
        return Examined(findings=findings)
    bundle = read_bundle(normal_files(files))
    outcomes = rehearsing.outcomes(context, connection, bundle, configuration)
    findings = in_order([*findings, *rehearsing.findings(bundle, outcomes)])
    if key not in (None, bundle.key):
        found = f"this is the bundle of {bundle.key}, not of {key}; keep the id of the process or deploy it as its own"
        data = {"key": bundle.key, "other": key}
        findings.append(Finding(severity="error", rule="other-key", file="", message=found, data=data))
    return Examined(findings=findings, outcomes=outcomes)


def read_within_limits(
    context: Context, connection: Connection, files: Given, configuration: Configuration
) -> list[Finding]:
    """What a reader of uploads finds in files; no scenario is run."""
    try:
        plain = normal_files(files)
    except ValueError as error:
        message = f"{error}; upload the files of one bundle"
        return [Finding(severity="error", rule="files", file="", message=message, data={"why": str(error)})]
    deployed = shelf.newest_of_all(connection)
    question = Question(
        files=plain,
        configuration=configuration,
        operators=context.registry,
        built_in_operators=frozenset({START}),
        processes=frozenset(one.key for one in deployed if one.kind == "process"),
        decisions=frozenset(one.key for one in deployed if one.kind == "decision"),
        groups=context.groups() if context.groups else None,
        formats=frozenset(context.formats.checkers),
        lookups=frozenset(context.lookups),
    )
    return context.reader(question)


def checked(
    context: Context, connection: Connection, files: Given, configuration: Configuration, since: datetime | None = None
) -> Bundle:
    """The bundle of some files; InvalidDiagram where `check` finds an error, Refusal where no case could ever begin.

    It comes in force `since` a moment, else now.
    """
    findings = check(context, connection, files, configuration)
    if any(finding.severity == "error" for finding in findings):
        raise InvalidDiagram(findings)
    bundle, now = read_bundle(normal_files(files)), max(since or context.now(), context.now())
    if event := schedule.timed_start(bundle):
        schedule.next_start(event, configuration, now, now)
    return bundle


def demand_deployer(context: Context, by: Actor, *, directly: bool = False) -> None:
    """Refuse whoever may not deploy; `directly` is without a second person, where the policy demands one."""
    if not by.any_of(context.policy.deployers):
        needed = " or ".join(sorted(context.policy.deployers))
        raise NotAllowed(f"Deploying needs {needed}.", groups=sorted(context.policy.deployers))
    if directly and context.policy.second_approval and not by.system:
        raise NotAllowed("A second process owner must approve; propose the bundle.", how="propose")


def demand_onlooker(context: Context, actor: Actor) -> None:
    """Refuse whoever neither deploys nor reads every case."""
    groups = context.policy.deployers | context.policy.readers
    if not actor.any_of(groups):
        raise NotAllowed("This is for process owners and auditors.", groups=sorted(groups))


def deploy(
    context: Context,
    connection: Connection,
    bundle: Bundle,
    reach: Reach,
    configuration: Configuration,
    by: Actor,
    reason: str,
) -> Deployment:
    """Put a checked bundle in force; where the policy demands a second person, only the system does so directly."""
    demand_deployer(context, by, directly=True)
    demand_short(reason)
    alone(connection, shelf.SHELF)
    rolling.demand_reach(context, connection, bundle.key, reach)
    return put_in_force(context, connection, bundle, reach, configuration, by.name, reason)


def put_in_force(
    context: Context,
    connection: Connection,
    bundle: Bundle,
    reach: Reach,
    configuration: Configuration,
    by: str,
    reason: str,
) -> Deployment:
    """Make a bundle the newest version of its key, unless it is that, and say for whom it is."""
    made = alike(context, connection, bundle)
    if made is None:
        shelf.store_bundle(connection, bundle)
        made = shelf.deploy(connection, bundle, context.now_text(), by, reason)
    asked = rollouts.standing(connection, made.key, context.now_text())
    if not (reach == Reach() and rolling.is_for_all(asked, made.version)):
        with suppress(Conflict):  # what was said last is not said again
            rolling.write(context, connection, made.key, made.version, reach, configuration, by, reason)
    return made


def alike(context: Context, connection: Connection, bundle: Bundle) -> Deployment | None:
    """The newest version, where a bundle with other bytes means the same: it is drawn or written otherwise."""
    last = shelf.newest(connection, bundle.key)
    if last is None or last.bundle == bundle.digest:
        return None
    return last if context.shelf.bundle(connection, last.bundle).meaning == bundle.meaning else None


def propose(
    context: Context,
    connection: Connection,
    bundle: Bundle,
    reach: Reach,
    by: Actor,
    reason: str,
) -> Proposal:
    """Lay a checked bundle before a second process owner, who has not worked on it either."""
    demand_deployer(context, by)
    rolling.demand_reach(context, connection, bundle.key, reach)
    last, asked = shelf.newest(connection, bundle.key), rollouts.standing(connection, bundle.key, context.now_text())
    same = last is not None and last.bundle == bundle.digest
    if last is not None and same and rolling.is_for_all(asked, last.version):
        raise Conflict(f"This is version {last.version}, which is in force.", how="same", version=last.version)
    if (drawn := alike(context, connection, bundle)) is not None:
        raise Conflict(f"Only the drawing differs from version {drawn.version}.", how="layout", version=drawn.version)
    shelf.store_bundle(connection, bundle)
    row = proposal_row(context, connection, bundle, reach, by, reason)
    row |= {"version": last.version if last is not None and same else None}
    made = connection.execute(insert(proposal).values(**row).returning(proposal.c.id)).scalar_one()
    return find_proposal(connection, made)


def proposal_row(
    context: Context, connection: Connection, bundle: Bundle, reach: Reach, by: Actor, reason: str
) -> dict[str, Any]:
    """What a proposal says of a bundle, and who else has worked on that."""
    demand_short(reason)
    authors = sorted(writers(connection, bundle) - {by.name})
    return {
        "bundle": bundle.digest,
        "key": bundle.key,
        "at": context.now_text(),
        "by": by.name,
        "reason": reason,
        "authors": canonical(authors).decode() if authors else None,
        "percent": reach.percent,
        "effective_at": moment(reach.effective_at) if reach.effective_at else None,
    }


def proposed(
    context: Context, connection: Connection, proposal_id: int, by: Actor
) -> tuple[Mapping[str, bytes], datetime | None]:
    """The files of a proposal that somebody is about to approve, and from when they are to be in force."""
    found = open_proposal(context, connection, proposal_id, by)
    demand_other(found, by)
    return context.shelf.stored_files(connection, found.bundle) or {}, found.effective_at


def demand_other(found: Proposal, by: Actor) -> None:
    """Refuse whoever proposed a bundle, or has worked on it, to approve it: four eyes are of two people."""
    if found.by == by.name:
        raise NotAllowed("Somebody else must approve this: four eyes.", by=found.by, how="proposer")
    if by.name in found.authors:
        raise NotAllowed("You have worked on this draft; somebody else must approve it.", by=by.name, how="author")


def approve(
    context: Context, connection: Connection, proposal_id: int, configuration: Configuration, by: Actor, remark: str
) -> Deployment:
    """Put a proposed bundle in force that was checked again; of two who decide at once, one does."""
    alone(connection, shelf.SHELF)
    found = open_proposal(context, connection, proposal_id, by)
    demand_other(found, by)
    decide(context, connection, proposal_id, "approved", by, remark)
    reason = found.reason if not remark else f"{found.reason} ({remark})"
    late = found.effective_at is not None and found.effective_at <= context.now()
    reach = Reach(percent=found.percent, effective_at=None if late else found.effective_at)
    return settle(context, connection, found, reach, configuration, f"{found.by}, {by.name}", reason)


def settle(
    context: Context,
    connection: Connection,
    found: Proposal,
    reach: Reach,
    configuration: Configuration,
    by: str,
    reason: str,
) -> Deployment:
    """Do what a proposal asks for: deploy its bundle, or roll its version out further."""
    bundle = context.shelf.bundle(connection, found.bundle)
    if found.version is None:
        return put_in_force(context, connection, bundle, reach, configuration, by, reason)
    rolling.write(context, connection, found.key, found.version, reach, configuration, by, reason)
    return next(one for one in shelf.deployments(connection, found.key) if one.version == found.version)


def reject(context: Context, connection: Connection, proposal_id: int, by: Actor, remark: str) -> Proposal:
    """Decline a proposal, or take back one's own."""
    found = open_proposal(context, connection, proposal_id, by)
    decide(context, connection, proposal_id, "withdrawn" if found.by == by.name else "rejected", by, remark)
    return find_proposal(connection, proposal_id)


def open_proposal(context: Context, connection: Connection, proposal_id: int, by: Actor) -> Proposal:
    """A proposal that nobody has decided yet; Conflict where somebody has."""
    demand_deployer(context, by)
    found = find_proposal(connection, proposal_id)
    if found.decision is not None:
        raise Conflict(f"{found.decided_by} has decided this.", by=found.decided_by, at=str(found.decided_at))
    return found


def decide(context: Context, connection: Connection, proposal_id: int, decision: str, by: Actor, remark: str) -> None:
    """Write down a decision; of two at once, one wins."""
    undecided = (proposal.c.id == proposal_id, proposal.c.decision.is_(None))
    demand_short(remark)
    row = {"decision": decision, "decided_at": context.now_text(), "decided_by": by.name, "remark": remark}
    if connection.execute(update(proposal).where(*undecided).values(**row)).rowcount == 0:
        raise Conflict("Somebody else has decided this.")


def find_proposal(connection: Connection, proposal_id: int) -> Proposal:
    """A proposal by its id; NotFound where there is none."""
    row = connection.execute(select(proposal).where(proposal.c.id == proposal_id)).first()
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    return proposal_of(row)


def proposals(connection: Connection, *, open_only: bool) -> list[Proposal]:
    """The proposals, newest first."""
    found = select(proposal).order_by(proposal.c.id.desc())
    return [
        proposal_of(row)
        for row in connection.execute(found.where(proposal.c.decision.is_(None)) if open_only else found)
    ]


def proposal_of(row: Row[Any]) -> Proposal:
    """A row as a proposal."""
    return Proposal(
        id=row.id,
        key=row.key,
        bundle=row.bundle,
        at=instant(row.at),
        by=row.by,
        reason=row.reason,
        decision=row.decision,
        decided_at=instant(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        remark=row.remark,
        authors=tuple(read(row.authors)) if row.authors else (),
        effective_at=instant(row.effective_at) if row.effective_at else None,
        percent=row.percent,
        version=row.version,
    )


def startable(context: Context, connection: Connection, actor: Actor) -> list[Deployment]:
    """The processes that an actor may start, each in the version that most of his cases begin with."""
    found = []
    for asked in rollouts.standing_of_all(connection, context.now_text()).values():
        admitted = rolling.read_by(context, connection, lambda bundle: starting.may_start(actor, bundle.starters))
        open_to = [turn.deployment for turn in asked if turn.deployment.kind == "process" and admitted(turn.deployment)]
        found += open_to[-1:]
    return found
