"""Remote operators: called after the commit, at least once, with one key; their answer is a step."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine import DiagramError, NotFound, Refusal
from engine.jobs.run import lease, run
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, line
from tests.engine.watching import acts, count

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


def test_the_answer_of_a_remote_operator_is_a_step(posted, clock):
    remote = Remote({"id": 7, "cost": Decimal("0.10")})
    engine = posted(remote)
    assert remote.calls == [] and engine.inbox(ANN) == []
    assert engine.next_due() == NOW
    clock.advance(minutes=1)
    assert engine.run_due() == 1
    (call,) = remote.calls
    assert (call.operator, call.element, call.case_id, call.case_number) == (
        "mail/send",
        "mail",
        "1",
        "LOA-20260302-000001",
    )
    assert (call.process, call.at, call.parameters) == ("loan", clock.now(), {"to": "a@b.cn", "note": "hello"})
    assert (call.connection, call.data) == (None, {"approved": True, "note": "hello"})
    step = engine.history("1")[-1]
    assert (step.seq, step.kind, step.actor, step.at) == (3, "answered", "system", clock.now())
    assert step.input["result"] == {"id": 7, "cost": Decimal("0.1")}
    assert engine.case("1").data["sent"] == {"id": 7, "cost": Decimal("0.1")}
    assert [task.element for task in engine.inbox(ANN)] == ["last"]
    assert engine.run_due() == 0 and count(engine, "job") == 0
    assert engine.replay("1").equal and engine.verify("1").sound


def test_the_request_is_an_effect_of_the_step_that_made_it(posted):
    engine = posted(Remote({}))
    requested = [e for e in engine.history("1")[-1].effects if e.kind == "requested"]
    assert [(e.element, e.detail) for e in requested] == [
        ("mail", {"operator": "mail/send", "parameters": {"to": "a@b.cn", "note": "hello"}})
    ]


def test_a_remote_operator_that_fails_is_called_again_later_and_later(posted, clock):
    remote = Remote(ConnectionError("no route"), ConnectionError("no route"), {"id": 7})
    engine = posted(remote)
    assert engine.run_due() == 1
    assert acts(engine) == [("started", "ann"), ("completed", "ann")]
    first = engine.next_due() - clock.now()
    assert timedelta(seconds=4) <= first <= timedelta(seconds=6)
    assert engine.run_due() == 0
    clock.advance(seconds=6)
    assert engine.run_due() == 1
    second = engine.next_due() - clock.now()
    assert timedelta(seconds=8) <= second <= timedelta(seconds=12)
    clock.advance(seconds=12)
    assert engine.run_due() == 1
    assert acts(engine)[-1] == ("answered", "system")
    assert len({call.key for call in remote.calls}) == 1 and len(remote.calls) == 3
    assert engine.incidents() == []


def test_after_its_retries_it_is_parked_with_an_incident(posted, clock):
    remote = Remote(*[ConnectionError("no route")] * 3, {"id": 7})
    engine = posted(remote, retries=2)
    for _ in range(3):
        assert engine.run_due() == 1
        clock.advance(hours=2)
    assert engine.run_due() == 0 and engine.next_due() is None
    (incident,) = engine.incidents()
    assert (incident.case_id, incident.element, incident.count) == ("1", "mail", 1)
    assert incident.error == "mail/send failed 3 times: ConnectionError: no route"
    assert engine.case("1").incidents == (incident,)
    assert engine.verify("1").sound
    engine.retry(incident.id, by=OLGA)
    assert engine.incidents() == [] and engine.incidents(open_only=False)[0].closed_at == clock.now()
    assert engine.run_due() == 1
    assert acts(engine)[-1] == ("answered", "system")
    assert len({call.key for call in remote.calls}) == 1
    with pytest.raises(NotFound):
        engine.retry(incident.id, by=OLGA)


def test_an_incident_counts(posted, clock):
    engine = posted(Remote(ConnectionError("no route")), retries=0)
    for number in (1, 2, 3):
        assert engine.run_due() == 1
        (incident,) = engine.incidents()
        assert (incident.count, incident.opened_at, incident.last_at) == (number, NOW, clock.now())
        clock.advance(hours=1)
        engine.retry(incident.id, by=OLGA)
    assert len(engine.incidents(open_only=False)) == 1


def test_all_instances_of_a_failing_operator_run_again_after_one_retry(opened, clock):
    loop = '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    remote = Remote(ConnectionError("x"), ConnectionError("x"), ConnectionError("x"), {})
    engine = opened(operators=[remote.operator(retries=0)])
    body = START + tiny.call("mail", "mail/send", inner=loop) + END + line("start", "mail", "end")
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.run_due() == 3
    (incident,) = engine.incidents()
    assert incident.count == 3
    engine.retry(incident.id, by=OLGA)
    assert engine.run_due() == 3
    assert engine.case("1").status == "completed" and count(engine, "job") == 0


def test_an_error_of_the_diagram_takes_the_way_drawn_for_it(opened):
    remote = Remote(DiagramError("bounced", {"why": "full"}))
    error = '<bpmn:errorEventDefinition errorRef="e_bounced"/>'
    body = (
        START
        + tiny.call("mail", "mail/send")
        + tiny.boundary("failed", "mail", error)
        + tiny.ask("phone")
        + END
        + line("start", "mail", "end")
        + line("failed", "phone", "end")
    )
    engine = opened(operators=[remote.operator()])
    engine.deploy(tiny.bundle("loan", body, '<bpmn:error id="e_bounced" errorCode="bounced"/>'), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.run_due() == 1
    step = engine.history("1")[-1]
    assert (step.kind, step.input["code"], step.input["result"]) == ("failed", "bounced", {"why": "full"})
    assert [task.element for task in engine.inbox(ANN)] == ["phone"]
    assert engine.replay("1").equal and engine.incidents() == []


def test_an_error_that_nobody_catches_is_parked(posted):
    engine = posted(Remote(DiagramError("bounced")))
    assert engine.run_due() == 1
    (incident,) = engine.incidents()
    assert (incident.element, incident.error) == ("mail", "nobody catches the error bounced")
    assert acts(engine)[-1] == ("completed", "ann") and engine.run_due() == 0


@pytest.mark.parametrize(
    "says",
    [
        object(),
        {"when": {1, 2}},
        {"x": float("nan")},
        {"x": "\ud800"},
        {"x": 10**80},
        NotFound("no template"),
        Refusal("no"),
        RecursionError(),
    ],
)
def test_an_answer_that_is_none_stays_with_its_job(posted, says):
    engine = posted(Remote(says), retries=0)
    engine.start("loan", by=BEN)
    engine.complete("2.1.2", {"approved": True, "note": "x"}, by=BEN)
    assert engine.run_due() == 2
    assert sorted(incident.case_id for incident in engine.incidents()) == ["1", "2"]
    assert {incident.element for incident in engine.incidents()} == {"mail"}
    assert engine.run_due() == 0 and len(acts(engine)) == 2
    assert engine.verify("1").sound


def test_an_operator_that_is_not_registered_any_more(posted, opened):
    posted(Remote({}))
    other = opened()
    assert other.run_due() == 1
    (incident,) = other.incidents()
    assert incident.error == "there is no operator mail/send"


def test_what_follows_from_an_answer_fails(opened, clock):
    remote = Remote({"n": 0}, {"n": 4})
    body = START + tiny.call("mail", "mail/send", variable="sent") + tiny.script("share", "share = 100 / sent.n") + END
    operator = remote.operator(result={"type": "object", "properties": {"n": {"type": "number"}}})
    engine = opened(operators=[operator])
    engine.deploy(tiny.bundle("loan", body + line("start", "mail", "share", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.run_due() == 1
    (incident,) = engine.incidents()
    assert incident.element == "share" and len(acts(engine)) == 1
    engine.retry(incident.id, by=OLGA)
    assert engine.run_due() == 1
    assert engine.case("1").data["share"] == 25


def test_a_case_that_is_given_up_wants_no_answer(posted):
    remote = Remote({})
    engine = posted(remote)
    (job,) = lease(engine.context, 10)
    engine.cancel("1", by=ANN, reason="x")
    assert count(engine, "job") == 0
    run(engine.context, job)
    assert acts(engine)[-1] == ("cancelled", "ann") and engine.incidents() == []
    assert engine.run_due() == 0


def test_an_answer_that_comes_while_the_case_is_given_up(posted):
    class Slow(Remote):
        def __call__(self, call):
            engine.cancel("1", by=ANN, reason="x")
            return super().__call__(call)

    engine = posted(Slow({}))
    assert engine.run_due() == 1
    assert acts(engine)[-1] == ("cancelled", "ann") and engine.incidents() == []
    assert engine.verify("1").sound
