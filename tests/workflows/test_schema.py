"""The domain's tables come from its migrations, and its version table is its own."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect

import workflows
from engine.store.database import Database
from workflows.migrations import VERSION_TABLE
from workflows.tables import METADATA


def test_the_migrations_make_the_tables_that_the_code_knows(connection: Connection) -> None:
    def ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return not (kind == "table" and reflected and name not in METADATA.tables)

    options = {"version_table": VERSION_TABLE, "include_object": ours, "compare_type": True}
    assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_the_version_table_stands_beside_the_engines(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names())
    assert {VERSION_TABLE, "alembic_version_engine"} <= tables


def test_upgrading_again_changes_nothing(connection: Connection) -> None:
    assert workflows.is_current(connection)
    workflows.upgrade(connection)
    assert workflows.is_current(connection)


def test_an_empty_database_is_not_current(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert not workflows.is_current(connection)
    workflows.upgrade(database_url)
    with engine.connect() as connection:
        assert workflows.is_current(connection)
    engine.dispose()


def test_an_upgrade_that_fails_leaves_nothing(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        workflows.upgrade(connection)
        raise ZeroDivisionError
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
