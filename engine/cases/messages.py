"""Messages meet what waits for them; one that comes too early is kept for a time, and its id makes it come once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain, combinations
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, true, update

from ..canonical import canonical, digest, instant, moment, read
from ..errors import AmbiguousMessage, Conflict, NotAllowed, Raced, Refusal
from ..forms import Form, accept, accept_plain
from ..model import NORMAL, SYSTEM, Actor, CaseId, KeptMessage
from ..store import files, rollouts
from ..store.database import alone
from ..store.tables import case, job, message, subscription, vault
from ..store.vault import demand_known
from . import rolling
from .change import bundle_of
from .context import Context
from .reading import read_case, visible_cases
from .starting import Way, start, start_event
from .steps import Taken, open_case, take

MOST_COMPARED = 2_000  # cases whose data are looked at for a message that names no key
MOST_PAIRED = 100  # names of a message's content any two of which are tried; of more, those that waiting keys have
MOST_ASKED = 5_000  # keys in one question to the database
LONGEST_NAME = 200


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
    if not all(0 < len(given) <= LONGEST_NAME for given in (name, message_id or name)):
        raise Refusal(f"The name and the id of a message have 1 to {LONGEST_NAME} characters.")
    content, key = accept_plain(payload or {}), accept_plain(correlate or {})
    if not by.system:
        demand_known(content)
    if message_id is not None:
        alone(connection, f"message id {message_id}")
        known, before = already(context, connection, name, message_id, by)
        if known:
            return before
    wanted = None if case_id is None else open_for(context, connection, case_id, by)
    seen = visible_cases(context, connection, by)
    taken: Taken | None = None
    if (met := meeting(connection, name, content, key, wanted, seen)) is not None:
        taken = deliver(context, connection, met, name, content, by, message_id)
    elif wanted is None:
        taken = start_by(context, connection, name, content, by)
    if taken is None:
        alone(connection, f"message {name}")  # whoever begins to wait for it now looks for it after this transaction
        if wanted is not None:
            open_for(context, connection, str(wanted), by)
        if meeting(connection, name, content, key, wanted, seen) is not None:
            raise Raced
    if taken is None or message_id is not None:
        keep(context, connection, name, content, key, taken, wanted, by, message_id)
    return taken


def already(
    context: Context, connection: Connection, name: str, message_id: str, by: Actor
) -> tuple[bool, Taken | None]:
    """Whether a message of this id has come before, and the case that has taken it, if one has."""
    row = connection.execute(select(message).where(message.c.message_id == message_id)).first()
    if row is None:
        return False, None
    if row.name != name or row.status == "expired":
        raise Conflict(f"A message with this id has come before and is {row.status}.", at=row.at, how=row.status)
    if row.status == "waiting":
        return True, None
    return True, Taken(files.case_of(read_case(context, connection, str(row.case_id), by)))


def open_for(context: Context, connection: Connection, case_id: CaseId | str, by: Actor) -> int:
    """The case that a message names; Conflict where it is over, as nobody will ever wait there."""
    row = read_case(context, connection, case_id, by)
    if row.status not in ("open", "suspended"):
        raise Conflict(f"The case {row.number} is {row.status}.", status=row.status)
    return int(row.id)


def meeting(
    connection: Connection,
    name: str,
    content: Mapping[str, Any],
    correlate: Mapping[str, Any],
    case_id: int | None,
    seen: ColumnElement[bool],
) -> Row[Any] | None:
    """The one subscription that a message meets: by the case, by its key, or by the case's data.

    A message that is sent without a key is correlated by its content: by one or two of its names, or by all of them.
    """
    waits = select(subscription).join(case, case.c.id == subscription.c.case_id)
    waits = waits.where(subscription.c.kind == "message", subscription.c.name == name, seen, case.c.status == "open")
    if case_id is not None:
        waits = waits.where(subscription.c.case_id == case_id)
    found = by_key(connection, waits, [key_hash(correlate)]) if correlate else by_content(connection, waits, content)
    if not found:
        unkeyed = waits if case_id is not None else waits.where(subscription.c.key_hash == "")
        found = holding(connection, unkeyed, correlate) if correlate else list(connection.execute(unkeyed.limit(2)))
    if len(found) > 1:
        raise AmbiguousMessage(name=name, cases=sorted({str(row.case_id) for row in found}))
    return found[0] if found else None


def key_hash(key: Mapping[str, Any]) -> str:
    """The hash under which a key stands in the table of subscriptions."""
    return digest(canonical(dict(key)))


def by_key(connection: Connection, waits: Select[Any], keys: Collection[str]) -> list[Row[Any]]:
    """The subscriptions that have one of these keys, two at least where there are two."""
    given, found = list(keys), list[Row[Any]]()
    for at in range(0, len(given), MOST_ASKED):
        asked = waits.where(subscription.c.key_hash.in_(given[at : at + MOST_ASKED])).limit(2)
        found += connection.execute(asked)
    return found


def by_content(connection: Connection, waits: Select[Any], content: Mapping[str, Any]) -> list[Row[Any]]:
    """The subscriptions whose key is one or two of the names of a message's content, or all of them."""
    names = sorted(content)
    chosen: list[tuple[str, ...]] = [*combinations(names, 1), tuple(names)]
    if len(names) <= MOST_PAIRED:
        return by_key(connection, waits, keys_in(content, chain(chosen, combinations(names, 2))))
    found = by_key(connection, waits, keys_in(content, chosen))
    return found or by_key(connection, waits, keys_in(content, pairs_asked(connection, waits, content)))


def keys_in(content: Mapping[str, Any], chosen: Iterable[tuple[str, ...]]) -> set[str]:
    """The hashes of the keys that these names of a message's content make, each of them sorted."""
    texts = {name: canonical({name: value})[1:-1] for name, value in content.items()}  # once, however often it is used
    return {digest(b"{" + b",".join(texts[name] for name in some) + b"}") for some in chosen if some}


def pairs_asked(connection: Connection, waits: Select[Any], content: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """The pairs of names in a message's content that the keys of what waits are made of."""
    keyed = waits.where(subscription.c.key_hash != "").add_columns(case.c.state).limit(MOST_COMPARED + 1)
    rows = connection.execute(keyed).all()
    if len(rows) > MOST_COMPARED:
        raise AmbiguousMessage(
            f"Too many cases wait for this message to find which of its {len(content)} names are its key; say its key."
        )
    stand = ((row.occurrence, one) for row in rows for one in read(bytes(row.state))["subscriptions"])
    asked = {tuple(sorted(read(one["key"]))) for occurrence, one in stand if one["occurrence"] == occurrence}
    return {some for some in asked if len(some) == 2 and content.keys() >= set(some)}


def holding(connection: Connection, unkeyed: Any, correlate: Mapping[str, Any]) -> list[Row[Any]]:
    """The subscriptions of cases whose data hold all these names and values."""
    rows = connection.execute(unkeyed.add_columns(case.c.state).limit(MOST_COMPARED + 1)).all()
    if len(rows) > MOST_COMPARED:
        raise AmbiguousMessage("Too many cases wait for this message without a key to look through all of them.")
    return [row for row in rows if agrees(read(bytes(row.state)).get("data", {}), correlate)]


def agrees(data: Mapping[str, Any], correlate: Mapping[str, Any]) -> bool:
    """Whether data hold all these names with these values; true is not 1."""
    return all(name in data and canonical(data[name]) == canonical(value) for name, value in correlate.items())


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
    waiting = {s.occurrence: s.element for s in opened.marking.subscriptions}
    if met.occurrence not in waiting or opened.row.status != "open":
        raise Raced
    shelter = opened.shelter()
    digest_there = bundle_of(opened.marking, met.occurrence, opened.row.bundle)
    form = form_of_event(context.shelf.bundle(connection, digest_there), waiting[met.occurrence])
    if form is not None:
        accepted = accept(form, content, context.formats, context.exists(connection))
        content = shelter.without_personal(form.schema, accepted)
    given: dict[str, Any] = {"message": name, "payload": content, "to": met.occurrence}
    if message_id is not None:
        given["id"] = message_id
    return take(context, connection, opened, "received", given, by, shelter)


def form_of_event(bundle: Any, element: str) -> Form | None:
    """The form of an event; an event subprocess has that of its start."""
    starts = [inner for inner in bundle.diagram.inside(element) if inner.kind == "startEvent"]
    found: Form | None = bundle.form_of(starts[0].id if starts else element)
    return found


def start_by(context: Context, connection: Connection, name: str, content: dict[str, Any], by: Actor) -> Taken | None:
    """Start a case of the one process that begins with a message of this name."""
    way = Way(message=name)
    known = rolling.read_by(context, connection, lambda bundle: start_event(bundle, way) is not None)
    asked = rollouts.standing_of_all(connection, context.now_text())
    keys = [key for key, turns in asked.items() if any(known(turn.deployment) for turn in turns)]
    if len(keys) > 1:
        raise AmbiguousMessage(f"More than one process begins with {name}.", name=name, processes=keys)
    return start(context, connection, keys[0], content, by, way=way) if keys else None


def keep(
    context: Context,
    connection: Connection,
    name: str,
    content: Mapping[str, Any],
    correlate: Mapping[str, Any],
    taken: Taken | None,
    case_id: int | None,
    by: Actor,
    message_id: str | None,
) -> None:
    """Write down a message that waits, its content in the vault, or the id of one that was taken."""
    now = context.now()
    row = {
        "message_id": message_id,
        "name": name,
        "correlate": canonical(correlate).decode() if correlate else None,
        "case_id": int(taken.case.id) if taken else case_id,
        "sender": by.name,
        "at": moment(now),
        "expires_at": moment(now + context.policy.message_ttl),
        "status": "taken" if taken else "waiting",
    }
    key = connection.execute(insert(message).values(**row).returning(message.c.id)).scalar_one()
    if taken is None:
        place = {"case_id": -key, "seq": 0, "n": 0}  # of no case
        connection.execute(insert(vault).values(**place, field=name, value=canonical(content), salt=None))


def kept(context: Context, connection: Connection, limit: int, after: int | None) -> list[KeptMessage]:
    """The messages that nobody has waited for yet and that have not run out, newest first."""
    wanted = (message.c.status == "waiting", message.c.expires_at > context.now_text())
    found = select(message).where(*wanted).order_by(message.c.id.desc()).limit(limit)
    rows = connection.execute(found if after is None else found.where(message.c.id < after))
    return [
        KeptMessage(
            id=row.id,
            name=row.name,
            correlate=read(row.correlate) if row.correlate else {},
            case_id=CaseId(str(row.case_id)) if row.case_id else None,
            sender=row.sender,
            at=instant(row.at),
            expires_at=instant(row.expires_at),
        )
        for row in rows
    ]


def deliver_kept(context: Context, key: int, connection: Connection) -> Taken | None:
    """Hand over a message that came early, if somebody waits for it now; None where nobody does or it is gone."""
    row = connection.execute(
        select(message)
        .where(message.c.id == key, message.c.status == "waiting", message.c.expires_at > context.now_text())
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    content = read(connection.execute(select(vault.c.value).where(vault.c.case_id == -key)).scalar_one())
    correlate = read(row.correlate) if row.correlate else {}
    seen = true() if row.sender == SYSTEM.name else case.c.confidentiality == NORMAL
    met = meeting(connection, row.name, content, correlate, row.case_id, seen)
    if met is None:
        return None
    taken = deliver(context, connection, met, row.name, content, Actor(row.sender), row.message_id)
    connection.execute(update(message).where(message.c.id == key).values(status="taken", case_id=met.case_id))
    connection.execute(delete(vault).where(vault.c.case_id == -key))
    return taken


def expire(context: Context, connection: Connection) -> int:
    """Mark the messages whose time to live is over, and forget what was in them; how many they were."""
    over = (message.c.status == "waiting", message.c.expires_at <= context.now_text())
    mine = select(message.c.id).where(*over).with_for_update(skip_locked=True)  # nobody waits for who does the same
    found = update(message).where(message.c.id.in_(mine)).values(status="expired").returning(message.c.id)
    keys = list(connection.execute(found).scalars())
    if keys:
        connection.execute(delete(vault).where(vault.c.case_id.in_([-key for key in keys])))
    return len(keys)


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
            "n": -(row["case_id"] * 1_000_000 + row["n"]),  # its own number space: no step of that case wrote it
            "kind": "hear",
            "occurrence": 0,
            "run_at": at,
            "leased_until": None,
            "attempts": 0,
            "hops": row["hops"] + 1,
            "payload": canonical({"name": name, "payload": payload}),
        }
        for other in listeners(connection, name)
        if other != row["case_id"]
    ]
    if made:
        connection.execute(insert(job), made)
    return made
