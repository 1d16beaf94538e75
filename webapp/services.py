"""What the web application is given: the engine, the people, and what a process shows beside its tasks.

These are ports. `bootstrap.py` fills them; nothing here knows who stands behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from engine import Actor
from engine.cases.tasks import may_see

from .labels import process_names
from .language import Lang, words
from .metrics import Metrics

if TYPE_CHECKING:
    from engine import Case, Engine, Task
    from engine.evidence import Paper
    from engine.model import CaseId

Hindrance = Literal["suspended", "taken", "group", "four eyes"]  # why somebody cannot do a task


MOST_FOUND = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may log in."""

    id: str
    name: str
    name_zh: str
    groups: frozenset[str]
    initials: str
    role: str = ""
    role_zh: str = ""
    does: str = ""
    does_zh: str = ""

    def called(self, lang: Lang) -> str:
        """The name in a language."""
        return (lang == "zh" and self.name_zh) or self.name

    def mark(self, lang: Lang) -> str:
        """What stands in the small circle."""
        return self.name_zh[:1] if lang == "zh" and self.name_zh else self.initials

    @property
    def actor(self) -> Actor:
        """The person as the engine knows people."""
        return Actor(self.id, self.groups)


class Directory(Protocol):
    """Who works here."""

    def authenticate(self, name: str, password: str) -> Person | None:
        """The person of this name, if the password is right."""

    def person(self, id: str) -> Person | None:
        """The person of an id, if there is one who may still log in."""

    def anybody(self, id: str) -> Person | None:
        """The person of an id, also one who has left."""

    def people(self) -> Sequence[Person]:
        """Everybody, in the order in which lists show them."""

    def offered(self) -> Sequence[Person]:
        """The people whom a demo offers at the log-in."""

    def group(self, id: str, lang: Lang) -> str:
        """What a group is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a list says of a case: who it is about, and what one should know at once."""

    who: str = ""
    tags: tuple[tuple[str, str], ...] = ()  # word and tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One labelled fact."""

    label: str
    value: str
    note: str = ""
    title: str = ""
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that must be seen before one acts."""

    title: str
    text: str = ""
    tone: str = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One time that we spoke."""

    text: str
    at: datetime
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The person that a case is about, as the person who works on it needs to know him."""

    name: str
    link: str  # of the page about him; empty for whoever may not open it
    mark: str
    second: str
    strip: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    facts: tuple[Fact, ...] = ()
    contacts: tuple[Contact, ...] = ()
    contacts_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a look-up found: the value that a form takes, and what people call it."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Things side by side, for a choice among them: the first cell of each row leads to the page about it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # the address, and the cells
    note: str = ""


class Beside(Protocol):
    """What a process shows beside a task and in lists."""

    def lines(self, cases: Sequence[Case], lang: Lang) -> Mapping[CaseId, Line]:
        """Who each of these cases is about; cases that there is nothing to say of are left out."""

    def card(self, case: Case, actor: Actor, lang: Lang) -> Card | None:
        """The customer of a case, if it has one; with links only to pages that this person may open."""

    def find(self, kind: str, text: str, lang: Lang, limit: int = 12, after: str | None = None) -> Sequence[Found]:
        """Look something up: customers, funds, staff; `after` is the value of the last one before."""

    def link(self, kind: str, value: str, actor: Actor) -> str | None:
        """The address of the page about a thing, if it has one that this person may open."""

    def board(self, kind: str, values: Sequence[str], lang: Lang) -> Board | None:
        """Some things of a kind side by side, if they can be compared."""


class Nothing:
    """A process that shows nothing beside its tasks."""

    def lines(self, cases: Sequence[Case], lang: Lang) -> Mapping[CaseId, Line]:
        """Nothing."""
        return {}

    def card(self, case: Case, actor: Actor, lang: Lang) -> Card | None:
        """Nobody."""
        return None

    def find(self, kind: str, text: str, lang: Lang, limit: int = 12, after: str | None = None) -> Sequence[Found]:
        """Nothing."""
        return ()

    def link(self, kind: str, value: str, actor: Actor) -> str | None:
        """No page."""
        return None

    def board(self, kind: str, values: Sequence[str], lang: Lang) -> Board | None:
        """No board."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that the views call."""

    engine: Engine
    directory: Directory
    beside: Beside = field(default_factory=Nothing)
    domain: Any = None  # what the domain's own pages call; `webapp.domain` knows its type
    metrics: Metrics = field(default_factory=Metrics)
    papers: Callable[[Case], Iterable[Paper]] = lambda case: ()  # the documents that the domain keeps of a case
    described: Callable[[str, Lang], str] = lambda text, lang: text  # what operators say, in a language
    export_key: bytes = b""  # what people, customers and cases have their pseudonyms by in event logs
    ready: Callable[[], bool] | None = None  # whether all that it stands on is there; else the engine says it

    def is_ready(self) -> bool:
        """Whether the application can do its work."""
        return (self.ready or self.engine.is_ready)()

    def now(self) -> datetime:
        """The moment that pages are drawn at."""
        return self.engine.context.now()

    def find(self, kind: str, text: str, lang: Lang) -> Sequence[Found]:
        """Look up what a field asks for: a process in force, or what the domain knows."""
        if kind != "process":
            return self.beside.find(kind, text, lang)
        wanted, names = text.strip().lower(), process_names(self.engine, words(lang))
        found = [(key, name) for key, name in names.items() if wanted in key.lower() or wanted in name.lower()]
        return [Found(value=key, label=name, note=key) for key, name in found[:MOST_FOUND]]

    def names(self, ids: Iterable[str], lang: Lang) -> dict[str, str]:
        """What people are called, by id; who is unknown keeps the id."""
        return {id: person.called(lang) if (person := self.directory.person(id)) else id for id in set(ids)}

    def hindrance(self, task: Task, actor: Actor) -> Hindrance | None:
        """Why somebody could not complete a task that he sees, if he could not."""
        if task.status == "suspended":
            return "suspended"
        if task.assignee and task.assignee != actor.name:
            return "taken"
        if not task.assignee and not actor.any_of(task.groups):
            return "group"
        return "four eyes" if self.engine.four_eyes(task, actor) else None

    def may_open(self, task: Task, actor: Actor) -> bool:
        """Whether somebody may open a task that he sees a case wait for."""
        return may_see(self.engine.context, actor, task.confidentiality, task.groups, task.assignee)

    def may_do(self, task: Task, actor: Actor) -> bool:
        """Whether somebody could complete a task that he sees."""
        return self.hindrance(task, actor) is None
