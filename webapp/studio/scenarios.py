"""The scenarios of a bundle on a page: how each goes now, and where it goes otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.bundles import Bundle
from engine.check.scenarios import check_scenarios
from engine.scenarios import Outcome, name_of

from .. import here
from ..findings import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One scenario: what it is called, whether it goes as it has to, else where it goes otherwise."""

    name: str
    title: str
    good: bool
    said: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All scenarios of a bundle."""

    lines: tuple[Line, ...]

    @property
    def good(self) -> int:
        """How many go as they have to."""
        return sum(one.good for one in self.lines)


def panel(
    bundle_digest: str, key: str, bundle: Bundle | None = None, outcomes: Sequence[Outcome] | None = None
) -> Panel:
    """What `studio/panels/scenarios.html` shows; a bundle that is not stored is given itself."""
    found = bundle or here.engine().bundle(bundle_digest)
    return Panel(lines=tuple(_line(one, found) for one in played(found, outcomes)))


def played(bundle: Bundle, outcomes: Sequence[Outcome] | None = None) -> Sequence[Outcome]:
    """How the scenarios of a bundle go, unless that is known already."""
    return here.engine().rehearse(bundle.files) if outcomes is None else outcomes


def _line(one: Outcome, bundle: Bundle) -> Line:
    words, name = here.words(), name_of(one.path)
    found = next(check_scenarios([one], bundle.diagram), None)
    title = one.scenario.title if one.scenario else ""
    said = sentence(found, words.lang, bundle.i18n.get(words.lang, {})) if found else ""
    return Line(name=name, title=title or name, good=one.good, said=said, steps=len(one.elements))
