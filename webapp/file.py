"""A case as its page shows it: the diagram with how far it has come, the story, the data, what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from markupsafe import Markup

from . import pictures
from .labels import Labels, Row, labels_of, with_disposals
from .language import Words
from .rows import CaseRow, case_rows
from .sentences import Sentence, Teller
from .services import Card, Person, Services

if TYPE_CHECKING:
    from engine import Case, Task
    from engine.model import Hold, Step, TaskId

TAKEN_IN = ("data", "values", "payload")  # where the input of a step holds what came from outside


@dataclass(frozen=True, kw_only=True)
class File:
    """All that the page of a case shows."""

    case: Case
    labels: Labels
    history: tuple[Step, ...]
    told: tuple[Sentence, ...]  # the newest first
    tasks: tuple[Task, ...]
    openable: frozenset[TaskId]  # those of them that this person may open
    rows: tuple[Row, ...]
    other: tuple[Row, ...]
    card: Card | None
    row: CaseRow
    linked: tuple[CaseRow, ...]
    picture: Markup
    hold: Hold | None

    @classmethod
    def of(cls, services: Services, case: Case, person: Person, words: Words) -> File:
        """The file of a case as a person may see it."""
        engine, actor = services.engine, person.actor
        labels = labels_of(engine.bundle(case.bundle), words, engine)
        history = engine.history(case.id, actor)
        told = Teller(labels, services.names({step.actor for step in history}, words.lang)).tell(history)
        disposals, tasks = engine.disposals(case.id, actor), engine.tasks(case.id, actor)
        rows, other = (with_disposals(part, disposals) for part in labels.rows(case.data))
        return cls(
            case=case,
            labels=labels,
            history=tuple(history),
            told=tuple(told[::-1]),
            tasks=tuple(tasks),
            openable=frozenset(task.id for task in tasks if services.may_open(task, actor)),
            rows=rows,
            other=other,
            card=services.beside.card(case, actor, words.lang),
            row=case_rows(services, [case], person, words)[0],
            linked=tuple(case_rows(services, engine.linked(case.id, actor), person, words)),
            picture=pictures.of_case(labels, pictures.stands(case, engine.film(case.id, actor).ending(0)[2])),
            hold=engine.hold_on(case.id, actor),
        )

    def told_of(self, part: str) -> tuple[Sentence, ...]:
        """The whole story, what people did, or what was decided."""
        kinds = {"people": ("done", "late"), "decisions": ("rule",)}.get(part)
        return tuple(one for one in self.told if kinds is None or one.kind in kinds)

    def page_of(self, part: str, before: int | None, limit: int) -> tuple[tuple[Sentence, ...], int | None]:
        """Some sentences of a part, those about steps before one, and the step at which the next page begins."""
        told = [one for one in self.told_of(part) if before is None or one.seq < before]
        if len(told) <= limit:
            return tuple(told), None
        last = told[limit - 1].seq
        shown = tuple(one for one in told if one.seq >= last)  # what is told of one step stays together
        return shown, last if len(shown) < len(told) else None

    def personal(self, reference: str) -> Row | None:
        """The row of a personal value by its reference: one that the case holds, or once took in."""
        then = (row for step in self.history for row in self._taken_in(step))
        return next((row for row in _all((*self.rows, *self.other, *then)) if row.reference == reference), None)

    def _taken_in(self, step: Step) -> Iterator[Row]:
        for name in TAKEN_IN:
            if isinstance(values := step.input.get(name), Mapping):
                yield from chain(*self.labels.rows(values))

    def counts(self) -> Mapping[str, int]:
        """How many sentences each part of the story has."""
        return {part: len(self.told_of(part)) for part in ("all", "people", "decisions")}


def _all(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _all(row.rows)
