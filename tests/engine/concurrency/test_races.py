"""The races are real, the locks are taken in one order, and what the database takes back is tried again."""

import threading

import pytest
from sqlalchemy import event, text

from engine import SYSTEM, open_engine
from engine.cases.steps import settled
from engine.errors import Raced
from engine.store import database
from tests.engine import tiny
from tests.engine.concurrency.racing import OPERATORS, begun_together, do, race, the_loser
from tests.engine.concurrency.storm import KIM, hourly, loan, shout
from tests.engine.people import ANN, BEN, LEA, OLGA
from tests.engine.test_redating import with_2027
from tests.engine.watching import kinds

YES = {"approved": True}
MOST = 200  # rounds until both orders must have occurred


def test_either_may_win_and_they_do_run_at_once(crew):
    """Both orders of winners occur, and the second has begun before the first has ended."""
    crew.engine.deploy(tiny.one_task(), by=OLGA)
    winners = set()
    for _ in range(MOST):
        (task,) = crew.tasks(crew.begin())
        found = crew.race(do("complete", task, YES, by=ANN), do("complete", task, YES, by=BEN))
        if begun_together(found):
            winners.add(the_loser(found).by)
        if winners == {"ann", "ben"}:
            return
    pytest.fail(f"of {MOST} races only {winners or 'nobody'} won one that was one")


def test_two_that_wait_at_one_lock(crew):
    """Both commands have come to the case's row, which somebody holds, before either goes on."""
    if crew.engine.database.sqlite:
        pytest.skip("on SQLite one writes at a time, and who waits cannot be seen")
    crew.engine.deploy(tiny.one_task(), by=OLGA)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    case = crew.begin()
    (task,) = crew.tasks(case)
    found = []

    def run():
        found.extend(crew.race(do("complete", task, YES, by=ANN), do("complete", task, YES, by=BEN)))

    thread = threading.Thread(target=run)
    with crew.engine.database.writing() as connection:
        connection.execute(text("SELECT id FROM case_file WHERE id = :id FOR UPDATE"), {"id": int(case)})
        thread.start()
        while connection.execute(text(waiting)).scalar_one() < 2 and thread.is_alive():
            connection.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.005)"))
    thread.join()
    assert the_loser(found).data["how"] == "completed" and kinds(crew.engine, case) == ["started", "completed"]


# What the database takes back


@pytest.fixture
def rows_of_two(postgres_url):
    """A database with two rows that whoever wants to may lock."""
    found = database.Database(postgres_url)
    with found.writing() as connection:
        connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
        connection.execute(text("CREATE TABLE two (id integer PRIMARY KEY, value integer)"))
        connection.execute(text("INSERT INTO two VALUES (1, 0), (2, 0)"))
    yield found
    found.close()


def add(connection, row):
    connection.execute(text("UPDATE two SET value = value + 1 WHERE id = :row"), {"row": row})


def test_a_ring_is_told_from_a_database_that_is_away(rows_of_two):
    both = threading.Barrier(2)

    def take(first, then):
        with rows_of_two.writing() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            add(connection, first)
            both.wait(20)
            add(connection, then)

    found = race(lambda: take(1, 2), lambda: take(2, 1))
    assert [type(one) for one in found if one is not None] == [Raced]


def test_a_command_that_was_taken_back_is_run_again(ready_postgres_url, clock):
    """Two commands that do wait for each other: one is taken back, and succeeds after the other."""
    both, tries = threading.Barrier(2), []
    with open_engine(ready_postgres_url, clock=clock) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        cases = [engine.start("loan", by=ANN).id for _ in range(2)]

        def touch(connection, order):
            tries.append(order)
            connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            for number, case in enumerate(order):
                connection.execute(text("SELECT id FROM case_file WHERE id = :id FOR UPDATE"), {"id": int(case)})
                if number == 0 and len(tries) <= 2:
                    both.wait(20)
            return "done"

        found = race(*[lambda o=o: settled(engine.context, lambda c: touch(c, o)) for o in (cases, cases[::-1])])
    assert found == ["done", "done"] and len(tries) == 3


def test_who_waited_reads_what_a_row_has_become_whatever_the_server_says(ready_postgres_url, clock):
    with open_engine(ready_postgres_url, clock=clock) as engine:
        with engine.database.writing() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
        engine.close()
        try:
            engine.deploy(tiny.two_tasks(), by=OLGA)
            case = engine.start("both", by=ANN).id
            left, right = (task.id for task in engine.tasks(case))
            found = race(lambda: engine.complete(left, YES, by=ANN), lambda: engine.complete(right, YES, by=BEN))
            assert not any(isinstance(one, Exception) for one in found)
            assert kinds(engine, case) == ["started", "completed", "completed"]
            with engine.database.writing() as connection:
                assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        finally:
            with engine.database.writing() as connection:
                connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET default_transaction_isolation')


# The order of locks

ORDER = ("message id", "shelf", "plan", "case", "counter", "message", "years")  # jobs after the case, wherever


@pytest.fixture
def locked(opened, monkeypatch):
    """An engine on PostgreSQL, and the locks of each of its transactions in the order in which they were taken."""
    engine = opened(operators=OPERATORS)
    if engine.database.sqlite:
        pytest.skip("on SQLite one writes at a time")
    taken = [[]]
    real = database._lock

    def lock(connection, function, what):
        taken[-1].append(next(name for name in ORDER if what.startswith(name)))
        real(connection, function, what)

    def executed(connection, cursor, statement, *_):
        if "FROM case_file" in statement and "FOR UPDATE" in statement:
            taken[-1].append("case")
        elif statement.startswith("INSERT INTO counter"):
            taken[-1].append("counter")
        elif statement.startswith(("DELETE FROM job", "UPDATE job")) and "SKIP LOCKED" not in statement:
            taken[-1].append("job")

    monkeypatch.setattr(database, "_lock", lock)
    event.listen(engine.database.engine, "before_cursor_execute", executed)
    event.listen(engine.database.engine, "begin", lambda connection: taken.append([]))
    return engine, taken


def everything(engine):
    """Every command and every kind of job, one after the other."""
    for files in (loan(0), shout(), hourly(0)):
        engine.deploy(files, by=OLGA)
    engine.approve(engine.propose(hourly(1), by=OLGA, reason="x").id, by=KIM)
    engine.configure(by=OLGA, parameters={"LIMIT": {"value": 1}})
    proposal = engine.propose_configuration({"LIMIT": 2}, by=OLGA, reason="x")
    engine.approve_configuration(proposal.id, by=KIM)
    case, other = (engine.start("loan", by=ANN).id for _ in range(2))
    task = next(task.id for task in engine.tasks(case) if task.element == "ask")
    engine.claim(task, by=LEA)
    engine.release(task, by=LEA)
    engine.assign(task, to="ann", by=LEA)
    engine.save_draft(task, {"note": "x"}, by=ANN)
    engine.deploy(loan(1), by=OLGA)
    engine.migrate(case, by=OLGA, reason="x")
    engine.suspend(case, by=LEA, reason="x")
    engine.resume(case, by=LEA, reason="x")
    engine.start("shout", by=ANN)
    engine.send("stop", case=case, by=SYSTEM, message_id="m-1")
    engine.clock.advance(hours=2)
    engine.run_due()
    look = next(task.id for task in engine.tasks(case) if task.element == "look")
    engine.send("paid", case=other, by=SYSTEM)
    for one in engine.cases(key="loan", status="open"):
        if one.id != case:  # the message is for this case alone
            engine.cancel(one.id, by=LEA, reason="x")
    engine.complete(look, YES, by=ANN)
    engine.run_due()
    for incident in engine.incidents():
        engine.retry(incident.id, by=LEA)
    engine.run_due()
    for incident in engine.incidents():
        if incident.element == "lost":
            engine.give_up(incident.id, by=LEA, reason="x")
    assert "received" in kinds(engine, case)
    engine.configure(calendars=with_2027(), by=OLGA)
    engine.clock.advance(days=400)
    engine.run_due()


def test_locks_are_taken_in_one_order(locked):
    engine, taken = locked
    everything(engine)
    for transaction in map(list, map(dict.fromkeys, taken)):  # who has a lock does not wait for it again
        ranked = [ORDER.index(name) for name in transaction if name != "job"]
        assert ranked == sorted(ranked), transaction
        assert "job" not in transaction or "case" not in transaction[transaction.index("job") :], transaction
    assert {name for transaction in taken for name in transaction} == {*ORDER, "job"}
