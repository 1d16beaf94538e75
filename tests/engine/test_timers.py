"""Timers of the diagram, and the terms of tasks: reminded, breached, escalated, in business time."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import Operator, Policy
from engine.policy import OWNER, Term
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA, SUE
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import count, rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, nine o'clock in Shanghai
TASK = "1.1.2"


def at(text):
    """A moment in Shanghai, where the business hours are."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def kinds(engine, case_id="1"):
    return [(step.kind, step.actor) for step in engine.history(case_id)]


# Timers


def waiting(expression="&quot;PT2H&quot;", before="", **more):
    body = START + before + tiny.catch("wait", timer(expression)) + tiny.ask("ask") + END
    return tiny.bundle("loan", body + line("start", *tiny._ids(before), "wait", "ask", "end"), **more)


def test_a_timer_fires_when_it_is_due(engine, clock):
    engine.deploy(waiting(), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.next_due() == NOW + timedelta(hours=2)
    clock.advance(hours=1, minutes=59, seconds=59)
    assert engine.run_due() == 0 and engine.inbox(ANN) == []
    clock.advance(seconds=1)
    assert engine.run_due() == 1
    step = engine.history("1")[-1]
    assert (step.seq, step.kind, step.actor, step.at) == (2, "fired", "system", clock.now())
    assert step.input["timer"] == 2
    assert [task.element for task in engine.inbox(ANN)] == ["ask"]
    assert engine.run_due() == 0 and count(engine, "job") == 0
    assert engine.replay("1").equal and engine.verify("1").sound


def test_a_worker_that_was_away_fires_late(engine, clock):
    engine.deploy(waiting(), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(days=3)
    assert engine.run_due() == 1
    assert engine.history("1")[-1].at == clock.now()


def test_a_timer_in_business_time(engine):
    engine.deploy(waiting("business_days(2)"), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.next_due() == at("2026-03-04T18:00")


def test_a_timer_is_worked_out_once(engine, clock):
    engine.deploy(waiting("business_hours(2)"), by=OLGA)
    engine.start("loan", by=ANN)
    due = engine.next_due()
    engine.configure(by=OLGA, calendars=engine.configuration().calendars.to_data() | {"shift": ["13:00", "18:00"]})
    assert engine.next_due() == due
    clock.set(due)
    assert engine.run_due() == 1


def test_the_clock_goes_back_between_the_lease_and_the_step(engine, clock):
    from engine.jobs.run import lease, run

    engine.deploy(waiting(), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    (job,) = lease(engine.context, 10)
    clock.advance(seconds=-30)
    run(engine.context, job)
    assert [task.element for task in engine.inbox(ANN)] == ["ask"]
    assert engine.history("1")[-1].at == NOW + timedelta(hours=2)
    assert engine.replay("1").equal and engine.verify("1").sound


def edged(interrupting=True):
    body = (
        START
        + tiny.ask("ask")
        + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"), interrupting)
        + tiny.ask("chase")
        + END
    )
    return tiny.bundle("loan", body + line("start", "ask", "end") + line("late", "chase", "end"))


def test_a_timer_at_the_edge_of_a_task_goes_with_it(engine, clock):
    engine.deploy(edged(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True}, by=ANN)
    assert engine.next_due() is None and count(engine, "job") == 0
    clock.advance(hours=2)
    assert engine.run_due() == 0


def test_a_timer_that_interrupts_takes_the_task_away(engine, clock):
    engine.deploy(edged(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.claim(TASK, by=ANN)
    engine.save_draft(TASK, {"note": "x"}, by=ANN)
    clock.advance(hours=1)
    assert engine.run_due() == 1
    assert [task.element for task in engine.inbox(ANN)] == ["chase"]
    assert count(engine, "task") == 1 and count(engine, "draft") == 0
    assert engine.replay("1").equal and engine.verify("1").sound


def test_a_timer_beside_a_task_leaves_it(engine, clock):
    engine.deploy(edged(interrupting=False), by=OLGA)
    engine.start("loan", by=ANN)
    engine.claim(TASK, by=ANN)
    clock.advance(hours=1)
    assert engine.run_due() == 1 and engine.run_due() == 0
    assert sorted(task.element for task in engine.tasks("1")) == ["ask", "chase"]
    assert engine.task(TASK, ANN).assignee == "ann"
    assert engine.verify("1").sound


def test_timers_of_many_cases_fire_in_the_order_they_are_due(engine, clock):
    engine.deploy(waiting(), by=OLGA)
    for _ in range(25):
        engine.start("loan", by=ANN)
        clock.advance(minutes=1)
    clock.advance(hours=3)
    assert engine.run_due() == 25
    assert [task.case_id for task in engine.inbox(ANN)] == [str(number) for number in range(1, 26)]


# Terms


def termed(due="4 bh", **said):
    return tiny.one_task(task=tiny.ask("ask", dueIn=due, **said))


@pytest.fixture
def desk(engine):
    """A task that is due in four business hours, at one o'clock in Shanghai; the shift is without a break."""
    engine.deploy(termed(), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def terms(engine):
    return [(row["run_at"], row["payload"]) for row in rows(engine, "job", kind="term")]


def test_reminded_breached_escalated(desk, clock):
    before = desk.history("1")[0]
    due = desk.inbox(ANN)[0].due
    assert due == NOW + timedelta(hours=4)
    seen = []
    for hours in (3.2, 4, 6):
        clock.set(NOW + timedelta(hours=hours, seconds=-1))
        assert desk.run_due() == 0
        clock.set(NOW + timedelta(hours=hours))
        assert desk.run_due() == 1
        seen.append(desk.history("1")[-1])
    assert [(step.kind, step.actor, step.at) for step in seen] == [
        ("reminded", "system", NOW + timedelta(hours=3.2)),
        ("breached", "system", NOW + timedelta(hours=4)),
        ("escalated", "system", NOW + timedelta(hours=6)),
    ]
    assert seen[0].input == {"task": 2, "element": "ask", "percent": 80, "tell": OWNER}
    assert {step.state_hash for step in seen} == {before.state_hash} and all(step.effects == () for step in seen)
    assert desk.case("1").seq == 4 and desk.inbox(ANN)[0].due == due
    assert desk.next_due() is None
    assert desk.complete(TASK, {"approved": True}, by=ANN).status == "completed"
    assert desk.replay("1").equal and desk.verify("1").sound


def test_terms_are_counted_in_business_time(engine, clock):
    clock.set(at("2026-03-06T16:00"))  # a Friday
    engine.deploy(termed("2 BD"), by=OLGA)
    engine.start("loan", by=ANN)
    (task,) = engine.inbox(ANN)
    assert task.due == at("2026-03-10T18:00")
    reminded, breached, escalated = (datetime.fromisoformat(when) for when, _ in sorted(terms(engine)))
    assert reminded.astimezone(UTC) > at("2026-03-09T09:00")  # never on the weekend
    assert breached == task.due < escalated


def test_terms_go_with_the_task(desk, clock):
    assert len(terms(desk)) == 3
    desk.complete(TASK, {"approved": True}, by=ANN)
    assert count(desk, "job") == 0
    clock.advance(days=3)
    assert desk.run_due() == 0
    assert kinds(desk) == [("started", "ann"), ("completed", "ann")]


def test_a_claimed_task_keeps_its_terms(desk, clock):
    desk.claim(TASK, by=ANN)
    desk.release(TASK, by=ANN)
    desk.assign(TASK, to="ben", by=SUE)
    clock.advance(days=3)
    assert desk.run_due() == 3
    assert [kind for kind, _ in kinds(desk)][-3:] == ["reminded", "breached", "escalated"]
    assert desk.inbox(BEN)[0].assignee == "ben"


def test_a_task_without_a_term_is_not_late(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    assert count(engine, "job") == 0 and engine.inbox(ANN)[0].due is None


def test_a_term_that_is_a_moment(engine, clock):
    files = tiny.one_task(task=tiny.ask("ask", dueIn="= until"), start={"until": {"type": "string"}})
    engine.deploy(files, by=OLGA)
    engine.start("loan", {"until": "2026-03-02T11:00:00Z"}, by=ANN)
    assert engine.inbox(ANN)[0].due == NOW + timedelta(hours=10)
    assert [when for when, _ in sorted(terms(engine))] == [
        "2026-03-02T09:00:00.000000Z",
        "2026-03-02T11:00:00.000000Z",
        "2026-03-02T16:00:00.000000Z",
    ]


def test_a_term_that_is_over_already(engine):
    files = tiny.one_task(task=tiny.ask("ask", dueIn="= until"), start={"until": {"type": "string"}})
    engine.deploy(files, by=OLGA)
    engine.start("loan", {"until": "2026-03-01T01:00:00Z"}, by=ANN)
    assert engine.run_due() == 3
    assert [kind for kind, _ in kinds(engine)[1:]] == ["reminded", "breached", "escalated"]
    assert engine.verify("1").sound


def test_terms_past_the_last_known_year_are_provisional(engine, clock):
    clock.set(at("2026-12-28T10:00"))
    engine.deploy(termed("15 BD"), by=OLGA)
    engine.start("loan", by=ANN)
    (task,) = engine.inbox(ANN)
    assert task.provisional and task.due.year == 2027
    assert engine.history("1")[0].effects[-1].detail["provisional"] is True
    assert len(terms(engine)) == 3
    engine.deploy(termed("1 BD"), by=OLGA)
    engine.start("loan", by=ANN)
    assert not engine.tasks("2")[0].provisional
    assert engine.replay("1").equal and engine.verify("1").sound


def test_what_an_installation_does_about_terms(opened, clock):
    told = []
    policy = Policy(
        terms=(Term(percent=50, kind="reminded", tell=OWNER), Term(percent=200, kind="escalated", tell="boss")),
        remind_with="staff/remind",
    )
    engine = opened(policy=policy, operators=[Operator(name="staff/remind", kind="remote", run=told.append)])
    engine.deploy({**termed(), "i18n/zh.json": '{"ask": "询问"}'.encode()}, by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    assert engine.run_due() == 2
    desk_time = "2026-03-02T05:00:00.000000Z"
    named = {"task": "ask", "name": "ask"}
    assert told[0].parameters == {**named, "people": [], "also": ["csr"], "percent": 50, "due": desk_time}
    assert (told[0].case_number, told[0].element) == ("LOA-20260302-000001", "ask")
    assert (told[0].translate("ask", "zh"), told[0].translate("ask", "en")) == ("询问", "ask")
    engine.claim(TASK, by=ANN)
    clock.advance(days=1)
    assert engine.run_due() == 2
    late = {**named, "people": ["ann"], "also": ["boss"], "percent": 200, "due": desk_time}
    assert told[1].parameters == late
    assert [kind for kind, _ in kinds(engine)] == ["started", "reminded", "claimed", "escalated"]
    assert engine.run_due() == 0 and engine.replay("1").equal


def test_a_term_that_the_policy_knows_no_more(desk, opened, clock):
    engine = opened(policy=Policy(terms=()))
    clock.advance(days=3)
    assert engine.run_due() == 3
    assert kinds(engine) == [("started", "ann")] and count(engine, "job") == 0


def test_a_date_long_ago_is_over(engine):
    """Somebody mistypes a year; a year of three digits is before all of four, as text too."""
    form = tiny.form({"when": {"type": "string", "format": "date"}}, ["when"])
    ask = tiny.ask("ask", form="forms/when.json")
    last = tiny.ask("last", variable="z", dueIn="= date(when)")
    flows = line("start", "ask", "wait", "last", "end")
    body = START + ask + tiny.catch("wait", timer("date(when)")) + last + END + flows
    engine.deploy(tiny.bundle("loan", body, forms_when=form), by=OLGA)
    case = engine.start("loan", by=ANN)
    engine.complete(engine.tasks(case.id)[0].id, {"when": "0206-01-01"}, by=ANN)
    engine.run_due()
    (task,) = engine.tasks(case.id)
    assert (task.element, task.due.year) == ("last", 205) and engine.verify(case.id).sound
