"""Chooses the cases that somebody wants to move, and says where the open ones of a process stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ..cases.context import Context
from ..cases.reading import visible_cases
from ..cases.steps import number_of
from ..errors import NotFound
from ..model import Actor, CaseId
from ..spiff import Marking
from ..store.tables import case

OPEN = ("open", "suspended")
MOST_NAMED = 10_000  # cases in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """How many open cases have a bundle, and how many of them stand on each of its elements."""

    bundle: str
    version: int
    cases: int
    elements: Mapping[str, int]


def open_cases(
    context: Context,
    connection: Connection,
    key: str,
    actor: Actor,
    *,
    but: str,
    bundles: Collection[str] | None = None,
) -> dict[int, str]:
    """The open cases of a process that an actor may see, with the bundle of each; not those of the bundle `but`."""
    here = [*_open(context, connection, key, actor), case.c.bundle != but]
    if bundles is not None:
        here.append(case.c.bundle.in_(sorted(bundles)))
    return {row.id: row.bundle for row in connection.execute(select(case.c.id, case.c.bundle).where(*here))}


def chosen_cases(
    context: Context, connection: Connection, key: str, actor: Actor, ids: Iterable[CaseId | str]
) -> dict[int, str]:
    """Some cases of a process, open or not, with the bundle of each; NotFound for one that an actor may not see."""
    wanted = sorted({number_of(id) for id in ids})
    here = select(case.c.id, case.c.bundle).where(case.c.key == key, visible_cases(context, connection, actor))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), MOST_NAMED):
        some = here.where(case.c.id.in_(wanted[start : start + MOST_NAMED]))
        found |= {row.id: row.bundle for row in connection.execute(some)}
    if missing := set(wanted) - found.keys():
        raise NotFound(f"There is no case {min(missing)} of {key}.")
    return found


def whereabouts(context: Context, connection: Connection, key: str, actor: Actor) -> list[Whereabouts]:
    """Where the open cases of a process stand that an actor may see, by their versions, the newest first."""
    here = _open(context, connection, key, actor)
    counts: dict[str, Counter[str]] = {}
    cases: Counter[str] = Counter()
    for row in connection.execute(select(case.c.bundle, case.c.state).where(*here)):
        cases[row.bundle] += 1
        marking = Marking.from_bytes(bytes(row.state))
        counts.setdefault(row.bundle, Counter()).update(stood_on(marking))
    versions = connection.execute(
        select(case.c.bundle, func.max(case.c.version)).where(*here).group_by(case.c.bundle)
    ).all()
    found = [
        Whereabouts(bundle=bundle, version=version, cases=cases[bundle], elements=counts[bundle])
        for bundle, version in versions
        if bundle in counts
    ]
    return sorted(found, key=lambda one: -one.version)


def stood_on(marking: Marking) -> set[str]:
    """The elements of a case's own diagram that a token has come to; events that only listen are armed there too."""
    inside = {token.occurrence for token in marking.tokens if token.calls}
    return {token.element for token in marking.tokens if not inside & set(token.scope)}


def _open(context: Context, connection: Connection, key: str, actor: Actor) -> list[ColumnElement[bool] | Any]:
    return [case.c.key == key, case.c.status.in_(OPEN), visible_cases(context, connection, actor)]


__all__ = ["OPEN", "Whereabouts", "chosen_cases", "open_cases", "whereabouts", "stood_on"]
