"""Messages that begin a case, and what cases say to each other: messages to one, signals to all."""

import pytest

from engine import (
    AmbiguousMessage,
    InvalidForm,
    StepFailed,
)
from engine.jobs import kinds as kinds_of_jobs
from tests.engine import tiny
from tests.engine.paid import ORDER, PAID, begun, waiting
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.watching import count, holding, kinds

# Starting by message


def by_message(key="loan", name="applied"):
    start = el(
        "startEvent", "start", tiny.extensions(tiny.with_form("forms/paid.json")) + tiny.message(name, variable="given")
    )
    return tiny.bundle(
        key, start + tiny.ask("ask") + END + line("start", "ask", "end"), tiny.messages(name), forms_paid=PAID
    )


def test_a_message_starts_a_case(engine):
    engine.deploy(by_message(), by=OLGA)
    case = engine.send("applied", {"paid": 5, "by": "张敏"}, by=ANN, message_id="m-1")
    assert (case.number, case.started_by, case.status) == ("LOA-20260302-000001", "ann", "open")
    assert case.data["given"]["paid"] == 5 and case.data["given"]["by"].keys() == {"$vault", "sha256"}
    (step,) = engine.history(case.id)
    assert (step.kind, step.input["message"]) == ("started", "applied")
    assert engine.send("applied", {"paid": 5}, by=ANN, message_id="m-1").id == case.id
    assert len(engine.cases(ANN)) == 1
    assert engine.replay(case.id).equal and engine.verify(case.id).sound
    with pytest.raises(InvalidForm):
        engine.send("applied", {"wrong": 1}, by=ANN)
    assert holding(engine, "张敏") == {"vault.value"}


def test_a_process_that_begins_with_a_message_is_started_by_hand_too(engine):
    engine.deploy(by_message(), by=OLGA)
    case = engine.start("loan", {"paid": 5}, by=ANN)
    assert case.data == {"given": {"paid": 5}}
    assert engine.history(case.id)[0].input["message"] == "applied"
    assert engine.replay(case.id).equal


def test_two_processes_that_begin_with_one_message(engine):
    engine.deploy(by_message("loan"), by=OLGA)
    engine.deploy(by_message("gift"), by=OLGA)
    with pytest.raises(AmbiguousMessage) as refused:
        engine.send("applied", {"paid": 1}, by=ANN)
    assert refused.value.data["processes"] == ["gift", "loan"]


# From case to case


def thrower(key="child", name="paid", start=None, payload="content", event=None):
    """A case that throws a message after its task, with what it was started with."""
    throw = el("intermediateThrowEvent", "throw", event or tiny.message(name, payload=payload))
    fields = {"content": {"type": "object", "additionalProperties": True}}
    body = tiny.begin() + tiny.ask("first") + throw + END + line("start", "first", "throw", "end")
    return tiny.bundle(
        key,
        body,
        tiny.messages(name) + tiny.signals("stop", payload="content"),
        forms_start=tiny.form(fields, ["content"]),
    )


def test_a_message_that_a_case_throws_reaches_the_case_that_waits(orders):
    orders.deploy(thrower(payload="{order: content.order, paid: content.paid}").copy(), by=OLGA)
    files = waiting(start=ORDER, correlationKey="order")
    files["forms/paid.json"] = tiny.form({"paid": {"type": "number"}, "order": {"type": "string"}}, ["paid"])
    orders.deploy(files, by=OLGA)
    one, two = begun(orders, {"order": "41"}), begun(orders, {"order": "42"})
    child = begun(orders, {"content": {"order": "42", "paid": 8}}, key="child")
    assert orders.case(child).status == "completed"
    assert orders.case(two).status == "completed" and orders.case(two).data["paid"] == 8
    assert orders.history(two)[-1].actor == "system"
    assert orders.case(one).status == "open"
    assert orders.run_due() == 0 and count(orders, "job") == 0
    assert orders.replay(child).equal and orders.replay(two).equal and orders.verify(child).sound


def test_a_message_that_a_case_throws_reaches_the_only_one_that_waits(engine):
    engine.deploy(thrower(), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    case = begun(engine)
    begun(engine, {"content": {"paid": 8}}, key="child")
    assert engine.case(case).data["paid"] == 8


def test_a_message_that_a_case_throws_too_early_is_kept(engine):
    engine.deploy(thrower(), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    begun(engine, {"content": {"paid": 8}}, key="child")
    assert engine.case(begun(engine)).data["paid"] == 8


def test_a_message_whose_content_is_no_context_is_not_thrown(engine):
    engine.deploy(thrower(payload="content.paid"), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    case, child = begun(engine), begun(engine, {"content": {"paid": 8}}, key="child", ready=False)
    (task,) = (task for task in engine.tasks(child) if task.element == "first")
    with pytest.raises(StepFailed) as refused:
        engine.complete(task.id, {"approved": True}, by=ANN)
    assert refused.value.element == "throw" and "no context" in refused.value.why
    assert (engine.case(case).status, engine.case(child).status) == ("open", "open")
    assert kinds(engine, child) == ["started"] and count(engine, "job") == 0


def test_a_message_without_content_is_thrown(engine):
    engine.deploy(thrower(payload="null"), by=OLGA)
    engine.deploy(waiting(formJsonSchemaFilename=""), by=OLGA)
    case = begun(engine)
    begun(engine, {"content": {"paid": 8}}, key="child")
    assert engine.case(case).status == "completed"


def test_a_message_of_an_older_release_whose_content_is_no_context_is_parked(engine, monkeypatch):
    engine.deploy(thrower(payload="{paid: 8}"), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    case, read = begun(engine), kinds_of_jobs.read
    monkeypatch.setattr(kinds_of_jobs, "read", lambda stored: {**read(stored), "payload": 42})
    child = begun(engine, {"content": {"paid": 8}}, key="child")
    (incident,) = engine.incidents()
    assert incident.case_id == child and incident.error == "the content of the message paid is no context"
    assert engine.case(case).status == "open" and count(engine, "message") == 0


def test_a_message_that_a_case_throws_at_two_is_parked(engine):
    engine.deploy(thrower(), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine), begun(engine)
    child = begun(engine, {"content": {"paid": 8}}, key="child")
    assert engine.case(child).status == "completed"
    (incident,) = engine.incidents()
    assert incident.case_id == child and "More than one case" in incident.error
    assert (incident.kind, incident.parked) == ("message", True)
    engine.cancel(one, by=ANN, reason="x")
    engine.retry(incident.id, by=OLGA)
    assert engine.run_due() == 1
    assert engine.case(two).data["paid"] == 8
    assert engine.incidents() == []


def answering(key, hears, throws):
    """A case that throws a message, waits for another, and begins again; it would end if it were not approved."""
    wait = tiny.catch("wait", tiny.message(hears), formJsonSchemaFilename="forms/empty.json")
    throw = el("intermediateThrowEvent", "throw", tiny.message(throws))
    more = el("exclusiveGateway", "more", default="back")
    body = START + tiny.ask("first") + el("exclusiveGateway", "again") + throw + wait + more + END
    ways = line("start", "first", "again", "throw", "wait", "more") + flow("back", "more", "again")
    ways += flow("stop", "more", "end", "not(approved)")
    return tiny.bundle(key, body + ways, tiny.messages("ping", "pong"), forms_empty=tiny.form({}, ()))


def test_two_cases_that_answer_each_other_for_ever_keep_nobody_waiting(engine, clock):
    engine.deploy(answering("one", "pong", "ping"), by=OLGA)
    engine.deploy(answering("two", "ping", "pong"), by=OLGA)
    begun(engine, key="one")
    begun(engine, key="two")
    steps = len(engine.history("1")) + len(engine.history("2"))
    assert 20 < steps < 100 and engine.incidents() == []
    assert engine.run_due() == 0  # what is left is leased to the thread that has just stopped
    clock.advance(minutes=3)
    assert engine.run_due(limit=1) == 1
    assert len(engine.history("1")) + len(engine.history("2")) > steps


# Signals


def listener(key="loan"):
    stop = tiny.catch("wait", tiny.signal("stop"))
    body = START + tiny.ask("first") + stop + END + line("start", "first", "wait", "end")
    return tiny.bundle(key, body, tiny.signals("stop"))


def test_a_signal_reaches_every_other_case(engine):
    engine.deploy(listener(), by=OLGA)
    engine.deploy(listener("gift"), by=OLGA)
    engine.deploy(thrower(event=tiny.signal("stop")), by=OLGA)
    cases = [begun(engine), begun(engine), begun(engine, key="gift")]
    deaf = begun(engine, ready=False)
    child = begun(engine, {"content": {"why": "fire"}}, key="child")
    assert engine.case(child).status == "completed"
    assert engine.run_due() == 3
    for case in cases:
        assert engine.case(case).status == "completed"
        step = engine.history(case)[-1]
        assert (step.kind, step.actor, step.input["signal"], step.input["payload"]) == (
            "signalled",
            "system",
            "stop",
            {"why": "fire"},
        )
        assert engine.replay(case).equal and engine.verify(case).sound
    assert kinds(engine, deaf) == ["started"]
    assert engine.run_due() == 0 and count(engine, "job") == 0


def test_a_signal_that_nobody_hears(engine):
    engine.deploy(thrower(event=tiny.signal("stop")), by=OLGA)
    begun(engine, {"content": {}}, key="child")
    assert engine.run_due() == 0 and engine.incidents() == []
