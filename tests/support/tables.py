"""The tables of the engine and of the domain in an empty database."""

from __future__ import annotations

import workflows
from engine.store import schema
from engine.store.database import Database


def make(url: str) -> None:
    """Make all tables in a database, and let go of it."""
    database = Database(url)
    try:
        schema.prepare(database)
        with database.writing() as connection:
            workflows.upgrade(connection)
    finally:
        database.close()
