"""Messages that come before somebody waits for them: kept, delivered once, forgotten in the end."""

from datetime import timedelta

import pytest

from engine import (
    SYSTEM,
    Conflict,
    Policy,
)
from tests.engine import tiny
from tests.engine.paid import PAID, begun, waiting
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.watching import count, holding, kinds, rows


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
    assert (incident.kind, incident.parked) == ("message", False)


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
