"""What becomes an event: the life of tasks, what the system does by itself, messages, interventions."""

import pytest

from engine import SYSTEM, Actor, Operator
from engine.operators import DiagramError
from tests.engine import tiny
from tests.engine.export.logs import exported, lives, ocel, story, xes
from tests.engine.paid import begun, waiting
from tests.engine.people import ANN, BEN, LEA, OLGA, SUE
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, el, error, line
from tests.engine.test_front_door import LOAN, RATE

TASK = "1.1.2"
WHO = ("org:resource",)


@pytest.fixture
def loan(engine):
    """A case with one task."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def test_the_whole_story_of_a_case(loan, clock):
    clock.advance(minutes=1)
    loan.claim(TASK, by=BEN)
    clock.advance(minutes=1)
    loan.complete(TASK, {"approved": True, "note": "free text"}, by=BEN)
    ((trace, events),) = xes(exported(loan, key=None))
    assert trace == {
        "concept:name": "1",
        "processKey": "loan",
        "processVersion": "1",
        "status": "completed",
        "outcome": "end",
    }
    names = (
        "time:timestamp",
        "concept:name",
        "lifecycle",
        "lifecycle:transition",
        "org:resource",
        "actorType",
        "eventId",
    )
    assert [tuple(event[name] for name in names) for event in events] == [
        ("2026-03-02T01:00:00.000+00:00", "case.start", "start", "start", "ann", "HUMAN", "1.1.1"),
        ("2026-03-02T01:00:00.000+00:00", "start", "complete", "complete", "system", "SYSTEM", "1.1.2"),
        ("2026-03-02T01:00:00.000+00:00", "ask", "create", "schedule", "system", "SYSTEM", "1.1.3"),
        ("2026-03-02T01:01:00.000+00:00", "ask", "assign", "assign", "ben", "HUMAN", "1.2.1"),
        ("2026-03-02T01:01:00.000+00:00", "ask", "start", "start", "ben", "HUMAN", "1.2.2"),
        ("2026-03-02T01:02:00.000+00:00", "ask", "complete", "complete", "ben", "HUMAN", "1.3.1"),
        ("2026-03-02T01:02:00.000+00:00", "end", "complete", "complete", "system", "SYSTEM", "1.3.2"),
        ("2026-03-02T01:02:00.000+00:00", "case.close", "complete", "complete", "system", "SYSTEM", "1.3.3"),
    ]
    task = events[2:6]
    assert {event["activityInstanceId"] for event in task} == {"1.2"} and events[0]["activityInstanceId"] == "1.0"
    assert {event["org:role"] for event in task} == {"csr"} and {event["activityType"] for event in task} == {
        "userTask"
    }
    assert [event.get("data.assignee") for event in task] == [None, "ben", None, None]
    assert events[5]["data.approved"] == "true" and "data.note" not in events[5]


def test_whoever_completes_an_unclaimed_task_takes_it_by_that(loan):
    loan.complete(TASK, {"approved": True}, by=BEN)
    assert lives(loan, "ask", "1", *WHO) == [
        ("create", "system"),
        ("assign", "ben"),
        ("start", "ben"),
        ("complete", "ben"),
    ]


def test_a_task_that_is_given_back_rests_until_another_takes_it(loan):
    for who, act in ((BEN, loan.claim), (BEN, loan.release), (ANN, loan.claim)):
        act(TASK, by=who)
    loan.complete(TASK, {"approved": True}, by=ANN)
    assert lives(loan, "ask", "1", *WHO)[3:] == [
        ("suspend", "ben"),
        ("reassign", "ann"),
        ("resume", "ann"),
        ("complete", "ann"),
    ]


def test_a_task_that_is_given_to_somebody_is_begun_by_him(loan):
    loan.assign(TASK, to="ben", by=SUE)
    loan.assign(TASK, to="ann", by=SUE)
    loan.complete(TASK, {"approved": True}, by=ANN)
    found = lives(loan, "ask", "1", *WHO, "data.assignee")
    assert found[1:] == [
        ("assign", "sue", "ben"),
        ("reassign", "sue", "ann"),
        ("start", "ann", None),
        ("complete", "ann", None),
    ]


def test_a_task_for_one_person_is_assigned_with_its_offer(engine):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", assignee="ben")), by=OLGA)
    engine.start("loan", by=ANN)
    assert lives(engine, "ask", "1", *WHO, "data.assignee") == [("create", "system", None), ("assign", "system", "ben")]


def test_terms_that_run_out(engine, clock):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", dueIn="PT2H")), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=24)
    engine.run_due()
    assert lives(engine, "ask") == ["create", "breach", "escalate"]


def test_a_suspended_case_rests_with_the_work_that_was_begun(loan):
    loan.claim(TASK, by=LEA)
    loan.suspend("1", by=LEA, reason="asked for")
    loan.resume("1", by=LEA, reason="answered")
    loan.complete(TASK, {"approved": True}, by=LEA)
    assert story(loan)[5:9] == [
        ("case.suspend", "suspend"),
        ("ask", "suspend"),
        ("case.resume", "resume"),
        ("ask", "resume"),
    ]


def test_a_case_that_is_given_up(loan):
    loan.claim(TASK, by=ANN)
    loan.cancel("1", by=ANN, reason="withdrawn")
    names = ("lifecycle:transition", *WHO, "data.intervention")
    assert story(loan, "1", *names)[-2:] == [
        ("ask", "cancel", "pi_abort", "ann", "cancelled"),
        ("case.cancel", "cancel", "pi_abort", "ann", "cancelled"),
    ]


def test_what_is_called_off_before_it_was_begun_is_withdrawn(loan):
    loan.cancel("1", by=ANN, reason="withdrawn")
    assert lives(loan, "ask", "1", "lifecycle:transition")[-1] == ("cancel", "withdraw")


def test_two_instances_of_one_task_have_lives_of_their_own(engine):
    engine.deploy(tiny.rounds(), by=OLGA)
    engine.start("rounds", by=ANN)
    for approved in (False, True):
        (task,) = engine.inbox(ANN)
        engine.complete(task.id, {"approved": approved}, by=ANN)
    assert {one[0] for one in story(engine)} == {"case.start", "start", "ask", "end", "case.close"}  # and no gateway
    found = lives(engine, "ask", "1", "activityInstanceId", "planned")
    assert [one[0] for one in found] == ["create", "assign", "start", "complete"] * 2
    first, second = {one[1] for one in found[:4]}, {one[1] for one in found[4:]}
    assert len(first) == len(second) == 1 and first != second and {one[2] for one in found} == {"true"}


def test_an_operator_starts_and_completes(posted):
    remote = Remote({"ok": True})
    engine = posted(remote)
    assert lives(engine, "mail", "1", *WHO) == [("start", "system")]
    engine.run_due()
    assert lives(engine, "mail", "1", *WHO, "actorType") == [
        ("start", "system", "SYSTEM"),
        ("complete", "system", "SYSTEM"),
    ]


def failing():
    """A service task whose error the diagram catches."""
    definition, root = error("closed")
    body = START + tiny.call("pay", "bank/pay") + el("boundaryEvent", "no", definition, attachedToRef="pay") + END
    return tiny.bundle("loan", body + el("endEvent", "not") + line("start", "pay", "end") + line("no", "not"), root)


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_an_operator_that_fails(opened, kind):
    def refuse(call):
        raise DiagramError("closed", {})

    engine = opened(operators=[Operator(name="bank/pay", kind=kind, run=refuse)])
    engine.deploy(failing(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.run_due()
    assert lives(engine, "pay", "1", "lifecycle:transition") == [("start", "start"), ("fail", "ate_abort")]
    assert story(engine)[-3:] == [("no", "complete"), ("not", "complete"), ("case.close", "complete")]


def test_a_message_comes_in_from_whoever_sent_it(engine):
    engine.deploy(waiting(), by=OLGA)
    begun(engine)
    engine.send("paid", {"paid": 12.5, "by": "Zhang Min"}, by=Actor("customer", system=True))
    found = lives(engine, "wait", "1", "direction", *WHO, "actorType", "data.paid", "data.by")
    assert found == [("complete", "IN", "customer", "CUSTOMER", "12.5", None)]


def test_a_message_goes_out(engine):
    body = START + tiny.ask("ask") + el("endEvent", "end", tiny.message("told"))
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "end"), tiny.messages("told")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True}, by=ANN)
    assert lives(engine, "end", "1", "direction") == [("complete", "OUT")]


def test_a_decision_says_which_rows_hit(engine):
    engine.deploy({**LOAN, "rate.dmn": RATE}, by=OLGA)
    engine.start("loan", {"amount": 12000}, by=ANN)
    while tasks := engine.inbox(ANN):
        engine.complete(tasks[0].id, {"approved": True}, by=ANN)
    decided = [event for _, events in xes(exported(engine)) for event in events if "data.decision" in event]
    assert decided and all(event["data.rows"] for event in decided)


def test_the_elements_of_a_called_process_are_told_with_its_own_forms(engine):
    inner = tiny.form({"approved": {"type": "boolean"}, "note": {"enum": ["A", "B"]}})
    deep = START + tiny.ask("deep", form="forms/deep.json") + END + line("start", "deep", "end")
    engine.deploy(tiny.bundle("inner", deep, forms_deep=inner), by=OLGA)
    body = START + el("callActivity", "call", calledElement="inner") + END
    engine.deploy(tiny.bundle("loan", body + line("start", "call", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    (task,) = engine.inbox(ANN)
    engine.complete(task.id, {"approved": True, "note": "B"}, by=ANN)
    assert lives(engine, "deep", "1", "data.note")[-1] == ("complete", "B")
    assert lives(engine, "call") == ["start", "complete"]


def test_a_jump_calls_off_and_begins_what_no_diagram_foresaw(engine):
    engine.deploy(tiny.one_task(after=tiny.ask("last")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.jump("1", TASK, to="last", by=SYSTEM, reason="it was done on paper")
    names = (*WHO, "planned", "data.intervention")
    assert lives(engine, "ask", "1", *names)[-1] == ("cancel", "system", "true", "jumped")
    assert lives(engine, "last", "1", *names) == [("create", "system", "false", "jumped")]


def test_a_task_that_is_skipped_was_not_done(loan):
    loan.skip(TASK, by=SYSTEM, reason="it was done on paper")
    assert lives(loan, "ask", "1", "data.intervention") == [("create", None), ("cancel", "skipped")]


def test_a_migrated_case_goes_on_under_its_new_version(loan):
    body = START + tiny.ask("renamed") + tiny.ask("last") + END + line("start", "renamed", "last", "end")
    loan.deploy(tiny.bundle("loan", body), by=OLGA)
    loan.migrate("1", by=OLGA, reason="a new name", mapping={"ask": "renamed", "f_start_ask": "f_start_renamed"})
    loan.complete(TASK, {"approved": True}, by=ANN)
    assert lives(loan, "ask", "1", "processVersion") == [("create", "1")]
    assert lives(loan, "renamed", "1", "processVersion")[-1] == ("complete", "2")
    versions = {one["id"] for one in ocel(exported(loan, "ocel"))["objects"] if one["type"] == "process version"}
    assert versions == {"process version:loan 1", "process version:loan 2"}


def test_a_group_that_the_data_gave_is_a_pseudonym(engine):
    given = {"team": {"type": "string"}}
    engine.deploy(tiny.one_task(task=tiny.ask("ask", candidateGroups="=team"), start=given), by=OLGA)
    engine.start("loan", {"team": "zhang_min"}, by=ANN)
    ((_, events),) = xes(exported(engine))
    role = next(event["org:role"] for event in events if event["lifecycle"] == "create")
    assert role.startswith("group-") and "zhang" not in role
