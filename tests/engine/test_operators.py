"""Local operators: they answer within the step, and what they say is written down."""

from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine import DiagramError, NotAllowed, Operator, StepFailed
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, error, line
from tests.engine.watching import rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


def local(run, **more):
    return Operator(name="credit/look", kind="local", run=run, **more)


def looking(boundary=""):
    look = tiny.call("look", "credit/look", variable="found", who="note")
    return tiny.bundle(
        "loan",
        START
        + tiny.ask("ask", form="forms/note.json")
        + look
        + boundary
        + tiny.ask("last")
        + END
        + line("start", "ask", "look", "last", "end"),
        forms_note=tiny.form(required=("approved", "note")),
    )


def test_a_local_operator_answers_within_the_step(opened, clock):
    calls = []

    def run(call):
        calls.append(call)
        call.connection.exec_driver_sql("INSERT INTO counter (prefix, day, value) VALUES ('x', '20260101', 7)")
        return {"limit": 12.5, "at": call.at}

    engine = opened(operators=[local(run)])
    engine.deploy(looking(), by=OLGA)
    engine.start("loan", by=ANN)
    case = engine.complete(TASK, {"approved": True, "note": "C1"}, by=ANN)
    (call,) = calls
    assert (call.operator, call.element, call.occurrence, call.key) == ("credit/look", "look", 3, "1.2.3")
    assert (call.case_id, call.case_number, call.process) == ("1", "LOA-20260302-000001", "loan")
    assert (call.parameters, call.at, call.data) == ({"who": "C1"}, clock.now(), {"approved": True, "note": "C1"})
    found = {"limit": Decimal("12.5"), "at": "2026-03-02T01:00:00.000000Z"}
    assert case.data["found"] == found
    step = engine.history("1")[-1]
    assert step.input["answers"] == [["look", 3, {"result": found}]]
    answered = [e.detail for e in step.effects if e.kind == "answered"]
    assert answered == [{"operator": "credit/look", "parameters": {"who": "C1"}, "result": found}]
    assert engine.replay("1").equal and len(calls) == 1
    assert rows(engine, "counter", prefix="x")[0]["value"] == 7


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("by zero"), NotAllowed("no"), KeyError("who"), RecursionError("deep")]
)
def test_a_local_operator_that_fails_fails_the_step(opened, error):
    says = [error, {}]

    def run(call):
        call.connection.exec_driver_sql("INSERT INTO counter (prefix, day, value) VALUES ('x', '20260101', 7)")
        if isinstance(said := says.pop(0), Exception):
            raise said
        return said

    engine = opened(operators=[local(run)])
    engine.deploy(looking(), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed) as refused:
        engine.complete(TASK, {"approved": True, "note": "x"}, by=ANN)
    assert refused.value.element == "look"
    (incident,) = engine.incidents()
    assert incident.id == refused.value.incident
    assert rows(engine, "counter", prefix="x") == [] and engine.case("1").seq == 1
    assert engine.complete(TASK, {"approved": True, "note": "x"}, by=ANN).seq == 2


def test_a_local_operator_that_answers_with_an_error_of_the_diagram(opened):
    def run(call):
        raise DiagramError("unknown", {"who": call.parameters["who"]})

    error = '<bpmn:errorEventDefinition errorRef="e_unknown"/>'
    files = looking(tiny.boundary("failed", "look", error) + tiny.ask("identify") + line("failed", "identify", "last"))
    files["loan.bpmn"] = files["loan.bpmn"].replace(
        "<bpmn:process", '<bpmn:error id="e_unknown" errorCode="unknown"/><bpmn:process', 1
    )
    engine = opened(operators=[local(run)])
    engine.deploy(files, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True, "note": "C1"}, by=ANN)
    assert [task.element for task in engine.inbox(ANN)] == ["identify"]
    assert engine.history("1")[-1].input["answers"] == [["look", 3, {"error": "unknown", "result": {"who": "C1"}}]]
    assert engine.replay("1").equal


def test_plain_functions_are_local_operators(opened):
    engine = opened(operators={"credit/look": lambda call: {"limit": 1}})
    engine.deploy(looking(), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.complete(TASK, {"approved": True, "note": "x"}, by=ANN).data["found"] == {"limit": 1}


def test_an_answer_is_plain_json(opened):
    engine = opened(operators=[local(lambda call: {"x": {1}})])
    engine.deploy(looking(), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed):
        engine.complete(TASK, {"approved": True, "note": "x"}, by=ANN)


def test_a_local_operator_of_the_first_step_knows_the_number_of_the_case(opened):
    seen = []
    engine = opened(operators=[local(lambda call: seen.append((call.case_id, call.case_number, call.key)) or {})])
    engine.deploy(tiny.one_task(before=tiny.call("look", "credit/look")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.start("loan", by=ANN)
    assert seen == [("1", "LOA-20260302-000001", "1.1.2"), ("2", "LOA-20260302-000002", "2.1.2")]
    assert [case.number for case in engine.cases()] == ["LOA-20260302-000002", "LOA-20260302-000001"]


PHONE = {"type": "object", "properties": {"phone": {"type": "string", "x-personal": True}}}


def in_the_chain(engine, said):
    return [name for one in rows(engine, "step") for name in ("input", "effects") if said in bytes(one[name]).decode()]


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_what_an_error_says_of_people_stays_out_of_the_chain(opened, kind):
    def run(call):
        raise DiagramError("E", {"phone": "13811112222", "why": "closed"})

    definition, roots = error("E")
    look = tiny.call("look", "credit/look", variable="found") + tiny.boundary("failed", "look", definition)
    flows = line("start", "ask", "look", "end") + line("failed", "last", "end", prefix="g")
    files = tiny.bundle("loan", START + tiny.ask("ask") + look + tiny.ask("last", variable="z") + END + flows, roots)
    engine = opened(operators=[Operator(name="credit/look", kind=kind, run=run, result=PHONE)])
    engine.deploy(files, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True}, by=ANN)
    engine.run_due()
    assert [task.element for task in engine.tasks("1")] == ["last"] and in_the_chain(engine, "13811112222") == []
    assert [one["field"] for one in rows(engine, "vault")] == ["credit/look.phone"]


@pytest.mark.parametrize(
    "result",
    [
        {"anyOf": [PHONE]},
        {"$ref": "#/$defs/p", "$defs": {"p": PHONE}},
        {"type": "array", "prefixItems": [PHONE]},
        {"type": "object", "properties": {"phone": {"x-personal": "true"}}},
    ],
)
def test_a_personal_mark_in_an_answer_where_nobody_looks_for_it_is_refused(opened, result):
    with pytest.raises(ValueError, match="credit/look: x-personal stands at"):
        opened(operators=[local(lambda call: None, result=result)])


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_an_answer_that_makes_up_a_reference_is_refused(opened, kind):
    made_up = {"$vault": "9.9.9", "sha256": "0" * 64}
    engine = opened(operators=[Operator(name="credit/look", kind=kind, run=lambda call: made_up, retries=0)])
    engine.deploy(looking(), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed, match=r"9\.9\.9, which was never kept") if kind == "local" else nullcontext():
        engine.complete(TASK, {"approved": True, "note": "x"}, by=ANN)
    engine.run_due()
    (incident,) = engine.incidents()
    assert "9.9.9, which was never kept" in incident.error


def test_an_answer_may_hand_back_what_the_case_holds(opened):
    engine = opened(operators=[local(lambda call: call.parameters["who"])])
    form = tiny.form({"note": {"type": "string", "x-personal": True}}, ["note"])
    engine.deploy(looking() | {"forms/note.json": form}, by=OLGA)
    engine.start("loan", by=ANN)
    case = engine.complete(TASK, {"note": "13811112222"}, by=ANN)
    assert case.data["found"] == case.data["note"] and in_the_chain(engine, "13811112222") == []
