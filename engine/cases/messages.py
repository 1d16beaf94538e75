"""Messages meet what waits for them; one that comes too early is kept for a time, and its id makes it come once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..canonical import canonical, digest, moment, normal, read
from ..errors import AmbiguousMessage, Conflict, FieldError, InvalidForm, NotAllowed
from ..forms import accept
from ..model import Actor, CaseId
from ..spiff import NotWaiting
from ..store import files, shelf
from ..store.tables import case, job, message, subscription
from .change import bundle_of
from .context import Context
from .starting import start
from .steps import Opened, Taken, demand_open, number_of, open_case, take

MOST_COMPARED = 2_000  # cases whose data are looked at for a message that names no key


def send(
    context: Context,
    connection: Connection,
    name: str,
    payload: Mapping[str, Any] | None,
    correlate: Mapping[str, Any] | None,
    case_id: CaseId | str | None,
    by: Actor,
    message_id: str | None,
) -> Taken | None:
    """Hand a message to the one case that waits for it, start one, or keep it; None where it is kept."""
    if not (by.system or by.groups):
        raise NotAllowed("Sending messages needs a group.")
    if message_id is not None and (known := already(connection, message_id)) is not None:
        return known
    wanted = None if case_id is None else number_of(case_id)
    met = meeting(context, connection, name, correlate, wanted)
    content = plain(payload)
    taken: Taken | None = None
    if met is not None:
        taken = deliver(context, connection, met, name, content, by, message_id)
    elif wanted is None:
        taken = start_by(context, connection, name, content, by)
    keep(context, connection, name, content if taken is None else {}, correlate, taken, wanted, by, message_id)
    return taken


def already(connection: Connection, message_id: str) -> Taken | None:
    """What became of a message that came before; None where it did not, or where it still waits."""
    row = connection.execute(select(message).where(message.c.message_id == message_id)).first()
    if row is None:
        return None
    if row.status == "waiting" or row.case_id is None:
        raise Conflict("This message was sent before and is waiting.", at=row.at, how="waiting")
    found = connection.execute(select(case).where(case.c.id == row.case_id)).one()
    return Taken(files.case_of(found))


def plain(payload: Mapping[str, Any] | None) -> dict[str, Any]:
    """The content of a message: a JSON object."""
    try:
        found: dict[str, Any] = normal(dict(payload or {}))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidForm({"": FieldError("value", None, {"why": str(error)[:200]})}) from None
    return found


def meeting(
    context: Context, connection: Connection, name: str, correlate: Mapping[str, Any] | None, case_id: int | None
) -> Row[Any] | None:
    """The one subscription that a message meets: by its key, by the case, or by the case's data."""
    waits = select(subscription).where(subscription.c.kind == "message", subscription.c.name == name)
    if case_id is not None:
        waits = waits.where(subscription.c.case_id == case_id)
    found: list[Row[Any]] = []
    if correlate:
        key = digest(canonical(normal(dict(correlate))))
        found = list(connection.execute(waits.where(subscription.c.key_hash == key).limit(2)))
    if not found:
        unkeyed = waits if case_id is not None else waits.where(subscription.c.key_hash == "")
        found = list(connection.execute(unkeyed.limit(MOST_COMPARED)))
        if correlate:
            found = [row for row in found if holds(connection, row.case_id, normal(dict(correlate)))]
    if len(found) > 1:
        raise AmbiguousMessage(name=name, cases=sorted({str(row.case_id) for row in found})[:10])
    return found[0] if found else None


def holds(connection: Connection, case_id: int, correlate: Mapping[str, Any]) -> bool:
    """Whether the data of a case hold all these names and values."""
    state = connection.execute(select(case.c.state).where(case.c.id == case_id)).scalar()
    data = read(bytes(state)).get("data", {}) if state else {}
    return all(name in data and data[name] == value for name, value in correlate.items())


def deliver(
    context: Context,
    connection: Connection,
    met: Row[Any],
    name: str,
    content: dict[str, Any],
    by: Actor,
    message_id: str | None,
) -> Taken:
    """Take the step that a message brings; its content is checked by the form of the event, if it names one."""
    opened = open_case(context, connection, str(met.case_id))
    demand_open(opened)
    waiting = {s.occurrence: s.element for s in opened.marking.subscriptions}
    if met.occurrence not in waiting:
        raise Conflict("The case no longer waits for this message.", how="withdrawn")
    shelter = opened.shelter()
    digest_there = bundle_of(opened.marking, met.occurrence, opened.row.bundle)
    form = context.shelf.bundle(connection, digest_there).form_of(waiting[met.occurrence])
    if form is not None:
        accepted = accept(form, content, context.formats, context.exists(connection))
        content = shelter.without_personal(form.schema, accepted)
    given: dict[str, Any] = {"message": name, "payload": content, "to": met.occurrence}
    if message_id is not None:
        given["id"] = message_id
    return take(context, connection, opened, "received", given, by, shelter)


def start_by(context: Context, connection: Connection, name: str, content: dict[str, Any], by: Actor) -> Taken | None:
    """Start a case of the one process that begins with a message of this name."""
    keys = []
    for deployed in shelf.in_force(connection, "process"):
        bundle = context.shelf.bundle(connection, deployed.bundle)
        events = bundle.diagram.start_events() if bundle.diagram else ()
        if any(e.event is not None and e.event.kind == "message" and e.event.name == name for e in events):
            keys.append(deployed.key)
    if len(keys) > 1:
        raise AmbiguousMessage(f"More than one process begins with {name}.", name=name, processes=keys)
    return start(context, connection, keys[0], content, by, message=name) if keys else None


def keep(
    context: Context,
    connection: Connection,
    name: str,
    content: Mapping[str, Any],
    correlate: Mapping[str, Any] | None,
    taken: Taken | None,
    case_id: int | None,
    by: Actor,
    message_id: str | None,
) -> None:
    """Write down a message that waits, or the id of one that was taken."""
    if taken is not None and message_id is None:
        return
    now = context.now()
    row = {
        "message_id": message_id,
        "name": name,
        "correlate": canonical(normal(dict(correlate))).decode() if correlate else None,
        "case_id": number_of(taken.case.id) if taken else case_id,
        "payload": canonical(dict(content)),
        "sender": by.name,
        "at": moment(now),
        "expires_at": moment(now + context.policy.message_ttl),
        "status": "taken" if taken else "waiting",
    }
    connection.execute(insert(message).values(**row))


def waiting_messages(connection: Connection, name: str | None = None) -> list[Row[Any]]:
    """The messages that nobody has waited for yet, oldest first."""
    found = select(message).where(message.c.status == "waiting").order_by(message.c.id)
    return list(connection.execute(found.where(message.c.name == name) if name else found))


def deliver_waiting(context: Context, connection: Connection, names: set[str]) -> list[Taken]:
    """Hand over messages that came early, now that somebody waits for their names."""
    taken = []
    for row in connection.execute(
        select(message).where(message.c.status == "waiting", message.c.name.in_(names)).order_by(message.c.id)
    ).all():
        correlate = read(row.correlate) if row.correlate else None
        met = meeting(context, connection, row.name, correlate, row.case_id)
        if met is None:
            continue
        sender = Actor(row.sender, groups={"sender"})
        done = deliver(context, connection, met, row.name, read(bytes(row.payload)), sender, row.message_id)
        changed = {"status": "taken", "case_id": met.case_id, "payload": canonical({})}
        connection.execute(update(message).where(message.c.id == row.id).values(**changed))
        taken.append(done)
        break  # one case per transaction; the caller comes again
    return taken


def expire(context: Context, connection: Connection) -> int:
    """Mark the messages whose time to live is over."""
    over = (message.c.status == "waiting", message.c.expires_at <= context.now_text())
    return connection.execute(update(message).where(*over).values(status="expired")).rowcount


def hear(context: Context, connection: Connection, opened: Opened, name: str, payload: Any) -> Taken | None:
    """Let a signal from another case reach whoever waits for it; None where nobody does any more."""
    try:
        return take(context, connection, opened, "signalled", {"signal": name, "payload": payload}, Actor("system"))
    except NotWaiting:
        return None


def listeners(connection: Connection, name: str) -> list[int]:
    """The cases that wait for a signal."""
    found = select(subscription.c.case_id).where(subscription.c.kind == "signal", subscription.c.name == name)
    return sorted(set(connection.execute(found).scalars()))


def fan_out(connection: Connection, row: Any, at: str, name: str, payload: Any) -> list[dict[str, Any]]:
    """One job for each other case that hears a signal."""
    made = [
        {
            "case_id": other,
            "seq": row["seq"],
            "n": -(row["case_id"] * 1000 + row["n"]),  # its own number space: no step of that case wrote it
            "kind": "hear",
            "occurrence": 0,
            "run_at": at,
            "leased_until": None,
            "attempts": 0,
            "payload": canonical({"name": name, "payload": payload}),
        }
        for other in listeners(connection, name)
        if other != row["case_id"]
    ]
    if made:
        connection.execute(insert(job), made)
    return made
