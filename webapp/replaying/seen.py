"""What a step showed and changed: the data before and after it, and the form as it was shown and filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..forms import labels as named
from ..labels import NOTHING, Labels, Row, row_of

if TYPE_CHECKING:
    from engine.history.film import Scene
    from engine.model import Step

Where = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that a step changed: what stood there, and what stands there now."""

    label: str
    entered: bool  # a form declares it; everything else the process has worked out
    old: Row | None = None
    new: Row | None = None


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form as it was shown: its fields in their order, those that were left empty without a text."""

    title: str
    rows: tuple[Row, ...]


def changes(labels: Labels, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between the data before and after a step, value by value."""
    touched = [name for name in (*before, *after) if before.get(name) != after.get(name)]
    old, new = (_values(labels, {name: data[name] for name in touched if name in data}) for data in (before, after))
    return [
        Change(label=" · ".join(where[0]), entered=where[2], old=old.get(where), new=new.get(where))
        for where in dict.fromkeys((*new, *old))
        if _said(old.get(where)) != _said(new.get(where))
    ]


def filled(labels: Labels, step: Step, scene: Scene) -> Filled | None:
    """The form that was sent with a step, in the words of the bundle that was in force."""
    element, values = _sent(labels, step, scene)
    shape = labels.form(element) if element else None
    if shape is None:
        return None
    rows = tuple(
        row_of(part, values[part.key], labels.words)
        if values.get(part.key) not in NOTHING
        else Row(label=named.label(part, labels.words.lang))
        for part in shape.parts
        if part.key in values or part.asked(values)
    )
    return Filled(title=labels.element(element), rows=rows)


def _sent(labels: Labels, step: Step, scene: Scene) -> tuple[str, Mapping[str, Any]]:
    """The element that a form stands at, and what was entered."""
    given = step.input
    if step.kind == "started" and labels.bundle.diagram is not None:
        with_form = (one.id for one in labels.bundle.diagram.start_events() if one.form)
        return next(with_form, ""), _object(given.get("data"))
    begun = next((effect.element for effect in scene.cast.values()), "")
    if step.kind == "received":
        return begun, _object(given.get("payload"))
    if step.kind in ("completed", "skipped"):
        return str(given.get("element") or begun), _object(given.get("values"))
    return "", {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _values(labels: Labels, data: Mapping[str, Any]) -> dict[tuple[Where, int, bool], Row]:
    """The single values of some data: by the labels that lead to each, which of them it is, whether a form has it."""
    found: dict[tuple[Where, int, bool], Row] = {}
    seen: Counter[Where] = Counter()
    for rows, entered in zip(labels.rows(data), (True, False), strict=True):
        for where, row in _leaves(rows, ()):
            seen[where] += 1
            found[where, seen[where], entered] = row
    return found


def _leaves(rows: tuple[Row, ...], above: Where) -> Iterator[tuple[Where, Row]]:
    for row in rows:
        where = (*above, row.label)
        if row.rows:
            yield from _leaves(row.rows, where)
        else:
            yield where, row


def _said(row: Row | None) -> tuple[str, str]:
    return (row.exact or row.text, row.reference) if row else ("", "")


__all__ = ["Change", "Filled", "changes", "filled"]
