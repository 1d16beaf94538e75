"""The story of a case for its dossier: day by day, step by step, with what was filled in and what was intervened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .. import when
from ..labels import Labels, Row, row_of, shown_rows
from ..language import Words, noop
from ..sentences import Sentence, Teller

if TYPE_CHECKING:
    from engine.evidence import Hidden
    from engine.model import Step

INTERVENED = {"corrected", "jumped", "skipped", "suspended", "resumed", "cancelled", "migrated", "retried", "given_up"}
INTERVENED |= {"upgraded", "hold_placed", "hold_released", "disposed"}
GONE = {
    "erased": noop("erased, and no step says by whom"),
    "restricted": noop("restricted, and no step says by whom"),
    "anonymised": noop("anonymised, and no step says by whom"),
}
DISPOSED = {
    "erased": noop("erased on %(day)s by %(who)s under %(rule)s"),
    "restricted": noop("restricted on %(day)s by %(who)s under %(rule)s: kept, and not used"),
    "anonymised": noop("anonymised on %(day)s by %(who)s under %(rule)s"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an intervention made of a field."""

    field: str
    old: tuple[Row, ...]
    new: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One step: when it was, to the second, what is said of it, what was given, and its hash."""

    seq: int
    at: str
    iso: str
    sentences: tuple[Sentence, ...]
    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    reason: str
    hash: str
    intervened: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    """The steps of one day in business time."""

    name: str
    steps: tuple[Told, ...]


def days(steps: Sequence[Step], labels: Sequence[Labels], names: Mapping[str, str]) -> list[Day]:
    """A history day by day; the first labels are those of the case, the others those of what it has called."""
    words = labels[0].words
    told: dict[int, list[Sentence]] = {}
    for sentence in Teller(labels[0], names).tell(steps):
        told.setdefault(sentence.seq, []).append(sentence)
    elements = _elements(steps)
    made = [(when.local(step.at).date(), _told(step, told.get(step.seq, []), labels, elements)) for step in steps]
    return [
        Day(name=when.day(date, words), steps=tuple(one for _, one in group))
        for date, group in groupby(made, lambda pair: pair[0])
    ]


def _told(step: Step, told: Sequence[Sentence], labels: Sequence[Labels], elements: Mapping[int, str]) -> Told:
    local = when.local(step.at)
    return Told(
        seq=step.seq,
        at=f"{local:%H:%M:%S}",
        iso=local.isoformat(timespec="microseconds"),
        sentences=tuple(told),
        rows=tuple(_given(step, labels, elements)),
        changes=tuple(_changes(step, labels[0])),
        reason=str(step.input.get("reason") or ""),
        hash=step.hash,
        intervened=step.kind in INTERVENED,
    )


def _elements(steps: Sequence[Step]) -> dict[int, str]:
    """The element of every occurrence: where it was entered first."""
    found: dict[int, str] = {}
    for step in steps:
        for effect in step.effects:
            if effect.kind in ("entered", "offered", "moved"):
                found[effect.occurrence] = effect.element
    return found


def _given(step: Step, labels: Sequence[Labels], elements: Mapping[int, str]) -> Iterator[Row]:
    """What came with a step: a form as it was filled in, or the data of a message."""
    given = step.input
    if step.kind == "started" and isinstance(given.get("data"), Mapping):
        entered = next((effect.element for effect in step.effects if effect.kind == "entered"), "")
        yield from _filled(entered, given["data"], labels)
    elif isinstance(given.get("values"), Mapping) and isinstance(given.get("task"), int):
        yield from _filled(elements.get(given["task"], ""), given["values"], labels)
    elif isinstance(given.get("payload"), Mapping):
        yield from (row for part in labels[0].rows(given["payload"]) for row in part)


def _filled(element: str, values: Mapping[str, Any], labels: Sequence[Labels]) -> tuple[Row, ...]:
    """A form as it was filled in; values without a form are told as they are."""
    for one in labels:
        if one.bundle.diagram and element in one.bundle.diagram and one.form(element) is not None:
            return one.answers(element, values)
    known, other = labels[0].rows(values)
    return (*known, *other)


def _changes(step: Step, labels: Labels) -> Iterator[Change]:
    """The fields that a correction has changed."""
    for effect in step.effects:
        if effect.kind == "corrected" and isinstance(effect.detail, Mapping):
            yield from (
                _change(name, said, labels) for name, said in effect.detail.items() if isinstance(said, Mapping)
            )


def _change(name: str, said: Mapping[str, Any], labels: Labels) -> Change:
    label, shape = labels.fields.get(name, ("", None))
    rows = {}
    for side in ("old", "new"):
        value = said.get(side)
        made = (row_of(shape, value, labels.words, label),) if shape else sum(labels.rows({name: value}), ())
        rows[side] = () if value is None else made
    return Change(field=labels.field(name), old=rows["old"], new=rows["new"])


@dataclass(frozen=True)
class Secrets:
    """What is said of personal values in a language."""

    hidden: Mapping[str, Hidden]
    names: Mapping[str, str]
    words: Words

    def rows(self, row: Row) -> tuple[Row, ...]:
        """The value behind a row that refers to the vault, where it is included."""
        one = self.hidden.get(row.reference)
        return shown_rows(row, one.value, self.words) if one is not None and one.status == "included" else ()

    def said(self, reference: str) -> str:
        """What became of a value, or that it is left out."""
        one = self.hidden.get(reference)
        if one is None or one.status in ("withheld", "included"):
            return self.words("withheld")
        if one.disposal is None:
            return self.words(GONE[one.status])
        by = one.disposal
        day, who = when.full(by.at, self.words), self.names.get(by.actor, by.actor)
        return self.words(DISPOSED[one.status], day=day, who=who, rule=one.under)
