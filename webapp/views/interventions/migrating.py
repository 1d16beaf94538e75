"""Moving a case to another version of its process: which one, what stands in the way, and what is called otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine import Case
from engine.errors import Conflict, NotFound, NotMigratable, Refusal
from engine.model import Deployment

from ... import here, pictures
from ...labels import Labels, labels_of
from ...language import noop
from .asking import done, no_reason, page, pages, reason
from .jumping import Target, kind_of, named
from .kinds import INTERVENTIONS, allowed, found

WHY = {
    "removed": noop("is not in that version"),
    "other kind": noop("is of another kind there"),
    "other flow": noop("is come to by another way there"),
    "elsewhere": noop("stands elsewhere there"),
}


@dataclass(frozen=True, kw_only=True)
class Stands:
    """An element that a case stands at: what is in the way there, and what it may be mapped to."""

    id: str
    label: str
    why: str
    chosen: str
    targets: tuple[Target, ...]


@pages.get("/migration")
def ask_migration(case_id: str) -> Any:
    """Ask to which version, show what stands in the way, and ask why."""
    case, _asked = found(case_id, "migration")
    to = _version(case, request.args.get("to"))
    try:
        return _page(case, to, _mapping(request.args))
    except Refusal as error:
        return _unfit(case, to, error)


@pages.post("/migration")
def migrate(case_id: str) -> Any:
    """Move the case, with a reason."""
    case = allowed(case_id, "migration")
    to, mapping = _version(case, request.form.get("to")), _mapping(request.form)
    if to is None:
        raise NotFound
    if problem := no_reason():
        return _page(case, to, mapping, problem), 422
    try:
        here.engine().migrate(case.id, by=here.actor(), reason=reason(), to=to.version, mapping=mapping)
    except NotMigratable:
        return _page(case, to, mapping), 422
    except Refusal as error:
        return _unfit(case, to, error)
    return done(case, INTERVENTIONS["migration"])


def _unfit(case: Case, to: Deployment | None, error: Refusal) -> Any:
    """The page again, where what was chosen is not there or cannot be gone on with."""
    if type(error) is not Refusal:
        raise error
    return _page(case, to, {}, "", _("These elements do not fit together; choose others")), 422


def _versions(case: Case) -> list[Deployment]:
    """The other versions of the process of a case, the newest first."""
    return [one for one in here.engine().deployments(case.key) if one.bundle != case.bundle]


def _version(case: Case, asked: str | None) -> Deployment | None:
    """The version that was chosen, else the newest other one; None where there is no other."""
    versions = _versions(case)
    if asked is None:
        return versions[0] if versions else None
    number = here.number(asked)
    chosen = next((one for one in versions if one.version == number), None)
    if chosen is None:
        raise Conflict if number == case.version else NotFound
    return chosen


def _mapping(given: Mapping[str, str]) -> dict[str, str]:
    """What is called otherwise, as it was chosen."""
    found = {name.removeprefix("map."): value for name, value in given.items() if name.startswith("map.") and value}
    return {old: new for old, new in found.items() if old != new}


def _page(case: Case, to: Deployment | None, mapping: Mapping[str, str], problem: str = "", refused: str = "") -> str:
    stands = _stands(case, to, mapping) if to else []
    return page(
        case,
        INTERVENTIONS["migration"],
        problem,
        "intervention_migrate.html",
        versions=_versions(case),
        to=to,
        stands=stands,
        blocked=[one for one in stands if one.why],
        refused=refused,
    )


def _stands(case: Case, to: Deployment, mapping: Mapping[str, str]) -> list[Stands]:
    """Where the case stands, with what is in the way and what is offered instead."""
    engine, words = here.engine(), here.words()
    labels, there = (labels_of(engine.bundle(one), words) for one in (case.bundle, to.bundle))
    obstacles = engine.obstacles(case.id, by=here.actor(), to=to.version, mapping=mapping)
    why = {one.element: words(WHY[one.why]) for one in obstacles}
    diagram, other = labels.bundle.diagram, there.bundle.diagram
    assert diagram is not None and other is not None
    ids = dict.fromkeys([*pictures.standing(labels.bundle, engine.marking(case.id, here.actor())), *why])
    return [
        Stands(
            id=id,
            label=named(labels, diagram.element(id)),
            why=why.get(id, ""),
            chosen=mapping.get(id, id if id in other else ""),
            targets=_targets(there, diagram.element(id).kind),
        )
        for id in ids
        if id in diagram
    ]


def _targets(there: Labels, kind: str) -> tuple[Target, ...]:
    """The elements of the other version that are of a kind."""
    diagram = there.bundle.diagram
    assert diagram is not None
    alike = [one for one in diagram.elements if one.kind == kind or {one.kind, kind} == {"userTask", "manualTask"}]
    return tuple(Target(id=one.id, label=named(there, one), kind=here.words()(kind_of(one))) for one in alike)
