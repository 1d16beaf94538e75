"""Linked cases: there right after the commit, once, also when the thread dies."""

from datetime import UTC, datetime

import pytest

from engine import StepFailed
from engine.jobs.run import lease, run
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, line
from tests.engine.watching import count

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


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
    assert (incident.kind, incident.parked) == ("start", True)
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
