"""The search over everything: what fits a text among the cases, customers and funds that somebody may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .labels import Labels
from .language import LANGUAGES, Lang, noop, words
from .services import Found, Person, Services
from .shell import FRONT

if TYPE_CHECKING:
    from engine import Case

FIRST, PAGE = 8, 25  # rows of one kind: among all, and on a page of its own
MOST_NAMED = 200  # customers of a name whose cases are looked for
KINDS: Mapping[str, str] = {"case": noop("Cases"), "customer": noop("Customers"), "fund": noop("Funds")}


@dataclass(frozen=True, kw_only=True)
class Search:
    """What somebody looks for."""

    services: Services
    person: Person
    text: str
    lang: Lang

    @property
    def kinds(self) -> Iterator[str]:
        """The kinds of things that this person finds: customers only those whose work is with customers."""
        return (kind for kind in KINDS if kind != "customer" or self.person.actor.any_of(FRONT))

    def cases(self, limit: int, after: str | None = None) -> tuple[list[Case], bool]:
        """Some cases that fit, the newest first, and whether there are more."""
        found = self.services.engine.search(
            self.text,
            self.person.actor,
            customers=self._customers,
            subjects=self._subjects,
            limit=limit + 1,
            after=after,
        )
        return found[:limit], len(found) > limit

    def things(self, kind: str, limit: int, after: str | None = None) -> tuple[Sequence[Found], bool]:
        """Some customers or funds that fit, and whether there are more."""
        found = self.services.beside.find(kind, self.text, self.lang, limit + 1, after)
        return found[:limit], len(found) > limit

    @cached_property
    def _customers(self) -> list[str]:
        if "customer" not in self.kinds:
            return []
        return [one.value for one in self.services.beside.find("customer", self.text, self.lang, MOST_NAMED)]

    @cached_property
    def _subjects(self) -> list[tuple[str, str]]:
        """The subjects of processes in force that are called like this in either language."""
        engine = self.services.engine
        bundles = [(one.key, engine.bundle(one.bundle)) for one in engine.in_force() if one.kind == "process"]
        return [
            (key, subject)
            for key, bundle in bundles
            for lang in LANGUAGES
            for subject in Labels(bundle, words(lang)).subjects(self.text)
        ]
