"""Verifies a case: the chain, the replay, the stored state, the read tables; every problem with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Select, Table, cast, select

from ..bundles import digest_of
from ..canonical import digest, moment
from ..cases.change import Facts, bundle_of, queues, standing, task_rows
from ..cases.inputs import BESIDE
from ..cases.steps import STATUS, about, ending
from ..errors import NotFound
from ..model import CaseId, Effect, Problem, Step, Verification
from ..spiff import Marking
from ..store.shelf import Shelf
from ..store.tables import case, content, job, step, subscription, task, vault
from ..store.vault import commitment, place, references
from .chain import FIRST, hash_of, step_of
from .replay import Archive, replay


def verify(connection: Connection, shelf: Shelf, case_id: int) -> Verification:
    """Everything that is wrong with a case; NotFound where neither its row nor a step of it is there."""
    row = connection.execute(as_stored(case).where(case.c.id == case_id)).first()
    rows = connection.execute(as_stored(step).where(step.c.case_id == case_id).order_by(step.c.seq)).all()
    if row is None and not rows:
        raise NotFound(f"There is no case {case_id}.")
    try:
        problems = tuple(problems_of(connection, shelf, row, rows))
    except Exception as error:  # whatever somebody has written there, the answer is not that it is sound
        problems = (Problem(what="unreadable", detail=f"{type(error).__name__}: {error}"[:500]),)
    number = row.number if row else "?"
    return Verification(case_id=CaseId(str(case_id)), number=number, steps=len(rows), problems=problems)


def as_stored(table: Table) -> Select[Any]:
    """The rows of a table in which bytes are bytes, also where somebody has written text in their place."""
    return select(
        *(cast(one, LargeBinary).label(one.name) if isinstance(one.type, LargeBinary) else one for one in table.columns)
    )


def problems_of(
    connection: Connection, shelf: Shelf, row: Row[Any] | None, rows: Sequence[Row[Any]]
) -> Iterable[Problem]:
    """The problems in the order of what rests on what: on a broken chain nothing does."""
    problems = list(chain_problems(rows))
    if row is None:
        problems.append(Problem(what="case missing", detail="there are steps without a case"))
    elif rows:
        problems += state_problems(row, rows[-1])
    if row is None or problems:
        return problems
    steps = [step_of(one) for one in rows]
    problems += content_problems(connection, shelf, steps)
    if not problems:
        marking = Marking.from_bytes(row.state)
        problems += case_problems(connection, shelf, row, marking, steps)
        problems += table_problems(connection, row, marking, steps)
        problems += replay_problems(connection, shelf, steps)
    return [*problems, *vault_problems(connection, steps)]


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


def state_problems(row: Row[Any], last: Row[Any]) -> Iterator[Problem]:
    """A stored state that is not the one of the last step."""
    if (row.seq, row.head) != (last.seq, last.hash):
        yield Problem(what="history cut", seq=last.seq, detail=f"the case is at step {row.seq}")
    if hashlib.sha256(row.state).digest() != last.state_hash:
        yield Problem(what="state changed", seq=last.seq, detail="the stored state is not that of the last step")
    elif Marking.from_bytes(row.state).to_bytes() != row.state:
        yield Problem(what="state changed", seq=last.seq, detail="the stored state is not in its canonical form")


def case_problems(
    connection: Connection, shelf: Shelf, row: Row[Any], marking: Marking, steps: Sequence[Step]
) -> Iterator[Problem]:
    """What the case's row says and its history does not."""
    first, last = steps[0], steps[-1]
    moved = next(one for one in reversed(steps) if one.kind not in BESIDE)  # the last that changed where it stands
    now = next(one for one in reversed(steps) if "bundle" in one.input)  # the start, or the last migration
    begun, bundle = (shelf.bundle(connection, one.input["bundle"]) for one in (first, now))
    parent = first.input.get("parent")
    expected = {
        **{name: first.input[name] for name in ("number", "key")},
        **{name: now.input[name] for name in ("version", "bundle")},
        **{"parent": int(parent) if parent else None, "confidentiality": begun.confidentiality},
        **{"started_at": moment(first.at), "started_by": first.actor, "last_at": moment(last.at)},
        **about(bundle, marking.data),
        **{"status": status_of(steps), "ended_at": None, "outcome": None},
        **ending(bundle, moved.kind, marking, moved.effects, moment(moved.at)),
    }
    for name, value in expected.items():
        if row._mapping[name] != value:
            yield Problem(what="case changed", detail=f"its {name} is {row._mapping[name]}, not {value}")


def status_of(steps: Sequence[Step]) -> str:
    """The status of a case that has not ended: what the last step said that suspended or resumed it."""
    return next((STATUS[one.kind] for one in reversed(steps) if one.kind in STATUS), "open")


def table_problems(connection: Connection, row: Row[Any], marking: Marking, steps: Sequence[Step]) -> Iterator[Problem]:
    """Tasks, timers, subscriptions and calls of operators that do not follow from the history."""
    here = {table.name: connection.execute(select(table).where(table.c.case_id == row.id)).mappings().all()
            for table in (task, job, subscription)}  # fmt: skip
    waits = {(s.occurrence, s.kind, s.name, digest(s.key.encode()) if s.key else "") for s in marking.subscriptions}
    heard = {(s["occurrence"], s["kind"], s["name"], s["key_hash"]) for s in here["subscription"]}
    started = {token.occurrence for token in marking.tokens if token.state == "started"}
    asked = {e.occurrence for one in steps for e in one.effects if e.kind == "requested"} & started
    jobs = {kind: {one["occurrence"] for one in here["job"] if one["kind"] == kind} for kind in ("timer", "operator")}
    for what, expected, found in (
        ("tasks", set(expected_tasks(row, marking, steps)), {tuple(sorted(dict(one).items())) for one in here["task"]}),
        ("timers", {timer.occurrence for timer in marking.timers} - marking.stopped, jobs["timer"]),
        ("operators", asked, jobs["operator"]),
        ("subscriptions", waits, heard),
    ):
        if expected != found:
            yield Problem(what=f"{what} changed", detail=str(sorted(map(str, expected ^ found)))[:500])


def expected_tasks(row: Row[Any], marking: Marking, steps: Sequence[Step]) -> Iterator[tuple[tuple[str, Any], ...]]:
    """The rows of the open tasks, as they follow from the steps that offered and gave them."""
    offers: dict[int, tuple[Step, Effect]] = {}
    holders: dict[int, tuple[str | None, str | None]] = {}
    for one in steps:
        offers |= {effect.occurrence: (one, effect) for effect in one.effects if effect.kind == "offered"}
        for effect in one.effects:
            if effect.kind == "redated" and effect.occurrence in offers:
                by, offer = offers[effect.occurrence]
                said = {**offer.detail, "provisional": False, **effect.detail}
                offers[effect.occurrence] = by, replace(offer, detail=said)
            elif effect.kind == "paused" and effect.occurrence in offers:
                by, offer = offers[effect.occurrence]
                offers[effect.occurrence] = by, standing(offer)
            elif effect.kind == "moved" and effect.occurrence in offers:
                by, offer = offers[effect.occurrence]
                offers[effect.occurrence] = by, replace(effect, detail={**offer.detail, **effect.detail})
        if one.kind in ("claimed", "assigned"):
            holders[one.input["task"]] = (one.input["assignee"], moment(one.at))
        elif one.kind == "released":
            holders[one.input["task"]] = (None, None)
    for token in marking.tokens:
        if token.state != "ready":
            continue
        by, offer = offers[token.occurrence]
        said = {name: row._mapping[name] for name in ("number", "key", "bundle", "confidentiality")}
        facts = Facts(case_id=row.id, seq=by.seq, at=by.at, **said)
        made = list(task_rows(offer, facts, bundle_of(marking, token.occurrence, row.bundle)))
        if token.occurrence in holders:
            assignee, claimed_at = holders[token.occurrence]
            held = {**made[0], "assignee": assignee, "claimed_at": claimed_at}
            made = [{**held, "queue": queue} for queue in queues(offer.detail["groups"], assignee)]
        if row.status == "suspended":
            made = [{**one, "queue": one["queue"][0].upper() + one["queue"][1:]} for one in made]
        yield from (tuple(sorted(one.items())) for one in made)


def replay_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """A replay that comes to something else than what is recorded."""
    archive = Archive(
        bundle=lambda key: shelf.bundle(connection, key), configuration=lambda key: shelf.configuration(connection, key)
    )
    differs = replay(steps[0].case_id, steps, archive).difference
    if differs is not None:
        detail = f"{differs.what}: recorded {differs.recorded}, replayed {differs.replayed}"
        yield Problem(what="replay differs", seq=differs.seq, detail=detail[:500])


def content_problems(connection: Connection, shelf: Shelf, steps: Sequence[Step]) -> Iterator[Problem]:
    """Bundles and configurations whose stored bytes are no longer those of their digest."""
    bundles = {str(one.input["bundle"]) for one in steps if "bundle" in one.input}
    bundles |= {digest_ for one in steps for digest_ in one.input.get("bound", {}).values()}
    for key in sorted(bundles):
        try:
            bodies = shelf.stored_files(connection, key)
        except (TypeError, ValueError, AttributeError):
            bodies = None
        if bodies is None or digest_of(bodies) != key:
            yield Problem(what="bundle changed", detail=key)
    for key in sorted({str(one.input["config"]) for one in steps if "config" in one.input}):
        body = connection.execute(select(content.c.body).where(content.c.digest == key)).scalar()
        if body is None or digest(bytes(body)) != key:
            yield Problem(what="configuration changed", detail=key)


def vault_problems(connection: Connection, steps: Sequence[Step]) -> Iterator[Problem]:
    """Personal values that are not the ones the history is committed to; erased ones are no problem."""
    for one in steps:
        for reference in references(dict(one.input)):
            try:
                case_id, seq, n = place(reference)
            except NotFound:
                yield Problem(what="personal value missing", seq=one.seq, detail=str(reference["$vault"]))
                continue
            here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
            row = connection.execute(select(vault.c.value, vault.c.salt).where(*here)).first()
            if row is None:
                yield Problem(what="personal value missing", seq=one.seq, detail=reference["$vault"])
            elif row.value is not None and commitment(bytes(row.salt or b""), bytes(row.value)) != reference["sha256"]:
                yield Problem(what="personal value changed", seq=one.seq, detail=reference["$vault"])
