"""Terms and timers that stand still while a case waits for the customer: what people see, what comes and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.engine import tiny
from tests.engine.pausing import answer, at, files, question, task
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.watching import kinds, rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, nine o'clock in China


@pytest.fixture
def desk(engine):
    """A case with work due at one o'clock, and a question to the customer."""
    engine.deploy(files(), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def jobs(engine):
    return sorted((row["kind"], row["run_at"][:16]) for row in rows(engine, "job"))


RUNNING = [
    ("term", "2026-03-02T04:12"),
    ("term", "2026-03-02T05:00"),
    ("term", "2026-03-02T07:00"),
    ("timer", "2026-03-04T10:00"),
]


def test_a_paused_task_has_no_end_and_nothing_reminds_of_it(desk, clock):
    assert jobs(desk) == RUNNING
    clock.advance(hours=1)
    question(desk)
    work = task(desk, "work")
    assert (work.due, work.paused, work.provisional) == (None, True, False)
    assert jobs(desk) == [] and desk.next_due() is None
    clock.advance(days=30)
    assert desk.run_due() == 0 and kinds(desk) == ["started", "completed"]
    assert [e.kind for e in desk.history("1")[-1].effects].count("paused") == 2
    assert desk.verify("1").problems == () and desk.replay("1").equal


def test_it_goes_on_with_what_was_left(desk, clock):
    clock.advance(hours=1)  # of four, one is gone
    question(desk)
    clock.set(at("2026-03-05T16:00"))
    answer(desk)
    work = task(desk, "work")
    assert (work.due, work.paused) == (at("2026-03-06T10:00"), False)
    assert jobs(desk) == [
        ("term", "2026-03-06T01:12"),  # 80 percent: forty-eight minutes before its end
        ("term", "2026-03-06T02:00"),
        ("term", "2026-03-06T04:00"),
        ("timer", "2026-03-09T10:00"),
    ]
    assert desk.verify("1").problems == () and desk.replay("1").equal
    clock.set(at("2026-03-09T18:00"))
    desk.run_due()
    assert kinds(desk)[2:] == ["received", "reminded", "breached", "escalated", "fired"]
    assert desk.verify("1").problems == () and desk.replay("1").equal


def test_what_was_told_before_is_not_told_again(desk, clock):
    clock.set(at("2026-03-02T12:30"))
    desk.run_due()
    question(desk)
    clock.set(at("2026-03-03T09:00"))
    answer(desk)
    assert task(desk, "work").due == at("2026-03-03T09:30")
    assert [kind for kind, _ in jobs(desk)] == ["term", "term", "timer"]
    clock.set(at("2026-03-03T18:00"))
    desk.run_due()
    assert kinds(desk) == ["started", "reminded", "completed", "received", "breached", "escalated"]


def test_whoever_holds_the_task_keeps_it(desk, clock):
    desk.claim(task(desk, "work").id, by=BEN)
    question(desk)
    assert task(desk, "work").paused and task(desk, "work").assignee == "ben"
    desk.release(task(desk, "work").id, by=BEN)
    desk.claim(task(desk, "work").id, by=ANN)
    assert desk.verify("1").problems == ()
    clock.advance(hours=1)
    answer(desk)
    assert task(desk, "work").due == NOW + timedelta(hours=5)
    assert desk.verify("1").problems == ()


def test_paused_work_stands_behind_what_is_due_and_before_what_never_is(desk, clock, engine):
    engine.deploy(tiny.one_task("free"), by=OLGA)
    engine.start("free", by=ANN)
    question(desk)
    engine.start("loan", by=ANN)
    found = [(one.case_id, one.element) for one in engine.inbox(ANN)]
    assert found.index(("3", "work")) < found.index(("1", "work")) < found.index(("2", "ask"))
    engine.complete(next(one.id for one in engine.tasks("3") if one.element == "question"), {"approved": True}, by=ANN)
    found = [(one.case_id, one.element) for one in engine.inbox(ANN)]
    assert found[-3:] == [("1", "work"), ("3", "work"), ("2", "ask")]
    pages, after = [], None
    while page := engine.inbox(ANN, limit=1, after=after):
        pages += [(one.case_id, one.element) for one in page]
        after = page[-1]
    assert pages == found
    assert ("1", "work") not in [
        (one.case_id, one.element) for one in engine.inbox(ANN, due_before=at("2030-01-01T00:00"))
    ]


def test_work_that_is_done_while_it_pauses_is_done(desk, clock):
    question(desk)
    desk.complete(task(desk, "work").id, {"approved": True}, by=ANN)
    answer(desk)
    assert desk.case("1").status == "completed" and jobs(desk) == []
    assert desk.verify("1").problems == () and desk.replay("1").equal
