"""The tables that follow from a history: tasks, timers, subscriptions, calls of operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from ...canonical import canonical, digest, moment, read
from ...cases.change import Facts, bundles_in, queues, standing, task_rows
from ...model import Effect, Problem, Step
from ...spiff import Marking
from ...store.tables import job, subscription, task


def table_problems(connection: Connection, row: Row[Any], marking: Marking, steps: Sequence[Step]) -> Iterator[Problem]:
    """Tasks, timers, subscriptions and calls of operators that do not follow from the history."""
    here = {table.name: connection.execute(select(table).where(table.c.case_id == row.id)).mappings().all()
            for table in (task, job, subscription)}  # fmt: skip
    waits = {(s.occurrence, s.kind, s.name, digest(s.key.encode()) if s.key else "") for s in marking.subscriptions}
    heard = {(s["occurrence"], s["kind"], s["name"], s["key_hash"]) for s in here["subscription"]}
    started = {token.occurrence for token in marking.tokens if token.state == "started"}
    asked = {e.occurrence: e.detail for one in steps for e in one.effects if e.kind == "requested"}
    calls = [(occurrence, canonical(detail)) for occurrence, detail in asked.items() if occurrence in started]
    jobs = {kind: [one for one in here["job"] if one["kind"] == kind] for kind in ("timer", "operator")}
    called = [(one["occurrence"], without_element(one["payload"])) for one in jobs["operator"]]
    armed = [(timer.occurrence, b"{}") for timer in marking.timers if timer.occurrence not in marking.stopped]
    for what, expected, found in (
        ("tasks", expected_tasks(row, marking, steps), [tuple(sorted(dict(one).items())) for one in here["task"]]),
        ("timers", armed, [(one["occurrence"], bytes(one["payload"])) for one in jobs["timer"]]),
        ("operators", calls, called),
        ("subscriptions", waits, heard),
    ):
        wanted, there = Counter[Any](expected), Counter[Any](found)
        if wanted != there:
            differ = [*(wanted - there), *(there - wanted)]
            yield Problem(what=f"{what} changed", detail=str(sorted(map(str, differ)))[:500])


def without_element(payload: bytes) -> bytes:
    """What an operator is asked, without the element, which a migration may call otherwise."""
    said = read(bytes(payload))
    return canonical({name: value for name, value in said.items() if name != "element"})


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
    home = bundles_in(marking, row.bundle)
    for token in marking.tokens:
        if token.state != "ready":
            continue
        by, offer = offers[token.occurrence]
        said = {name: row._mapping[name] for name in ("number", "key", "bundle", "confidentiality")}
        facts = Facts(case_id=row.id, seq=by.seq, at=by.at, **said)
        made = list(task_rows(offer, facts, home(token.occurrence)))
        if token.occurrence in holders:
            assignee, claimed_at = holders[token.occurrence]
            held = {**made[0], "assignee": assignee, "claimed_at": claimed_at}
            made = [{**held, "queue": queue} for queue in queues(offer.detail["groups"], assignee)]
        if row.status == "suspended":
            made = [{**one, "queue": one["queue"][0].upper() + one["queue"][1:]} for one in made]
        yield from (tuple(sorted(one.items())) for one in made)
