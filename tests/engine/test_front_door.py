"""The front door as its users have it: the example of the documents word by word, and one case seen from all sides."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine import SYSTEM, Actor, Conflict, InvalidForm, NotAllowed, NotFound, Refusal, open_engine
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, BEN, EVE, NOBODY, OLGA, SUE
from tests.engine.spiff.xmls import END, START, el, line

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)

RATE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="rate" name="Rate"><decisionTable id="t" hitPolicy="UNIQUE">
<input id="i"><inputExpression id="e" typeRef="boolean"><text>approved</text></inputExpression></input>
<output id="o" name="percent" typeRef="number"/>
<rule id="r1"><inputEntry id="a1"><text>true</text></inputEntry><outputEntry id="b1"><text>4.5</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>false</text></inputEntry><outputEntry id="b2"><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>"""

LOAN = tiny.bundle(
    "loan",
    START
    + tiny.ask("ask")
    + el(
        "businessRuleTask",
        "rate_it",
        tiny.extensions("<spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId>"),
    )
    + tiny.script("number", "order = &quot;42&quot;")
    + tiny.catch(
        "paid", tiny.message("payment_received"), correlationKey="order", formJsonSchemaFilename="forms/paid.json"
    )
    + END
    + line("start", "ask", "rate_it", "number", "paid", "end"),
    tiny.messages("payment_received"),
    forms_paid=tiny.form({"paid": {"type": "number"}}, ["paid"]),
)


def test_the_example_of_the_design(ready_url, monkeypatch, tmp_path):
    xml, dmn, schema = LOAN["loan.bpmn"], RATE, LOAN["forms/ask.json"]
    more = {"forms/paid.json": LOAN["forms/paid.json"]}

    with open_engine(ready_url) as engine:
        owner, ann = Actor("olga", groups={"process_owner"}), Actor("ann", groups={"csr"})
        findings = engine.check({"loan.bpmn": xml, "rate.dmn": dmn, "forms/ask.json": schema, **more})
        engine.deploy({"loan.bpmn": xml, "rate.dmn": dmn, "forms/ask.json": schema, **more}, by=owner)
        case = engine.start("loan", {"amount": 12000}, by=ann)
        (task,) = engine.inbox(ann)
        engine.claim(task.id, by=ann)
        case = engine.complete(task.id, {"approved": True}, by=ann)
        engine.send("payment_received", {"paid": 12000}, correlate={"order": "42"}, by=SYSTEM)
        engine.run_due()
        steps = engine.history(case.id)
        equal = engine.replay(case.id).equal

        assert [finding for finding in findings if finding.severity == "error"] == []
        assert [(step.kind, step.actor) for step in steps] == [
            ("started", "ann"),
            ("claimed", "ann"),
            ("completed", "ann"),
            ("received", "system"),
        ]
        assert equal is True
        case = engine.case(case.id)
        assert case.status == "completed"
        assert case.data == {
            "amount": 12000,
            "approved": True,
            "percent": Decimal("4.5"),
            "order": "42",
            "paid": 12000,
        }
        assert engine.verify(case.id).problems == ()


@pytest.fixture
def desk(engine):
    """An engine with the loan of one task, and one case of it."""
    engine.deploy(
        tiny.one_task(
            task=tiny.ask("ask", dueIn="4 bh", priority="1"), process={"customer": "who", "subject": "about"}
        ),
        by=OLGA,
    )
    return engine


def test_a_case_that_has_been_started(desk):
    case = desk.start("loan", {"amount": Decimal("19.90"), "who": "C1", "about": "a car"}, by=ANN)
    (deployment,) = desk.deployments("loan")
    assert case == desk.case(case.id) == desk.case(case.id, ANN)
    assert (case.id, case.number, case.key) == ("1", "LOA-20260302-000001", "loan")
    assert (case.version, case.bundle, case.status) == (1, deployment.bundle, "open")
    assert case.data == {"amount": Decimal("19.9"), "who": "C1", "about": "a car"}
    assert (case.started_at, case.started_by, case.ended_at, case.outcome) == (NOW, "ann", None, None)
    assert (case.confidentiality, case.parent, case.customer, case.subject) == ("normal", None, "C1", "a car")
    assert (case.seq, case.incidents) == (1, ())


def test_a_task_that_is_offered(desk):
    case = desk.start("loan", by=ANN)
    (task,) = desk.inbox(BEN)
    assert task == desk.task(task.id, ANN) and [task] == desk.tasks(case.id, ANN)
    assert (task.id, task.case_id, task.case_number) == ("1.1.2", "1", case.number)
    assert (task.key, task.bundle, task.element, task.name) == ("loan", case.bundle, "ask", "ask")
    assert (task.occurrence, task.groups, task.role, task.assignee) == (2, ("csr",), "csr", None)
    assert (task.due, task.provisional) == (datetime(2026, 3, 2, 5, tzinfo=UTC), False)
    assert (task.priority, task.offered_at, task.claimed_at) == (1, NOW, None)
    assert (task.status, task.form, task.confidentiality) == ("open", "forms/ask.json", "normal")


def test_a_case_that_has_ended(desk, clock):
    case = desk.start("loan", by=ANN)
    clock.advance(minutes=5)
    case = desk.complete("1.1.2", {"approved": False}, by=BEN)
    assert (case.status, case.outcome, case.ended_at) == ("completed", "end", clock.now())
    assert case == desk.case(case.id)
    assert desk.inbox(ANN) == desk.inbox(BEN) == desk.tasks(case.id) == []
    assert desk.marking(case.id).over
    assert desk.run_due() == 0 and desk.next_due() is None


def test_the_history_of_a_case(desk, clock):
    case = desk.start("loan", {"amount": 1}, by=ANN)
    clock.advance(seconds=30)
    desk.complete("1.1.2", {"approved": True, "note": "fine"}, by=BEN)
    started, completed = desk.history(case.id, ANN)
    configuration = desk.configuration().digest
    assert (started.case_id, started.seq, started.at, started.actor, started.kind) == ("1", 1, NOW, "ann", "started")
    assert started.input == {
        "key": "loan",
        "number": case.number,
        "version": 1,
        "bundle": case.bundle,
        "data": {"amount": 1},
        "config": configuration,
    }
    assert [(e.kind, e.element, e.occurrence) for e in started.effects] == [
        ("entered", "start", 1),
        ("left", "start", 1),
        ("taken", "start", 1),
        ("entered", "ask", 2),
        ("offered", "ask", 2),
    ]
    due = "2026-03-02T05:00:00.000000Z"
    assert started.effects[-1].detail == {"groups": ["csr"], "due": due, "term": "4 bh", "priority": 1}
    assert (started.semantics, started.prev_hash) == (1, "0" * 64)
    assert (completed.seq, completed.actor, completed.prev_hash) == (2, "ben", started.hash)
    values = {"approved": True, "note": "fine"}
    assert completed.input == {"task": 2, "element": "ask", "values": values, "config": configuration}
    assert [e.kind for e in completed.effects] == ["left", "taken", "entered", "left", "ended"]
    assert completed.state_hash == desk.marking(case.id).sha256


def test_case_numbers_count_by_process_and_day(desk, clock):
    desk.deploy(tiny.one_task("gift"), by=OLGA)
    assert [desk.start(key, by=ANN).number for key in ("loan", "loan", "gift")] == [
        "LOA-20260302-000001",
        "LOA-20260302-000002",
        "GIF-20260302-000001",
    ]
    clock.set("2026-03-02T16:00:00+00:00")  # midnight in Shanghai
    assert desk.start("loan", by=ANN).number == "LOA-20260303-000001"


def test_a_refused_start_takes_no_number(desk):
    with pytest.raises(InvalidForm):
        desk.start("loan", {"x": float("nan")}, by=ANN)
    case = desk.start("loan", by=ANN)
    assert case.number == "LOA-20260302-000001"


def test_cases_are_listed_newest_first_and_by_page(desk):
    desk.deploy(tiny.one_task("gift"), by=OLGA)
    ids = [desk.start(key, {"who": key}, by=ANN).id for key in ("loan", "gift", "loan", "loan")]
    desk.complete("3.1.2", {"approved": True}, by=ANN)

    def listed(**said):
        return [case.id for case in desk.cases(ANN, **said)]

    assert listed() == ids[::-1]
    assert listed(limit=2) == ["4", "3"] and listed(limit=2, after="3") == ["2", "1"]
    assert listed(key="gift") == ["2"]
    assert listed(status="completed") == ["3"]
    assert listed(number="LOA-20260302-000002") == ["3"]
    assert listed(customer="loan", status="open") == ["4", "1"]


def test_what_people_have_done(desk, clock):
    desk.start("loan", by=ANN)
    desk.complete("1.1.2", {"approved": True}, by=BEN)
    ((case_id, seq, *_),) = desk.done(BEN, since=NOW)
    assert (case_id, seq) == (1, 2)
    assert desk.done(ANN, since=NOW) == []


def test_a_case_is_given_up(desk, clock):
    case = desk.start("loan", by=ANN)
    clock.advance(hours=1)
    gone = desk.cancel(case.id, by=ANN, reason="  the customer withdraws ")
    assert (gone.status, gone.outcome, gone.ended_at) == ("cancelled", None, clock.now())
    assert desk.inbox(ANN) == [] and desk.next_due() is None
    step = desk.history(case.id)[-1]
    assert (step.kind, step.actor, step.input["reason"]) == ("cancelled", "ann", "the customer withdraws")
    assert [(e.kind, e.element) for e in step.effects] == [("cancelled", "ask")]
    assert desk.replay(case.id).equal and desk.verify(case.id).sound


def test_who_may_give_a_case_up(desk):
    case = desk.start("loan", by=ANN)
    for who, error in ((BEN, NotAllowed), (AUDREY, NotAllowed), (EVE, NotFound), (NOBODY, NotFound)):
        with pytest.raises(error):
            desk.cancel(case.id, by=who, reason="x")
    with pytest.raises(Refusal, match="why"):
        desk.cancel(case.id, by=ANN, reason="  ")
    assert [step.kind for step in desk.history(case.id)] == ["started"]
    supervisor = Actor("sue", groups=SUE.groups | {"csr"})
    assert desk.cancel(case.id, by=supervisor, reason="x").status == "cancelled"
    with pytest.raises(Conflict, match="cancelled"):
        desk.cancel(case.id, by=supervisor, reason="again")


HOSTILE = [
    "",
    "x",
    "1; drop table step",
    "-1",
    "0",
    "1.0",
    "9" * 18,
    "9" * 40,
    "١",
    "１",
    "1\0",
    " 1",
    "0x1",
    "1e3",
    "²",
    "99",
]


def test_a_case_that_is_not_there(desk):
    desk.start("loan", by=ANN)
    questions = (desk.case, desk.history, desk.replay, desk.verify, desk.linked, desk.tasks, desk.marking)
    for case_id in HOSTILE:
        for ask in questions:
            for who in (SYSTEM, ANN):
                with pytest.raises(NotFound):
                    ask(case_id, who)
        with pytest.raises(NotFound):
            desk.cancel(case_id, by=SYSTEM, reason="x")
        with pytest.raises(NotFound):
            desk.start("loan", by=ANN, parent=case_id)
    assert len(desk.cases()) == 1


TASKS = [
    "",
    "1",
    "1.1",
    "1.1.9",
    "1.1.2; drop",
    "1.1.-2",
    "1.1.2.3",
    "1.1.２",
    "1.1.٢",
    "9.1.2",
    "1.1." + "9" * 18,
    "9" * 30 + ".1.2",
    "1.1.2\0",
    "1..2",
]


def test_a_task_that_is_not_there(desk):
    desk.start("loan", by=ANN)
    for task_id in TASKS:
        for command in (
            lambda who: desk.task(task_id, who),
            lambda who: desk.claim(task_id, by=who),
            lambda who: desk.release(task_id, by=who),
            lambda who: desk.assign(task_id, to="ben", by=who),
            lambda who: desk.complete(task_id, {"approved": True}, by=who),
            lambda who: desk.draft(task_id, who),
            lambda who: desk.save_draft(task_id, {"note": "x"}, by=who),
        ):
            for who in (ANN, SUE, SYSTEM):
                with pytest.raises(NotFound):
                    command(who)
    assert len(desk.history("1")) == 1
