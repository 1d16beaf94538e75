"""What the two kinds of batches do with one case: `dry_run` says what would become of it, `migration` moves it.

A migration moves what a dry run calls safe and nothing else; the move is the same as that of a single case. It is
stored in one transaction with its result, so that a case whose worker is killed is moved once or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ..batches.rows import Batch, Result
from ..cases import holding, migrating
from ..cases.context import Context
from ..cases.steps import Opened, look_at, number_of, recorder_of
from ..errors import NotFound
from ..mapping import Declared
from ..model import Actor, CaseId
from ..spiff import Answer, Request, Stepper
from ..store import files
from .choosing import stood_on
from .judging import SAFE, Judgement, judge

DRY_RUN, MIGRATION = "dry_run", "migration"
MOVED, SKIPPED, OVER = "moved", "skipped", "over"
Jobs = Iterable[Mapping[str, Any]]


def dry_run(context: Context, batch: Batch, case_id: CaseId) -> Result:
    """What would become of a case; nothing is written, and no operator is asked."""
    with context.database.reading() as connection:
        opened = look_at(context, connection, case_id)
        if opened.row.ended_at is not None:
            return Result(outcome=OVER, seq=opened.row.seq)
        if opened.row.bundle == batch.bundle:
            return Result(outcome=OVER, seq=opened.row.seq, detail={"why": "there"})
        declared = mapping_of(context, connection, batch, opened.row.bundle)
        found = judged(context, connection, opened, declared)
    stands = sorted(stood_on(opened.marking.tokens) & {one.id for one in opened.bundle.diagram.elements})  # type: ignore[union-attr]
    detail = {"from": opened.row.bundle, "version": opened.row.version, "stands": stands, **found.plain()}
    if opened.row.status == "suspended":
        detail["suspended"] = True
    return Result(outcome=found.verdict, seq=opened.row.seq, detail=detail)


def migration(context: Context, connection: Connection, batch: Batch, case_id: CaseId) -> tuple[Result, Jobs]:
    """Move a case, or say why it is left where it is."""
    files.load(connection, number_of(case_id))  # locked: what is judged is what is moved
    opened = look_at(context, connection, case_id)
    if reason := left_alone(connection, batch, opened):
        return Result(outcome=SKIPPED, seq=opened.row.seq, detail={"why": reason}), ()
    declared = mapping_of(context, connection, batch, opened.row.bundle)
    found = judged(context, connection, opened, declared)
    if found.verdict != SAFE:
        return Result(outcome=SKIPPED, seq=opened.row.seq, detail={"why": "unfit", **found_in(found)}), ()
    to = migrating.version_of(connection, batch.key, int(batch.asked["version"]), opened.at)
    taken = migrating.migrate(context, connection, case_id, to, declared, Actor(batch.by), batch.reason, batch.id)
    return Result(outcome=MOVED, seq=taken.case.seq, detail={"from": opened.row.version}), taken.jobs


def found_in(found: Judgement) -> dict[str, Any]:
    """Why a judgement keeps a case where it is."""
    return {("fault" if name == "why" else name): value for name, value in found.plain().items()}


def left_alone(connection: Connection, batch: Batch, opened: Opened) -> str:
    """Why a case is not touched: it is over, suspended, held, there already, or has moved on since it was chosen."""
    if opened.row.ended_at is not None:
        return "ended"
    if opened.row.status == "suspended":
        return "suspended"
    if opened.row.bundle == batch.bundle:
        return "there"
    if opened.row.bundle not in batch.asked["mappings"]:
        return "moved on"
    return "held" if holding.hold_of(connection, opened.id) is not None else ""


def mapping_of(context: Context, connection: Connection, batch: Batch, old: str) -> Declared:
    """The mapping of a batch for cases of a bundle; none where nothing was declared for it."""
    digest = batch.asked["mappings"].get(old)
    if digest is None:
        return Declared(old=old, new=batch.bundle)
    found = context.shelf.mapping(connection, digest)
    if (found.old, found.new) != (old, batch.bundle):
        raise NotFound(f"The mapping {digest[:12]} is for other versions.")
    return found


def judged(context: Context, connection: Connection, opened: Opened, declared: Declared) -> Judgement:
    """What would become of a case, tried on a copy of its marking; operators are taken for remote ones, and wait."""
    bundle = context.shelf.bundle(connection, declared.new)
    recorder = recorder_of(context, connection, opened, Actor("system"), opened.shelter())
    environment = replace(recorder.environment(), answer=nobody)
    stepper = Stepper(bundle.executable(opened.configuration.language), environment)
    return judge(stepper, opened.marking, declared, opened.at, opened.bundle, bundle)


def nobody(request: Request) -> Answer | None:
    """Ask no operator."""
    return None


__all__ = ["DRY_RUN", "MIGRATION", "MOVED", "OVER", "SKIPPED", "dry_run", "judged", "migration"]
