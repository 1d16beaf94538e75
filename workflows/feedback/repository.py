"""Items of feedback in the database: one row a case, filled as the case goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from .model import Item
from .tables import feedback
from .tagging import Tag


def get(connection: Connection, case_id: str) -> Item | None:
    """The item of a case."""
    row = connection.execute(select(feedback).where(feedback.c.case_id == case_id)).one_or_none()
    return None if row is None else _item(row)


def capture(connection: Connection, item: Item, *, days: int) -> Item:
    """Store an item, which may repeat one of the days before; stored already, it stays as it is."""
    if (known := get(connection, item.case_id)) is not None:
        return known
    first = _repeated(connection, item, item.captured_at - timedelta(days=days))
    item = replace(item, duplicate_of=first)
    values = asdict(item)
    values["class"] = values.pop("judged")
    connection.execute(insert(feedback).values(**values | {"topics": list(item.topics)}))
    return item


def note_tag(connection: Connection, case_id: str, tag: Tag) -> None:
    """Keep what the lexicon found."""
    _change(
        connection,
        case_id,
        topics=list(tag.topics),
        sentiment=tag.sentiment,
        confidence=tag.confidence,
        complaint_intent=tag.complaint_intent,
        data_error=tag.data_error,
    )


def note_follower(connection: Connection, case_id: str, follower: str | None) -> None:
    """Keep who follows an item up."""
    _change(connection, case_id, follower=follower)


def close(connection: Connection, case_id: str, at: datetime, **found: Any) -> None:
    """Close an item with what it turned out to be; closed again, the first moment stays."""
    _change(connection, case_id, **found, closed_at=func.coalesce(feedback.c.closed_at, at))


def between(connection: Connection, first: datetime, end: datetime) -> list[Item]:
    """The items that were captured from a moment up to before another one, oldest first, without those that repeat."""
    query = select(feedback).where(
        feedback.c.captured_at >= first, feedback.c.captured_at < end, feedback.c.duplicate_of.is_(None)
    )
    return [_item(row) for row in connection.execute(query.order_by(feedback.c.captured_at, feedback.c.case_id))]


def open_by_follower(connection: Connection, people: Iterable[str]) -> dict[str, int]:
    """How many open items each of these people follows up."""
    counted = select(feedback.c.follower, func.count().label("open")).where(
        feedback.c.closed_at.is_(None), feedback.c.follower.in_(sorted(people))
    )
    return {row.follower: row.open for row in connection.execute(counted.group_by(feedback.c.follower))}


def _repeated(connection: Connection, item: Item, since: datetime) -> str | None:
    """The number of the item that says the same: the same words, or without words the same score of the same case."""
    same_words = feedback.c.fingerprint == item.fingerprint
    same_score = and_(
        feedback.c.fingerprint == "",
        feedback.c.instrument == item.instrument,
        feedback.c.score == item.score,
        feedback.c.related_case == item.related_case,
    )
    said = same_words if item.fingerprint else same_score
    nobodys = and_(
        feedback.c.customer_id.is_(None),
        feedback.c.source == item.source,
        feedback.c.related_case.is_not_distinct_from(item.related_case),
    )
    whose = feedback.c.customer_id == item.customer_id if item.customer_id else nobodys
    if not item.fingerprint and (item.score is None or item.related_case is None):
        return None
    query = select(feedback.c.case_number).where(
        whose, said, feedback.c.captured_at > since, feedback.c.duplicate_of.is_(None)
    )
    return connection.execute(query.order_by(feedback.c.captured_at).limit(1)).scalar()


def _change(connection: Connection, case_id: str, **values: Any) -> None:
    connection.execute(update(feedback).where(feedback.c.case_id == case_id).values(**values))


def _item(row: Row[Any]) -> Item:
    values = dict(row._mapping)
    values["judged"] = values.pop("class")
    return Item(**values | {"topics": tuple(values["topics"])})
