"""Brings the tables to this release: by itself on SQLite and on an empty database, else only when asked."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ..errors import SchemaOutdated
from .database import Database, alone

HEAD = "0007"  # the revision that this release works with
VERSIONS = "alembic_version_engine"
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_FILES = MIGRATIONS / "versions"


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
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.writing() as connection:
        alone(connection, "schema")
        if (found := revision(connection)) != HEAD:
            if found is not None and not any(VERSION_FILES.glob(f"{found}_*.py")):
                message = f"The database has the tables of a later release ({found}); run that release."
                raise SchemaOutdated(message, found=found, wanted=HEAD)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
