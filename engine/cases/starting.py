"""Starts cases: by a person, by a message, by another case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection, select

from ..bundles import Bundle
from ..canonical import canonical, moment, storable
from ..diagram import Element
from ..errors import Conflict, NotAllowed, NotFound, Refusal
from ..forms import accept, accept_plain
from ..history.chain import FIRST
from ..model import Actor, Draw
from ..spiff import Marking
from ..store import files, rollouts, shelf
from ..store.database import alone
from ..store.rollouts import Turn
from ..store.tables import case
from ..store.vault import demand_known
from .context import Context
from .reading import read_case
from .steps import Opened, Taken, decide, record

LONGEST_COIN = 64
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Way:
    """How a case begins: by a message, by the clock, or by whoever asks for it."""

    message: str | None = None
    clock: bool = False


PLAIN = Way()
BY_CLOCK = Way(clock=True)


def start_once(
    context: Context,
    connection: Connection,
    key: str,
    data: Mapping[str, Any] | None,
    by: Actor,
    idempotency_key: str,
    parent: int | None = None,
    draw: Draw | None = None,
) -> Taken:
    """Start a case, or find the one that this actor has started of this process by the same key, as it stands now."""
    if not idempotency_key or storable(idempotency_key, LONGEST_KEY) != idempotency_key:
        raise Refusal(f"An idempotency key has 1 to {LONGEST_KEY} characters that can be stored.")
    mark = mark_of(key, by, idempotency_key)
    alone(connection, f"start {mark.hex()}")
    before = connection.execute(select(case.c.id).where(case.c.idempotency == mark)).scalar()
    if before is not None:
        return Taken(files.case_of(read_case(context, connection, str(before), by)))
    return start(context, connection, key, data, by, parent, draw=draw, mark=mark)


def mark_of(key: str, by: Actor, idempotency_key: str) -> bytes:
    """What is kept of an idempotency key: 32 bytes, of each actor and process its own."""
    return hashlib.sha256(canonical([by.name, key, idempotency_key])).digest()


def start(
    context: Context,
    connection: Connection,
    key: str,
    data: Mapping[str, Any] | None,
    by: Actor,
    parent: int | None = None,
    way: Way = PLAIN,
    draw: Draw | None = None,
    mark: bytes | None = None,
) -> Taken:
    """Start a case of the version that its coin gives it; its number is drawn last, or when an operator asks for it.

    The coin is that of the case, or of the `draw` by which somebody was shown a form.
    """
    asked, at = open_to(context, connection, key, by, way), context.now()
    id = files.next_id(connection)
    deployed = rollouts.drawn(asked, draw.coin[:LONGEST_COIN] if draw else str(id))
    bundle = context.shelf.bundle(connection, deployed.bundle)
    event = begun_by(bundle, way)
    if draw is not None:
        demand_shown(bundle, event, context.shelf.bundle(connection, draw.bundle))
    config = shelf.configured(connection)
    assert config is not None
    configuration = context.shelf.configuration(connection, config)
    day = at.astimezone(configuration.zone).strftime("%Y%m%d")
    row = Fresh(
        id=id,
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
        idempotency=mark,
    )
    opened = Opened(row, bundle, configuration, at)
    shelter = opened.shelter()
    form = bundle.form_of(event.id)
    given_data = {} if data is None else data
    values = accept(form, given_data, context.formats, context.exists(connection)) if form else accept_plain(given_data)
    if not by.system:
        demand_known(values)
    values = shelter.without_personal(form.schema, values) if form else values
    given: dict[str, Any] = {"key": key, "version": deployed.version, "bundle": deployed.bundle, "data": values}
    if event.event is not None and event.event.kind == "message":
        given["message"] = event.event.name
    if parent is not None:
        given["parent"] = str(parent)
    if draw is not None:
        given["coin"] = draw.coin[:LONGEST_COIN]
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
    idempotency: bytes | None
    failed: bool = False
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


def open_to(context: Context, connection: Connection, key: str, by: Actor, way: Way) -> list[Turn]:
    """The versions in force that know this way in and let this actor in; a refusal where there is none."""
    asked = rollouts.standing(connection, key, context.now_text())
    if not asked or asked[-1].deployment.kind != "process":
        raise NotFound(f"There is no process {key}.")

    def admits(bundle: Bundle) -> bool:
        return may_start(by, bundle.starters) and start_event(bundle, way) is not None

    found = [turn for turn in asked if admits(context.shelf.bundle(connection, turn.deployment.bundle))]
    if not found:  # the version of most cases says why
        bundle = context.shelf.bundle(connection, asked[-1].deployment.bundle)
        demand_starter(by, bundle.starters)
        begun_by(bundle, way)
        raise NotAllowed(f"No version of {key} in force can be started like this by you.")
    return found


def draw(context: Context, connection: Connection, key: str, by: Actor, coin: str) -> Draw:
    """The version whose start form somebody is to be shown."""
    if not 0 < len(coin) <= LONGEST_COIN:
        raise Refusal(f"A coin has 1 to {LONGEST_COIN} characters.")
    found = rollouts.drawn(open_to(context, connection, key, by, PLAIN), coin)
    return Draw(key=key, version=found.version, bundle=found.bundle, coin=coin)


def demand_shown(bundle: Bundle, event: Element, shown: Bundle) -> None:
    """Refuse what was typed into the form of another version, if that was another form."""
    before = start_event(shown, PLAIN)
    then, now = (shown.form_of(before.id) if before else None), bundle.form_of(event.id)
    if (then.schema if then else None) != (now.schema if now else None):
        raise Conflict("Another version has come in force meanwhile, with another form.", how="form")


def may_start(by: Actor, starters: frozenset[str]) -> bool:
    """Whether somebody may start a process; one that names no starters is open to whoever holds any group."""
    return by.system or (by.any_of(starters) if starters else bool(by.groups))


def demand_starter(by: Actor, starters: frozenset[str]) -> None:
    """Refuse whoever may not start a process."""
    if not may_start(by, starters):
        needed = " or ".join(sorted(starters)) or "any group"
        raise NotAllowed(f"Starting this process needs {needed}.", groups=sorted(starters))


def begun_by(bundle: Bundle, way: Way) -> Element:
    """The start event of a way in; NotFound where a version has none."""
    found = start_event(bundle, way)
    if found is None:
        raise NotFound(f"{bundle.name} cannot be started like this.")
    return found


def start_event(bundle: Bundle, way: Way) -> Element | None:
    """The start event for a message, else the plain one or that by the clock, else the only one for a message."""
    events = bundle.diagram.start_events() if bundle.diagram else ()
    plain_ones = [e for e in events if kind_of(e) == "none"]
    timed = [e for e in events if kind_of(e) == "timer"]
    named = [e for e in events if kind_of(e) == "message"]
    if way.clock and not timed:
        return None
    if way.message is not None:
        named = [e for e in named if e.event is not None and e.event.name == way.message]
    elif plain_ones or timed:
        return (plain_ones + timed)[0]
    return named[0] if len(named) == 1 else None


def kind_of(event: Element) -> str:
    """What a start event waits for."""
    return event.event.kind if event.event is not None else "none"
