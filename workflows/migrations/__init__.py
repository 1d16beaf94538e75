"""The schema of the domain's tables and its versions, apart from the engine's, in the same database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, text

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "alembic_version_workflows"
LOCK = 0x66756E65  # the advisory lock of an upgrade


def upgrade(target: Connection | Engine | str) -> None:
    """Bring the domain's tables to the newest version; what is done on a connection, its owner commits."""
    from alembic import command  # here, because it is slow to import and seldom needed

    if isinstance(target, str):
        engine = create_engine(target)
        try:
            upgrade(engine)
        finally:
            engine.dispose()
    elif isinstance(target, Engine):
        with target.begin() as connection:
            upgrade(connection)
    else:
        if target.dialect.name == "postgresql":
            target.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(target), "head")


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this release."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return set(context.get_current_heads()) == set(ScriptDirectory.from_config(_config()).get_heads())


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
