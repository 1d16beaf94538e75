"""Walks cases through the engine's front door as people do: with the real domain, staff, bundles and worker.

A walk remembers the sequence flows and the end events of its cases. Every command is a transaction of its own, so that
a case is stored and loaded between any two steps; at the end each case must verify, and replay equal.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import workflows
from engine import Actor, Case, Engine, FixedClock, NotAllowed, Step, Task, open_engine
from tests.workflows.seeds import BUNDLES, bundle_files, diagram
from workflows.customers import repository as customers
from workflows.demo import seed_base
from workflows.links import Links

MORNING = "2026-11-18T09:00:00+08:00"  # a Wednesday


@dataclass(frozen=True)
class House:
    """A fund distributor at work: an engine, its clock, its staff."""

    engine: Engine
    clock: FixedClock
    directory: workflows.Directory
    customers: Iterator[str]  # who has not called yet: younger than 65, so that age decides nothing

    def person(self, name: str) -> Actor:
        """A member of staff by id."""
        found = self.directory.person(name)
        assert found is not None, name
        return Actor(found.id, found.groups)

    def members(self, group: str) -> list[Actor]:
        """The staff of a group."""
        return [Actor(person.id, person.groups) for person in self.directory.people(group)]

    def walk(self, key: str, by: str = "csr", **data: Any) -> Walk:
        """Start a case on that Wednesday morning; each is another customer's, so that no case repeats another one."""
        self.clock.set(MORNING)
        return Walk(self, self.engine.start(key, data, by=self.members(by)[0])).settled()


@contextmanager
def opened_house(folder: Path) -> Iterator[House]:
    """A house on a database of its own, with the sample people and the bundles in force."""
    with house_in(shutil.copyfile(furnished(folder.parent), folder / "cases.db")) as house:
        yield house


@cache
def furnished(folder: Path) -> Path:
    """A database with the sample people and the bundles in force, made once by a process, to be copied."""
    path = folder / f"furnished-{os.getpid()}.db"
    with house_in(path) as house:
        engine, owner = house.engine, Actor("sun.ke", {"process_owner"})
        with engine.database.writing() as connection:
            workflows.upgrade(connection)
            seed_base(connection, today=date(2026, 11, 18))
        engine.configure(parameters=workflows.parameters(), by=owner, reason="tests")
        for name in BUNDLES:
            engine.deploy(bundle_files(name), by=owner, reason="tests")
    return path


@contextmanager
def house_in(path: Path) -> Iterator[House]:
    """A house on a database."""
    clock = FixedClock(MORNING)
    operators = workflows.operators(Links("a secret of the tests", "https://fundcase.example"))
    with open_engine(
        f"sqlite:///{path}",
        clock=clock,
        operators=operators,
        policy=replace(workflows.POLICY, second_approval=False),
        formats=workflows.DEMO_FORMATS,
        lookups=workflows.LOOKUPS,
        elsewhere=workflows.ELSEWHERE,
    ) as engine:
        directory = workflows.Directory(engine.database.reading, engine.database.writing)
        yield House(engine, clock, directory, strangers(engine))


def strangers(engine: Engine) -> Iterator[str]:
    """The ids of customers under 65, each once."""
    at = datetime.fromisoformat(MORNING)
    with engine.database.reading() as connection:
        book = [customers.get(connection, f"C{number:06d}") for number in range(1, 200)]
    yield from (found.id for found in book if found is not None and not found.care(at))


@dataclass
class Walk:
    """One case, and what was done to it."""

    house: House
    case: Case
    did: dict[str, list[str]] = field(default_factory=dict)  # by element, who completed it

    @property
    def data(self) -> Mapping[str, Any]:
        """The case's data."""
        return self.house.engine.case(self.case.id).data

    @property
    def open(self) -> list[str]:
        """The elements of the open tasks, sorted."""
        return sorted(task.element for task in self.tasks)

    @property
    def tasks(self) -> list[Task]:
        """The open tasks."""
        return self.house.engine.tasks(self.case.id)

    @property
    def history(self) -> list[Step]:
        """The steps of the case."""
        return self.house.engine.history(self.case.id)

    @property
    def waits_for(self) -> set[str]:
        """The messages that the case waits for."""
        return {subscription.name for subscription in self.house.engine.marking(self.case.id).subscriptions}

    @property
    def linked(self) -> list[Case]:
        """The cases that it is linked with."""
        return self.house.engine.linked(self.case.id)

    @property
    def letters(self) -> list[str]:
        """The names of the texts that the customer was sent, in their order."""
        return [asked["template"] for asked in self.asked("customer/notify")]

    def asked(self, operator: str) -> list[Mapping[str, Any]]:
        """What an operator was asked, in order, wherever it runs."""
        effects = [e for step in self.history for e in step.effects if e.kind in ("requested", "answered")]
        return [effect.detail["parameters"] for effect in effects if effect.detail["operator"] == operator]

    def settled(self) -> Walk:
        """Let the worker do what is due now."""
        self.house.engine.run_due()
        broken = [f"{one.element}: {one.error}" for one in self.house.engine.incidents() if one.case_id == self.case.id]
        assert not broken, broken
        return self

    def task(self, element: str) -> Task:
        """The open task of an element."""
        found = [task for task in self.tasks if task.element == element]
        assert len(found) == 1, f"{element} is not open once, but {self.open}"
        return found[0]

    def does(self, element: str, *, by: str | None = None, **values: Any) -> Walk:
        """Complete a task: by somebody who is named, by its assignee, or by the first of its groups who may."""
        task = self.task(element)
        for actor in self._candidates(task, by):
            try:
                self.house.engine.complete(task.id, values, by=actor)
            except NotAllowed:
                continue
            self.did.setdefault(element, []).append(actor.name)
            return self.settled()
        raise AssertionError(f"nobody of {task.assignee or task.groups} may do {element}")

    def _candidates(self, task: Task, by: str | None) -> list[Actor]:
        named = by or task.assignee
        return [self.house.person(named)] if named else [a for g in task.groups for a in self.house.members(g)]

    def hears(self, message: str, **payload: Any) -> Walk:
        """The customer answers."""
        assert (
            self.house.engine.send(message, payload, case=self.case.id, by=Actor("customer", system=True)) is not None
        )
        return self.settled()

    def later(self, **by: float) -> Walk:
        """Let time pass, and the worker do what is due."""
        self.house.clock.advance(**by)
        return self.settled()

    def ended(self, end: str) -> Walk:
        """The case has come to this end event, and its history proves it."""
        case = self.house.engine.case(self.case.id)
        assert (case.status, case.outcome, self.open) == ("completed", end, [])
        found = self.house.engine.verify(self.case.id)
        assert found.sound, found.problems
        replayed = self.house.engine.replay(self.case.id)
        assert replayed.equal, replayed.difference
        return self

    @property
    def flows(self) -> set[str]:
        """The sequence flows that were taken."""
        return {effect.detail for step in self.history for effect in step.effects if effect.kind == "taken"}

    @property
    def ends(self) -> set[str]:
        """The end events that were come to."""
        return {e.element for step in self.history for e in step.effects if e.kind == "left"} & end_events(
            self.case.key
        )


def end_events(key: str) -> set[str]:
    """The end events of a diagram."""
    return {element.id for element in diagram(key).elements if element.kind == "endEvent"}


def all_flows(key: str) -> set[str]:
    """The sequence flows of a diagram."""
    return {flow.id for flow in diagram(key).flows}


Way = Callable[[House], Walk]


class Walked:
    """The walks of a module, each done once and when it is first asked for."""

    def __init__(self, house: House, paths: Mapping[str, Way]) -> None:
        self.house, self.paths = house, paths
        self._done: dict[str, Walk | Exception] = {}

    def __getitem__(self, name: str) -> Walk:
        if name not in self._done:
            try:
                self._done[name] = self.paths[name](self.house)
            except Exception as error:
                self._done[name] = error
        found = self._done[name]
        if isinstance(found, Exception):
            raise found
        return found

    def all(self) -> list[Walk]:
        """Every walk."""
        return [self[name] for name in self.paths]
