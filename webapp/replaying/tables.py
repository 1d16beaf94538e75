"""The decision tables of a step as they stood then: the rows, which of them hit, and what the table was asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..forms import labels as named
from ..labels import UNKNOWN
from ..language import Words, noop
from .names import Several

if TYPE_CHECKING:
    from engine import Engine
    from engine.bundles import Bundle
    from engine.history.asking import Asked
    from engine.history.film import Film, Moment
    from engine.model import Effect

MOST_ROWS = 60  # of a longer table only those that hit are shown
POLICIES: Mapping[str, str] = {
    "UNIQUE": noop("one row hits"),
    "FIRST": noop("first row that hits"),
    "ANY": noop("rows that say the same"),
    "PRIORITY": noop("most important row that hits"),
    "RULE ORDER": noop("all rows that hit, in their order"),
    "OUTPUT ORDER": noop("all rows that hit, in the order of their results"),
    "COLLECT": noop("all rows that hit"),
    "COLLECT SUM": noop("sum of the rows that hit"),
    "COLLECT MIN": noop("smallest of the rows that hit"),
    "COLLECT MAX": noop("largest of the rows that hit"),
    "COLLECT COUNT": noop("number of rows that hit"),
}


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """One row of a table; `hit` says that the decision came from it."""

    number: int
    tests: tuple[str, ...]
    results: tuple[str, ...]
    hit: bool


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table in a step."""

    title: str
    version: int | None
    policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Ruled, ...]
    hidden: int
    asked: tuple[tuple[str, str], ...]  # the label of each input, and its value
    hits: str


def tables(engine: Engine, film: Film, moment: Moment, labels: Several, version: int) -> list[Table]:
    """The tables that a step asked, in their order; none where the step does not follow from those before it."""
    decided = [effect for effect in moment.step.effects if effect.kind == "decided"]
    asked = film.asked(moment)
    if len(asked) != len(decided):
        return []
    return [_table(engine, one, effect, labels, version) for one, effect in zip(asked, decided, strict=True)]


def _table(engine: Engine, one: Asked, effect: Effect, labels: Several, version: int) -> Table:
    detail = effect.detail if isinstance(effect.detail, Mapping) else {}
    hits, decision, words = set(detail.get("rows", ())), one.decision, labels.words
    bundle, number = _bundle(engine, str(detail.get("digest", "")), effect, labels, version)
    rows = [
        Ruled(
            number=row.number,
            tests=tuple(test.source.strip() or "-" for test in row.tests),
            results=tuple(result.source if result else "" for result in row.results),
            hit=row.number in hits,
        )
        for row in decision.rows
    ]
    shown = rows if len(rows) <= MOST_ROWS else [row for row in rows if row.hit]
    texts = [bundle.translate(column.label, words.lang) for column in decision.inputs]
    between = "、" if words.lang == "zh" else ", "
    return Table(
        title=bundle.translate(decision.name, words.lang),
        version=number,
        policy=words(POLICIES[decision.policy.name]),
        inputs=tuple(texts),
        outputs=tuple(bundle.translate(column.label or column.name, words.lang) for column in decision.outputs),
        rows=tuple(shown),
        hidden=len(rows) - len(shown),
        asked=tuple((text, _value(value, words)) for text, value in zip(texts, one.inputs, strict=True)),
        hits=between.join(str(row.number) for row in rows if row.hit),
    )


def _bundle(engine: Engine, digest: str, effect: Effect, labels: Several, version: int) -> tuple[Bundle, int | None]:
    """The bundle that a table stands in and its version: a shared decision's own, else that of the process."""
    if digest:
        shared = engine.bundle(digest)
        found = (one.version for one in engine.deployments(shared.key) if one.bundle == digest)
        return shared, next(found, None)
    holding = labels.holding(effect.element) or labels.others[-1]
    if holding is labels.others[-1]:
        return holding.bundle, version
    return holding.bundle, None


def _value(value: Any, words: Words) -> str:
    """A value as a table sees it: texts in quotes."""
    if isinstance(value, str):
        return f'"{value}"'
    return named.shown(UNKNOWN, value, words) or words("nothing")


__all__ = ["Table", "tables"]
