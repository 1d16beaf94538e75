"""What a person decides about an incident: try again, or give up."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, StepFailed
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, LEA, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, error, flow, line, multi, timer
from tests.engine.watching import acts, kinds, rows


def failing(opened, body=None, roots="", **more):
    """A case whose remote operator has failed for good, and the incident."""
    remote = Remote(RuntimeError("down"))
    engine = opened(operators=[remote.operator(retries=0)])
    if body is None:
        body = START + tiny.call("mail", "mail/send", variable="sent") + tiny.ask("last") + END
        body += line("start", "mail", "last", "end")
    engine.deploy(tiny.bundle("loan", body, roots, **more), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.run_due()
    (incident,) = engine.incidents()
    return engine, remote, incident


def test_a_retry_is_a_step(opened):
    engine, remote, incident = failing(opened)
    remote.says = ["sent"]
    engine.retry(incident.id, by=OLGA, reason="the server is back")
    engine.run_due()
    assert acts(engine) == [("started", "ann"), ("retried", "olga"), ("answered", "system")]
    said = engine.history("1")[1].input
    assert (said["incident"], said["element"], said["reason"]) == (incident.id, "mail", "the server is back")
    assert "down" in said["error"] and engine.incidents() == []


def test_an_operator_that_is_given_up_leaves_no_answer(opened):
    engine, remote, incident = failing(opened)
    case = engine.give_up(incident.id, by=OLGA, reason="sent by hand")
    assert case.data == {} and [task.element for task in engine.tasks("1")] == ["last"]
    step = engine.history("1")[-1]
    assert (step.kind, step.actor, step.input["reason"]) == ("given_up", "olga", "sent by hand")
    assert engine.incidents() == [] and rows(engine, "job") == [] and len(remote.calls) == 1


def test_it_takes_the_way_that_is_drawn_for_the_error(opened):
    definition, root = error("given-up")
    body = START + tiny.call("mail", "mail/send", variable="sent") + tiny.boundary("failed", "mail", definition)
    body += tiny.ask("by_hand") + tiny.ask("last") + END + line("start", "mail", "last", "end")
    engine, _, incident = failing(opened, body + flow("x", "failed", "by_hand") + flow("y", "by_hand", "end"), root)
    engine.give_up(incident.id, by=OLGA, reason="the server is gone")
    assert [task.element for task in engine.tasks("1")] == ["by_hand"]


def test_all_instances_are_given_up_at_once(opened):
    loop = multi(inner="<bpmn:loopCardinality>3</bpmn:loopCardinality>")
    body = START + tiny.call("mail", "mail/send", inner=loop) + tiny.ask("last") + END
    engine, _, incident = failing(opened, body + line("start", "mail", "last", "end"))
    engine.give_up(incident.id, by=OLGA, reason="sent by hand")
    assert len(engine.history("1")[-1].input["operators"]) == 3
    assert [task.element for task in engine.tasks("1")] == ["last"]


def test_what_follows_from_giving_up_fails(opened):
    body = START + tiny.call("mail", "mail/send", variable="sent") + tiny.script("use", "used = sent.id")
    body += tiny.ask("last") + END + line("start", "mail", "use", "last", "end")
    engine, _, incident = failing(opened, body)
    with pytest.raises(Refusal, match="unknown name sent"):
        engine.give_up(incident.id, by=OLGA, reason="sent by hand")
    assert kinds(engine) == ["started"] and incident.id in {one.id for one in engine.incidents()}
    assert len(rows(engine, "job")) == 1


def test_a_timer_cannot_be_given_up(engine, clock):
    body = START + tiny.ask("ask", form="forms/late.json") + tiny.catch("wait", timer("&quot;PT1H&quot;"))
    body += tiny.script("sum", "total = 1 + late") + END + line("start", "ask", "wait", "sum", "end")
    late = tiny.form({"late": {}}, required=["late"])
    engine.deploy(tiny.bundle("loan", body, forms_late=late), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"late": "never"}, by=ANN)
    clock.set(engine.next_due())
    engine.run_due()
    (incident,) = engine.incidents()
    with pytest.raises(Refusal, match="timer"):
        engine.give_up(incident.id, by=OLGA, reason="no use")
    assert engine.marking("1").timers and engine.verify("1").problems == ()


def test_who_may_and_what_for(opened):
    engine, _, incident = failing(opened)
    for by in (ANN, AUDREY):
        with pytest.raises(NotAllowed):
            engine.retry(incident.id, by=by)
        with pytest.raises(NotAllowed):
            engine.give_up(incident.id, by=by, reason="tired")
    with pytest.raises(Refusal, match="Say why"):
        engine.give_up(incident.id, by=OLGA, reason="")
    with pytest.raises(NotFound):
        engine.give_up(999, by=OLGA, reason="tired")
    engine.give_up(incident.id, by=OLGA, reason="sent by hand")
    for again in (engine.retry, engine.give_up):
        with pytest.raises(NotFound):
            again(incident.id, by=OLGA, reason="again")


def test_an_incident_of_a_suspended_case_waits(opened):
    engine, remote, incident = failing(opened)
    engine.suspend("1", by=LEA, reason="wait")
    with pytest.raises(Conflict, match="suspended"):
        engine.give_up(incident.id, by=OLGA, reason="no use")
    engine.retry(incident.id, by=OLGA, reason="the server is back")
    engine.run_due()
    assert len(remote.calls) == 1
    remote.says = ["sent"]
    engine.resume("1", by=LEA, reason="go on")
    engine.run_due()
    assert kinds(engine) == ["started", "suspended", "retried", "resumed", "answered"]


# What has settled itself


def closed(engine, incident):
    """Who has closed an incident."""
    (found,) = [one for one in rows(engine, "incident") if one["id"] == incident.id]
    return found["closed_by"]


def test_an_incident_of_a_case_that_is_over_is_closed(opened):
    engine, _, incident = failing(opened)
    engine.cancel("1", by=LEA, reason="withdrawn")
    assert engine.incidents() == [] and closed(engine, incident) == "lea"
    with pytest.raises(NotFound):
        engine.retry(incident.id, by=OLGA)
    assert kinds(engine) == ["started", "cancelled"]


SHARED = """{"type": "object", "properties": {"share": {"type": "integer"}}}"""


@pytest.fixture
def dividing(engine):
    """A case with two tasks side by side; after each a script divides by what the form says."""
    body = START + tiny.ask("one", form="forms/one.json") + tiny.script("first", "a = 10 / share")
    body += '<bpmn:parallelGateway id="split" name="split"/><bpmn:parallelGateway id="join" name="join"/>'
    body += tiny.ask("other", form="forms/one.json") + tiny.script("second", "b = 10 / share") + tiny.ask("last") + END
    body += line("start", "split", "one", "first", "join", "last", "end") + line("split", "other", "second", "join")
    engine.deploy(tiny.bundle("loan", body, forms_one=SHARED), by=SYSTEM)
    engine.start("loan", by=ANN)
    return engine


def sends(engine, element, share):
    """Whether the form of a task went through."""
    (task,) = [task for task in engine.tasks("1") if task.element == element]
    try:
        return bool(engine.complete(task.id, {"share": share}, by=ANN))
    except StepFailed:
        return False


def test_a_form_that_failed_and_was_sent_again_is_settled(dividing):
    assert not sends(dividing, "one", 0) and not sends(dividing, "other", 0)
    assert {one.element for one in dividing.incidents()} == {"first", "second"}
    assert sends(dividing, "one", 2)
    (incident,) = dividing.incidents()
    assert incident.element == "second"  # another way, which has not gone on
    (task,) = [task for task in dividing.tasks("1") if task.element == "other"]
    dividing.claim(task.id, by=ANN)
    assert dividing.incidents() == [incident]
    assert sends(dividing, "other", 5) and dividing.incidents() == []
    assert closed(dividing, incident) == "ann"


def test_what_has_jobs_left_waits_for_a_person(opened):
    """Two instances: one is given its answer, the other one's job is still laid aside."""
    loop = multi(inner="<bpmn:loopCardinality>2</bpmn:loopCardinality>")
    body = START + tiny.call("mail", "mail/send", inner=loop) + tiny.ask("last") + END
    remote = Remote(RuntimeError("down"), {"id": 1}, {"id": 2})
    engine = opened(operators=[remote.operator(retries=0)])
    engine.deploy(tiny.bundle("loan", body + line("start", "mail", "last", "end")), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.run_due()
    assert kinds(engine) == ["started", "answered"]
    (incident,) = engine.incidents()
    engine.retry(incident.id, by=OLGA, reason="the server is back")
    engine.run_due()
    assert engine.incidents() == [] and [task.element for task in engine.tasks("1")] == ["last"]


def test_a_boundary_event_leads_away_from_what_failed(opened, clock):
    body = START + tiny.call("mail", "mail/send") + tiny.boundary("late", "mail", timer("&quot;PT1H&quot;"))
    body += tiny.ask("last") + END + line("start", "mail", "end") + line("late", "last", "end")
    engine, _, incident = failing(opened, body)
    clock.advance(hours=2)
    engine.run_due()
    assert [task.element for task in engine.tasks("1")] == ["last"]
    assert engine.incidents() == [] and closed(engine, incident) == "system"
