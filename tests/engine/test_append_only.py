"""The database itself refuses to change what is proof."""

import sqlite3

import pytest

from engine import open_engine
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.watching import refused, rows


@pytest.fixture
def desk(engine):
    """An engine with a case of two steps."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.claim("1.1.2", by=ANN)
    return engine


APPEND_ONLY = ("step", "content", "bundle", "deployment", "configuration", "reading")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_history_is_append_only(desk, table):
    if table == "reading":
        with desk.database.writing() as connection:
            connection.execute(
                metadata.tables["reading"].insert(),
                {"case_id": 1, "reference": "x", "actor": "x", "at": "x", "reason": "x"},
            )
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
