"""Whatever is done to a case behind the engine's back is found; and the database itself refuses most of it."""

import pytest
from sqlalchemy import text

from engine import NotFound, Operator, open_engine
from engine.canonical import canonical, read
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import rows, unguarded

TASK = "1.1.2"


@pytest.fixture
def desk(opened):
    """A case with some history that has an open task, a timer, a subscription and an operator that was asked."""
    engine = opened(operators=[Operator(name="mail/send", kind="remote", run=lambda call: {})])
    paid = tiny.boundary("paid", "work", tiny.message("paid"))
    late = tiny.boundary("late", "work", timer("&quot;PT9H&quot;"), interrupting=False)
    body = (
        START.replace("/>", ">").replace("></bpmn:startEvent>", "></bpmn:startEvent>")
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


def tamper(engine, statement, **values):
    """Do something to the database as its owner can: the triggers are off."""
    with unguarded(engine) as connection:
        assert connection.execute(text(statement), values).rowcount >= 1


def found(engine, case_id="1"):
    """What a fresh engine finds: nothing that was read before helps."""
    with open_engine(engine.database.url, clock=engine.clock) as other:
        verification = other.verify(case_id)
        assert verification.sound is (not verification.problems)
        return [(problem.what, problem.seq) for problem in verification.problems]


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


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_column_of_a_step_that_is_edited(desk, column, seq):
    tamper(desk, f"UPDATE step SET {column} = :value WHERE case_id = 1 AND seq = :seq", value=CHANGES[column], seq=seq)
    assert ("step changed", seq) in found(desk)


def test_the_steps_are_those_that_can_be_edited():
    assert set(metadata.tables["step"].columns.keys()) == {*CHANGES, "case_id", "seq"}


def test_one_letter_in_an_input(desk):
    given = rows(desk, "step", seq=2)[0]["input"]
    tamper(desk, "UPDATE step SET input = :value WHERE seq = 2", value=given.replace(b"fine", b"fune"))
    assert found(desk) == [("step changed", 2)]


def test_an_input_as_a_person_edits_it(desk):
    """The command line of SQLite makes text of what was bytes."""
    if not desk.database.sqlite:
        pytest.skip("a matter of SQLite")
    tamper(desk, "UPDATE step SET input = replace(CAST(input AS TEXT), 'fine', 'fune') WHERE seq = 2")
    assert found(desk) == [("step changed", 2)]
    tamper(desk, "UPDATE case_file SET state = replace(CAST(state AS TEXT), 'fine', 'fune')")
    assert ("state changed", 3) in found(desk)


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_step_that_is_deleted(desk, seq):
    tamper(desk, "DELETE FROM step WHERE seq = :seq", seq=seq)
    assert ("history cut", 2) in found(desk) if seq == 3 else ("step missing", seq) in found(desk)


def test_all_steps_that_are_deleted(desk):
    tamper(desk, "DELETE FROM step")
    assert found(desk)[0] == ("history missing", None)


def test_steps_that_change_places(desk):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(desk, "UPDATE step SET seq = :new WHERE seq = :old", old=old, new=new)
    assert {what for what, _ in found(desk)} >= {"step changed", "chain broken"}


def test_a_step_of_another_case(desk):
    desk.start("loan", {"who": "C2"}, by=ANN)
    tamper(desk, "DELETE FROM step WHERE case_id = 2")
    tamper(desk, "UPDATE step SET case_id = 2 WHERE case_id = 1 AND seq = 1")
    assert ("step changed", 1) in found(desk, "2") and ("step missing", 1) in found(desk)


def test_a_step_that_is_put_in(desk):
    names = ", ".join(name for name in CHANGES)
    tamper(desk, f"INSERT INTO step (case_id, seq, {names}) SELECT case_id, 4, {names} FROM step WHERE seq = 3")
    assert {("step changed", 4), ("chain broken", 4)} <= set(found(desk))


def rewritten(engine, upto, change):
    """Rewrite the end of a history with all its hashes, as somebody does who knows the format."""
    from engine.history.chain import hash_of

    before, head = bytes(32), b""
    for row in rows(engine, "step", case_id=1):
        if row["seq"] == upto:
            row |= change(row)
        row["prev_hash"] = before
        before = head = hash_of(**{name: value for name, value in row.items() if name != "hash"})
        columns = ", ".join(f"{name} = :{name}" for name in row)
        tamper(engine, f"UPDATE step SET {columns} WHERE case_id = 1 AND seq = :seq", **{**row, "hash": head})
    tamper(engine, "UPDATE case_file SET head = :head WHERE id = 1", head=head)


def test_a_history_rewritten_with_all_its_hashes_is_still_replayed(desk):
    rewritten(desk, 2, lambda row: {"input": row["input"].replace(b"fine", b"fune")})
    assert found(desk) == [("replay differs", 2)]


def test_effects_rewritten_with_all_their_hashes_are_still_replayed(desk):
    rewritten(desk, 1, lambda row: {"effects": row["effects"].replace(b'"first"', b'"forst"')})
    assert found(desk) == [("replay differs", 1)]


# The case's row


def plain_change(column, value):
    return pytest.param(f"UPDATE case_file SET {column} = :value WHERE id = 1", value, id=column)


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        plain_change("number", "LOA-20260302-000009"),
        plain_change("key", "gift"),
        plain_change("version", 2),
        plain_change("bundle", "0" * 64),
        plain_change("status", "completed"),
        plain_change("status", "cancelled"),
        plain_change("status", "unheard"),
        plain_change("confidentiality", "aml"),
        plain_change("parent", 7),
        plain_change("customer", "C2"),
        plain_change("subject", None),
        plain_change("started_at", "2026-03-01T01:00:00.000000Z"),
        plain_change("started_by", "ben"),
        plain_change("ended_at", "2026-03-02T01:00:00.000000Z"),
        plain_change("outcome", "end"),
        plain_change("last_at", "2026-03-03T01:00:00.000000Z"),
    ],
)
def test_a_case_that_is_edited(desk, statement, value):
    tamper(desk, statement, value=value)
    assert "case changed" in {what for what, _ in found(desk)}


def test_the_columns_of_a_case_are_those_that_can_be_edited():
    tested = {"number", "key", "version", "bundle", "status", "confidentiality", "parent", "customer", "subject"}
    tested |= {"started_at", "started_by", "ended_at", "outcome", "last_at", "seq", "head", "state", "id"}
    assert set(metadata.tables["case_file"].columns.keys()) == tested


def test_a_completed_case_that_is_edited(desk):
    desk.deploy(tiny.one_task("gift"), by=OLGA)
    case = desk.start("gift", by=ANN)
    desk.complete(desk.tasks(case.id)[0].id, {"approved": True}, by=ANN)
    assert found(desk, case.id) == []
    for change in ("status = 'cancelled'", "status = 'open'", "outcome = 'other'", "ended_at = NULL"):
        tamper(desk, f"UPDATE case_file SET {change} WHERE id = 2")
        assert "case changed" in {what for what, _ in found(desk, case.id)}, change
        tamper(desk, "UPDATE case_file SET status = 'completed', outcome = 'end', ended_at = last_at WHERE id = 2")
    assert found(desk, case.id) == []


def test_a_head_that_is_edited(desk):
    tamper(desk, "UPDATE case_file SET head = :value", value=b"\1" * 32)
    assert found(desk) == [("history cut", 3)]
    tamper(desk, "UPDATE case_file SET seq = 2, head = (SELECT hash FROM step WHERE seq = 2)")
    assert ("history cut", 3) in found(desk)


def test_a_state_that_is_edited(desk):
    state = read(rows(desk, "case_file")[0]["state"])
    state["data"]["approved"] = False
    tamper(desk, "UPDATE case_file SET state = :value", value=canonical(state))
    assert found(desk) == [("state changed", 3)]
    tamper(desk, "UPDATE case_file SET state = :value", value=b"nonsense")
    assert found(desk) == [("state changed", 3)]


def test_a_case_whose_row_is_deleted(desk):
    tamper(desk, "DELETE FROM case_file")
    assert found(desk) == [("case missing", None)]
    assert desk.case_ids() == [1]


def test_a_case_of_which_nothing_is_left(desk):
    tamper(desk, "DELETE FROM case_file")
    tamper(desk, "DELETE FROM step")
    with pytest.raises(NotFound):
        desk.verify("1")


# The tables that follow


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM task", "tasks changed"),
        ("UPDATE task SET occurrence = 99", "tasks changed"),
        ("UPDATE task SET element = 'first'", "tasks changed"),
        ("UPDATE task SET queue = 'u:ben', assignee = 'ben'", "tasks changed"),
        ("UPDATE task SET queue = 'u:ben'", "tasks changed"),
        ("UPDATE task SET queue = 'g:csr', assignee = NULL", "tasks changed"),
        ("UPDATE task SET groups = 'pm'", "tasks changed"),
        ("UPDATE task SET due = '9999'", "tasks changed"),
        ("UPDATE task SET priority = 1", "tasks changed"),
        ("UPDATE task SET confidentiality = 'aml'", "tasks changed"),
        ("UPDATE task SET number = 'X'", "tasks changed"),
        ("UPDATE task SET bundle = 'x'", "tasks changed"),
        ("DELETE FROM job WHERE kind = 'timer'", "timers changed"),
        ("UPDATE job SET occurrence = 99 WHERE kind = 'timer'", "timers changed"),
        ("DELETE FROM job WHERE kind = 'operator'", "operators changed"),
        ("DELETE FROM subscription", "subscriptions changed"),
        ("UPDATE subscription SET occurrence = 99", "subscriptions changed"),
        ("UPDATE subscription SET name = 'other'", "subscriptions changed"),
        ("UPDATE subscription SET kind = 'signal'", "subscriptions changed"),
        ("UPDATE subscription SET key_hash = 'x'", "subscriptions changed"),
    ],
)
def test_a_read_table_that_is_edited(desk, statement, what):
    tamper(desk, statement)
    assert (what, None) in found(desk)


def copied(engine, table, change):
    row = rows(engine, table)[0] | change
    with unguarded(engine) as connection:
        connection.execute(metadata.tables[table].insert(), row)


def test_rows_that_are_put_in(desk):
    for table, change, what in (
        ("task", {"queue": "g:pm"}, "tasks changed"),
        ("task", {"occurrence": 98}, "tasks changed"),
        ("subscription", {"occurrence": 98}, "subscriptions changed"),
        ("job", {"n": 77, "kind": "timer", "occurrence": 98}, "timers changed"),
    ):
        copied(desk, table, change)
        assert (what, None) in found(desk)
        extra = "OR queue = 'g:pm'" if table == "task" else ""
        tamper(desk, f"DELETE FROM {table} WHERE occurrence = 98 {extra}")
        assert found(desk) == []


# Contents


def test_a_bundle_whose_content_is_swapped(desk):
    form = rows(desk, "content", digest=read(rows(desk, "bundle")[0]["files"])["forms/ask.json"])[0]
    tamper(
        desk,
        "UPDATE content SET body = :value WHERE digest = :digest",
        value=form["body"] + b" ",
        digest=form["digest"],
    )
    assert ("bundle changed", None) in found(desk)
    tamper(desk, "DELETE FROM content WHERE digest = :digest", digest=form["digest"])
    assert ("bundle changed", None) in found(desk)


def test_a_bundle_whose_files_are_swapped(desk):
    desk.deploy(tiny.one_task(), by=OLGA)
    other = rows(desk, "deployment", version=2)[0]["bundle"]
    for change in ("files = (SELECT files FROM bundle WHERE digest = :other)", "files = 'nonsense'", "files = '{}'"):
        tamper(
            desk, f"UPDATE bundle SET {change} WHERE digest <> :other", other=other
        ) if ":other)" in change else tamper(desk, f"UPDATE bundle SET {change} WHERE digest <> '{other}'")
        assert ("bundle changed", None) in found(desk)


def test_a_configuration_that_is_swapped(desk):
    digest = desk.configuration().digest
    body = rows(desk, "content", digest=digest)[0]["body"]
    tamper(
        desk,
        "UPDATE content SET body = :value WHERE digest = :digest",
        value=body.replace(b"09:00", b"08:00"),
        digest=digest,
    )
    assert ("configuration changed", None) in found(desk)
