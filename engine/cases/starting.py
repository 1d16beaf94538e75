"""Starts cases: by a person, by a message, by another case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection

from ..canonical import moment
from ..errors import NotAllowed, NotFound
from ..forms import accept, accept_plain
from ..history.chain import FIRST
from ..model import Actor, Deployment
from ..spiff import Marking
from ..store import files, shelf
from ..store.tables import case
from ..store.vault import demand_known
from .context import Context
from .steps import Opened, Taken, decide, record


def start(
    context: Context,
    connection: Connection,
    key: str,
    data: Mapping[str, Any] | None,
    by: Actor,
    parent: int | None = None,
    message: str | None = None,
) -> Taken:
    """Start a case of the version in force; its number is drawn last, or when a local operator asks for it."""
    deployed = startable(connection, key)
    bundle = context.shelf.bundle(connection, deployed.bundle)
    demand_starter(by, bundle.starters)
    config = shelf.configured(connection)
    assert config is not None
    at, configuration = context.now(), context.shelf.configuration(connection, config)
    day = at.astimezone(configuration.zone).strftime("%Y%m%d")
    row = Fresh(
        id=files.next_id(connection),
        key=key,
        version=deployed.version,
        bundle=deployed.bundle,
        confidentiality=bundle.confidentiality,
        parent=parent,
        started_at=moment(at),
        started_by=by.name,
        last_at=moment(at),
        state=Marking().to_bytes(),
        draw=partial(files.next_number, connection, bundle.prefix, day),
    )
    opened = Opened(row, bundle, configuration, at)
    event = start_event(bundle, message)
    shelter = opened.shelter()
    form = bundle.form_of(event.id)
    given_data = {} if data is None else data
    values = accept(form, given_data, context.formats, context.exists(connection)) if form else accept_plain(given_data)
    if not by.system:
        demand_known(values)
    values = shelter.without_personal(form.schema, values) if form else values
    given: dict[str, Any] = {"key": key, "version": deployed.version, "bundle": deployed.bundle, "data": values}
    if event.event.kind == "message":
        given["message"] = event.event.name
    if parent is not None:
        given["parent"] = str(parent)
    decided = decide(context, connection, opened, "started", given, by, shelter)
    decided.input["number"] = row.number
    files.insert_case(connection, row._asdict())
    return record(context, connection, opened, "started", decided, by, shelter)


@dataclass(kw_only=True)
class Fresh:
    """The row of a case before its first step."""

    id: int
    key: str
    version: int
    bundle: str
    confidentiality: str
    parent: int | None
    started_at: str
    started_by: str
    last_at: str
    state: bytes
    draw: Callable[[], str]
    status: str = "open"
    customer: str | None = None
    subject: str | None = None
    ended_at: str | None = None
    outcome: str | None = None
    seq: int = 0
    head: bytes = FIRST

    @cached_property
    def number(self) -> str:
        """The case's number: from when it is drawn, whoever starts the same process waits for this transaction."""
        return self.draw()

    def _asdict(self) -> dict[str, Any]:
        """The same as a mapping, as rows of SQLAlchemy give it."""
        return {column.name: getattr(self, column.name) for column in case.columns}


def startable(connection: Connection, key: str) -> Deployment:
    """The version in force of a process; NotFound where there is none."""
    found = shelf.newest(connection, key)
    if found is None or found.kind != "process":
        raise NotFound(f"There is no process {key}.")
    return found


def demand_starter(by: Actor, starters: frozenset[str]) -> None:
    """Refuse whoever may not start a process; one that names no starters is open to whoever holds any group."""
    if not (by.system or (by.any_of(starters) if starters else by.groups)):
        needed = " or ".join(sorted(starters)) or "any group"
        raise NotAllowed(f"Starting this process needs {needed}.", groups=sorted(starters))


def start_event(bundle: Any, message: str | None) -> Any:
    """The start event for a message, else the plain one or that by the clock, else the only one for a message."""
    events = bundle.diagram.start_events()
    plain_ones = [e for e in events if e.event is None or e.event.kind == "none"]
    plain_ones += [e for e in events if e.event is not None and e.event.kind == "timer"]
    named = [e for e in events if e.event is not None and e.event.kind == "message"]
    if message is not None:
        named = [e for e in named if e.event.name == message]
    elif plain_ones:
        return plain_ones[0]
    if len(named) != 1:
        raise NotFound(f"{bundle.name} cannot be started like this.")
    return named[0]
