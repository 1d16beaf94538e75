"""Steps that fail: nothing of them has happened, and an incident says where."""

import json
from datetime import UTC, datetime

import pytest

from engine import StepFailed
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.unchecked import deploy_unchecked
from tests.engine.watching import count, rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


def failing():
    """A task whose form divides by a number."""
    divide = tiny.script("divide", "share = 100 / number")
    form = json.dumps(
        {
            "type": "object",
            "properties": {"number": {"type": "number"}, "text": {"type": "string"}},
            "required": ["number"],
        }
    )
    return tiny.bundle(
        "loan",
        START + tiny.ask("ask", form="forms/number.json") + divide + END + line("start", "ask", "divide", "end"),
        forms_number=form,
    )


def test_a_form_whose_consequences_fail_is_not_accepted(engine, clock):
    engine.deploy(failing(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.save_draft(TASK, {"number": 0, "text": "typed"}, by=ANN)
    before = rows(engine, "case_file"), rows(engine, "step"), rows(engine, "task")
    for number in (1, 2):
        clock.advance(minutes=1)
        with pytest.raises(StepFailed) as refused:
            engine.complete(TASK, {"number": 0}, by=ANN)
        (incident,) = engine.incidents()
        assert (refused.value.element, refused.value.incident) == ("divide", incident.id)
        assert (incident.case_id, incident.element, incident.count) == ("1", "divide", number)
        assert incident.error == refused.value.why and "zero" in incident.error
    assert (rows(engine, "case_file"), rows(engine, "step"), rows(engine, "task")) == before
    assert engine.draft(TASK, ANN) == {"number": 0, "text": "typed"}
    assert engine.case("1").incidents == (incident,)
    assert engine.verify("1").sound
    assert engine.complete(TASK, {"number": 4}, by=ANN).data["share"] == 25
    assert engine.case("1").status == "completed"


def test_a_start_that_fails_leaves_nothing(engine):
    body = tiny.begin() + tiny.script("divide", "share = 100 / number") + tiny.ask("ask") + END
    files = tiny.bundle(
        "loan",
        body + line("start", "divide", "ask", "end"),
        forms_start=tiny.form({"number": {"type": "number"}}, ["number"]),
    )
    engine.deploy(files, by=OLGA)
    with pytest.raises(StepFailed) as refused:
        engine.start("loan", {"number": 0}, by=ANN)
    assert (refused.value.element, refused.value.incident) == ("divide", None)
    for table in ("case_file", "step", "task", "counter", "incident"):
        assert count(engine, table) == 0


def test_a_timer_whose_consequences_fail_is_parked(engine, clock):
    wait = el(
        "intermediateCatchEvent",
        "wait",
        "<bpmn:timerEventDefinition><bpmn:timeDuration>&quot;PT1H&quot;</bpmn:timeDuration></bpmn:timerEventDefinition>",
    )
    body = (
        tiny.begin()
        + wait
        + tiny.script("divide", "share = 100 / number")
        + END
        + line("start", "wait", "divide", "end")
    )
    engine.deploy(tiny.bundle("loan", body, forms_start=tiny.form({"number": {"type": "number"}}, ["number"])), by=OLGA)
    bad, good = (engine.start("loan", {"number": number}, by=ANN).id for number in (0, 4))
    clock.advance(hours=1)
    assert engine.run_due() == 2
    assert (engine.case(bad).status, engine.case(good).status) == ("open", "completed")
    (incident,) = engine.incidents()
    assert (incident.case_id, incident.element) == (bad, "divide")
    assert engine.run_due() == 0 and engine.next_due() is None
    assert engine.verify(bad).sound
    engine.retry(incident.id, by=OLGA)
    assert engine.run_due() == 1
    assert engine.incidents()[0].count == 2


def test_a_deadlock_is_an_incident(engine):
    """Diagrams that deadlock are refused; this one came here before the check knew."""
    body = (
        START
        + el("parallelGateway", "split")
        + tiny.ask("one")
        + el("exclusiveGateway", "which", default="on")
        + el("parallelGateway", "join")
        + el("endEvent", "away")
        + END
        + line("start", "split", "one", "which")
        + flow("on", "which", "join")
        + flow("off", "which", "away", "approved")
        + line("split", "join", "end")
    )
    deploy_unchecked(engine, tiny.bundle("loan", body))
    engine.start("loan", by=ANN)
    case = engine.complete(engine.inbox(ANN)[0].id, {"approved": True}, by=ANN)
    (incident,) = engine.incidents()
    assert (case.status, incident.case_id, incident.element) == ("open", case.id, "join")
    assert incident.error.startswith("deadlock") and incident.kind == "deadlock"
    assert engine.cancel(case.id, by=ANN, reason="x").status == "cancelled"
