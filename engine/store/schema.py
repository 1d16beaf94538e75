"""Brings the tables to this release: by itself on SQLite and on an empty database, else only when asked."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ..errors import SchemaOutdated
from .database import Database

HEAD = "0001"  # the revision that this release works with
VERSIONS = "alembic_version_engine"
LOCK = 0x66756E64  # the advisory lock of an upgrade


def prepare(database: Database) -> None:
    """Make sure that the tables are those of this release; SchemaOutdated where that is for a person to decide."""
    with database.reading() as connection:
        found = revision(connection)
        empty = found is None and not inspect(connection).get_table_names()
    if found == HEAD:
        return
    if not (database.sqlite or empty):
        raise SchemaOutdated(found=found, wanted=HEAD)
    upgrade(database)


def revision(connection: Connection) -> str | None:
    """The revision that a database is at, or None before the first."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()


def upgrade(database: Database) -> None:
    """Bring the tables to this release; two processes at once do it once."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if revision(connection) != HEAD:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
