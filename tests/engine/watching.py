"""Looks at what the engine does to its database: statements, commits, rows; and does to it what nobody should."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from engine.store.tables import metadata

TAMPERED = set()  # the databases that a test has tampered with


class Statements(list):
    """The statements of a block, without BEGIN, and how many transactions were committed."""

    commits = 0

    def __str__(self):
        return "\n".join([f"{len(self)} statements, {self.commits} commits", *self])


@contextmanager
def statements(engine):
    """What a block executes: `with statements(engine) as seen: ...; assert len(seen) <= 10, seen`."""
    seen = Statements()

    def executed(connection, cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            seen.append(" ".join(statement.split()))

    def committed(connection):
        seen.commits += 1

    listening = (("before_cursor_execute", executed), ("commit", committed))
    for name, listener in listening:
        event.listen(engine.database.engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listening:
            event.remove(engine.database.engine, name, listener)


def kinds(engine, case_id="1"):
    """The kinds of a case's steps."""
    return [step.kind for step in engine.history(case_id)]


def acts(engine, case_id="1"):
    """The kinds of a case's steps, and who took them."""
    return [(step.kind, step.actor) for step in engine.history(case_id)]


def rows(engine, name, **equal):
    """The rows of a table, as mappings, in the order of its key."""
    table = metadata.tables[name]
    found = select(table).order_by(*table.primary_key.columns)
    for column, value in equal.items():
        found = found.where(table.c[column] == value)
    with engine.database.reading() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def holding(engine, planted):
    """The places (table.column) whose bytes hold a text, as it is or as JSON escapes it."""
    needle, found = planted.encode(), set()
    with engine.database.reading() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if needle in _bytes(value)}
    return found


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def count(engine, name):
    """How many rows a table has."""
    with engine.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()


@contextmanager
def unguarded(engine):
    """A connection on which the triggers do not work: as whoever owns the database has it."""
    TAMPERED.add(engine.database.url)
    with engine.database.writing() as connection:
        if engine.database.sqlite:
            names = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _, source in names:
                connection.exec_driver_sql(source)
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection


def refused(engine, statement):
    """Try a statement that the database itself must refuse."""
    with pytest.raises(DBAPIError, match=r"append-only|unique|duplicate"), engine.database.writing() as connection:
        connection.execute(text(statement))
