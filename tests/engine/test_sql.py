"""What a command costs: one transaction, one commit, few statements; a poll that finds nothing is one."""

import pytest

from engine import SYSTEM
from tests.engine import tiny
from tests.engine.people import ANN, OLGA, SUE
from tests.engine.spiff.xmls import timer
from tests.engine.watching import statements

pytestmark = pytest.mark.databases

MOST = 10
SECRET = {"name": {"type": "string", "x-personal": True}, "approved": {"type": "boolean"}}


def cost(engine, command):
    """Run a command in one transaction; how many statements it needed."""
    with statements(engine) as seen:
        command()
    assert seen.commits == 1, seen
    assert len(seen) <= MOST, seen
    return len(seen)


def next_task(engine, who=ANN):
    return engine.inbox(who)[0].id


@pytest.fixture
def line(engine):
    """Three tasks in a row, the second with a term and a timer at its edge, the third with a personal field."""
    body = (
        tiny.START
        + tiny.ask("one")
        + tiny.ask("two", dueIn="4 bh")
        + tiny.boundary("late", "two", timer("&quot;PT1H&quot;"), interrupting=False)
        + tiny.ask("chase")
        + tiny.ask("three", form="forms/secret.json", dueIn="2 BD")
        + tiny.END
        + tiny.line("start", "one", "two", "three", "end")
        + tiny.line("late", "chase", "end")
    )
    engine.deploy(tiny.bundle("loan", body, forms_secret=tiny.form(SECRET, ["approved"])), by=OLGA)
    engine.start("loan", by=ANN)
    engine.inbox(ANN)  # the bundle is read once
    return engine


def test_completions(line):
    given = {"approved": True}
    assert cost(line, lambda: line.complete("1.1.2", given, by=ANN)) <= MOST
    task = next_task(line)
    assert cost(line, lambda: line.complete(task, given, by=ANN)) <= MOST
    task = next_task(line)
    assert cost(line, lambda: line.complete(task, {**given, "name": "张敏"}, by=ANN)) <= MOST
    assert line.case("1").status == "completed"


def test_commands_on_tasks(line):
    task = next_task(line)
    cost(line, lambda: line.claim(task, by=ANN))
    cost(line, lambda: line.release(task, by=ANN))
    cost(line, lambda: line.assign(task, to="ann", by=SUE))
    cost(line, lambda: line.save_draft(task, {"note": "x"}, by=ANN))
    cost(line, lambda: line.cancel("1", by=ANN, reason="x"))


def test_a_start(line):
    assert cost(line, lambda: line.start("loan", {"a": 1}, by=ANN)) <= MOST


def test_completions_around_messages_and_decisions(engine):
    paid = tiny.boundary("paid", "ask", tiny.message("paid"), interrupting=True)
    engine.deploy(
        tiny.bundle(
            "loan",
            tiny.START
            + tiny.ask("first")
            + tiny.ask("ask", dueIn="4 bh", fourEyes="first")
            + paid
            + tiny.END
            + tiny.line("start", "first", "ask", "end")
            + tiny.line("paid", "end"),
            tiny.messages("paid"),
        ),
        by=OLGA,
    )
    engine.start("loan", by=ANN)
    engine.inbox(ANN)
    cost(engine, lambda: engine.complete("1.1.2", {"approved": True}, by=ANN))
    cost(engine, lambda: engine.send("paid", case="1", by=SYSTEM))
    assert engine.case("1").status == "completed"


def test_a_poll_that_finds_nothing(line):
    for number in range(5):
        line.start("loan", {"number": number}, by=ANN)
    with statements(line) as seen:
        assert line.run_due() == 0
    assert len(seen) == 1, seen


def test_reading_is_few_statements_however_much_there_is(line):
    for _ in range(30):
        line.start("loan", by=ANN)
    for question, most in (
        (lambda: line.inbox(ANN), 1),
        (lambda: line.count(ANN), 1),
        (lambda: line.cases(ANN), 3),
        (lambda: line.case("1", ANN), 3),
        (lambda: line.history("1", ANN), 3),
        (lambda: line.next_due(), 1),
    ):
        with statements(line) as seen:
            question()
        assert len(seen) <= most, seen
