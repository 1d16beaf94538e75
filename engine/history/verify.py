"""Verifies a case: the chain, the replay, the stored state, the read tables; every problem with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from ..bundles import digest_of
from ..canonical import digest
from ..errors import NotFound
from ..model import CaseId, Problem, Step, Verification
from ..spiff import Marking
from ..store import files
from ..store.shelf import Shelf
from ..store.tables import case, content, job, subscription, vault
from ..store.vault import commitment, place, references
from .chain import FIRST, hash_of, step_of
from .replay import Archive, replay


def verify(connection: Connection, shelf: Shelf, case_id: int) -> Verification:
    """Everything that is wrong with a case; NotFound where neither its row nor a step of it is there."""
    row = files.load_plain(connection, case_id)
    rows = files.steps_of(connection, case_id)
    if row is None and not rows:
        raise NotFound(f"There is no case {case_id}.")
    number = row.number if row else "?"
    problems = list(chain_problems(rows))
    if row is None:
        problems.append(Problem(what="case missing", detail="there are steps without a case"))
    else:
        problems += state_problems(connection, row, rows)
    if not problems:
        problems += proof_problems(connection, shelf, case_id, rows)
    return Verification(case_id=CaseId(str(case_id)), number=number, steps=len(rows), problems=tuple(problems))


def chain_problems(rows: Sequence[Row[Any]]) -> Iterator[Problem]:
    """Rows that are missing, changed or not bound to the row before them."""
    if not rows:
        yield Problem(what="history missing", detail="the case has no steps")
    before, expected = FIRST, 1
    for row in rows:
        if row.seq != expected:
            yield Problem(what="step missing", seq=expected, detail=f"the next step is {row.seq}")
        if bytes(row.prev_hash) != before:
            yield Problem(what="chain broken", seq=row.seq, detail="the step is not bound to the one before it")
        found = hash_of(
            case_id=row.case_id,
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            kind=row.kind,
            input=bytes(row.input),
            effects=bytes(row.effects),
            semantics=row.semantics,
            state_hash=bytes(row.state_hash),
            prev_hash=bytes(row.prev_hash),
        )
        if found != bytes(row.hash):
            yield Problem(what="step changed", seq=row.seq, detail="the hash of the row does not fit its content")
        before, expected = bytes(row.hash), row.seq + 1


def state_problems(connection: Connection, row: Row[Any], rows: Sequence[Row[Any]]) -> Iterator[Problem]:
    """A stored state that is not the one of the last step, or read tables that do not follow from it."""
    last = rows[-1] if rows else None
    if last is None:
        return
    if (row.seq, bytes(row.head)) != (last.seq, bytes(last.hash)):
        yield Problem(what="history cut", seq=last.seq, detail=f"the case is at step {row.seq}")
    state = bytes(row.state)
    if hashlib.sha256(state).digest() != bytes(last.state_hash):
        yield Problem(what="state changed", seq=last.seq, detail="the stored state is not that of the last step")
        return
    marking = Marking.from_bytes(state)
    if marking.to_bytes() != state:
        yield Problem(what="state changed", seq=last.seq, detail="the stored state is not in its canonical form")
    yield from table_problems(connection, row, marking)


def table_problems(connection: Connection, row: Row[Any], marking: Marking) -> Iterator[Problem]:
    """Tasks, timers and subscriptions that differ from the marking, and a status that does."""
    expected_status = "open" if not marking.over else None
    if (row.status in ("open", "suspended")) != (expected_status == "open"):
        yield Problem(what="case changed", detail=f"its status is {row.status}")
    offered = {token.occurrence: token.element for token in marking.tokens if token.state == "ready"}
    tasks = {one.occurrence: one.element for one in files.tasks_of(connection, row.id)}
    timers = {timer.occurrence for timer in marking.timers}
    armed = set(
        connection.execute(select(job.c.occurrence).where(job.c.case_id == row.id, job.c.kind == "timer")).scalars()
    )
    waits = {s.occurrence for s in marking.subscriptions}
    heard = set(connection.execute(select(subscription.c.occurrence).where(subscription.c.case_id == row.id)).scalars())
    for name, kept, found in (
        ("tasks", set(offered.items()), set(tasks.items())),
        ("timers", timers, armed),
        ("subscriptions", waits, heard),
    ):
        if kept != found:
            yield Problem(what=f"{name} changed", detail=f"{sorted(map(str, kept ^ found))}")


def proof_problems(connection: Connection, shelf: Shelf, case_id: int, rows: Sequence[Row[Any]]) -> Iterator[Problem]:
    """A case row that differs from its start, bundles that were swapped, a replay that differs, values in the vault."""
    steps = [step_of(row) for row in rows]
    first = steps[0].input
    found = connection.execute(select(case).where(case.c.id == case_id)).one()
    recorded = (first.get("number"), first.get("key"), first.get("version"), first.get("bundle"), first.get("parent"))
    parent = str(found.parent) if found.parent else None
    if recorded != (found.number, found.key, found.version, found.bundle, parent):
        yield Problem(what="case changed", seq=1, detail="its number, process or parent is not the one it started with")
    yield from content_problems(connection, shelf, steps)
    archive = Archive(
        bundle=lambda key: shelf.bundle(connection, key), configuration=lambda key: shelf.configuration(connection, key)
    )
    result = replay(CaseId(str(case_id)), steps, archive)
    if result.difference is not None:
        differs = result.difference
        detail = f"{differs.what}: recorded {differs.recorded}, replayed {differs.replayed}"
        yield Problem(what="replay differs", seq=differs.seq, detail=detail[:500])
    yield from vault_problems(connection, steps)


def content_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """Bundles and configurations whose stored bytes are no longer those of their digest."""
    bundles = {str(step.input["bundle"]) for step in steps if "bundle" in step.input}
    bundles |= {digest_ for step in steps for digest_ in step.input.get("bound", {}).values()}
    for key in sorted(bundles):
        bodies = shelf.stored_files(connection, key)
        if bodies is None or digest_of(bodies) != key:
            yield Problem(what="bundle changed", detail=key)
    for key in sorted({str(step.input["config"]) for step in steps if "config" in step.input}):
        body = connection.execute(select(content.c.body).where(content.c.digest == key)).scalar()
        if body is None or digest(bytes(body)) != key:
            yield Problem(what="configuration changed", detail=key)


def vault_problems(connection: Connection, steps: Sequence[Step]) -> Iterator[Problem]:
    """Personal values that are not the ones the history is committed to; erased ones are no problem."""
    for step in steps:
        for reference in references(dict(step.input)):
            case_id, seq, n = place(reference)
            here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
            row = connection.execute(select(vault.c.value, vault.c.salt).where(*here)).first()
            if row is None:
                yield Problem(what="personal value missing", seq=step.seq, detail=reference["$vault"])
            elif row.value is not None and commitment(bytes(row.salt or b""), bytes(row.value)) != reference["sha256"]:
                yield Problem(what="personal value changed", seq=step.seq, detail=reference["$vault"])
