"""Customers in the database: found by what a caller says, searched page by page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select

from ..tables import customer
from .model import Customer, Page

LAST_FOUR = re.compile(r"\d{3}[\dX]", re.ASCII)  # of a mobile number or an identity document


def get(connection: Connection, customer_id: str) -> Customer | None:
    """The customer of an id."""
    row = connection.execute(select(customer).where(customer.c.id == customer_id)).one_or_none()
    return None if row is None else _customer(row)


def exists(connection: Connection, customer_id: Any) -> bool:
    """Whether there is a customer of this id."""
    return isinstance(customer_id, str) and get(connection, customer_id) is not None


def by_mobile(connection: Connection, mobile: str) -> list[Customer]:
    """Everybody with this mobile number: it proves nothing, families share one."""
    return _where(connection, customer.c.mobile == mobile)


def by_id_number(connection: Connection, number: str) -> list[Customer]:
    """Who has this identity document."""
    return _where(connection, customer.c.id_number == number.upper())


def by_name(connection: Connection, name: str) -> list[Customer]:
    """Everybody of exactly this name, Han or Latin."""
    return _where(connection, or_(customer.c.name == name, func.lower(customer.c.name_latin) == name.lower()))


def search(connection: Connection, text: str = "", *, limit: int = 25, after: str | None = None) -> Page:
    """Customers whose id, mobile or document is the text, or whose name holds it, by Latin name; empty: all.

    Four signs also find the end of a mobile number or document; a mobile may be written with spaces, dashes and +86.
    """
    order = (customer.c.name_latin, customer.c.id)
    query = select(customer).order_by(*order).limit(limit + 1)
    if text.strip():
        query = query.where(_matches(text.strip()))
    if after and (last := get(connection, after)):
        name, identity = order
        query = query.where(or_(name > last.name_latin, and_(name == last.name_latin, identity > last.id)))
    found = [_customer(row) for row in connection.execute(query)]
    shown = found[:limit]
    return Page(customers=tuple(shown), after=shown[-1].id if len(found) > limit else None)


def add(connection: Connection, customers: Iterable[Customer]) -> None:
    """Store new customers."""
    rows = [{column.name: getattr(one, column.name) for column in customer.c} for one in customers]
    connection.execute(insert(customer), [row | {"vulnerable": list(row["vulnerable"])} for row in rows])


def _matches(text: str) -> ColumnElement[bool]:
    upper = text.upper()
    conditions = [
        customer.c.id == upper,
        customer.c.id_number == upper,
        customer.c.mobile.in_({text, re.sub(r"[\s-]", "", text).removeprefix("+86")}),
        customer.c.name.contains(text, autoescape=True),
        func.lower(customer.c.name_latin).contains(text.lower(), autoescape=True),
    ]
    if LAST_FOUR.fullmatch(upper):
        conditions += [customer.c.mobile.endswith(upper), customer.c.id_number.endswith(upper)]
    return or_(*conditions)


def _where(connection: Connection, condition: ColumnElement[bool]) -> list[Customer]:
    query = select(customer).where(condition).order_by(customer.c.id)
    return [_customer(row) for row in connection.execute(query)]


def _customer(row: Row[Any]) -> Customer:
    values = dict(row._mapping)
    return Customer(**values | {"vulnerable": tuple(values["vulnerable"])})
