"""Whatever is done to a case behind the engine's back is found."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from engine import NotFound, Operator, open_engine
from engine.canonical import canonical, read
from engine.history.chain import hash_of
from engine.history.verify import verify
from engine.store.shelf import Shelf
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import refused, rows, unguarded

TASK = "1.1.2"


@pytest.fixture
def desk(opened):
    """A case with some history that has an open task, a timer, a subscription and an operator that was asked."""
    engine = opened(operators=[Operator(name="mail/send", kind="remote", run=lambda call: {})])
    paid = tiny.boundary("paid", "work", tiny.message("paid"))
    late = tiny.boundary("late", "work", timer("&quot;PT9H&quot;"), interrupting=False)
    body = (
        START
        + tiny.ask("first")
        + '<bpmn:parallelGateway id="split" name="split"/>'
        + tiny.ask("work", dueIn="4 bh")
        + paid
        + late
        + tiny.call("mail", "mail/send")
        + '<bpmn:endEvent id="e2" name="e2"/><bpmn:endEvent id="e3" name="e3"/><bpmn:endEvent id="e4" name="e4"/>'
        + END
        + line("start", "first", "split", "work", "end")
        + line("split", "mail", "e2")
        + line("paid", "e3")
        + line("late", "e4")
    )
    engine.deploy(
        tiny.bundle("loan", body, tiny.messages("paid"), process={"customer": "who", "subject": "what"}), by=OLGA
    )
    engine.start("loan", {"who": "C1", "what": "a car"}, by=ANN)
    engine.complete(TASK, {"approved": True, "note": "fine"}, by=ANN)
    engine.claim(next(task.id for task in engine.inbox(ANN) if task.element == "work"), by=ANN)
    assert engine.verify("1").problems == ()
    return engine


class Undo(Exception):
    """Ends a transaction without a trace."""


def after(engine, *changes, case_id="1", **values):
    """What is found after somebody who owns the database has changed it; then everything is as it was before."""
    with suppress(Undo), unguarded(engine) as connection:
        for change in changes:
            assert connection.execute(text(change), values).rowcount >= 1, change
        verification = verify(connection, Shelf(), int(case_id))
        assert verification.sound is (not verification.problems)
        raise Undo
    return [(problem.what, problem.seq) for problem in verification.problems]


def test_what_is_tampered_with_for_good_is_found_by_everybody(desk):
    with unguarded(desk) as connection:
        connection.execute(text("UPDATE step SET actor = 'ben' WHERE seq = 2"))
    with open_engine(desk.database.url, clock=desk.clock) as other:
        for engine in (desk, other):
            (problem,) = engine.verify("1").problems
            assert (problem.what, problem.seq) == ("step changed", 2) and not engine.verify("1").sound
            assert engine.verify("1", ANN).problems == (problem,)
    refused(desk, "UPDATE step SET actor = 'ann' WHERE seq = 2")


def test_the_tampering_of_these_tests_leaves_no_trace(desk):
    assert after(desk, "UPDATE step SET actor = 'ben' WHERE seq = 2") == [("step changed", 2)]
    assert after(desk) == [] and desk.verify("1").sound
    refused(desk, "UPDATE step SET actor = 'ben' WHERE seq = 2")


# Steps


CHANGES = {
    "at": "2026-03-02T01:00:00.000001Z",
    "actor": "ben",
    "kind": "released",
    "input": b'{"task":2}',
    "effects": b'[["left","x",1]]',
    "semantics": 2,
    "state_hash": b"\1" * 32,
    "prev_hash": b"\1" * 32,
    "hash": b"\1" * 32,
}


def test_a_column_of_a_step_that_is_edited(desk):
    assert set(metadata.tables["step"].columns.keys()) == {*CHANGES, "case_id", "seq"}
    for column, value in CHANGES.items():
        for seq in (1, 2, 3):
            change = f"UPDATE step SET {column} = :value WHERE case_id = 1 AND seq = {seq}"
            assert ("step changed", seq) in after(desk, change, value=value), (column, seq)


def test_one_letter_in_an_input(desk):
    given = rows(desk, "step", seq=2)[0]["input"].replace(b"fine", b"fune")
    assert after(desk, "UPDATE step SET input = :value WHERE seq = 2", value=given) == [("step changed", 2)]


def test_bytes_as_a_person_edits_them(ready_sqlite_url, clock):
    """The command line of SQLite makes text of what was bytes."""
    with open_engine(ready_sqlite_url, clock=clock) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", {"note": "fine"}, by=ANN)
        edited = "replace(CAST({0} AS TEXT), 'fine', 'fune')"
        assert after(engine, f"UPDATE step SET input = {edited.format('input')}") == [("step changed", 1)]
        assert after(engine, f"UPDATE case_file SET state = {edited.format('state')}") == [("state changed", 1)]
        assert after(engine, "UPDATE step SET input = CAST(input AS TEXT)") == []
        assert after(engine, "UPDATE step SET seq = 'one'") == [("unreadable", None)]


def test_a_step_that_is_deleted(desk):
    for seq in (1, 2):
        assert ("step missing", seq) in after(desk, f"DELETE FROM step WHERE seq = {seq}")
    assert ("history cut", 2) in after(desk, "DELETE FROM step WHERE seq = 3")
    assert ("history cut", 1) in after(desk, "DELETE FROM step WHERE seq > 1")
    assert after(desk, "DELETE FROM step") == [("history missing", None)]


def test_steps_that_change_places(desk):
    moves = [f"UPDATE step SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]
    assert {what for what, _ in after(desk, *moves)} >= {"step changed", "chain broken"}


def test_a_step_of_another_case(desk):
    desk.start("loan", {"who": "C2"}, by=ANN)
    moved = ("DELETE FROM step WHERE case_id = 2", "UPDATE step SET case_id = 2 WHERE case_id = 1 AND seq = 1")
    assert ("step changed", 1) in after(desk, *moved, case_id="2")
    assert ("step missing", 1) in after(desk, *moved)


def test_a_step_that_is_put_in(desk):
    names = ", ".join(name for name in CHANGES)
    put = f"INSERT INTO step (case_id, seq, {names}) SELECT case_id, 4, {names} FROM step WHERE seq = 3"
    assert {("step changed", 4), ("chain broken", 4), ("history cut", 4)} == set(after(desk, put))


def rewriting(engine, seq, change):
    """The statements that rewrite the end of a history with all its hashes, as somebody does who knows the format."""
    before, statements, values = bytes(32), [], {}
    for row in rows(engine, "step", case_id=1):
        if row["seq"] == seq:
            row |= change(row)
        row["prev_hash"] = before
        row["hash"] = before = hash_of(**{name: value for name, value in row.items() if name != "hash"})
        named = {f"{name}_{row['seq']}": value for name, value in row.items() if name not in ("case_id", "seq")}
        columns = ", ".join(f"{name.rpartition('_')[0]} = :{name}" for name in named)
        statements.append(f"UPDATE step SET {columns} WHERE case_id = 1 AND seq = {row['seq']}")
        values |= named
    return [*statements, "UPDATE case_file SET head = :head WHERE id = 1"], {**values, "head": before}


def test_a_history_rewritten_with_all_its_hashes_is_still_replayed(desk):
    for seq, change in (
        (2, lambda row: {"input": row["input"].replace(b"fine", b"fune")}),
        (1, lambda row: {"effects": row["effects"].replace(b'"first"', b'"forst"')}),
    ):
        statements, values = rewriting(desk, seq, change)
        assert ("replay differs", seq) in after(desk, *statements, **values)


# The case's row


EDITS = [
    ("number", "LOA-20260302-000009"),
    ("key", "gift"),
    ("version", 2),
    ("bundle", "0" * 64),
    ("status", "completed"),
    ("status", "cancelled"),
    ("status", "unheard"),
    ("confidentiality", "aml"),
    ("parent", 7),
    ("customer", "C2"),
    ("subject", None),
    ("started_at", "2026-03-01T01:00:00.000000Z"),
    ("started_by", "ben"),
    ("ended_at", "2026-03-02T01:00:00.000000Z"),
    ("outcome", "end"),
    ("last_at", "2026-03-03T01:00:00.000000Z"),
]


def test_a_case_that_is_edited(desk):
    columns = {column for column, _ in EDITS} | {"id", "seq", "head", "state", "idempotency"}
    assert set(metadata.tables["case_file"].columns.keys()) == columns
    for column, value in EDITS:
        found = after(desk, f"UPDATE case_file SET {column} = :value", value=value)
        assert "case changed" in {what for what, _ in found}, column


def test_a_completed_case_that_is_edited(desk):
    desk.deploy(tiny.one_task("gift"), by=OLGA)
    case = desk.start("gift", by=ANN)
    desk.complete(desk.tasks(case.id)[0].id, {"approved": True}, by=ANN)
    for change in ("status = 'cancelled'", "status = 'open'", "outcome = 'other'", "ended_at = NULL"):
        found = after(desk, f"UPDATE case_file SET {change} WHERE id = 2", case_id=case.id)
        assert found == [("case changed", None)], change


def test_a_head_that_is_edited(desk):
    assert after(desk, "UPDATE case_file SET head = :value", value=b"\1" * 32) == [("history cut", 3)]
    back = "UPDATE case_file SET seq = 2, head = (SELECT hash FROM step WHERE seq = 2)"
    assert ("history cut", 3) in after(desk, back)


def test_a_state_that_is_edited(desk):
    state = read(rows(desk, "case_file")[0]["state"])
    state["data"]["approved"] = False
    for value in (canonical(state), b"nonsense", b""):
        assert after(desk, "UPDATE case_file SET state = :value", value=value) == [("state changed", 3)]


def test_a_case_whose_row_is_deleted(desk):
    assert after(desk, "DELETE FROM case_file") == [("case missing", None)]
    with pytest.raises(NotFound):
        after(desk, "DELETE FROM case_file", "DELETE FROM step")
    with unguarded(desk) as connection:
        connection.execute(text("DELETE FROM case_file"))
    assert desk.case_ids() == [1] and not desk.verify("1").sound


# The tables that follow


FOLLOWING = {
    "tasks changed": [
        "DELETE FROM task",
        "UPDATE task SET occurrence = 99",
        "UPDATE task SET seq = 9",
        "UPDATE task SET element = 'first'",
        "UPDATE task SET queue = 'u:ben', assignee = 'ben'",
        "UPDATE task SET queue = 'u:ben'",
        "UPDATE task SET queue = 'g:csr', assignee = NULL",
        "UPDATE task SET claimed_at = NULL",
        "UPDATE task SET groups = 'pm'",
        "UPDATE task SET due = '9999'",
        "UPDATE task SET provisional = NOT provisional",
        "UPDATE task SET priority = 1",
        "UPDATE task SET offered_at = 'x'",
        "UPDATE task SET confidentiality = 'aml'",
        "UPDATE task SET number = 'X'",
        "UPDATE task SET key = 'gift'",
        "UPDATE task SET bundle = 'x'",
    ],
    "timers changed": [
        "DELETE FROM job WHERE kind = 'timer'",
        "UPDATE job SET occurrence = 99 WHERE kind = 'timer'",
        "UPDATE job SET kind = 'timer' WHERE kind = 'operator'",
    ],
    "operators changed": [
        "DELETE FROM job WHERE kind = 'operator'",
        "UPDATE job SET occurrence = 99 WHERE kind = 'operator'",
    ],
    "subscriptions changed": [
        "DELETE FROM subscription",
        "UPDATE subscription SET occurrence = 99",
        "UPDATE subscription SET name = 'other'",
        "UPDATE subscription SET kind = 'signal'",
        "UPDATE subscription SET key_hash = 'x'",
    ],
}


def test_a_table_that_follows_and_is_edited(desk):
    for what, changes in FOLLOWING.items():
        for change in changes:
            assert (what, None) in after(desk, change), change


def copying(name, **changed):
    """The statement that copies a row with some other values."""
    columns = [f'"{column.name}"' for column in metadata.tables[name].columns]
    taken = [changed.get(column.strip('"'), column) for column in columns]
    return f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {name} LIMIT 1"


def test_rows_that_are_put_in(desk):
    for statement, what in (
        (copying("task", queue="'g:pm'"), "tasks changed"),
        (copying("task", occurrence="98"), "tasks changed"),
        (copying("subscription", occurrence="98"), "subscriptions changed"),
        (copying("job", n="77", kind="'timer'", occurrence="98"), "timers changed"),
        (copying("job", n="77", kind="'operator'", occurrence="98"), "operators changed"),
    ):
        assert (what, None) in after(desk, statement), statement


# Contents


def test_a_bundle_whose_content_is_swapped(desk):
    digest = read(rows(desk, "bundle")[0]["files"])["forms/ask.json"]
    for change in (
        "UPDATE content SET body = :value WHERE digest = :digest",
        "DELETE FROM content WHERE digest = :digest AND :value = :value",
    ):
        assert ("bundle changed", None) in after(desk, change, value=b"{}", digest=digest)
    assert ("bundle changed", None) in after(desk, "DELETE FROM bundle")


def test_a_bundle_whose_files_are_swapped(desk):
    other = desk.deploy(tiny.one_task(), by=OLGA).bundle
    for files in (f"(SELECT files FROM bundle WHERE digest = '{other}')", "'nonsense'", "'{}'", "'[]'"):
        found = after(desk, f"UPDATE bundle SET files = {files} WHERE digest <> '{other}'")
        assert ("bundle changed", None) in found, files


def test_a_configuration_that_is_swapped(desk):
    digest = desk.configuration().digest
    body = rows(desk, "content", digest=digest)[0]["body"].replace(b"09:00", b"08:00")
    found = after(desk, "UPDATE content SET body = :value WHERE digest = :digest", value=body, digest=digest)
    assert ("configuration changed", None) in found
