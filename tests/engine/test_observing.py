"""Whoever watches an engine is told of what stands, once, after the commit; and how much waits is counted by index."""

import logging

import pytest

from engine import open_engine
from engine.errors import Conflict, InvalidForm
from engine.observing import JobSeen, StepSeen, several
from engine.operators import Operator
from engine.store import load as loads
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import timer
from tests.engine.watching import statements


@pytest.fixture
def seen():
    return []


@pytest.fixture
def watched(ready_url, clock, seen):
    """An engine that tells a list; its task has a timer at its edge, after which an operator fails."""

    def fail(call):
        raise OSError("no route")

    operators = [Operator(name="mail/send", run=fail, kind="remote", retries=1)]
    with open_engine(ready_url, clock=clock, operators=operators, observer=seen.append) as engine:
        body = (
            tiny.START
            + tiny.ask("one")
            + tiny.boundary("late", "one", timer("&quot;PT1H&quot;"), interrupting=False)
            + tiny.call("send", "mail/send")
            + tiny.END
            + tiny.line("start", "one", "end")
            + tiny.line("late", "send", "end")
        )
        engine.deploy(tiny.bundle("loan", body), by=OLGA)
        yield engine


def steps(seen):
    return [(one.case_id, one.seq, one.kind, one.process, one.actor) for one in seen if isinstance(one, StepSeen)]


def jobs(seen):
    return [(one.case_id, one.kind, one.outcome) for one in seen if isinstance(one, JobSeen)]


def test_every_step_that_stands_is_told_once(watched, seen):
    watched.start("loan", by=ANN)
    watched.claim("1.1.2", by=ANN)
    watched.complete("1.1.2", {"approved": True}, by=ANN)
    kinds = ["started", "claimed", "completed"]
    assert steps(seen) == [("1", seq, kind, "loan", "ann") for seq, kind in enumerate(kinds, 1)]
    assert all(0 < one.seconds < 60 for one in seen)


def test_what_is_refused_is_not_told(watched, seen):
    watched.start("loan", by=ANN)
    seen.clear()
    with pytest.raises(InvalidForm):
        watched.complete("1.1.2", {"approved": "perhaps"}, by=ANN)
    watched.complete("1.1.2", {"approved": True}, by=ANN)
    with pytest.raises(Conflict):
        watched.complete("1.1.2", {"approved": True}, by=ANN)
    assert [kind for _, _, kind, _, _ in steps(seen)] == ["completed"]


def test_a_step_is_told_after_its_commit(ready_url, clock):
    found = []
    with open_engine(
        ready_url, clock=clock, observer=lambda one: found.append(len(engine.history(one.case_id)))
    ) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", by=ANN)
        engine.complete("1.1.2", {"approved": True}, by=ANN)
    assert found == [1, 2]


def test_jobs_say_what_became_of_them(watched, seen, clock):
    watched.start("loan", by=ANN)
    clock.advance(hours=2)
    watched.run_due()
    assert jobs(seen) == [("1", "timer", "done"), ("1", "operator", "retried")]
    clock.advance(hours=2)
    watched.run_due()
    assert jobs(seen)[2:] == [("1", "operator", "parked")]
    assert watched.load().jobs_parked == watched.load().incidents_open == 1


def test_a_watcher_that_fails_harms_nobody(ready_url, clock, caplog):
    told = []

    def broken(one):
        raise RuntimeError("no disk for logs")

    with open_engine(ready_url, clock=clock, observer=several(broken, told.append)) as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        with caplog.at_level(logging.CRITICAL, "engine.observing"):
            assert engine.start("loan", by=ANN).status == "open"
    assert [one.kind for one in told] == ["started"]


def test_the_load_is_one_statement(watched, clock):
    assert vars_of(watched.load()) == (0, 0, 0, 0, 0, None)
    for _ in range(3):
        watched.start("loan", by=ANN)
    watched.send("paid", {"sum": 1}, by=OLGA)
    clock.advance(hours=2)
    with statements(watched) as said:
        found = watched.load()
    assert len(said) == 1, said
    assert vars_of(found)[:5] == (3, 0, 0, 3, 1) and found.oldest_due == "2026-03-02T02:00:00.000000Z"


def test_the_load_is_counted_up_to_a_bound():
    assert str(loads.LOAD).upper().count("LIMIT") == 5  # all but the oldest, which is one end of an index


def vars_of(load):
    names = ("jobs_due", "jobs_parked", "incidents_open", "tasks_open", "messages_waiting", "oldest_due")
    return tuple(getattr(load, name) for name in names)


def test_what_is_asked_within_one_moment_is_of_one_moment(watched, ready_url, clock):
    watched.start("loan", by=ANN)
    with open_engine(ready_url, clock=clock) as other:
        with watched.one_moment():
            before = watched.inbox(ANN)
            other.complete("1.1.2", {"approved": True}, by=ANN)
            assert watched.inbox(ANN) == before and len(watched.history("1")) == 1
        assert watched.inbox(ANN) == [] and len(watched.history("1")) == 2


def test_an_engine_says_whether_it_is_ready(watched, monkeypatch):
    assert watched.is_ready()
    monkeypatch.setattr("engine.store.schema.HEAD", "9999")
    assert not watched.is_ready()
