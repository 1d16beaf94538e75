"""Messages meet what waits for them, once; too early is kept, too many is an error. Signals reach everybody."""

import json
from datetime import timedelta

import pytest

from engine import (
    SYSTEM,
    Actor,
    AmbiguousMessage,
    Conflict,
    InvalidForm,
    NotAllowed,
    NotFound,
    Policy,
    Refusal,
    StepFailed,
)
from tests.engine import tiny
from tests.engine.people import AMY, ANN, BEN, EVE, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.watching import count, holding, rows

PAID = json.dumps(
    {
        "type": "object",
        "properties": {"paid": {"type": "number"}, "by": {"type": "string", "x-personal": True}},
        "required": ["paid"],
    }
)


def waiting(key="loan", start=None, after="", **said):
    """A case that waits for `paid`; said are properties of the event, such as correlationKey."""
    said = {"formJsonSchemaFilename": "forms/paid.json", **said}
    event = tiny.catch("wait", tiny.message("paid"), **said)
    first, more = (START, {}) if start is None else (tiny.begin(), {"forms_start": tiny.form(start, required=())})
    body = first + tiny.ask("first") + event + after + END + line("start", "first", "wait", *tiny._ids(after), "end")
    return tiny.bundle(key, body, tiny.messages("paid"), forms_paid=PAID, **more)


ORDER = {"order": {"type": "string"}}


def begun(engine, data=None, key="loan", ready=True):
    """A case that waits for the message, or for its first task if it is not ready."""
    case = engine.start(key, data or {}, by=ANN)
    if ready:
        task = next(task for task in engine.tasks(case.id) if task.element == "first")
        engine.complete(task.id, {"approved": True}, by=ANN)
    return case.id


@pytest.fixture
def orders(engine):
    """An engine whose cases wait for `paid` with the key order."""
    engine.deploy(waiting(start=ORDER, correlationKey="order"), by=OLGA)
    return engine


def kinds(engine, case_id):
    return [step.kind for step in engine.history(case_id)]


# Meeting


def test_a_message_reaches_the_one_case_that_waits(orders, clock):
    one, two = begun(orders, {"order": "41"}), begun(orders, {"order": "42"})
    clock.advance(minutes=1)
    case = orders.send("paid", {"paid": 12000, "by": "张敏"}, correlate={"order": "42"}, by=ANN, message_id="m-1")
    assert (case.id, case.status) == (two, "completed") and case == orders.case(two)
    step = orders.history(two)[-1]
    assert (step.seq, step.kind, step.actor, step.at) == (3, "received", "ann", clock.now())
    assert (step.input["message"], step.input["id"], step.input["payload"]["paid"]) == ("paid", "m-1", 12000)
    assert step.input["payload"]["by"].keys() == {"$vault", "sha256"}
    assert ("entered", "wait") not in [(e.kind, e.element) for e in step.effects]
    assert orders.case(one).status == "open"
    assert count(orders, "subscription") == 1
    assert orders.replay(two).equal and orders.verify(two).sound


def test_a_message_names_its_case(engine):
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine), begun(engine)
    assert engine.send("paid", {"paid": 1}, case=two, by=ANN).id == two
    assert engine.case(one).status == "open"


def test_a_message_is_correlated_by_the_data_of_the_case(engine):
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine, {"order": "41", "n": 1}), begun(engine, {"order": "42", "n": True})
    assert engine.send("paid", {"paid": 1}, correlate={"order": "41", "n": 1}, by=ANN).id == one
    assert engine.send("paid", {"paid": 1}, correlate={"n": 1}, by=ANN) is None
    assert engine.send("paid", {"paid": 1}, correlate={"other": 1}, by=ANN) is None
    assert engine.case(two).status == "open"


def test_two_matches_are_an_error(engine):
    engine.deploy(waiting(), by=OLGA)
    cases = [begun(engine, {"order": "42"}) for _ in range(2)]
    for correlate in (None, {"order": "42"}):
        with pytest.raises(AmbiguousMessage) as refused:
            engine.send("paid", {"paid": 1}, correlate=correlate, by=ANN)
        assert refused.value.data["cases"] == cases
    assert [kinds(engine, case) for case in cases] == [["started", "completed"]] * 2
    assert count(engine, "message") == 0


def test_two_cases_with_one_key_are_an_error(orders):
    for _ in range(2):
        begun(orders, {"order": "42"})
    with pytest.raises(AmbiguousMessage):
        orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN)


def test_the_content_is_checked_by_the_form_of_the_event(orders):
    case = begun(orders, {"order": "42"})
    for payload, fault in (
        ({}, {"paid": "required"}),
        ({"paid": "x"}, {"paid": "type"}),
        ({"paid": 1, "admin": 1}, {"admin": "undeclared"}),
    ):
        with pytest.raises(InvalidForm) as refused:
            orders.send("paid", payload, correlate={"order": "42"}, by=ANN)
        assert {name: one.code for name, one in refused.value.fields.items()} == fault
    assert kinds(orders, case) == ["started", "completed"]


@pytest.mark.parametrize(
    "payload",
    [
        {"paid": float("nan")},
        {"paid": "\ud800"},
        {"paid": 10**100},
        {"paid": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
        {"paid": "x" * 300_000},
        [1],
    ],
)
def test_content_that_cannot_be_kept(orders, payload):
    for said in ({"correlate": {"order": "42"}}, {}):
        with pytest.raises(InvalidForm):
            orders.send("paid", payload, by=SYSTEM, **said)
    with pytest.raises(InvalidForm):
        orders.send("paid", {"paid": 1}, correlate={"x": float("nan")}, by=SYSTEM)
    assert count(orders, "message") == 0


def test_the_form_of_an_event_subprocess(engine):
    start = el(
        "startEvent",
        "es",
        tiny.extensions(tiny.with_form("forms/paid.json")) + tiny.message("paid"),
        isInterrupting="true",
    )
    inner = start + tiny.ask("help") + el("endEvent", "ee") + line("es", "help", "ee")
    body = (
        START
        + tiny.ask("first")
        + END
        + line("start", "first", "end")
        + el("subProcess", "esp", inner, triggeredByEvent="true")
    )
    engine.deploy(tiny.bundle("loan", body, tiny.messages("paid"), forms_paid=PAID), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(InvalidForm):
        engine.send("paid", {"paid": 1, "admin": True}, by=ANN)
    case = engine.send("paid", {"paid": 1, "by": "张敏"}, by=ANN)
    assert case.data["by"].keys() == {"$vault", "sha256"}
    assert holding(engine, "张敏") == {"vault.value"}


def test_a_message_whose_consequences_fail_opens_an_incident(engine):
    engine.deploy(
        waiting(
            start={"by": {"type": "number"}},
            after=tiny.script("share", "share = 100 / by_number").replace("by_number", "ratio"),
            formJsonSchemaFilename="forms/ratio.json",
        )
        | {"forms/ratio.json": tiny.form({"ratio": {"type": "number"}}, ["ratio"])},
        by=OLGA,
    )
    case = begun(engine)
    for _ in range(2):
        with pytest.raises(StepFailed) as refused:
            engine.send("paid", {"ratio": 0}, case=case, by=ANN)
        assert refused.value.element == "share"
    (incident,) = engine.incidents()
    assert (incident.id, incident.case_id, incident.element, incident.count) == (
        refused.value.incident,
        case,
        "share",
        2,
    )
    assert engine.send("paid", {"ratio": 4}, case=case, by=ANN).data["share"] == 25


# Who may


def test_who_may_send(orders):
    case = begun(orders, {"order": "42"})
    with pytest.raises(NotAllowed):
        orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=NOBODY)
    for name in ("", "x" * 201):
        with pytest.raises(Refusal):
            orders.send(name, {}, by=ANN)
    with pytest.raises(Refusal):
        orders.send("paid", {"paid": 1}, by=ANN, message_id="x" * 201)
    assert kinds(orders, case) == ["started", "completed"] and count(orders, "message") == 0


def test_what_one_may_not_see_one_cannot_send_to(orders):
    case = begun(orders, {"order": "42"})
    for who in (EVE, AMY):
        with pytest.raises(NotFound):
            orders.send("paid", {"paid": 1}, case=case, by=who)
        assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=who) is None
    assert kinds(orders, case) == ["started", "completed"]


def test_a_message_for_a_case_that_is_over(orders):
    case = begun(orders, {"order": "42"})
    orders.cancel(case, by=ANN, reason="x")
    with pytest.raises(Conflict) as refused:
        orders.send("paid", {"paid": 1}, case=case, by=ANN)
    assert refused.value.data["status"] == "cancelled"
    for unknown in ("99", "x", "1; drop"):
        with pytest.raises(NotFound):
            orders.send("paid", {"paid": 1}, case=unknown, by=ANN)
    assert count(orders, "message") == 0


# Too early


def test_an_early_message_is_kept_and_delivered_when_somebody_waits(orders):
    case = begun(orders, {"order": "42"}, ready=False)
    assert orders.send("paid", {"paid": 7}, correlate={"order": "42"}, by=SYSTEM, message_id="m-1") is None
    assert rows(orders, "message")[0]["status"] == "waiting"
    orders.complete("1.1.2", {"approved": True}, by=ANN)
    assert kinds(orders, case) == ["started", "completed", "received"]
    assert orders.case(case).data["paid"] == 7 and orders.case(case).status == "completed"
    assert orders.history(case)[-1].actor == "system"
    (row,) = rows(orders, "message")
    assert (row["status"], row["case_id"]) == ("taken", 1)
    assert orders.run_due() == 0 and len(kinds(orders, case)) == 3
    assert count(orders, "job") == count(orders, "subscription") == count(orders, "vault") == 0
    assert orders.replay(case).equal and orders.verify(case).sound


def test_an_early_message_without_a_key_is_correlated_by_its_content(orders):
    begun(orders, {"order": "41"}, ready=False)
    two = begun(orders, {"order": "42"}, ready=False)
    assert orders.send("paid", {"order": "42", "paid": 1}, by=SYSTEM) is None
    orders.complete("1.1.2", {"approved": True}, by=ANN)
    assert kinds(orders, "1") == ["started", "completed"] and orders.incidents() == []
    orders.complete("2.1.2", {"approved": True}, by=ANN)
    (incident,) = orders.incidents()
    assert incident.case_id == two and "order: undeclared" in incident.error


def test_early_messages_come_in_their_order_and_each_once(engine):
    again = el("exclusiveGateway", "again") + tiny.catch(
        "wait", tiny.message("paid"), formJsonSchemaFilename="forms/paid.json"
    )
    body = START + tiny.ask("first") + again + tiny.ask("then") + el("exclusiveGateway", "more", default="stop") + END
    flows = line("start", "first", "again", "wait", "then", "more") + (
        '<bpmn:sequenceFlow id="stop" sourceRef="more" targetRef="end"/><bpmn:sequenceFlow id="back" sourceRef="more" '
        'targetRef="again"><bpmn:conditionExpression>not(approved)</bpmn:conditionExpression></bpmn:sequenceFlow>'
    )
    engine.deploy(tiny.bundle("loan", body + flows, tiny.messages("paid"), forms_paid=PAID), by=OLGA)
    engine.start("loan", by=ANN)
    for number in (1, 2, 3):
        engine.send("paid", {"paid": number}, case="1", by=SYSTEM)
    for number in (1, 2, 3):
        engine.complete(engine.inbox(ANN)[0].id, {"approved": False}, by=ANN)
        assert engine.case("1").data["paid"] == number
    assert kinds(engine, "1").count("received") == 3


def test_an_early_message_that_is_refused_does_not_harm_the_step(orders):
    begun(orders, {"order": "42"}, ready=False)
    orders.send("paid", {"paid": "not a number"}, correlate={"order": "42"}, by=SYSTEM)
    case = orders.complete("1.1.2", {"approved": True}, by=ANN)
    assert case.status == "open" and kinds(orders, "1") == ["started", "completed"]
    (incident,) = orders.incidents()
    assert (incident.case_id, incident.element) == ("1", "paid") and "paid: type" in incident.error
    assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=SYSTEM).status == "completed"


def test_an_early_message_that_two_wait_for_stays(engine):
    engine.deploy(waiting(), by=OLGA)
    begun(engine)
    begun(engine, ready=False)
    begun(engine, ready=False)
    engine.send("paid", {"paid": 1}, correlate={"who": "x"}, by=SYSTEM)
    case = engine.complete("2.1.2", {"approved": True}, by=ANN)
    assert case.status == "open"
    assert engine.incidents() == [] and rows(engine, "message")[0]["status"] == "waiting"


def test_a_kept_message_holds_its_content_in_the_vault_alone(orders):
    orders.send("paid", {"paid": 1, "by": "张敏"}, correlate={"order": "42"}, by=SYSTEM)
    assert holding(orders, "张敏") == {"vault.value"}
    begun(orders, {"order": "42"})
    assert holding(orders, "张敏") == {"vault.value"}
    (row,) = rows(orders, "vault")
    assert (row["case_id"], row["seq"]) == (1, 3)


def test_a_kept_message_expires(orders, clock):
    orders.send("paid", {"paid": 1, "by": "张敏"}, correlate={"order": "42"}, by=SYSTEM, message_id="m-1")
    clock.advance(days=7)
    begun(orders, {"order": "42"})
    assert kinds(orders, "1") == ["started", "completed"]
    assert orders.run_due() == 0
    assert rows(orders, "message")[0]["status"] == "expired"
    assert holding(orders, "张敏") == set()
    with pytest.raises(Conflict) as refused:
        orders.send("paid", {"paid": 1}, by=SYSTEM, message_id="m-1")
    assert refused.value.data["how"] == "expired"


def test_how_long_a_message_is_kept_is_a_matter_of_policy(opened, clock):
    engine = opened(policy=Policy(message_ttl=timedelta(hours=1)))
    engine.deploy(waiting(), by=OLGA)
    engine.send("paid", {"paid": 1}, by=SYSTEM)
    clock.advance(minutes=59)
    assert rows(engine, "message")[0]["expires_at"] == "2026-03-02T02:00:00.000000Z"
    case = begun(engine)
    assert engine.case(case).status == "completed"


def test_a_kept_message_of_a_person_reaches_no_confidential_case(opened):
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    files = waiting()
    files["loan.bpmn"] = files["loan.bpmn"].replace(
        '<bpmn:process id="loan" isExecutable="true">',
        '<bpmn:process id="loan" isExecutable="true">' + tiny.extensions(tiny.properties(confidentiality="aml")),
    )
    engine.deploy(files, by=OLGA)
    engine.send("paid", {"paid": 1}, by=ANN)
    case = engine.start("loan", by=SYSTEM)
    engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=SYSTEM)
    assert kinds(engine, case.id) == ["started", "completed"]
    assert engine.send("paid", {"paid": 1}, by=SYSTEM).status == "completed"


# The id of a message


def test_a_message_comes_once_by_its_id(orders):
    one, two = begun(orders, {"order": "42"}), begun(orders, {"order": "43"})
    first = orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1")
    again = orders.send("paid", {"paid": 2}, correlate={"order": "43"}, by=ANN, message_id="m-1")
    assert first == again and first.id == one
    assert kinds(orders, two) == ["started", "completed"]
    assert len(rows(orders, "message")) == 1
    with pytest.raises(NotFound):
        orders.send("paid", {"paid": 2}, by=EVE, message_id="m-1")
    with pytest.raises(Conflict):
        orders.send("other", {}, by=ANN, message_id="m-1")


def test_a_kept_message_comes_once_by_its_id(orders):
    for _ in range(3):
        assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1") is None
    assert len(rows(orders, "message")) == 1
    case = begun(orders, {"order": "42"})
    assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1").id == case
    assert kinds(orders, case).count("received") == 1


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
        key, body, tiny.messages(name) + tiny.signals("stop", payload="content"), forms_start=tiny.form(fields, ["content"])
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


def test_a_message_that_a_case_throws_at_two_is_parked(engine):
    engine.deploy(thrower(), by=OLGA)
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine), begun(engine)
    child = begun(engine, {"content": {"paid": 8}}, key="child")
    assert engine.case(child).status == "completed"
    (incident,) = engine.incidents()
    assert incident.case_id == child and "More than one case" in incident.error
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
