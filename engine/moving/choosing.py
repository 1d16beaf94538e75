"""Chooses the cases that somebody wants to move, and says where the open ones of a process stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ..cases.context import Context
from ..cases.reading import visible_cases
from ..cases.steps import number_of
from ..errors import NotFound
from ..model import Actor, CaseId
from ..spiff import Token, tokens_in
from ..store.tables import case

OPEN = ("open", "suspended")
MOST_NAMED = 10_000  # cases in one statement
PORTION = 1_000  # states in memory at once


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


def open_versions(context: Context, connection: Connection, key: str, actor: Actor) -> dict[str, int]:
    """The bundles that open cases of a process have that an actor may see, with the newest version of each."""
    here = _open(context, connection, key, actor)
    found = select(case.c.bundle, func.max(case.c.version).label("newest")).where(*here).group_by(case.c.bundle)
    return {row.bundle: row.newest for row in connection.execute(found)}


def whereabouts(context: Context, connection: Connection, key: str, actor: Actor) -> list[Whereabouts]:
    """Where the open cases of a process stand that an actor may see, by their versions, the newest first."""
    here = _open(context, connection, key, actor)
    versions: dict[str, int] = {}
    cases: Counter[str] = Counter()
    elements: dict[str, Counter[str]] = defaultdict(Counter)
    states = select(case.c.bundle, case.c.version, case.c.state).where(*here).execution_options(yield_per=PORTION)
    for bundle, version, state in connection.execute(states):
        versions[bundle] = max(version, versions.get(bundle, 0))
        cases[bundle] += 1
        elements[bundle].update(stood_on(tokens_in(bytes(state))))
    found = [
        Whereabouts(bundle=bundle, version=version, cases=cases[bundle], elements=elements[bundle])
        for bundle, version in versions.items()
    ]
    return sorted(found, key=lambda one: -one.version)


def stood_on(tokens: Collection[Token]) -> set[str]:
    """The elements of a case's own diagram that a token has come to; events that only listen are armed there too."""
    inside = {token.occurrence for token in tokens if token.calls}
    return {token.element for token in tokens if not inside & set(token.scope)}


def _open(context: Context, connection: Connection, key: str, actor: Actor) -> list[ColumnElement[bool] | Any]:
    return [case.c.key == key, case.c.status.in_(OPEN), visible_cases(context, connection, actor)]


__all__ = ["OPEN", "Whereabouts", "chosen_cases", "open_cases", "open_versions", "stood_on", "whereabouts"]
