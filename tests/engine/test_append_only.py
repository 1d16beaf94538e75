"""The database itself refuses to change what is proof."""

import sqlite3

import pytest

from engine import open_engine
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.watching import TAMPERED, refused, rows

pytestmark = pytest.mark.databases


@pytest.fixture
def desk(engine):
    """An engine with a case of two steps."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.claim("1.1.2", by=ANN)
    return engine


FILLED = ("step", "content", "bundle", "deployment", "rollout", "configuration")
EMPTY = ("reading", "checkpoint", "checkpoint_leaf", "checkpoint_record", "purge", "sample", "paper")
VALUES = {int: 1, str: "x", bytes: b"x" * 32, bool: False}


def fill(desk, table):
    """Put a row into a table that nobody has written to yet; nothing answers for it."""
    TAMPERED.add(desk.database.url)
    columns = [column for column in metadata.tables[table].columns if not column.nullable]
    with desk.database.writing() as connection:
        row = {column.name: VALUES[column.type.python_type] for column in columns}
        connection.execute(metadata.tables[table].insert(), {**row, **({"case_id": 77} if table == "purge" else {})})


@pytest.mark.parametrize("table", FILLED + EMPTY)
def test_the_history_is_append_only(desk, table):
    if table in EMPTY:
        fill(desk, table)
    before = rows(desk, table)
    columns = [f'"{column.name}"' for column in metadata.tables[table].columns]
    key = columns[0]
    refused(desk, f"UPDATE {table} SET {key} = {key}")
    refused(desk, f"DELETE FROM {table}")
    names = ", ".join(columns)
    refused(desk, f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}")
    if desk.database.sqlite:
        refused(desk, f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")
        refused(desk, f"REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")
        refused(desk, f"UPDATE OR REPLACE {table} SET {key} = {key}")
    else:
        refused(desk, f"TRUNCATE {table}")
        refused(desk, f"TRUNCATE {table} CASCADE")
    assert rows(desk, table) == before and before


def test_only_the_steps_of_a_purged_case_can_be_deleted(desk):
    desk.start("loan", by=ANN)
    fill(desk, "purge")
    refused(desk, "DELETE FROM step WHERE case_id = 1")
    with desk.database.writing() as connection:
        row = {column.name: VALUES[column.type.python_type] for column in metadata.tables["purge"].columns}
        connection.execute(metadata.tables["purge"].insert(), {**row, "id": 99, "case_id": 1})
        connection.exec_driver_sql("DELETE FROM step WHERE case_id = 1")
    refused(desk, "DELETE FROM step")
    assert {row["case_id"] for row in rows(desk, "step")} == {2}


def test_the_triggers_hold_for_every_connection_of_sqlite(ready_sqlite_url, clock):
    with open_engine(ready_sqlite_url, clock=clock) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", by=ANN)
    connection = sqlite3.connect(ready_sqlite_url.removeprefix("sqlite:///"))
    for statement in (
        "UPDATE step SET actor = 'x'",
        "DELETE FROM step",
        "INSERT OR REPLACE INTO step SELECT * FROM step",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()
