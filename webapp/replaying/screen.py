"""All that the page of a replay shows of one step, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..labels import Row, with_disposals
from ..rows import CaseRow, case_rows
from .listing import Entry, Listing, Told
from .names import labels_in
from .picture import Painter, Picture
from .seen import Change, Filled, changes, filled
from .tables import Table, tables

if TYPE_CHECKING:
    from engine import Case
    from engine.history.film import Film, Moment
    from engine.model import Disposal, Step

    from ..language import Words
    from ..services import Person, Services


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A step of a case with everything around it."""

    case: Case
    last: int
    entry: Entry
    listing: Listing
    moment: Moment
    picture: Picture
    standing: str
    changes: tuple[Change, ...]
    rows: tuple[Row, ...]
    other: tuple[Row, ...]
    form: Filled | None
    tables: tuple[Table, ...]
    linked: tuple[CaseRow, ...]
    version: int

    @property
    def seq(self) -> int:
        """The number of the step."""
        return self.entry.step.seq


@dataclass(frozen=True, kw_only=True)
class Projector:
    """Shows the steps of one case to one person in one language."""

    services: Services
    case: Case
    film: Film
    person: Person
    words: Words

    @property
    def told(self) -> Told:
        """What tells its steps."""
        return Told(services=self.services, case=self.case, film=self.film, words=self.words)

    @property
    def painter(self) -> Painter:
        """What draws it."""
        return Painter(engine=self.services.engine, words=self.words, bundle=self.case.bundle)

    def screen(self, seq: int, part: str, wanted: str) -> Screen:
        """Everything about one step."""
        engine, moment = self.services.engine, self.film.moment(seq)
        ((step, frame, folding),) = self.film.frames(seq, seq)[1]
        scene = self.film.scene(seq)
        labels = labels_in(engine, scene.bundles, self.words, self.case.bundle)
        own = labels_in(engine, [sheet.digest for sheet in folding.sheets.values()], self.words, self.case.bundle)
        disposals = engine.disposals(self.case.id, self.person.actor)
        found = own.rows(moment.after.data) if moment.known else ((), ())
        rows, other = (with_disposals(part, disposals) for part in found)
        (entry,) = self.told.entries([step])
        return Screen(
            case=self.case,
            last=self.film.last,
            entry=entry,
            listing=self.told.listing(part, seq),
            moment=moment,
            picture=self.painter.picture(folding, frame, wanted),
            standing=self.painter.standing(folding, ended=_ended(step)),
            changes=tuple(changes(own, moment.before.data, moment.after.data)) if moment.known else (),
            rows=rows,
            other=other,
            form=_with_disposals(filled(labels, step, scene), disposals),
            tables=tuple(tables(engine, self.film, moment, labels, folding.version)),
            linked=self._linked(),
            version=folding.version,
        )

    def frames(self, first: int, last: int) -> dict[str, Any]:
        """What each of some steps changed in the pictures, and says, for whoever draws them himself."""
        before, frames = self.film.frames(first, last)
        entries = self.told.entries([step for step, _, _ in frames])
        return {
            "from": first,
            "to": last,
            "base": {"/".join(path): before.marks(path) for path in before.sheets},
            "frames": [
                {
                    "seq": frame.seq,
                    "path": "/".join(frame.path),
                    "says": entry.main.text,
                    "standing": self.painter.standing(folding, ended=_ended(step)),
                    "changed": {"/".join(path): marks for path, marks in frame.changed.items()},
                }
                for entry, (step, frame, folding) in zip(entries, frames, strict=True)
            ],
        }

    def _linked(self) -> tuple[CaseRow, ...]:
        """The cases that this one came from and those that came from it, as far as the person may see them."""
        found = self.services.engine.linked(self.case.id, self.person.actor)
        return tuple(case_rows(self.services, found, self.person, self.words))


def _with_disposals(form: Filled | None, disposals: Mapping[str, Disposal]) -> Filled | None:
    return replace(form, rows=with_disposals(form.rows, disposals)) if form else None


def _ended(step: Step) -> bool:
    return step.kind == "cancelled" or any(effect.kind == "ended" for effect in step.effects)


__all__ = ["Projector", "Screen"]
