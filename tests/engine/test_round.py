"""Jobs that lead to one another for ever, with nobody and no time between them: they are stopped, and only they."""

import pytest

from engine import Operator
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line, timer
from tests.engine.watching import acts, count

NOW, MOST = "now()", 30

pytestmark = pytest.mark.databases


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr("engine.jobs.run.MOST_HOPS", MOST)


def going_round(*elements, ids=(), key="loan", roots="", start=START):
    """A diagram that leads through some elements again and again."""
    around = el("exclusiveGateway", "again") + "".join(elements) + el("exclusiveGateway", "more", default="back")
    flows = line("start", "again", *ids, "more") + flow("back", "more", "again") + flow("out", "more", "end", "1 = 2")
    return tiny.bundle(key, start + around + END + flows, roots)


def throwing(key, heard, thrown, event, roots):
    """A case that answers what it hears, again and again."""
    throw = el("intermediateThrowEvent", "throw", event(thrown))
    return going_round(
        tiny.catch("hear", event(heard)), throw, ids=("hear", "throw"), key=key, roots=roots(heard, thrown)
    )


def two_timers(engine):
    both = (tiny.catch("one", timer(NOW)), tiny.catch("two", timer(NOW)))
    engine.deploy(going_round(*both, ids=("one", "two")), by=OLGA)
    engine.start("loan", by=ANN)


def an_operator(engine):
    engine.deploy(going_round(tiny.call("ask", "bank/ask"), ids=("ask",)), by=OLGA)
    engine.start("loan", by=ANN)


def an_operator_that_posts(engine):
    parts = (tiny.call("ask", "bank/post"), tiny.catch("hear", tiny.message("said")))
    engine.deploy(going_round(*parts, ids=("ask", "hear"), roots=tiny.messages("said")), by=OLGA)
    engine.start("loan", by=ANN)


def an_operator_that_posts_at_once(engine):
    parts = (tiny.call("ask", "bank/local"), tiny.catch("hear", tiny.message("said")))
    engine.deploy(going_round(*parts, ids=("ask", "hear"), roots=tiny.messages("said")), by=OLGA)
    engine.start("loan", by=ANN)


def two_that_answer(engine, event, roots):
    for key, heard, thrown in (("loan", "ping", "pong"), ("gift", "pong", "ping")):
        engine.deploy(throwing(key, heard, thrown, event, roots), by=OLGA)
        engine.start(key, by=ANN)
    first = START + el("intermediateThrowEvent", "throw", event("ping")) + END + line("start", "throw", "end")
    engine.deploy(tiny.bundle("first", first, roots("ping")), by=OLGA)
    engine.start("first", by=ANN)


def messages(engine):
    two_that_answer(engine, tiny.message, tiny.messages)


def signals(engine):
    two_that_answer(engine, tiny.signal, tiny.signals)


def descendants(engine):
    call = tiny.call("begin", "case/start", process="&quot;loan&quot;", data="{}")
    engine.deploy(tiny.bundle("loan", START + call + END + line("start", "begin", "end")), by=OLGA)
    engine.start("loan", by=ANN)


def bank():
    def post(call):
        call.post("said", {}, at=call.at, message_id=call.key)

    return [
        Operator(name="bank/ask", kind="remote", run=lambda call: None),
        Operator(name="bank/post", kind="remote", run=post),
        Operator(name="bank/local", kind="local", run=post),
    ]


ROUNDS = (
    two_timers,
    an_operator,
    an_operator_that_posts,
    an_operator_that_posts_at_once,
    messages,
    signals,
    descendants,
)


@pytest.mark.parametrize("begin", ROUNDS, ids=lambda begin: begin.__name__)
def test_jobs_that_lead_to_one_another_are_stopped(opened, clock, short, begin):
    engine = opened(operators=bank())
    begin(engine)
    for _ in range(10):
        engine.run_due(limit=50)
        clock.advance(minutes=2)  # what a thread took on after a commit and left is free again
    assert count(engine, "step") < 3 * MOST
    (incident,) = engine.incidents()
    assert f"{MOST} jobs in a row have led here" in incident.error and incident.kind == "bound"
    assert all(engine.verify(case.id).sound for case in engine.cases(ANN))


def test_whoever_retries_it_lets_it_go_round_as_often_again(opened, short):
    engine = opened(operators=bank())
    an_operator(engine)
    assert engine.run_due(limit=100) == MOST + 1
    (incident,) = engine.incidents()
    engine.retry(incident.id, by=OLGA, reason="let it go on")
    assert engine.run_due(limit=100) == MOST + 1 and len(engine.incidents()) == 1


def test_what_is_stopped_keeps_nobody_else_waiting(opened, short):
    engine = opened(operators=bank())
    two_timers(engine)
    engine.deploy(tiny.bundle("gift", START + tiny.catch("w", timer(NOW)) + END + line("start", "w", "end")), by=OLGA)
    gift = engine.start("gift", by=ANN)
    engine.run_due(limit=4)
    assert engine.case(gift.id).status == "completed"


def test_a_wait_begins_a_new_row(opened, clock, short):
    engine = opened(operators=bank())
    parts = (tiny.call("ask", "bank/ask"), tiny.catch("wait", timer("&quot;PT1M&quot;")))
    engine.deploy(going_round(*parts, ids=("ask", "wait")), by=OLGA)
    engine.start("loan", by=ANN)
    for _ in range(2 * MOST):
        assert engine.run_due(limit=100) >= 1
        clock.advance(minutes=1)
    assert engine.incidents() == [] and len(acts(engine)) > 3 * MOST


def test_a_person_begins_a_new_row(opened, short):
    engine = opened(operators=bank())
    parts = (tiny.call("call", "bank/ask"), tiny.ask("ask"))
    engine.deploy(going_round(*parts, ids=("call", "ask")), by=OLGA)
    engine.start("loan", by=ANN)
    for _ in range(2 * MOST):
        assert engine.run_due(limit=100) == 1
        (task,) = engine.tasks("1")
        engine.complete(task.id, {"approved": True}, by=ANN)
    assert engine.incidents() == []
