"""The row of a case against its history: where it stands, and all that it says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from ...canonical import moment
from ...cases.inputs import BESIDE
from ...cases.steps import STATUS, about, ending
from ...model import Problem, Step
from ...spiff import Marking
from ...store.shelf import Shelf


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
