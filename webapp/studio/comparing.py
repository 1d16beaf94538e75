"""Two bundles beside each other: what the page of a comparison shows. It stores nothing, and knows no address.

A side is named as in an address: a version by its number, a sketch as `sketch-7`, a proposal as `proposal-3`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from engine.bundles import Bundle, read_bundle
from engine.diagram import Diagram
from engine.errors import MalformedXml, NotFound
from engine.sketches import Outline

from .. import here, pictures
from ..differences import Difference, differences, forms, marks, marks_before, tables
from ..labels import Labels
from . import sketches

MOST_OFFERED = 100  # versions in the list to choose from
REF = re.compile(r"((?P<kind>sketch|proposal)-)?(?P<number>[0-9]{1,9})")
BROKEN = (MalformedXml, ValueError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A bundle that may be compared: how it is named in an address, and what people call it."""

    ref: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """One side of a comparison; without a bundle its files make none yet."""

    ref: str
    label: str
    files: Mapping[str, bytes]
    bundle: Bundle | None

    @property
    def diagram(self) -> Diagram | None:
        """Its diagram, if it has one that can be read."""
        return self.bundle.diagram if self.bundle else None


@dataclass(frozen=True, kw_only=True)
class Group:
    """The differences of one file, or of the diagram, which has no name."""

    title: str
    found: tuple[tuple[Difference, str], ...]  # each with its anchor


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture on both sides; `inside` is the collapsed subprocess that it shows."""

    title: str
    inside: str
    before: Markup | str
    after: Markup | str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two bundles, held against each other."""

    old: Version
    new: Version
    found: tuple[Difference, ...]
    sought: str = ""  # the element to be pointed at in both pictures

    @cached_property
    def layout_only(self) -> bool:
        """Whether both mean the same, though their files are not the same."""
        one, other = self.old.bundle, self.new.bundle
        return one is not None and other is not None and one.digest != other.digest and one.meaning == other.meaning

    @property
    def counts(self) -> dict[str, int]:
        """How many differences there are of each kind."""
        kinds = [one.kind for one in self.found]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    @property
    def groups(self) -> list[Group]:
        """The differences by the file that they are in, the diagram first."""
        return [
            Group(title=path, found=tuple((one, anchor(one.file, one.place)) for one in found))
            for path, found in groupby(self.found, key=lambda one: one.file if not one.element else "")
        ]

    @property
    def pictures(self) -> list[Drawn]:
        """The diagrams of both sides with marks: what is gone on the left, what is new on the right."""
        if self.old.diagram is None and self.new.diagram is None:
            return []
        found = list(self.found)
        planes = ["", *sorted({*_planes(self.old), *_planes(self.new)})]
        return [self._drawn(inside, marks_before(found), marks(found)) for inside in planes]

    def _drawn(self, inside: str, before: dict[str, str], after: dict[str, str]) -> Drawn:
        diagram = self.new.diagram or self.old.diagram
        title = diagram.label(inside) if diagram and inside else ""
        sides = [_picture(self.old, before, inside, self.sought), _picture(self.new, after, inside, self.sought)]
        return Drawn(title=title, inside=inside, before=sides[0], after=sides[1])

    @property
    def tables(self) -> list[tuple[str, Any, Any, list[str]]]:
        """The decision tables that are not the same: the file, both sides, the anchor of each row."""
        found = []
        for path in _differing(self.old.files, self.new.files, ".dmn"):
            try:
                both = tables.sides(self.old.files.get(path), self.new.files.get(path))
            except BROKEN:
                continue
            found += [(path, one, other, _anchors(path, one, other)) for one, other in both]
        return found

    @property
    def forms(self) -> list[tuple[str, list[tuple[forms.Pair, str]]]]:
        """The forms that are not the same: the file, and its fields with their anchors."""
        found = []
        for path in filter(forms.is_form, _differing(self.old.files, self.new.files, ".json")):
            try:
                pairs = forms.sides(self.old.files.get(path), self.new.files.get(path), here.words())
            except BROKEN:
                continue
            found.append((path, [(one, anchor(path, one.name)) for one in pairs if one.mark]))
        return [(path, pairs) for path, pairs in found if pairs]


def compared(old: Version, new: Version, sought: str = "") -> Comparison:
    """Two versions, held against each other."""
    if old.bundle is None:
        return Comparison(old=old, new=new, found=(), sought=sought)
    found = differences(old.bundle, new.files, new.diagram, here.words())
    known = {part.id for side in (old, new) if side.diagram for part in (*side.diagram.elements, *side.diagram.flows)}
    return Comparison(old=old, new=new, found=tuple(found), sought=sought if sought in known else "")


def version(key: str, ref: str) -> Version:
    """A side of a comparison by its name in an address; NotFound where there is none."""
    found = REF.fullmatch(ref)
    if found is None:
        raise NotFound
    return SIDES[found["kind"] or ""](key, int(found["number"]))


def choices(key: str) -> list[Choice]:
    """What may be compared: proposals and sketches of a process, and its versions, the newest first."""
    engine, person = here.engine(), here.actor()
    sketched = [(f"sketch-{one.id}", _sketch_label(one)) for one in engine.sketches(person, key)]
    proposed = [(f"proposal-{one.id}", _("Proposal %(n)s", n=one.id)) for one in engine.proposals() if one.key == key]
    versions = [(str(one.version), _("Version %(n)s", n=one.version)) for one in engine.deployments(key)]
    return [Choice(ref=ref, label=label) for ref, label in (*sketched, *proposed, *versions)[:MOST_OFFERED]]


def usual(key: str) -> tuple[str, str]:
    """What is compared if nothing is named: the newest version with the one before it."""
    versions = [one.version for one in here.engine().deployments(key)[:2]]
    if not versions:
        raise NotFound
    return str(versions[-1]), str(versions[0])


def name_of(key: str, found: Comparison) -> str:
    """What people call what is compared."""
    bundle = found.new.bundle or found.old.bundle
    return Labels(bundle, here.words()).process if bundle else key


def anchor(file: str, place: str) -> str:
    """The anchor of a row or field on the page."""
    return f"at-{sha256(f'{file} {place}'.encode()).hexdigest()[:12]}" if place else ""


def _deployed(key: str, number: int) -> Version:
    found = next((one for one in here.engine().deployments(key) if one.version == number), None)
    if found is None:
        raise NotFound
    bundle = here.engine().bundle(found.bundle)
    return Version(ref=str(number), label=_("Version %(n)s", n=number), files=bundle.files, bundle=bundle)


def _proposed(key: str, number: int) -> Version:
    found = next((one for one in here.engine().proposals(open_only=False) if (one.id, one.key) == (number, key)), None)
    if found is None:
        raise NotFound
    bundle = here.engine().bundle(found.bundle)
    label = _("Proposal %(n)s", n=number)
    return Version(ref=f"proposal-{number}", label=label, files=bundle.files, bundle=bundle)


def _sketched(key: str, number: int) -> Version:
    found = here.engine().sketch(number, here.actor())
    if found.key not in (key, ""):
        raise NotFound
    label = _sketch_label(found)
    bundle = bundle_of(found.files) if here.engine().readable(found.files) else None
    return Version(ref=f"sketch-{number}", label=label, files=found.files, bundle=bundle)


def _sketch_label(one: Outline) -> str:
    known = here.services().directory.person(one.owner)
    called = known.called(here.words().lang) if known else one.owner
    return _("Draft “%(name)s” of %(person)s", name=sketches.title(one), person=called)


def bundle_of(files: Mapping[str, bytes]) -> Bundle | None:
    """The bundle that some files make, if they make one."""
    try:
        return read_bundle(files)
    except BROKEN:
        return None


def _differing(old: Mapping[str, bytes], new: Mapping[str, bytes], ending: str) -> list[str]:
    paths = sorted({*old, *new})
    return [path for path in paths if path.endswith(ending) and old.get(path) != new.get(path)]


def _planes(side: Version) -> Sequence[str]:
    """The collapsed subprocesses that have a picture of their own."""
    return pictures.inner(side.bundle) if side.bundle and side.diagram else ()


def _picture(side: Version, said: dict[str, str], inside: str, sought: str) -> Markup | str:
    if side.bundle is None or side.diagram is None or (inside and inside not in _planes(side)):
        return ""
    marked = said | ({sought: f"{said.get(sought, '')} sought"} if sought else {})
    return pictures.of_bundle(Labels(side.bundle, here.words()), marked, inside=inside)


def _anchors(path: str, old: tables.Side | None, new: tables.Side | None) -> list[str]:
    """The anchor of each row: by its number on the right, or on the left if it is only there."""
    one = old or new
    assert one is not None
    count = len(one.lines)
    sides = [side.lines if side else (None,) * count for side in (old, new)]
    return [_row(path, (new or one).id, o, n) for o, n in zip(*sides, strict=True)]


def _row(path: str, id: str, old: Any, new: Any) -> str:
    number = new.number if new is not None and new.number else old.number if old is not None else 0
    gone = "" if new is not None and new.number else "−"
    return anchor(path, f"{id} {gone}{number}")


SIDES: Mapping[str, Callable[[str, int], Version]] = {"": _deployed, "proposal": _proposed, "sketch": _sketched}
