"""The picture as of a step: which diagram is shown, what else can be opened, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from engine.drawing import pictures_in
from engine.history.frames import OWN, Path

from .. import pictures
from ..labels import Labels
from ..language import Words, noop
from .names import labels_in

if TYPE_CHECKING:
    from engine import Engine
    from engine.history.frames import Folding, Frame

MOST_NAMED = 3
WHOLE = "-"  # how the address of the page names the case's own diagram
WORDS = {
    "active": noop("Waiting: %(what)s."),
    "done": noop("Done: %(what)s."),
    "cancelled": noop("Cancelled: %(what)s."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One diagram that can be shown: that of a called process, or the inside of a collapsed subprocess."""

    path: Path
    inside: str = ""

    @property
    def address(self) -> str:
        """How the address of the page names it."""
        return "/".join((*self.path, self.inside) if self.inside else self.path)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A diagram as of a step."""

    view: View
    drawn: Markup
    title: str
    version: int | None
    words: str  # the same for whoever does not see it
    views: tuple[tuple[View, str], ...]  # all that can be opened, with what they are called


@dataclass(frozen=True, kw_only=True)
class Painter:
    """Draws a case as of its steps."""

    engine: Engine
    words: Words
    bundle: str  # of the case as it stands

    def picture(self, folding: Folding, frame: Frame, wanted: str) -> Picture:
        """The diagram that is asked for, else the one that the step went on in."""
        views = self.views(folding)
        asked = "" if wanted == WHOLE else wanted
        here = next((one for one, _ in views if wanted and one.address == asked), None) or self._of(folding, frame)
        labels = self._labels(folding, here.path)
        marks = folding.marks(here.path)
        return Picture(
            view=here,
            drawn=pictures.of_moment(labels, marks, here.inside),
            title=self._called(folding, here),
            version=self._version(folding, here.path),
            words=self._in_words(labels, marks),
            views=tuple(views),
        )

    def views(self, folding: Folding) -> list[tuple[View, str]]:
        """Everything that can be opened in place, the case's own diagram first."""
        found = []
        for path in sorted(folding.sheets):
            inside = self._inside(self._labels(folding, path))
            for view in (View(path=path), *(View(path=path, inside=id) for id in inside)):
                found.append((view, self._called(folding, view)))
        return found

    def standing(self, folding: Folding, *, ended: bool) -> str:
        """Where the case is after a step, as a heading says it."""
        names = list(dict.fromkeys(self._leaves(folding)))
        between = "、" if self.words.lang == "zh" else ", "
        shown = between.join(names[:MOST_NAMED])
        number = f"{folding.seq:,}"
        if not names:
            text = noop("After step %(n)s: the case has ended") if ended else noop("After step %(n)s: nothing waits")
            return self.words(text, n=number)
        if more := len(names) - len(names[:MOST_NAMED]):
            text = noop("After step %(n)s: waiting at %(what)s and %(more)s more")
            return self.words(text, n=number, what=shown, more=more)
        return self.words("After step %(n)s: waiting at %(what)s", n=number, what=shown)

    def _leaves(self, folding: Folding) -> list[str]:
        """What the case waits at: not what only holds something that waits, nor a gateway without a name."""
        places = folding.waiting()
        holding = {place.inside for place in places}
        named = [place for place in places if (element := folding.element(place)) and element.name]
        found = [place for place in named or places if place.occurrence not in holding]
        return [self._labels(folding, place.path).element(place.element) for place in found]

    def _of(self, folding: Folding, frame: Frame) -> View:
        """The innermost picture that a step went on in."""
        labels = self._labels(folding, frame.path)
        diagram, inside = labels.bundle.diagram, self._inside(labels)
        id = frame.element
        while inside and diagram is not None and id in diagram:
            id = diagram.element(id).scope
            if id in inside:
                return View(path=frame.path, inside=id)
        return View(path=frame.path)

    def _labels(self, folding: Folding, path: Path) -> Labels:
        sheet = folding.sheets.get(path)
        return labels_in(self.engine, [sheet.digest] if sheet else [], self.words, self.bundle).others[0]

    def _inside(self, labels: Labels) -> Sequence[str]:
        bundle = labels.bundle
        return pictures_in(bundle.files[bundle.diagram_path])

    def _called(self, folding: Folding, view: View) -> str:
        labels = self._labels(folding, view.path)
        return labels.element(view.inside) if view.inside else labels.process

    def _version(self, folding: Folding, path: Path) -> int | None:
        sheet = folding.sheets.get(path)
        if path == OWN or sheet is None:
            return folding.version or None
        versions = self.engine.deployments(self._labels(folding, path).bundle.key)
        return next((one.version for one in versions if one.bundle == sheet.digest), None)

    def _in_words(self, labels: Labels, marks: Mapping[str, tuple[str, int]]) -> str:
        """Which elements are active, cancelled and done, and how often, in a sentence each."""
        between = "、" if self.words.lang == "zh" else ", "
        said: list[str] = []
        if (diagram := labels.bundle.diagram) is None:
            return ""
        for word, template in WORDS.items():
            parts = [(diagram.element(id), n) for id, (mark, n) in marks.items() if mark == word and id in diagram]
            if named := [self._often(labels.element(one.id), n) for one, n in parts if one.name]:
                said.append(self.words(template, what=between.join(named)))
        return " ".join(said)

    def _often(self, name: str, count: int) -> str:
        return (
            self.words.many("%(what)s (%(num)s time)", "%(what)s (%(num)s times)", count, what=name)
            if count > 1
            else name
        )


__all__ = ["Painter", "Picture", "View"]
