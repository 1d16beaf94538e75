"""Remote operators, linked cases, leases, retries: each job exactly once, a remote operator at least once."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine import DiagramError, NotAllowed, NotFound, Operator, Policy, Refusal, StepFailed
from engine.bundles import normal_files, read_bundle
from engine.jobs.run import lease, run
from engine.store import shelf
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.watching import count, rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


class Remote:
    """A remote operator that does what the test says, and remembers what it was asked."""

    def __init__(self, *says):
        self.says, self.calls = list(says), []

    def __call__(self, call):
        self.calls.append(call)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, BaseException):
            raise said
        return said

    def operator(self, **more):
        return Operator(name="mail/send", kind="remote", run=self, **more)


def mailing(**more):
    """A task, a mail by a remote operator, another task."""
    send = tiny.call("mail", "mail/send", variable="sent", to="&quot;a@b.cn&quot;", note="note")
    body = START + tiny.ask("ask", form="forms/note.json") + send + tiny.ask("last") + END
    return tiny.bundle(
        "loan",
        body + line("start", "ask", "mail", "last", "end"),
        forms_note=tiny.form(required=("approved", "note")),
        **more,
    )


@pytest.fixture
def posted(opened):
    """Start a case of `mailing` with an operator, and complete its task: `engine = posted(remote)`."""

    def begin(remote, files=None, policy=None, **more):
        engine = opened(operators=[remote.operator(**more)], policy=policy)
        engine.deploy(files or mailing(), by=OLGA)
        engine.start("loan", by=ANN)
        engine.complete(TASK, {"approved": True, "note": "hello"}, by=ANN)
        return engine

    return begin


def kinds(engine, case_id="1"):
    return [(step.kind, step.actor) for step in engine.history(case_id)]


# Remote operators


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
    assert kinds(engine) == [("started", "ann"), ("completed", "ann")]
    first = engine.next_due() - clock.now()
    assert timedelta(seconds=4) <= first <= timedelta(seconds=6)
    assert engine.run_due() == 0
    clock.advance(seconds=6)
    assert engine.run_due() == 1
    second = engine.next_due() - clock.now()
    assert timedelta(seconds=8) <= second <= timedelta(seconds=12)
    clock.advance(seconds=12)
    assert engine.run_due() == 1
    assert kinds(engine)[-1] == ("answered", "system")
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
    assert kinds(engine)[-1] == ("answered", "system")
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
    assert kinds(engine)[-1] == ("completed", "ann") and engine.run_due() == 0


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
    assert engine.run_due() == 0 and len(kinds(engine)) == 2
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
    assert incident.element == "share" and len(kinds(engine)) == 1
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
    assert kinds(engine)[-1] == ("cancelled", "ann") and engine.incidents() == []
    assert engine.run_due() == 0


def test_an_answer_that_comes_while_the_case_is_given_up(posted):
    class Slow(Remote):
        def __call__(self, call):
            engine.cancel("1", by=ANN, reason="x")
            return super().__call__(call)

    engine = posted(Slow({}))
    assert engine.run_due() == 1
    assert kinds(engine)[-1] == ("cancelled", "ann") and engine.incidents() == []
    assert engine.verify("1").sound


# Leases


def test_a_leased_job_is_nobody_elses(posted, opened, clock):
    remote = Remote({})
    engine = posted(remote)
    other = opened(operators=[remote.operator()])
    (job,) = lease(engine.context, 10)
    assert other.run_due() == 0 and remote.calls == []
    clock.advance(minutes=2)
    assert other.run_due() == 1
    run(engine.context, job)  # the first one wakes up and has been overtaken
    assert len(remote.calls) == 2 and len({call.key for call in remote.calls}) == 1
    assert [kind for kind, _ in kinds(engine)].count("answered") == 1
    assert engine.incidents() == [] and engine.verify("1").sound


def test_how_long_a_job_is_leased_is_a_matter_of_policy(posted, clock):
    engine = posted(Remote({}), policy=Policy(lease=timedelta(seconds=10)))
    lease(engine.context, 10)
    clock.advance(seconds=10)
    assert engine.run_due() == 1


def test_a_worker_that_is_stopped_gives_back_what_it_did_not_do(posted, opened):
    engine = posted(Remote(KeyboardInterrupt()))
    engine.start("loan", by=ANN)
    engine.complete("2.1.2", {"approved": True, "note": "x"}, by=ANN)
    with pytest.raises(KeyboardInterrupt):
        engine.run_due()
    assert opened(operators=[Remote({}).operator()]).run_due() == 2


def test_a_worker_that_was_slow_leaves_the_rest_to_others(posted, opened, clock):
    class Slow(Remote):
        def __call__(self, call):
            clock.advance(minutes=3)
            return super().__call__(call)

    slow = Slow({})
    engine = posted(slow)
    for number in (2, 3):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    assert engine.run_due() == 3
    assert len(slow.calls) == 3 and len({call.key for call in slow.calls}) == 3


def test_a_limit_is_kept(posted):
    engine = posted(Remote({}))
    for number in (2, 3):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    assert [engine.run_due(limit=2), engine.run_due(limit=2), engine.run_due(limit=2)] == [2, 1, 0]


# Linked cases


def linking(process="&quot;child&quot;", data="{who: note}"):
    start = tiny.call("begin", "case/start", variable="handed", process=process, data=data)
    body = START + tiny.ask("ask", form="forms/note.json") + start + tiny.ask("last") + END
    return tiny.bundle(
        "loan", body + line("start", "ask", "begin", "last", "end"), forms_note=tiny.form(required=("approved", "note"))
    )


CHILD = tiny.one_task("child", start={"who": {"type": "string"}}, process={"starters": "nobody"})


@pytest.fixture
def linked(engine):
    engine.deploy(CHILD, by=OLGA)
    engine.deploy(linking(), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def test_a_linked_case_is_there_right_after_the_commit(linked):
    parent = linked.complete(TASK, {"approved": True, "note": "张敏"}, by=ANN)
    assert sorted(task.key for task in linked.inbox(ANN)) == ["child", "loan"]
    (child,) = linked.cases(key="child")
    assert (child.id, child.parent, child.started_by, child.data) == ("2", "1", "system", {"who": "张敏"})
    assert linked.history("2")[0].input["parent"] == "1"
    assert parent.data["handed"] == {"requested": "child"}
    assert [case.id for case in linked.linked("1", ANN)] == ["2"]
    assert [case.id for case in linked.linked("2", ANN)] == ["1"]
    assert linked.run_due() == 0 and count(linked, "job") == 0
    for case in "12":
        assert linked.replay(case).equal and linked.verify(case).sound


def test_a_worker_takes_over_when_the_thread_dies_after_the_commit(linked, clock, monkeypatch):
    def dies(context, rows):
        raise SystemExit

    monkeypatch.setattr("engine.jobs.run.follow_up", dies)
    with pytest.raises(SystemExit):
        linked.complete(TASK, {"approved": True, "note": "x"}, by=ANN)
    monkeypatch.undo()
    assert linked.case("1").seq == 2 and linked.cases(key="child") == []
    assert linked.run_due() == 0
    clock.advance(minutes=2)
    assert linked.run_due() == 1
    assert [case.parent for case in linked.cases(key="child")] == ["1"]
    assert linked.run_due() == 0


def test_a_linked_case_is_started_once_even_if_two_are_at_it(linked, monkeypatch):
    left = []
    monkeypatch.setattr("engine.jobs.run.follow_up", lambda context, rows: left.extend(rows))
    linked.complete(TASK, {"approved": True, "note": "x"}, by=ANN)
    (job,) = left
    assert (job["kind"], job["run_at"] < job["leased_until"]) == ("start", True)
    for _ in range(3):
        run(linked.context, job)
    assert len(linked.cases(key="child")) == 1 and linked.incidents() == []


def test_a_linked_case_that_cannot_be_started_is_parked(linked):
    files = CHILD | {"forms/start.json": tiny.form({"who": {"type": "integer"}}, ())}
    linked.deploy(files, by=OLGA)
    linked.complete(TASK, {"approved": True, "note": "x"}, by=ANN)
    (incident,) = linked.incidents()
    assert (incident.case_id, incident.element) == ("1", "begin") and "who: type" in incident.error
    linked.deploy(CHILD, by=OLGA)
    assert [deployment.version for deployment in linked.deployments("child")] == [3, 2, 1]
    linked.retry(incident.id, by=OLGA)
    assert linked.run_due() == 1 and len(linked.cases(key="child")) == 1


def test_a_process_that_is_not_deployed_fails_the_step(engine):
    engine.deploy(CHILD, by=OLGA)
    engine.deploy(linking(process="note"), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed) as refused:
        engine.complete(TASK, {"approved": True, "note": "nothing"}, by=ANN)
    assert (refused.value.element, refused.value.why) == ("begin", "the process nothing is not deployed")
    assert engine.complete(TASK, {"approved": True, "note": "child"}, by=ANN).seq == 2


def test_a_case_that_cannot_be_reached_now_is_left_to_a_worker(linked, clock, monkeypatch):
    from engine.errors import Unavailable

    def unreachable(*_, **__):
        raise Unavailable

    monkeypatch.setattr("engine.cases.starting.start", unreachable)
    assert linked.complete(TASK, {"approved": True, "note": "x"}, by=ANN).seq == 2
    monkeypatch.undo()
    clock.advance(minutes=2)
    assert linked.run_due() == 1 and len(linked.cases(key="child")) == 1


def test_two_workers_share_what_is_due(posted, opened):
    remote = Remote({})
    engine = posted(remote)
    for number in range(2, 30):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    other = opened(operators=[remote.operator()])
    first, second = lease(engine.context, 20), lease(other.context, 20)
    assert (len(first), len(second)) == (20, 9)
    assert {job["case_id"] for job in first}.isdisjoint(job["case_id"] for job in second)


# A local operator


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


# Failing steps


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
    bundle = read_bundle(normal_files(tiny.bundle("loan", body)))
    with engine.database.writing() as connection:
        shelf.store_bundle(connection, bundle)
        shelf.deploy(connection, bundle, "2026-03-02T01:00:00.000000Z", "olga", "")
    engine.start("loan", by=ANN)
    case = engine.complete(engine.inbox(ANN)[0].id, {"approved": True}, by=ANN)
    (incident,) = engine.incidents()
    assert (case.status, incident.case_id, incident.element) == ("open", case.id, "join")
    assert incident.error.startswith("deadlock")
    assert engine.cancel(case.id, by=ANN, reason="x").status == "cancelled"
