"""The outbox in the database: a message goes in once by its key, and is sent or has failed."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, tuple_, update

from ..tables import outbox
from .model import Answer, Draft, Message

_OWN = tuple(each.name for each in fields(Draft) if each.name != "links")


def enqueue(connection: Connection, draft: Draft, at: datetime) -> Message:
    """Keep a message; the same key a second time answers the one that is kept."""
    known = get(connection, draft.id)
    if known is not None:
        return known
    values: dict[str, Any] = {name: getattr(draft, name) for name in _OWN}
    links = [asdict(link) for link in draft.links]
    connection.execute(insert(outbox).values(id=draft.id, links=links, created_at=at, **values))
    return Message(**values, links=draft.links, created_at=at)


def get(connection: Connection, message_id: str) -> Message | None:
    """The message of an id."""
    row = connection.execute(select(outbox).where(outbox.c.id == message_id)).one_or_none()
    return None if row is None else _message(row)


def mark_sent(connection: Connection, message_id: str, at: datetime) -> None:
    """Record that a message has left; the first time counts."""
    unsent = (outbox.c.id == message_id) & outbox.c.sent_at.is_(None)
    connection.execute(update(outbox).where(unsent).values(sent_at=at, failed=None))


def mark_failed(connection: Connection, message_id: str, why: str) -> None:
    """Record why a message could not be sent; it may be tried again."""
    connection.execute(update(outbox).where(outbox.c.id == message_id).values(failed=why))


def newest(
    connection: Connection,
    *,
    case_id: str | None = None,
    customer_id: str | None = None,
    to_staff: bool | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[Message]:
    """Messages, newest first: of a case, of a customer, to staff or not; `after` is the last one's id."""
    query = select(outbox)
    if case_id is not None:
        query = query.where(outbox.c.case_id == case_id)
    if customer_id is not None:
        query = query.where(outbox.c.customer_id == customer_id)
    if to_staff is not None:
        query = query.where(outbox.c.staff_id.is_not(None) if to_staff else outbox.c.staff_id.is_(None))
    return [_message(row) for row in connection.execute(_page(connection, query, limit, after))]


def _page(connection: Connection, query: Select[Any], limit: int, after: str | None) -> Select[Any]:
    if after and (last := get(connection, after)):
        query = query.where(tuple_(outbox.c.created_at, outbox.c.id) < tuple_(last.created_at, last.id))
    return query.order_by(outbox.c.created_at.desc(), outbox.c.id.desc()).limit(limit)


def _message(row: Row[Any]) -> Message:
    values = row._mapping
    kept = {name: values[name] for name in (*_OWN, "created_at", "sent_at", "failed")}
    return Message(**kept, links=tuple(Answer(**link) for link in values["links"]))
