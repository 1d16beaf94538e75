"""The list of steps as sentences: one page of it around a step, whatever the length of the history."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.history.film import INTERVENTIONS

from .. import when
from ..sentences import Sentence, Teller
from .names import labels_in

if TYPE_CHECKING:
    from engine import Case
    from engine.history.film import Film
    from engine.model import Step

    from ..language import Words
    from ..services import Services

PAGE = 50  # steps


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One step in the list: what it says, what followed in further sentences, and the day if it is the first of it."""

    step: Step
    main: Sentence
    notes: tuple[str, ...] = ()
    day: str = ""
    time: str = ""

    @property
    def intervention(self) -> bool:
        """Whether somebody did here what the diagram does not foresee."""
        return self.step.kind in INTERVENTIONS


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of the list; `earlier` and `later` are the steps that the pages beside it are opened at."""

    part: str
    entries: tuple[Entry, ...]
    total: int
    earlier: int | None = None
    later: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """Tells the steps of a film."""

    services: Services
    case: Case
    film: Film
    words: Words

    def listing(self, part: str, seq: int) -> Listing:
        """The page of a part of the list that a step is on, or would be."""
        numbers = self.film.numbers(part)
        at = max(bisect_right(numbers, seq) - 1, 0)
        first = at // PAGE * PAGE
        chosen = numbers[first : first + PAGE]
        return Listing(
            part=part,
            entries=self.entries(self._steps(chosen)),
            total=len(numbers),
            earlier=numbers[first - 1] if first else None,
            later=numbers[first + PAGE] if first + PAGE < len(numbers) else None,
        )

    def entries(self, steps: Sequence[Step]) -> tuple[Entry, ...]:
        """Some steps as sentences."""
        names = self.services.names({step.actor for step in steps} | _given(steps), self.words.lang)
        found: list[Entry] = []
        day = ""
        for step in steps:
            told = self.sentences(step, names)
            here = when.dated(step.at, self.words)
            found.append(
                Entry(
                    step=step,
                    main=told[0],
                    notes=tuple(filter(None, (told[0].note, *(one.html for one in told[1:])))),
                    day=here if here != day else "",
                    time=_clock(step.at),
                )
            )
            day = here
        return tuple(found)

    def sentences(self, step: Step, names: dict[str, str]) -> list[Sentence]:
        """What is told of one step."""
        scene = self.film.scene(step.seq)
        labels = labels_in(self.services.engine, scene.bundles, self.words, self.case.bundle)
        return Teller(labels, names).tell([step], before=scene.cast)

    def _steps(self, numbers: Sequence[int]) -> Sequence[Step]:
        if not numbers:
            return ()
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return self.film.steps(numbers[0], numbers[-1])
        return [self.film.step(number) for number in numbers]


def _given(steps: Sequence[Step]) -> set[str]:
    """The people whom steps name besides those who took them."""
    return {str(step.input[name]) for step in steps for name in ("assignee", "person") if step.input.get(name)}


def _clock(at: datetime) -> str:
    return f"{when.local(at):%H:%M}"
