"""What somebody has asked for by an address of the auditor's pages: filters, days, places in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, request, url_for

from ... import here
from ...labels import Labels, labels_of
from ...when import ZONE

LONGEST = 200


def text(name: str) -> str | None:
    """A text of the address or form, None where there is none."""
    found = request.values.get(name, "").replace("\0", "").strip()[:LONGEST]
    return found or None


def one_of(name: str, known: Any) -> str | None:
    """A text that is one of some; any other is a page that does not exist."""
    found = text(name)
    if found is not None and found not in known:
        abort(404)
    return found


def number(name: str) -> int | None:
    """A whole number; anything else is a page that does not exist."""
    found = text(name)
    return None if found is None else here.number(found)


def day(name: str, *, end: bool = False) -> datetime | None:
    """The moment at which a day begins in business time, or at which it is over."""
    found = text(name)
    if found is None:
        return None
    try:
        begins = datetime.combine(date.fromisoformat(found), datetime.min.time(), ZONE)
        return begins + timedelta(days=1) if end else begins
    except (ValueError, OverflowError):
        abort(404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One part of the sentence that says what a list shows, and the address without it."""

    label: str
    value: str
    without: str


def filters(endpoint: str, given: Mapping[str, tuple[str, str | None]]) -> list[Filter]:
    """The filters in force, from what they are called and what their values are called, by their names."""
    there = {name: text(name) for name in given}
    return [
        Filter(label=label, value=shown, without=url_for(endpoint, **{**there, name: None}))
        for name, (label, shown) in given.items()
        if shown
    ]


def processes() -> list[tuple[str, Labels]]:
    """Key and labels of every process in force, by name."""
    engine, words = here.engine(), here.words()
    found = [
        (one.key, labels_of(engine.bundle(one.bundle), words)) for one in engine.in_force() if one.kind == "process"
    ]
    return sorted(found, key=lambda one: one[1].process)


def process_name(key: str | None, known: list[tuple[str, Labels]]) -> str | None:
    """What a process is called, else its key."""
    return next((labels.process for one, labels in known if one == key), key)


def elements(known: list[tuple[str, Labels]], key: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """By process, the elements that have a name: id and name."""
    return [(labels.process, sorted(_named(labels), key=lambda e: e[1])) for one, labels in known if key in (None, one)]


def _named(labels: Labels) -> Iterator[tuple[str, str]]:
    diagram = labels.bundle.diagram
    return ((one.id, labels.element(one.id)) for one in (diagram.elements if diagram else ()) if one.name.strip())


def element_name(element: str | None, known: list[tuple[str, Labels]]) -> str | None:
    """What an element is called in the first process that has it, else its id."""
    for _, labels in known:
        if element and labels.bundle.diagram and element in labels.bundle.diagram:
            return labels.element(element)
    return element


def people() -> list[tuple[str, str]]:
    """Id and name of everybody who may have acted."""
    words = here.words()
    staff = [(one.id, one.called(words.lang)) for one in here.services().directory.people()]
    return [("system", words("The system")), ("customer", words("The customer")), *staff]


def name_of(person: str | None) -> str | None:
    """What somebody is called, else the id."""
    return None if person is None else dict(people()).get(person, person)
