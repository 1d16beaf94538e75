"""Moving a case to another version of its process: which one, what stands in the way, and what is called otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine import Case
from engine.errors import Conflict, NotFound, NotMigratable, Refusal
from engine.mapping import Declared
from engine.model import Deployment

from ... import here, pictures
from ...labels import Labels, labels_of
from ...studio import mapped
from .asking import done, no_reason, page, pages, reason
from .jumping import Target, kind_of, named
from .kinds import INTERVENTIONS, allowed, found


@dataclass(frozen=True, kw_only=True)
class Stands:
    """An element or flow that a case stands at: what is in the way there, and what it may be mapped to."""

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
    declared = _declared(case, to)
    mapping = {**(declared.elements if declared else {}), **_mapping(request.args)}
    try:
        return _page(case, to, mapping, lines=declared.script if declared else "")
    except Refusal as error:
        return _unfit(case, to, error)


@pages.post("/migration")
def migrate(case_id: str) -> Any:
    """Move the case, with a reason."""
    case = allowed(case_id, "migration")
    to, mapping = _version(case, request.form.get("to")), _mapping(request.form)
    lines = request.form.get("lines", "").replace("\r\n", "\n").strip()
    if to is None:
        raise NotFound
    if problem := no_reason():
        return _page(case, to, mapping, problem, lines=lines), 422
    try:
        here.engine().migrate(case.id, by=here.actor(), reason=reason(), to=to.version, mapping=mapping, script=lines)
    except NotMigratable:
        return _page(case, to, mapping, lines=lines), 422
    except Refusal as error:
        if "findings" in error.data or "why" in error.data:
            return _page(case, to, mapping, lines=lines, failed=str(error.data.get("why", ""))), 422
        return _unfit(case, to, error)
    return done(case, INTERVENTIONS["migration"])


def _declared(case: Case, to: Deployment | None) -> Declared | None:
    """The mapping that was chosen among those that were declared between the two versions."""
    digest = request.args.get("declared")
    if not digest or to is None:
        return None
    chosen = next((one for one in _mappings(case, to) if one.digest == digest), None)
    if chosen is None:
        raise NotFound
    return chosen


def _mappings(case: Case, to: Deployment) -> list[Declared]:
    """What was declared for cases of the version that a case has, and says something."""
    found = here.engine().mappings(case.key, old=case.bundle, new=to.bundle)
    return [one for one in found if one.elements or one.script]


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
        raise Conflict(how="migrated") if number == case.version else NotFound
    return chosen


def _mapping(given: Mapping[str, str]) -> dict[str, str]:
    """What is called otherwise, as it was chosen."""
    found = {name.removeprefix("map."): value for name, value in given.items() if name.startswith("map.") and value}
    return {old: new for old, new in found.items() if old != new}


def _page(
    case: Case,
    to: Deployment | None,
    mapping: Mapping[str, str],
    problem: str = "",
    refused: str = "",
    lines: str = "",
    failed: str = "",
) -> str:
    """The page; `failed` is why the lines over the data could not be worked out."""
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
        declared=_mappings(case, to) if to else [],
        chosen=request.args.get("declared", ""),
        lines=lines,
        said=mapped.said_of(here.engine().bundle(case.bundle), lines),
        failed=failed,
    )


def _stands(case: Case, to: Deployment, mapping: Mapping[str, str]) -> list[Stands]:
    """Where the case stands, with what is in the way and what is offered instead."""
    engine, words = here.engine(), here.words()
    labels, there = (labels_of(engine.bundle(one), words) for one in (case.bundle, to.bundle))
    marking = engine.marking(case.id, here.actor())
    obstacles = engine.obstacles(case.id, by=here.actor(), to=to.version, mapping=mapping)
    why = {one.element: words(mapped.WHY[one.why]) for one in obstacles}
    diagram, other = labels.bundle.diagram, there.bundle.diagram
    assert diagram is not None and other is not None
    ids = dict.fromkeys([*pictures.standing(labels.bundle, marking), *why])
    elements = [
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
    stopped = {one.occurrence for one in obstacles if one.why == "other flow"}
    ways = {one.via: one.element for one in marking.tokens if one.occurrence in stopped or one.via in mapping}
    return [*elements, *(_flow(labels, there, via, mapping.get(join, join), mapping) for via, join in ways.items())]


def _flow(labels: Labels, there: Labels, via: str, join: str, mapping: Mapping[str, str]) -> Stands:
    """The flow by which a token has come to a join, with those that lead to it now; what is in the way is the join."""
    word = here.words()("Way")
    offers = mapped.flows_into(labels.bundle, there.bundle, via, join)
    targets = tuple(Target(id=one.id, label=mapped.called(there, one.id), kind=word) for one in offers)
    return Stands(id=via, label=mapped.called(labels, via), why="", chosen=mapping.get(via, ""), targets=targets)


def _targets(there: Labels, kind: str) -> tuple[Target, ...]:
    """The elements of the other version that are of a kind."""
    diagram = there.bundle.diagram
    assert diagram is not None
    alike = [one for one in diagram.elements if one.kind == kind or {one.kind, kind} == {"userTask", "manualTask"}]
    return tuple(Target(id=one.id, label=named(there, one), kind=here.words()(kind_of(one))) for one in alike)
