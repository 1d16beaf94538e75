"""What things are called in a step that went on in several diagrams: the labels of each bundle, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.errors import NotFound

from ..forms import Shape
from ..labels import Labels, labels_of
from ..language import Words
from ..made import Made

if TYPE_CHECKING:
    from engine import Engine


@dataclass(frozen=True)
class Several(Labels):
    """The labels of a bundle and, where it has none, those of others."""

    others: tuple[Labels, ...] = ()

    def holding(self, id: str) -> Labels | None:
        """The first labels whose diagram has an element or a flow of this id."""
        for one in self.others:
            diagram = one.bundle.diagram
            if diagram is not None and (id in diagram or diagram.has_flow(id)):
                return one
        return None

    def element(self, id: str) -> str:
        """What an element or flow is called."""
        found = self.holding(id)
        return found.element(id) if found else id

    def form(self, element: str) -> Shape | None:
        """The shape of an element's form."""
        found = self.holding(element)
        return found.form(element) if found else None

    @cached_property
    def fields(self) -> Mapping[str, tuple[str, Shape]]:
        """Every name in the data that a form of any of them declares."""
        return {name: said for one in reversed(self.others) for name, said in one.fields.items()}

    @cached_property
    def made(self) -> Mapping[str, Made]:
        """Every name in the data that an operator or a table of any of them answers under."""
        return {name: said for one in reversed(self.others) for name, said in one.made.items()}

    @cached_property
    def translated(self) -> Mapping[str, str]:
        """The names of scripts that any of them translates."""
        return {name: said for one in reversed(self.others) for name, said in one.translated.items()}

    def elsewhere(self) -> Mapping[str, Made]:
        """Every name that comes from a shared table or a called process of any of them."""
        return {name: said for one in reversed(self.others) for name, said in one.elsewhere().items()}


def labels_in(engine: Engine, digests: Iterable[str], words: Words, otherwise: str) -> Several:
    """The labels of some bundles in a language; `otherwise` is the bundle where none of them is there any more."""
    found: list[Labels] = []
    for digest in digests:
        try:
            found.append(labels_of(engine.bundle(digest), words, engine))
        except NotFound:  # somebody has written another digest into the history; verifying it says so
            continue
    found = found or [labels_of(engine.bundle(otherwise), words, engine)]
    return Several(found[0].bundle, words, engine, others=tuple(found))
