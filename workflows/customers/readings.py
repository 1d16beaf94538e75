"""Who reads what of customers: values in full only for a reason, in a record that nobody changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from engine.reasons import demand_short

from ..tables import customer_reading
from . import repository

# Who speaks with customers, moves their money or answers for their data; who only supervises reads the record of it.
MAY_READ = frozenset({"csr", "csl", "chs", "co", "aml", "ops", "dpo"})
AUDITORS = frozenset({"auditor", "dpo"})  # who sees the record
FIELDS = ("id_number", "birth_date", "mobile", "email")
LEAST_REASON = 5  # characters
OPENED = ""  # the field of a reading of the whole page, which needs no reason
ONCE_IN = timedelta(hours=1)


class NoReason(ValueError):
    """Say why you need to see this, in at least five characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody looked at a value of a customer."""

    id: int
    customer_id: str
    field: str
    actor: str
    at: datetime
    reason: str


def may_read(groups: Iterable[str]) -> bool:
    """Whether somebody of these groups may see personal values in full."""
    return not MAY_READ.isdisjoint(groups)


def reveal(
    connection: Connection, customer_id: str, field: str, *, actor: str, at: datetime, reason: str
) -> str | None:
    """A personal value of a customer, None where there is none; that it was read is recorded. NoReason without one."""
    found = repository.get(connection, customer_id)
    if found is None or field not in FIELDS:
        raise LookupError(f"There is no {field} of {customer_id}.")
    if len(reason.strip()) < LEAST_REASON:
        raise NoReason
    demand_short(reason)
    row = {"customer_id": customer_id, "field": field, "actor": actor, "at": at, "reason": reason.strip()}
    connection.execute(insert(customer_reading).values(**row))
    value = getattr(found, field)
    return None if value is None else str(value)


def is_recorded(connection: Connection, customer_id: str, *, actor: str, at: datetime) -> bool:
    """Whether it is recorded that somebody has opened the page of a customer within the hour."""
    table = customer_reading.c
    mine = (table.customer_id == customer_id, table.actor == actor, table.field == OPENED, table.at > at - ONCE_IN)
    return connection.execute(select(table.id).where(*mine).limit(1)).first() is not None


def opened(connection: Connection, customer_id: str, *, actor: str, at: datetime) -> None:
    """Record that somebody has opened the page of a customer."""
    row = {"customer_id": customer_id, "field": OPENED, "actor": actor, "at": at, "reason": ""}
    connection.execute(insert(customer_reading).values(**row))


def newest(
    connection: Connection,
    *,
    customer_id: str | None = None,
    actor: str | None = None,
    revealed: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 25,
    after: int | None = None,
) -> list[Reading]:
    """Readings, newest first, that fit all that is given; `after` is the last of the page before."""
    table = customer_reading.c
    query = select(customer_reading).order_by(table.id.desc()).limit(limit)
    if customer_id is not None:
        query = query.where(table.customer_id == customer_id)
    if actor is not None:
        query = query.where(table.actor == actor)
    if revealed is not None:
        query = query.where(table.field != OPENED if revealed else table.field == OPENED)
    if since is not None:
        query = query.where(table.at >= since)
    if until is not None:
        query = query.where(table.at < until)
    if after is not None:
        query = query.where(table.id < after)
    return [Reading(**row._mapping) for row in connection.execute(query)]
