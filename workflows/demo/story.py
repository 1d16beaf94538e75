"""The last months of the demo, played through the engine itself with a moved clock.

A discrete-event simulation: cases begin, sample staff claim and complete their tasks, customers answer, timers and jobs
run when they are due. Nothing is written beside the engine, so every sample case replays and verifies like a real one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from engine import Actor, Engine, FixedClock, NotAllowed, Refusal, Task
from engine.calendars import default

from ..customers import repository as customers
from ..outbox import repository as outbox
from ..staff import repository as staff
from ..staff.model import Person
from .base import SEED
from .casting import Cast
from .fates import WAITS
from .filling import fill
from .people import LOGINS
from .plots import PLOTS
from .script import Script, Values
from .shifts import Shifts

CUSTOMER = Actor("customer", system=True)
# Hours until somebody takes a task: median, and the sigma of the logarithm.
WAITING = {"csr": (0.2, 0.9), "csl": (1.0, 0.7)}
OTHERS_WAIT = (2.5, 0.8)
WITHDRAWAL = timedelta(days=1.5)
MOST_CASES = 100_000
ORDINARY = {plot.reactions[name].message: name for plot in PLOTS.values() for name in plot.ordinarily}
REACTIONS = {name: reaction for plot in PLOTS.values() for name, reaction in plot.reactions.items()}
LOGGED_IN = 0.6  # how often the person of the log-in page takes a task
Progress = Callable[[float], None]


def play(
    engine: Engine,
    clock: FixedClock,
    cases: int = 40,
    days: int = 30,
    seed: int = SEED,
    progress: Progress | None = None,
) -> int:
    """Play so many cases over the days from where the clock stands, and leave it at their end; how many began.

    `progress` is told the share of the time that has been played, from 0 to 1.
    """
    return Story(engine, clock, Random(seed), days, progress or (lambda share: None)).play(cases)


class Story:
    """One run of the simulation."""

    def __init__(self, engine: Engine, clock: FixedClock, random: Random, days: int, progress: Progress) -> None:
        self._engine, self._clock, self._random, self._progress = engine, clock, random, progress
        self._begin = clock.now()
        self._end = self._begin + timedelta(days=days)
        self._days = days
        self._shifts = Shifts(default())
        with engine.database.reading() as connection:
            self._people = {person.id: person for person in staff.people(connection)}
            book = customers.search(connection, limit=100_000).customers
        self._cast = Cast(random, book, self._shifts, self._end)
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._scripts: dict[str, Script] = {}
        self._seen: dict[str, int] = {}  # case: the step up to which it was looked at
        self._planned: set[str] = set()
        self._asked: set[tuple[str, int]] = set()  # what customers ordinarily answer: case and occurrence

    def play(self, cases: int) -> int:
        """Run until the end; how many cases began."""
        for script in self._cast.scripts(cases, self._days):
            self._at(max(script.begins, self._begin), self._starting(script))
        while (moment := self._next()) is not None and moment <= self._end:
            self._clock.set(max(moment, self._clock.now()))
            while self._events and self._events[0][0] <= moment:
                heapq.heappop(self._events)[2]()
            self._engine.run_due()
            self._look_around()
            self._progress((self._clock.now() - self._begin) / (self._end - self._begin))
        self._clock.set(self._end)
        self._progress(1.0)
        return len(self._scripts)

    def _next(self) -> datetime | None:
        due = self._engine.next_due() if self._scripts else None
        first = self._events[0][0] if self._events else None
        return min((moment for moment in (due, first) if moment is not None), default=None)

    def _at(self, moment: datetime, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), happens))

    # Cases

    def _starting(self, script: Script) -> Callable[[], None]:
        def start() -> None:
            at = self._clock.now()
            by = self._one_of(script.plot.opened_by)
            script.opened_by = by.id
            data = self._filled(self._start_form(script.fate.key), script.plot.begin(script, at))
            self._follow(script, self._engine.start(script.fate.key, data, by=_actor(by)).id)

        return start

    def _follow(self, script: Script, case: str) -> None:
        script.case = case
        self._scripts[case] = script
        if script.marked("withdraw"):
            self._at(self._clock.now() + WITHDRAWAL, lambda: self._send(script, "withdraw"))
        if script.marked("cancel"):
            self._at(self._clock.now() + timedelta(minutes=50), lambda: self._cancel(script))

    def _look_around(self) -> None:
        """Plan for every task and every question that has come up in the cases that moved."""
        for case in self._engine.cases(status="open", limit=MOST_CASES):
            if self._seen.get(case.id) == case.seq:
                continue
            if case.id not in self._scripts:
                parent = self._scripts.get(case.parent or "")
                self._follow(self._cast.child(case.key, parent, self._clock.now()), case.id)
            self._seen[case.id] = case.seq
            self._look_at(self._scripts[case.id])

    def _look_at(self, script: Script) -> None:
        for task in self._engine.tasks(script.case):
            if task.id not in self._planned:
                self._planned.add(task.id)
                self._plan(script, task)
        self._await_reaction(script)

    def _cancel(self, script: Script) -> None:
        if self._engine.case(script.case).status == "open":
            self._engine.cancel(script.case, by=_actor(self._one_of(("csl",))), reason=script.phrase("cancel"))

    # Tasks

    def _plan(self, script: Script, task: Task) -> None:
        """Leave the task standing where the fate says so; else somebody does it in his time."""
        person = self._doing(script, task)
        if task.element == script.fate.stop and not self._comes_again(script):
            if script.fate.mine:
                self._at(self._clock.now() + timedelta(minutes=1), lambda: self._give_to_shown(task))
            return
        taken, done = self._times(script, task)
        if not task.assignee:
            self._at(taken, lambda: self._claim(task, person))
        self._at(done, lambda: self._complete(script, task))

    def _doing(self, script: Script, task: Task) -> Person:
        """Who does a task: whoever has it, who is speaking with the customer, else one of the group."""
        if task.assignee:
            return self._people[task.assignee]
        if task.element in script.plot.at_once and script.opened_by:
            return self._people[script.opened_by]
        return self._one_of(task.groups)

    def _comes_again(self, script: Script) -> bool:
        """Whether the case goes through the element where it is left once more, because a reaction is still to come."""
        return self._reacted(script) < len(script.fate.reactions)

    def _reacted(self, script: Script) -> int:
        """How often the customer has reacted."""
        return sum(script.done[name] for name in set(script.fate.reactions))

    def _times(self, script: Script, task: Task) -> tuple[datetime, datetime]:
        """When somebody takes a task, and when it is done: in working hours, in time for where the case is to stand."""
        now, groups = self._clock.now(), task.groups or ("chs",)
        if task.element in script.plot.at_once:
            taken = now + timedelta(minutes=self._around(*script.plot.at_once[task.element]))
            return taken, taken + timedelta(minutes=self._around(1.8, 0.4))
        median, sigma = next((WAITING[group] for group in groups if group in WAITING), OTHERS_WAIT)
        taken = self._working(now + timedelta(hours=self._around(median, sigma)), groups)
        done = self._working(taken + timedelta(minutes=self._around(*script.plot.working)), groups)
        if script.fate.stop:
            left = script.plot.stages_left(script.fate, task.element)
            latest = now + max((self._stands_from(script) - now) / left, timedelta(minutes=1))
            in_time = task.due - timedelta(minutes=20) if task.due else latest
            done = max(done, min(latest, in_time)) if left == 1 else min(done, latest)
            taken = min(taken, now + (done - now) * 0.6)
        return taken, done

    def _working(self, moment: datetime, groups: tuple[str, ...]) -> datetime:
        """The moment, or some minutes after the next shift has begun."""
        shift = self._shifts.next(moment, groups)
        return shift if shift == moment else shift + timedelta(minutes=self._random.randint(3, 50))

    def _stands_from(self, script: Script) -> datetime:
        """When a case gets to where it is left: in the last hours of the last working day, or some days before."""
        if script.fate.fresh:
            return self._end
        hours = timedelta(minutes=self._random.randint(10, 100))
        return self._shifts.before(self._shifts.last(self._end, ("chs",)) - hours, script.fate.late)

    def _give_to_shown(self, task: Task) -> None:
        """Give the task to somebody of the log-in page, so that there is work on his desk."""
        person = self._one_of(task.groups, logged_in=True)
        if task.assignee is None:
            self._claim(task, person)
        elif task.assignee not in LOGINS:
            self._engine.assign(task.id, to=person.id, by=_actor(self._one_of(("csl",))))

    def _claim(self, task: Task, person: Person) -> None:
        try:
            self._engine.claim(task.id, by=_actor(person))
        except Refusal:
            return  # four eyes, so somebody else of the group will do it; or the case went another way meanwhile

    def _complete(self, script: Script, task: Task) -> None:
        current = next((one for one in self._engine.tasks(script.case) if one.id == task.id), None)
        if current is None:
            return  # the case went another way
        at = self._clock.now()
        bundle = self._engine.bundle(task.bundle)
        form = bundle.form_of(task.element)
        script.data = self._engine.case(script.case).data
        values = self._filled(form.schema if form else {}, PLOTS[bundle.key].forms[task.element](script, at))
        for person in self._candidates(current):
            try:
                self._engine.complete(task.id, values, by=_actor(person))
            except NotAllowed:
                continue
            script.done[task.element] += 1
            return

    # Customers

    def _await_reaction(self, script: Script) -> None:
        """Let the customer answer when the case waits for him, unless he is silent or the case stands there."""
        asked = {(one.name, one.occurrence) for one in self._engine.marking(script.case).subscriptions}
        self._react_as_usual(script, asked)
        waits, given = {name for name, _ in asked}, self._reacted(script)
        if script.done["asked"] > given or given >= len(script.fate.reactions):
            return
        reaction = script.fate.reactions[given]
        if REACTIONS[reaction].message in waits:
            script.done["asked"] += 1
            self._at(self._reacts(script), lambda: self._react(script, reaction))

    def _react_as_usual(self, script: Script, asked: Iterable[tuple[str, int]]) -> None:
        """Answer what customers ordinarily answer, once each time that they are asked, unless the case stands there."""
        if script.fate.stop == WAITS:
            return
        for message, occurrence in sorted(asked):
            reaction, once = ORDINARY.get(message, ""), (script.case, occurrence)
            if reaction and once not in self._asked and reaction not in script.fate.reactions:
                self._asked.add(once)
                moment = self._clock.now() + timedelta(hours=self._around(*script.plot.reacting))
                self._at(moment, partial(self._send, script, reaction))

    def _reacts(self, script: Script) -> datetime:
        now = self._clock.now()
        moment = now + timedelta(hours=self._around(*script.plot.reacting))
        last = self._reacted(script) + 1 == len(script.fate.reactions)
        if script.fate.stop and last and script.plot.stages_left(script.fate, WAITS) == 1:
            return max(self._stands_from(script), now + timedelta(minutes=5))
        return moment

    def _react(self, script: Script, reaction: str) -> None:
        script.done[reaction] += 1
        self._send(script, reaction)

    def _send(self, script: Script, reaction: str) -> None:
        case, message = self._engine.case(script.case), REACTIONS[reaction].message
        waits = {subscription.name for subscription in self._engine.marking(script.case).subscriptions}
        if case.status != "open" or message not in waits:
            return
        script.data = case.data
        with self._engine.database.reading() as connection:
            asked = [one for one in outbox.newest(connection, case_id=script.case) if one.links]
        question = next((one.id for one in asked if any(link.message == message for link in one.links)), None)
        self._engine.send(message, REACTIONS[reaction].says(script), case=script.case, by=CUSTOMER, message_id=question)

    # Small things

    def _candidates(self, task: Task) -> list[Person]:
        """Whoever holds the task, else those who may do it."""
        if task.assignee:
            return [self._people[task.assignee]]
        return [person for person in self._people.values() if not set(person.groups).isdisjoint(task.groups)]

    def _one_of(self, groups: tuple[str, ...], *, logged_in: bool = False) -> Person:
        able = [person for person in self._people.values() if not set(person.groups).isdisjoint(groups)]
        shown = [person for person in able if person.id in LOGINS]
        if shown and (logged_in or self._random.random() < LOGGED_IN):
            return self._random.choice(shown)
        return self._random.choice(able)

    def _start_form(self, key: str) -> Mapping[str, Any]:
        bundle = self._engine.bundle(self._engine.deployments(key)[0].bundle)
        assert bundle.diagram is not None
        form = bundle.form_of(bundle.diagram.start_events()[0].id)
        return form.schema if form else {}

    def _filled(self, schema: Mapping[str, Any], wishes: Values) -> Values:
        return fill(schema, wishes, self._random, self._clock.now())

    def _around(self, median: float, sigma: float) -> float:
        return median * self._random.lognormvariate(0, sigma)


def _actor(person: Person) -> Actor:
    return Actor(person.id, person.groups)
