"""Two texts of one file for the page on which somebody decides: side by side, part by part, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.diagram import read_diagram
from engine.errors import MalformedXml, NotFound, Refusal
from engine.sketches import Choice, Lost, Merge, Sketch, merge

from .. import here
from ..differences import Difference
from ..differences.diagrams import differences as drawn
from ..findings import labels_of
from ..language import noop

AROUND = 3  # lines that are shown around what differs
MOST_LINES = 1_000  # of a text that is compared line by line
DONE = {"": noop("as it was"), "added": noop("added"), "changed": noop("changed"), "removed": noop("removed")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of both texts beside each other; `same` where they do not differ."""

    mine: str
    theirs: str
    same: bool = False
    gap: bool = False  # lines are left out here


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A merge as its page shows it; `number` tells the fields of several apart."""

    number: int
    merge: Merge
    lines: tuple[Line, ...]
    said: Mapping[str, tuple[Difference, ...]]  # by the id of a part: what mine changes of theirs
    labels: Mapping[str, str]  # the texts of the diagram in the language of the page

    def called(self, part: Choice) -> str:
        """What a part of a diagram is called."""
        name, source, target = (
            self.labels.get(text, text) for text in (part.name or part.id, part.source, part.target)
        )
        if source or target:
            return here.words()("Flow from “%(source)s” to “%(target)s”", source=source, target=target)
        return here.words()("“%(name)s”", name=name)


def lost(found: Sketch, one: Lost) -> Shown:
    """What somebody could not save, against what is there, and what he had begun from."""
    known, before = here.engine().sketch_state(found.id, one.path, one.revision, here.actor())
    if not known and found.base:
        before = here.engine().bundle(found.base).files.get(one.path)
    made = merge(one.path, before, one.body, found.files.get(one.path))
    return _shown(0, made, labels_of(found.files, here.words().lang))


def newer(found: Sketch, newest: str) -> list[Shown]:
    """The files that the newest version has changed and a sketch has otherwise, with what both have begun from."""
    old = here.engine().bundle(found.base).files if found.base else {}
    new = here.engine().bundle(newest).files
    paths = sorted({*old, *new, *found.files})
    made = [merge(path, old.get(path), found.files.get(path), new.get(path)) for path in paths]
    labels = labels_of(found.files, here.words().lang)
    affected = [one for one in made if one.theirs not in (one.mine, one.ancestor)]
    return [_shown(number, one, labels) for number, one in enumerate(affected)]


def _shown(number: int, one: Merge, labels: Mapping[str, str]) -> Shown:
    """A merge with its texts beside each other, or with what is said of its parts; `labels` translate the diagram."""
    lines = () if one.choices else tuple(beside(text_of(one.mine), text_of(one.theirs)))
    return Shown(number=number, merge=one, lines=lines, said=_said(one, labels) if one.choices else {}, labels=labels)


def _said(one: Merge, labels: Mapping[str, str]) -> dict[str, tuple[Difference, ...]]:
    found: dict[str, tuple[Difference, ...]] = {}
    try:
        mine, theirs = read_diagram(one.mine or b""), read_diagram(one.theirs or b"")
    except (MalformedXml, ValueError, RecursionError):
        return found
    for difference in drawn(theirs, mine, here.words(), lambda text: labels.get(text, text)):
        found[difference.element] = (*found.get(difference.element, ()), difference)
    return found


def text_of(body: bytes | None) -> list[str]:
    """The lines of a text, as far as they are compared."""
    return (body or b"").decode("utf-8", errors="replace").splitlines()[:MOST_LINES]


def beside(mine: list[str], theirs: list[str]) -> list[Line]:
    """Both texts beside each other, without what is the same far from every difference."""
    found: list[Line] = []
    for group in SequenceMatcher(None, mine, theirs).get_grouped_opcodes(AROUND):
        found += [Line(mine="", theirs="", gap=True)] if found else []
        for tag, a, b, c, d in group:
            pairs = range(max(b - a, d - c))
            left, right = mine[a:b], theirs[c:d]
            found += [Line(mine=_at(left, n), theirs=_at(right, n), same=tag == "equal") for n in pairs]
    return found


def _at(lines: list[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def decided(one: Shown, form: Mapping[str, str]) -> bytes | None:
    """The file that somebody has decided for; Refusal where he has not, or parts do not fit together."""
    side = form.get(f"side-{one.number}") or one.merge.side
    if side == "parts" and one.merge.choices:
        prefix = f"part-{one.number}-"
        return one.merge.joined(
            {name.removeprefix(prefix): taken for name, taken in form.items() if name.startswith(prefix)}
        )
    if side not in ("mine", "theirs"):
        raise Refusal(f"Say whose {one.merge.path} it shall be.", how="undecided", element=one.merge.path)
    return one.merge.mine if side == "mine" else one.merge.theirs


def find(lost: list[Lost], id: int) -> Lost:
    """One of the texts that somebody could not save."""
    for one in lost:
        if one.id == id:
            return one
    raise NotFound(f"There is no text {id}.")
