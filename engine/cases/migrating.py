"""Moves an open case to another version of its process, by a step that names version, mapping and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..bundles import Bundle
from ..canonical import moment
from ..errors import Conflict, NotFound, Refusal, StepFailed
from ..mapping import Declared
from ..model import Actor, CaseId, Deployment, Effect, Obstacle
from ..spiff import Stepper
from ..store import rollouts, shelf
from ..store.tables import draft, task
from . import declaring
from .change import queues
from .context import Context
from .steps import Opened, Taken, decide, demand_open, look_at, open_case, record, recorder_of


def migrate(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    to: Deployment,
    declared: Declared,
    by: Actor,
    reason: str,
    batch: int | None = None,
) -> Taken:
    """Move a case to a version as a mapping declares it; NotMigratable where a token has no place there."""
    opened = open_case(context, connection, case_id)
    demand_pair(opened, to, declared)
    moved = replace(opened, bundle=context.shelf.bundle(connection, to.bundle))
    given: dict[str, Any] = {"key": to.key, "version": to.version, "bundle": to.bundle}
    given |= {"from": declared.old, "declared": declared.digest, "reason": reason}
    if batch is not None:
        given["batch"] = batch
    shelter = moved.shelter()
    try:
        decided = decide(context, connection, moved, "migrated", given, by, shelter)
    except StepFailed as error:
        raise Refusal(f"The case cannot be moved: {error}", element=error.element, why=error.why) from error
    taken = record(context, connection, moved, "migrated", decided, by, shelter)
    follow(connection, opened, moved.bundle, decided.effects)
    return taken


def wanted(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    to: int | None,
    elements: Mapping[str, str],
    script: str,
) -> tuple[Deployment, Declared]:
    """The version that a case is to have, None is that of most new cases, and the mapping declared for it."""
    opened = look_at(context, connection, case_id)
    demand_open(opened)
    deployed = version_of(connection, opened.row.key, to, opened.at)
    demand_other(opened, deployed)
    known = frozenset(opened.marking.data)
    declared = declaring.declared(
        context, connection, opened.configuration, opened.row.bundle, deployed.bundle, elements, script, known
    )
    return deployed, declared


def obstacles(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    to: int | None,
    elements: Mapping[str, str],
    by: Actor,
) -> list[Obstacle]:
    """What stands in the way of moving a case to a version; nothing is changed."""
    opened = look_at(context, connection, case_id)
    demand_open(opened)
    bundle = context.shelf.bundle(connection, version_of(connection, opened.row.key, to, opened.at).bundle)
    declaring.demand_fit(opened.bundle, bundle, elements)
    recorder = recorder_of(context, connection, opened, by, opened.shelter())
    stepper = Stepper(bundle.executable(opened.configuration.language), recorder.environment())
    declared = Declared(old=opened.row.bundle, new=bundle.digest, elements=dict(elements))
    return stepper.obstacles(opened.marking, declared, opened.at)


def demand_pair(opened: Opened, to: Deployment, declared: Declared) -> None:
    """Refuse a case that is over or suspended, has the version, or is not of the bundle that a mapping is for."""
    demand_open(opened)
    demand_other(opened, to)
    if opened.row.bundle != declared.old or to.bundle != declared.new:
        raise Conflict(f"The mapping is for other versions than those of {opened.row.number}.", how="mapping")


def demand_other(opened: Opened, to: Deployment) -> None:
    """Refuse a case that has the version already."""
    if opened.row.bundle == to.bundle:
        raise Conflict(f"The case {opened.row.number} has version {to.version} already.", how="migrated")


def version_of(connection: Connection, key: str, version: int | None, at: datetime) -> Deployment:
    """A version of a process, None is the one that most new cases begin with; NotFound where there is none."""
    if version is None:
        found = [turn.deployment for turn in rollouts.standing(connection, key, moment(at))[-1:]]
    else:
        found = [one for one in shelf.deployments(connection, key) if one.version == version]
    chosen = next(iter(found), None)
    if chosen is None:
        raise NotFound(f"There is no version {version} of {key}.")
    return chosen


def follow(connection: Connection, opened: Opened, bundle: Bundle, effects: Iterable[Effect]) -> None:
    """Bring the open tasks of the case's own diagram, and their drafts, to the new version."""
    here = (task.c.case_id == opened.id, task.c.bundle == opened.row.bundle)
    moved = {effect.occurrence: effect for effect in effects if effect.kind == "moved"}
    rows = {row.occurrence: row for row in connection.execute(select(task).where(*here)).all()}
    connection.execute(delete(task).where(*here))
    made = [row for occurrence, old in rows.items() for row in moved_rows(old._asdict(), bundle, moved[occurrence])]
    if made:
        connection.execute(insert(task), made)
    for occurrence, row in rows.items():
        if form_of(opened.bundle, row.element) == form_of(bundle, moved[occurrence].element):
            kept = (draft.c.case_id == opened.id, draft.c.occurrence == occurrence)
            connection.execute(update(draft).where(*kept).values(bundle=bundle.digest))


def moved_rows(old: Mapping[str, Any], bundle: Bundle, effect: Effect) -> list[dict[str, Any]]:
    """The rows of a task in the new version: whoever holds it keeps it, and it is due as it was."""
    said = effect.detail
    fresh = {**old, "element": effect.element, "bundle": bundle.digest, "groups": ",".join(said["groups"])}
    named = queues(said["groups"], old["assignee"])
    return [{**fresh, "priority": said["priority"], "queue": queue} for queue in named]


def form_of(bundle: Bundle, element: str) -> bytes:
    """The bytes of the form of a task."""
    form = bundle.form_of(element)
    return bundle.files[form.path] if form else b""


__all__ = ["migrate", "moved_rows", "obstacles", "version_of", "wanted"]
