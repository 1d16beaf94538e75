"""One case, step by step: where it stood after any step, what its data were then, and which steps are of what part.

What was worked out once is kept every `CHUNK` steps under the hash of the step, which never means anything else, so
that going from anywhere to anywhere costs no more than a chunk. The first replay of a long case is paid for in portions
of `MOST` steps: a moment that is further away says how many are missing, and is nearer when it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..diagram import Diagram
from ..errors import EngineError
from ..model import CaseId, Difference, Effect, Step
from ..spiff import Marking, StepperError
from .asking import Asked, asked
from .frames import OWN, Folding, Frame, named_in
from .kept import Kept
from .replay import Archive, Moved, difference, moves

CHUNK = 50  # steps between two that are kept
MOST = 1_000  # steps that are replayed at once
READ = 500  # steps that are read at once
INTERVENTIONS = frozenset(
    {
        "assigned", "cancelled", "corrected", "disposed", "given_up", "hold_placed", "hold_released", "jumped",
        "migrated", "resumed", "retried", "skipped", "suspended", "upgraded",
    }
)  # fmt: skip
PARTS: Mapping[str, Callable[[Step], bool]] = {
    "people": lambda step: step.actor != "system",
    "decisions": lambda step: any(effect.kind == "decided" for effect in step.effects),
    "interventions": lambda step: step.kind in INTERVENTIONS,
}
NOTHING = Diagram(processes=())
Cast = Mapping[int, Effect]  # what the occurrences that a step speaks of began as


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a step needs to be told: what it speaks of began as, and the bundles it went on in, the own one last."""

    cast: Cast = field(default_factory=dict)
    bundles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A chunk of steps: the case after the last of them, what each needs to be told, and which are of what part."""

    folding: Folding
    scenes: Mapping[int, Scene]
    parts: Mapping[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        drawn = sum(len(sheet.marks) + len(sheet.counts) for sheet in self.folding.sheets.values())
        return (
            2_000
            + 100 * (drawn + len(self.folding.open))
            + sum(300 + 400 * len(scene.cast) for scene in self.scenes.values())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A step with the state before and after it; where steps are missing or differ from the record nothing is known."""

    step: Step
    before: Marking = field(default_factory=Marking)
    after: Marking = field(default_factory=Marking)
    missing: int = 0
    difference: Difference | None = None

    @property
    def known(self) -> bool:
        """Whether the data can be said."""
        return not self.missing and self.difference is None


@dataclass(frozen=True, kw_only=True)
class Film:
    """A case that can be looked at as of every step; `steps` reads a range of them, `hashes` those of some."""

    case_id: CaseId
    last: int
    steps: Callable[[int, int], Sequence[Step]]
    hashes: Callable[[Sequence[int]], Mapping[int, str]]
    archive: Archive
    kept: Kept

    def step(self, seq: int) -> Step:
        """One step; KeyError where there is none."""
        found = self.steps(seq, seq)
        if not found:
            raise KeyError(seq)
        return found[0]

    def still(self, seq: int) -> Folding:
        """The case after a step, as its effects tell it."""
        found = self._kept_before(seq)
        for step in self.steps(found.seq + 1, seq):
            found.take(step)
        return found

    def ending(self, most: int) -> tuple[Folding, Sequence[Step], Folding]:
        """The case before its last steps, at most so many, then these steps, and the case as it stands."""
        count = max(self.last - most, 0)
        now = self._kept_before(count)
        steps = self.steps(now.seq + 1, self.last)
        early, late = steps[: count - now.seq], steps[count - now.seq :]
        for step in early:
            now.take(step)
        before = now.copy()
        for step in late:
            now.take(step)
        return before, late, now

    def frames(self, first: int, last: int) -> tuple[Folding, list[tuple[Step, Frame, Folding]]]:
        """The case before some steps, and each of them with what it changed and where the case was after it."""
        before, found = self.still(first - 1), []
        going = before.copy()
        for step in self.steps(first, last):
            frame = going.take(step)
            found.append((step, frame, going.copy()))
        return before, found

    def scene(self, seq: int) -> Scene:
        """What a step needs to be told."""
        return self._chapter((seq - 1) // CHUNK + 1).scenes.get(seq, Scene())

    def numbers(self, part: str) -> Sequence[int]:
        """The steps of a part of the history, or all."""
        if part not in PARTS:
            return range(1, self.last + 1)
        chapters = (self._chapter(number) for number in range(1, (self.last - 1) // CHUNK + 2))
        return [seq for chapter in chapters for seq in chapter.parts[part]]

    def moment(self, seq: int) -> Moment:
        """A step with the data before and after it; `missing` where that is too far to be replayed at once."""
        begin, marking = self._nearest(seq - 1)
        end = min(seq, begin + MOST)
        before = after = marking
        try:
            for moved in self._replayed(begin, end, marking):
                if (found := difference(moved)) is not None:
                    return Moment(step=self.step(seq), difference=found)
                before, after = after, moved.marking
                if moved.step.seq % CHUNK == 0:
                    self._keep_marking(moved)
                begin = moved.step.seq
        except (EngineError, StepperError, KeyError, ValueError, TypeError) as error:
            why = f"{type(error).__name__}: {error}"
            failed = Difference(seq=begin + 1, what="step", recorded=None, replayed=why)
            return Moment(step=self.step(seq), difference=failed)
        return Moment(step=self.step(seq), before=before, after=after, missing=seq - end)

    def asked(self, moment: Moment) -> list[Asked]:
        """The decisions of a step in their order, each with what it was asked."""
        if not moment.known or not any(effect.kind == "decided" for effect in moment.step.effects):
            return []
        return asked(moment.step, moment.before, self._bundle_before(moment.step.seq), self.archive)

    # Chapters

    def _kept_before(self, seq: int) -> Folding:
        """The case as it was kept last before a step, or after it, to go on from."""
        done = seq // CHUNK
        return self._chapter(done).folding.copy() if done else Folding(self._diagram, self._mapping)

    def _diagram(self, digest: str) -> Diagram:
        try:
            found = self.archive.bundle(digest).diagram
        except EngineError:  # somebody has written another digest there: it is for `verify` to say so
            found = None
        return found if found is not None else NOTHING

    def _mapping(self, digest: str) -> Mapping[str, str]:
        try:
            return self.archive.mapping(digest).elements
        except (EngineError, ValueError):  # as of a bundle
            return {}

    @cached_property
    def _ends(self) -> Mapping[int, str]:
        """The hashes of the steps that chapters end with."""
        return self.hashes(sorted({*range(CHUNK, self.last, CHUNK), self.last}))

    def _end(self, number: int) -> int:
        return min(number * CHUNK, self.last)

    def _key(self, what: str, seq: int) -> tuple[str, str, int, str]:
        return what, self.case_id, seq, self._ends.get(seq, "")

    def _chapter(self, number: int) -> Chapter:
        """A chapter, and with it all before that are not kept any more."""
        first, found = number, None
        while first and (found := self.kept.get(self._key("chapter", self._end(first)))) is None:
            first -= 1
        if first == number and found is not None:
            return found  # type: ignore[no-any-return]
        going = found.folding.copy() if found else Folding(self._diagram, self._mapping)
        for chapter in self._told(going, first * CHUNK + 1, self._end(number)):
            self.kept.put(self._key("chapter", chapter.folding.seq), chapter, chapter.size)
            found = chapter
        assert found is not None
        return found  # type: ignore[no-any-return]

    def _told(self, going: Folding, first: int, last: int) -> Iterator[Chapter]:
        scenes: dict[int, Scene] = {}
        parts: dict[str, list[int]] = {part: [] for part in PARTS}
        for step in self._read(first, last):
            cast = cast_of(step, going.known)
            frame = going.take(step)
            scenes[step.seq] = Scene(cast=cast, bundles=bundles_of(going, frame))
            for part, holds in PARTS.items():
                if holds(step):
                    parts[part].append(step.seq)
            if step.seq % CHUNK == 0 or step.seq == last:
                of = {part: tuple(found) for part, found in parts.items()}
                yield Chapter(folding=going.copy(), scenes=scenes, parts=of)
                scenes, parts = {}, {part: [] for part in PARTS}

    def _read(self, first: int, last: int) -> Iterator[Step]:
        for start in range(first, last + 1, READ):
            yield from self.steps(start, min(start + READ - 1, last))

    # Markings

    def _nearest(self, seq: int) -> tuple[int, Marking]:
        """The last step at or before one whose marking is kept, and the marking."""
        for end in range(seq // CHUNK * CHUNK, 0, -CHUNK):
            if (found := self.kept.get(self._key("marking", end))) is not None:
                return end, Marking.from_bytes(found)
        return 0, Marking()

    def _keep_marking(self, moved: Moved) -> None:
        stored = moved.marking.to_bytes()
        self.kept.put(self._key("marking", moved.step.seq), stored, len(stored))

    def _replayed(self, begin: int, end: int, marking: Marking) -> Iterable[Moved]:
        steps = list(self._read(begin + 1, end))
        bundle = self._bundle_before(begin + 1) if begin else None
        return moves(steps, self.archive, marking, bundle)

    def _bundle_before(self, seq: int) -> Any:
        """The bundle that the case had before a step."""
        sheet = self.still(seq - 1).sheets.get(())
        return self.archive.bundle(sheet.digest) if sheet else None


def cast_of(step: Step, known: Mapping[int, Effect]) -> Cast:
    """What the occurrences that a step speaks of began as, of those that were there before it."""
    spoken = [named_in(step) or 0, *(effect.occurrence for effect in step.effects if effect.kind == "cancelled")]
    return {occurrence: known[occurrence] for occurrence in spoken if occurrence in known}


def bundles_of(folding: Folding, frame: Frame) -> tuple[str, ...]:
    """The bundles whose diagrams a step went on in: where it was first, the case's own last."""
    paths = (frame.path, *frame.changed, OWN)
    found = [folding.sheets[path].digest for path in paths if path in folding.sheets]
    return tuple(dict.fromkeys(found))


__all__ = ["CHUNK", "INTERVENTIONS", "PARTS", "Cast", "Film", "Moment", "Scene"]
