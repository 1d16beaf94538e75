"""Contact records in the database: added once by key, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, literal, or_, select, tuple_

from ..columns import Moment
from ..tables import interaction
from .model import SYSTEM, Interaction


def record(
    connection: Connection,
    *,
    key: str,
    channel: str,
    direction: str,
    at: datetime,
    by: str = SYSTEM,
    summary: str = "",
    case_id: str | None = None,
    case_number: str | None = None,
    customer_id: str | None = None,
) -> int:
    """Store a contact and answer its id; the same key a second time answers the first one's."""
    known = connection.execute(select(interaction.c.id).where(interaction.c.key == key)).scalar()
    if known is not None:
        return int(known)
    added = connection.execute(
        insert(interaction)
        .values(
            key=key,
            channel=channel,
            direction=direction,
            at=at,
            by=by,
            summary=summary,
            case_id=case_id,
            case_number=case_number,
            customer_id=customer_id,
        )
        .returning(interaction.c.id)
    )
    return int(added.scalar_one())


def of_customer(
    connection: Connection, customer_id: str, *, limit: int = 20, after: int | None = None
) -> list[Interaction]:
    """A customer's contacts, newest first; `after` is the id of the last of the page before."""
    query = select(interaction).where(interaction.c.customer_id == customer_id)
    last = select(interaction.c.at).where(interaction.c.id == after)
    if after is not None and (at := connection.execute(last).scalar()) is not None:
        query = query.where(tuple_(interaction.c.at, interaction.c.id) < tuple_(literal(at, Moment), after))
    query = query.order_by(interaction.c.at.desc(), interaction.c.id.desc()).limit(limit)
    return [Interaction(**row._mapping) for row in connection.execute(query)]


def of_cases(connection: Connection, cases: Iterable[str]) -> list[Interaction]:
    """The contacts of some cases, named by id or number, oldest first."""
    wanted = sorted(set(cases))
    if not wanted:
        return []
    query = select(interaction).where(or_(interaction.c.case_id.in_(wanted), interaction.c.case_number.in_(wanted)))
    query = query.order_by(interaction.c.at, interaction.c.id)
    return [Interaction(**row._mapping) for row in connection.execute(query)]
