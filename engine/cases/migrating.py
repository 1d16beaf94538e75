"""Moves an open case to another version of its process, as a step that names both versions and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..bundles import Bundle
from ..errors import Conflict, NotFound, Refusal, StepFailed
from ..feel import ExpressionError, compile_script
from ..model import Actor, CaseId, Deployment, Effect, Obstacle
from ..spiff import Stepper
from ..store import shelf
from ..store.tables import draft, task
from .change import queues
from .context import Context
from .steps import Opened, Taken, decide, demand_open, look_at, open_case, record, recorder_of


def migrate(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    to: int | None,
    mapping: Mapping[str, str],
    script: str,
    by: Actor,
    reason: str,
) -> Taken:
    """Move a case to a version, None is the newest; NotMigratable where a token has no place there."""
    opened = open_case(context, connection, case_id)
    deployed, moved = as_of(context, connection, opened, to, mapping)
    if deployed.bundle == opened.row.bundle:
        raise Conflict(f"The case {opened.row.number} has version {deployed.version} already.", how="migrated")
    given: dict[str, Any] = {"key": deployed.key, "version": deployed.version, "bundle": deployed.bundle}
    given |= {"from": opened.row.bundle, "mapping": dict(mapping), "reason": reason}
    if script.strip():
        given["script"] = checked(script, moved)
    shelter = moved.shelter()
    try:
        decided = decide(context, connection, moved, "migrated", given, by, shelter)
    except StepFailed as error:
        raise Refusal(f"The case cannot be moved: {error}") from error
    taken = record(context, connection, moved, "migrated", decided, by, shelter)
    follow(connection, opened, moved.bundle, decided.effects)
    return taken


def obstacles(
    context: Context,
    connection: Connection,
    case_id: CaseId | str,
    to: int | None,
    mapping: Mapping[str, str],
    by: Actor,
) -> list[Obstacle]:
    """What stands in the way of moving a case to a version; nothing is changed."""
    opened = look_at(context, connection, case_id)
    _, moved = as_of(context, connection, opened, to, mapping)
    recorder = recorder_of(context, connection, opened, by, opened.shelter())
    stepper = Stepper(moved.bundle.executable(opened.configuration.language), recorder.environment())
    return stepper.obstacles(opened.marking, opened.row.bundle, mapping, opened.at)


def as_of(
    context: Context, connection: Connection, opened: Opened, to: int | None, mapping: Mapping[str, str]
) -> tuple[Deployment, Opened]:
    """The version that a case is to have, and the case as one of that version."""
    demand_open(opened)
    deployed = version_of(connection, opened.row.key, to)
    bundle = context.shelf.bundle(connection, deployed.bundle)
    demand_ids(opened.bundle, mapping.keys())
    demand_ids(bundle, mapping.values())
    return deployed, replace(opened, bundle=bundle)


def version_of(connection: Connection, key: str, version: int | None) -> Deployment:
    """A version of a process; NotFound where there is none."""
    found = shelf.deployments(connection, key)
    chosen = next((one for one in found if version in (None, one.version)), None)
    if chosen is None:
        raise NotFound(f"There is no version {version} of {key}.")
    return chosen


def demand_ids(bundle: Bundle, ids: Iterable[str]) -> None:
    """Refuse a mapping that names what a version does not have."""
    diagram = bundle.diagram
    assert diagram is not None
    known = {flow.id for flow in diagram.flows}
    unknown = [one for one in ids if one not in diagram and one not in known]
    if unknown:
        raise Refusal(f"Version {bundle.digest[:12]} of {bundle.key} has no {', '.join(sorted(unknown))}.")


def checked(script: str, moved: Opened) -> str:
    """The lines that a migration runs over the data; Refusal where they cannot be read."""
    try:
        compile_script(script, moved.configuration.language)
    except ExpressionError as error:
        raise Refusal(f"The lines over the data cannot be read: {error}") from error
    return script.strip()


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


__all__ = ["migrate", "moved_rows", "obstacles"]
