"""Opening a database: fresh, old, too new, by two at once; a process that is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from engine import SYSTEM, EngineError, FixedClock, Operator, Refusal, open_engine
from engine.errors import SchemaOutdated, Unavailable
from engine.store import schema
from engine.store.database import Database
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.watching import rows

pytestmark = pytest.mark.databases

# Opening


def test_a_fresh_database_is_made_ready(database_url, clock):
    with open_engine(database_url, clock=clock) as engine:
        assert engine.deployments() == [] and engine.cases() == [] and engine.inbox(ANN) == []
        configuration = engine.configuration()
        assert configuration.values == {} and configuration.last_year >= 2026
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", by=ANN)
    with open_engine(database_url, clock=clock) as engine:
        assert [case.id for case in engine.cases()] == ["1"]
        assert engine.configuration().digest == configuration.digest
        assert len(rows(engine, "configuration")) == 1
        assert engine.complete("1.1.2", {"approved": True}, by=ANN).status == "completed"


def test_the_tables_are_those_of_the_migrations(database_url):
    database = Database(database_url)
    schema.prepare(database)
    with database.reading() as connection:
        found = inspect(connection)
        for table in metadata.tables.values():
            assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())
            assert {index["name"] for index in found.get_indexes(table.name) if index["name"][:3] != "uq_"} == {
                index.name for index in table.indexes
            }
        assert set(found.get_table_names()) == {*metadata.tables, schema.VERSIONS}
    database.close()


def test_alembic_sees_no_difference(database_url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(database_url)
    schema.prepare(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": schema.VERSIONS, "compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def execute(database_url, statement, **values):
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text(statement), values)
    database.close()


def set_revision(database_url, revision):
    execute(database_url, f"UPDATE {schema.VERSIONS} SET version_num = :to", to=revision)


def test_an_outdated_postgresql_is_refused_by_name(postgres_url):
    with open_engine(postgres_url):
        pass
    set_revision(postgres_url, "0000")
    with pytest.raises(SchemaOutdated, match="fundcase upgrade") as refused:
        open_engine(postgres_url)
    assert refused.value.data == {"found": "0000", "wanted": schema.HEAD}


def test_a_postgresql_with_tables_of_somebody_else_is_refused(postgres_url):
    execute(postgres_url, "CREATE TABLE theirs (id integer)")
    with pytest.raises(SchemaOutdated, match="fundcase upgrade"):
        open_engine(postgres_url)


def test_a_database_of_a_later_release_is_refused(database_url):
    with open_engine(database_url):
        pass
    set_revision(database_url, "9999")
    with pytest.raises(SchemaOutdated) as refused:
        open_engine(database_url)
    assert refused.value.data["found"] == "9999"
    database = Database(database_url)
    with pytest.raises(SchemaOutdated, match="later release"):
        schema.upgrade(database)
    database.close()


def test_an_upgrade_that_fails_leaves_nothing(database_url, monkeypatch):
    def breaks(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.operations.Operations.execute", breaks)
    monkeypatch.setattr("sqlalchemy.Connection.exec_driver_sql", breaking_at("no_replace", "no_truncate"))
    with pytest.raises(RuntimeError):
        open_engine(database_url)
    monkeypatch.undo()
    database = Database(database_url)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    with open_engine(database_url) as engine:
        assert engine.cases() == []


def breaking_at(*words):
    from sqlalchemy import Connection

    real = Connection.exec_driver_sql

    def run(self, statement, *more, **named):
        if any(word in statement for word in words):
            raise RuntimeError("power cut")
        return real(self, statement, *more, **named)

    return run


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:1/nothing"])
def test_a_database_that_cannot_be_reached(url):
    with pytest.raises(Unavailable):
        open_engine(url)


def test_in_memory(clock):
    with open_engine("sqlite://", clock=clock) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", by=ANN)
        assert engine.complete("1.1.2", {"approved": True}, by=ANN).status == "completed"
        assert engine.verify("1").sound and engine.run_due() == 0


def test_durability_is_set(database_url):
    database = Database(database_url)
    with database.writing() as connection:
        if database.sqlite:
            asked = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("synchronous", "journal_mode", "foreign_keys", "recursive_triggers")
            }
            assert asked == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1}
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    database.close()


# Transactions


def test_a_transaction_happens_whole_or_not_at_all(engine):
    insert = text("INSERT INTO counter (prefix, day, value) VALUES (:prefix, '20260101', 1)")
    with pytest.raises(ZeroDivisionError), engine.database.writing() as connection:
        connection.execute(insert, {"prefix": "A"})
        raise ZeroDivisionError
    with engine.database.writing() as connection:
        connection.execute(insert, {"prefix": "B"})
    assert [row["prefix"] for row in rows(engine, "counter")] == ["B"]


def test_what_the_database_cannot_keep_is_a_refusal(engine):
    if engine.database.sqlite:
        pytest.skip("SQLite keeps texts of any length")
    with pytest.raises(Refusal), engine.database.writing() as connection:
        connection.execute(
            text("INSERT INTO counter (prefix, day, value) VALUES (:prefix, 'x', 1)"), {"prefix": "x" * 99}
        )
    with pytest.raises(Refusal):
        engine.cases(number="a\0b")


def test_other_errors_are_what_they_are(engine):
    insert = text("INSERT INTO counter (prefix, day, value) VALUES ('A', '20260101', 1)")
    with pytest.raises(IntegrityError), engine.database.writing() as connection:
        connection.execute(insert)
        connection.execute(insert)


def test_what_is_read_is_of_one_moment(engine):
    with engine.database.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM deployment")).scalar()
        thread = threading.Thread(target=lambda: engine.deploy(tiny.one_task(), by=OLGA))
        thread.start()
        thread.join(20)
        assert connection.execute(text("SELECT count(*) FROM deployment")).scalar() == before == 0
    assert len(engine.deployments()) == 1


# Several processes


def python(source, *arguments, stdin=None):
    """Another process that runs some lines; the engine and the tests' helpers are at hand."""
    head = "import sys\nfrom engine import *\nfrom tests.engine import tiny\nfrom tests.engine.people import *\n"
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", head + textwrap.dedent(source), *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=stdin, text=True
    )


def outputs(processes):
    found = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        found.append(out.strip())
    return found


def test_processes_that_open_a_fresh_database_at_once(database_url):
    opening = """
        with open_engine(sys.argv[1]) as engine:
            print(engine.configuration().digest, len(engine.deployments()))
    """
    found = outputs([python(opening, database_url) for _ in range(4)])
    assert len(set(found)) == 1
    with open_engine(database_url) as engine:
        assert len(rows(engine, "configuration")) == 1


KILLED = """
    import os, threading, time
    engine = open_engine(sys.argv[1])
    print("ready", flush=True)
    number = 0
    while True:
        case = engine.start("loan", {"number": number}, by=ANN)
        engine.complete(engine.tasks(case.id)[0].id, {"approved": True, "note": "x"}, by=ANN)
        number += 1
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.05, 0.2, 0.5, 0.9])
def test_a_process_that_is_killed_leaves_nothing_half_done(ready_url, after):
    with open_engine(ready_url) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        for _ in range(3):
            process = python(KILLED, ready_url)
            assert process.stdout.readline() == "ready\n"
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            for case in engine.cases(SYSTEM, limit=10_000):
                steps = [step.kind for step in engine.history(case.id)]
                assert steps == ["started", "completed"][: len(steps)]
                assert case.status == ("completed" if len(steps) == 2 else "open")
                found = engine.verify(case.id)
                assert found.sound, found.problems
        numbers = [case.number[-6:] for case in engine.cases(SYSTEM, limit=10_000)][::-1]
        assert numbers == [f"{number:06d}" for number in range(1, len(numbers) + 1)]
        left = [case for case in engine.cases(SYSTEM, limit=10_000) if case.status == "open"]
        for case in left:  # nobody holds a lock on it
            assert engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=ANN).status == "completed"


KILLED_BETWEEN = """
    import os, signal
    from engine import Operator
    def mail(call):
        with open(sys.argv[2], "a") as log:
            log.write(call.key + chr(10))
        os.kill(os.getpid(), signal.SIGKILL)
    engine = open_engine(sys.argv[1], operators=[Operator(name="mail/send", kind="remote", run=mail)])
    engine.run_due()
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_between_the_operator_and_its_answer(ready_url, tmp_path, clock):
    log = tmp_path / "calls"
    later = FixedClock(datetime.now(UTC) + timedelta(minutes=5))
    operator = Operator(
        name="mail/send", kind="remote", run=lambda call: log.write_text(log.read_text() + call.key) and {}
    )
    with open_engine(ready_url, clock=later, operators=[operator]) as engine:
        past = FixedClock(datetime.now(UTC) - timedelta(minutes=5))
        with open_engine(ready_url, clock=past, operators=[operator]) as starting:
            starting.deploy(tiny.one_task(before=tiny.call("mail", "mail/send")), by=OLGA)
            starting.start("loan", by=ANN)
        process = python(KILLED_BETWEEN, ready_url, log)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        assert [step.kind for step in engine.history("1")] == ["started"]
        assert engine.run_due() == 1
        assert [step.kind for step in engine.history("1")] == ["started", "answered"]
        first, second = log.read_text().split()
        assert first == second == "1.1.1"
        assert engine.verify("1").sound


FROZEN = """
    import os, signal
    stop = Operator(name="mail/stop", kind="local", run=lambda call: os.kill(os.getpid(), signal.SIGSTOP))
    with open_engine(sys.argv[1], operators=[stop]) as engine:
        print(engine.start("loan", by=ANN).id)
"""


def test_a_process_that_is_frozen_within_a_step_keeps_others_from_writing_until_it_goes_on(
    ready_sqlite_url, monkeypatch
):
    stop = Operator(name="mail/stop", kind="local", run=lambda call: None)
    with open_engine(ready_sqlite_url, operators=[stop]) as engine:
        engine.deploy(tiny.one_task(before=tiny.call("stop", "mail/stop")), by=OLGA)
        process = python(FROZEN, ready_sqlite_url)
        os.waitpid(process.pid, os.WUNTRACED)
        monkeypatch.setattr("engine.store.database.PATIENCE", 0.2)
        with pytest.raises(Unavailable, match="locked"):
            engine.start("loan", by=ANN)
        assert engine.cases() == [], "whoever reads does not wait"
        process.send_signal(signal.SIGCONT)
        assert outputs([process]) == ["1"]
        monkeypatch.undo()
        assert engine.start("loan", by=ANN).id == "2"
        assert all(engine.verify(case.id).sound for case in engine.cases())


def test_errors_of_the_engine_are_all_of_one_kind():
    assert issubclass(SchemaOutdated, EngineError) and issubclass(Unavailable, EngineError)
    assert not issubclass(Unavailable, Refusal)
