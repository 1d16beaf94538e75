"""The customer whom a case is about, for operators that cannot do without one."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.operators import Call

from .. import casework
from . import repository
from .model import Customer


def customer_of(call: Call, connection: Connection) -> Customer:
    """The customer whom a case is about; ValueError where there is none of this id."""
    identity = casework.customer_id(call)
    found = repository.get(connection, identity) if identity else None
    if found is None:
        raise ValueError(f"there is no customer {identity}")
    return found
