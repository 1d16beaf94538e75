"""The views of the inbox: what each asks the engine for, and how the days of its terms are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from .language import noop
from .when import local

if TYPE_CHECKING:
    from engine import Actor, Engine, Task
    from engine.cases.tasks import Draft

PAGE = 40
MOST_COUNTED = 1_000
UNCOUNTED = ("drafts", "done")  # views of something else than open tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view of the inbox; `until` names the moment before which its tasks are due."""

    key: str
    icon: str
    title: str
    empty: str
    tone: str = ""
    asks: Literal["all", "mine", "groups"] = "all"
    until: Literal["", "now", "midnight"] = ""


VIEWS = {
    view.key: view
    for view in (
        View(
            key="mine",
            icon="inbox",
            title=noop("My tasks"),
            empty=noop("Nothing waits for you. Take a task of your team, or start a case."),
            asks="mine",
        ),
        View(
            key="today",
            icon="clock",
            title=noop("Due today"),
            empty=noop("Nothing more of yours is due today."),
            tone="warn",
            asks="mine",
            until="midnight",
        ),
        View(
            key="late",
            icon="alert",
            title=noop("Late"),
            empty=noop("Nothing of yours is late."),
            tone="bad",
            asks="mine",
            until="now",
        ),
        View(
            key="drafts",
            icon="pen",
            title=noop("My drafts"),
            empty=noop("You have kept no draft. Save one in a form that you cannot finish at once."),
        ),
        View(
            key="done",
            icon="check",
            title=noop("Done today"),
            empty=noop("You have not finished a task today."),
        ),
        View(
            key="groups",
            icon="team",
            title=noop("My groups"),
            empty=noop("No task of your groups is without an owner."),
            asks="groups",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one person at one moment."""

    engine: Engine
    actor: Actor
    now: datetime

    def page(self, view: View, after: Task | None = None) -> tuple[list[Task], bool]:
        """Some tasks of a view, the most urgent first, and whether there are more."""
        found = self.engine.inbox(self.actor, limit=PAGE + 1, after=after, view=view.asks, due_before=self._until(view))
        return found[:PAGE], len(found) > PAGE

    def drafts(self, after: str | None = None) -> tuple[list[Draft], bool]:
        """Some tasks that this person has begun, the last kept first, and whether there are more."""
        found = self.engine.drafts(self.actor, limit=PAGE + 1, after=after)
        return found[:PAGE], len(found) > PAGE

    def done(self, after: str | None = None) -> tuple[list[Any], bool]:
        """Some tasks that this person has finished today, the newest first, and whether there are more."""
        found = self.engine.done(self.actor, since=start_of_day(self.now), limit=PAGE + 1, after=after)
        return found[:PAGE], len(found) > PAGE

    def counts(self) -> Mapping[str, str]:
        """How many tasks each view holds, as it is shown."""
        found = {
            view.key: self.engine.count(self.actor, view=view.asks, due_before=self._until(view))
            for view in VIEWS.values()
            if view.key not in UNCOUNTED
        }
        return {key: f"{count:,}+" if count >= MOST_COUNTED else str(count) for key, count in found.items()}

    def first(self) -> Task | None:
        """The task to do next: the most urgent one of mine, else of my groups."""
        mine = self.engine.inbox(self.actor, limit=1, view="mine")
        return next(iter(mine or self.engine.inbox(self.actor, limit=1, view="groups")), None)

    def _until(self, view: View) -> datetime | None:
        return {"": None, "now": self.now, "midnight": start_of_day(self.now) + timedelta(days=1)}[view.until]


def start_of_day(now: datetime) -> datetime:
    """The midnight that began the business day."""
    return local(now).replace(hour=0, minute=0, second=0, microsecond=0)
