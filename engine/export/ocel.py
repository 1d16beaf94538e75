"""OCEL 2.0 as JSON: events, each with the case, task, customer, actor and version of a process that it touches.

A reader wants each object once, and the kinds of everything; a writer of any length cannot keep them in memory. So the
objects wait in a temporary database, which goes to the disk by itself, and the kinds are written last.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from typing import Any

from .fields import Plain
from .model import Event, Subject

LATELY = 10_000
TYPES = {bool: "boolean", int: "integer", Decimal: "float", str: "string"}
OBJECTS: Mapping[str, Mapping[str, str]] = {
    "case": {"process": "string", "status": "string", "outcome": "string"},
    "task": {"activityId": "string", "name": "string"},
    "customer": {},
    "actor": {"actorType": "string"},
    "process version": {"process": "string", "version": "integer"},
}


def write(cases: Iterable[tuple[Subject, Iterator[Event]]]) -> Iterator[str]:
    """The text of a log, piece by piece."""
    kinds: dict[str, dict[str, str]] = {}
    with closing(Objects()) as objects:
        yield '{"events":['
        between = "\n"
        for subject, events in cases:
            objects.add_case(subject)
            for event in events:
                said = event.attributes(subject.case, "role")
                learn(kinds.setdefault(event.name, {}), said)
                yield between + encoded(plain(event, subject, said, objects.touched(event, subject)))
                between = ",\n"
        yield '],\n"objects":['
        between = "\n"
        for text in objects.all():
            yield between + text
            between = ",\n"
    yield f'],\n"eventTypes":{encoded(declared(kinds))},\n"objectTypes":{encoded(declared(OBJECTS))}}}\n'


def learn(kind: dict[str, str], said: Mapping[str, Plain]) -> None:
    """Remember of what type each attribute of a kind of event is; one that is of several is a text or a float."""
    for name, value in said.items():
        type_ = TYPES[type(value)]
        if kind.setdefault(name, type_) != type_:
            kind[name] = "float" if {kind[name], type_} == {"integer", "float"} else "string"


def plain(event: Event, subject: Subject, said: Mapping[str, Plain], touched: list[Any]) -> dict[str, Any]:
    """An event as JSON."""
    return {
        "id": f"{subject.case}.{event.number}",
        "type": event.name,
        "time": utc(event.at),
        "attributes": [{"name": name, "value": value} for name, value in said.items()],
        "relationships": touched,
    }


class Objects:
    """The objects of a log, each once."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)  # a file of its own as soon as it is large
        self._kept.execute("CREATE TABLE object (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
        self._kept.execute("BEGIN")
        self._lately: set[str] = set()  # ids that are there already, so that most need not be looked for

    def close(self) -> None:
        """Throw them away."""
        self._kept.close()

    def all(self) -> Iterator[str]:
        """Their texts, in the order in which they came."""
        for (body,) in self._kept.execute("SELECT body FROM object ORDER BY rowid"):
            yield body

    def add_case(self, subject: Subject) -> None:
        """A case, the customer whom it is about, and the case that it came from."""
        linked = [self._linked("process version", self._add_version(subject, subject.version), "runs")]
        if subject.customer is not None:
            self._add("customer", subject.customer, {}, subject.started_at)
            linked.append(self._linked("customer", subject.customer, "is about"))
        if subject.parent is not None:
            self._add("case", subject.parent, {}, subject.started_at)
            linked.append(self._linked("case", subject.parent, "came from"))
        said = {"process": subject.key, "status": subject.status, "outcome": subject.outcome}
        self._add("case", subject.case, said, subject.last_at, linked)

    def touched(self, event: Event, subject: Subject) -> list[Any]:
        """What an event touches, and how; what is new is kept."""
        version = self._add_version(subject, event.version)
        self._add("actor", event.actor, {"actorType": event.actor_type}, subject.started_at)
        found = [
            self._linked("case", subject.case, "in"),
            self._linked("actor", event.actor, "by"),
            self._linked("process version", version, "under"),
        ]
        if event.kind in ("userTask", "manualTask"):
            task = f"{subject.case}.{event.instance}"
            said = {"activityId": event.activity, "name": event.name}
            self._add("task", task, said, event.at, [self._linked("case", subject.case, "part of")])
            found.append(self._linked("task", task, event.lifecycle))
        if subject.customer is not None:
            found.append(self._linked("customer", subject.customer, "for"))
        return found

    def _add_version(self, subject: Subject, version: int) -> str:
        """A version of a case's process; its name."""
        name = f"{subject.key} {version}"
        self._add("process version", name, {"process": subject.key, "version": version}, subject.started_at)
        return name

    def _linked(self, kind: str, name: str, how: str) -> dict[str, str]:
        return {"objectId": f"{kind}:{name}", "qualifier": how}

    def _add(
        self, kind: str, name: str, said: Mapping[str, Plain | None], at: str, linked: Iterable[Mapping[str, str]] = ()
    ) -> None:
        id = f"{kind}:{name}"
        if id in self._lately:
            return
        if len(self._lately) == LATELY:
            self._lately.clear()
        self._lately.add(id)
        values = [{"name": one, "time": utc(at), "value": value} for one, value in said.items() if value is not None]
        body = {"id": id, "type": kind, "attributes": values, "relationships": list(linked)}
        self._kept.execute("INSERT OR IGNORE INTO object VALUES (?, ?)", (id, encoded(body)))


def declared(kinds: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Kinds of events or objects with their attributes."""
    return [
        {"name": name, "attributes": [{"name": one, "type": type_} for one, type_ in said.items()]}
        for name, said in kinds.items()
    ]


def utc(at: str) -> str:
    """A moment with milliseconds."""
    return f"{at[:23]}Z"


def encoded(value: Any) -> str:
    """JSON in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float)
