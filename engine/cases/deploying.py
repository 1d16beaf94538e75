"""Deploys bundles: checked, then the newest version of their key; a second person approves where the policy says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..bounded import Question
from ..bundles import Bundle, normal_files, read_bundle
from ..canonical import instant
from ..configuration import Configuration
from ..errors import Conflict, InvalidDiagram, NotAllowed, NotFound
from ..model import Actor, Deployment, Finding
from ..store import shelf
from ..store.database import alone
from ..store.tables import proposal
from . import schedule
from .context import Context
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


def check(
    context: Context, connection: Connection, files: Given, configuration: Configuration, key: str | None = None
) -> list[Finding]:
    """What is wrong with the files of a bundle, gravest first; never an exception, whatever the files are."""
    try:
        plain = normal_files(files)
    except ValueError as error:
        message = f"{error}; upload the files of one bundle"
        return [Finding(severity="error", rule="files", file="", message=message, data={"why": str(error)})]
    deployed = shelf.in_force(connection)
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
    findings = context.reader(question)
    if key is not None and not any(finding.severity == "error" for finding in findings):
        found = read_bundle(plain).key
        if found != key:
            message = f"this is the bundle of {found}, not of {key}; keep the id of the process or deploy it as its own"
            data = {"key": found, "other": key}
            findings.append(Finding(severity="error", rule="other-key", file="", message=message, data=data))
    return findings


def checked(context: Context, connection: Connection, files: Given, configuration: Configuration) -> Bundle:
    """The bundle of some files; InvalidDiagram where `check` finds an error, Refusal where no case could ever begin."""
    findings = check(context, connection, files, configuration)
    if any(finding.severity == "error" for finding in findings):
        raise InvalidDiagram(findings)
    bundle, now = read_bundle(normal_files(files)), context.now()
    if event := schedule.timed_start(bundle):
        schedule.next_start(event, configuration, now, now)
    return bundle


def demand_deployer(context: Context, by: Actor, *, alone: bool = False) -> None:
    """Refuse whoever may not deploy; `alone` is without a second person, where the policy demands one."""
    if not by.any_of(context.policy.deployers):
        needed = " or ".join(sorted(context.policy.deployers))
        raise NotAllowed(f"Deploying needs {needed}.", groups=sorted(context.policy.deployers))
    if alone and context.policy.second_approval and not by.system:
        raise NotAllowed("A second process owner must approve; propose the bundle.", how="propose")


def deploy(
    context: Context, connection: Connection, bundle: Bundle, configuration: Configuration, by: Actor, reason: str
) -> Deployment:
    """Put a checked bundle in force; where the policy demands a second person, only the system does so directly."""
    demand_deployer(context, by, alone=True)
    shelf.store_bundle(connection, bundle)
    return put_in_force(context, connection, bundle, configuration, by.name, reason)


def put_in_force(
    context: Context, connection: Connection, bundle: Bundle, configuration: Configuration, by: str, reason: str
) -> Deployment:
    """Make a stored bundle the newest version of its key, and plan its next start if it begins by the clock."""
    schedule.plan(connection, bundle, configuration, context.now())
    return shelf.deploy(connection, bundle, context.now_text(), by, reason)


def propose(context: Context, connection: Connection, bundle: Bundle, by: Actor, reason: str) -> Proposal:
    """Lay a checked bundle before a second process owner."""
    demand_deployer(context, by)
    last = shelf.newest(connection, bundle.key)
    if last is not None and last.bundle == bundle.digest:
        raise Conflict(f"This is version {last.version}, which is in force.", how="same", version=last.version)
    shelf.store_bundle(connection, bundle)
    row = {"bundle": bundle.digest, "key": bundle.key, "at": context.now_text(), "by": by.name, "reason": reason}
    made = connection.execute(insert(proposal).values(**row).returning(proposal.c.id)).scalar_one()
    return find_proposal(connection, made)


def proposed(context: Context, connection: Connection, proposal_id: int, by: Actor) -> Mapping[str, bytes]:
    """The files of a proposal that somebody is about to approve: whoever proposed it cannot."""
    found = open_proposal(context, connection, proposal_id, by)
    if found.by == by.name:
        raise NotAllowed("Somebody else must approve this: four eyes.", by=found.by)
    return context.shelf.stored_files(connection, found.bundle) or {}


def approve(
    context: Context, connection: Connection, proposal_id: int, configuration: Configuration, by: Actor, remark: str
) -> Deployment:
    """Put a proposed bundle in force that was checked again; of two who decide at once, one does."""
    alone(connection, shelf.SHELF)
    found = open_proposal(context, connection, proposal_id, by)
    decide(context, connection, proposal_id, "approved", by, remark)
    bundle = context.shelf.bundle(connection, found.bundle)
    reason = found.reason if not remark else f"{found.reason} ({by.name}: {remark})"
    return put_in_force(context, connection, bundle, configuration, f"{found.by}, {by.name}", reason)


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
    )


def startable(context: Context, connection: Connection, actor: Actor) -> list[Deployment]:
    """The processes that an actor may start."""
    found = []
    for deployed in shelf.in_force(connection, "process"):
        starters = context.shelf.bundle(connection, deployed.bundle).starters
        if actor.system or (actor.any_of(starters) if starters else actor.groups):
            found.append(deployed)
    return found
