"""Processes that begin by the clock, and messages that operators leave for later."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM, InvalidDiagram, Operator, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.spiff.xmls import END, START, cycle, el, line, timer
from tests.engine.watching import rows

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, nine o'clock in China


def by_clock(expression, key="report", **more):
    """A process that begins at a time and asks one person."""
    start = el("startEvent", "start", timer(expression))
    return tiny.bundle(key, start + tiny.ask("look") + END + line("start", "look", "end"), **more)


def begun(engine):
    return [case.started_at for case in reversed(engine.cases())]


def test_a_case_begins_whenever_its_time_has_come(engine, clock):
    engine.deploy(by_clock("business_day_of_month(5)"), by=OLGA)
    assert engine.cases() == [] and engine.next_due() == datetime(2026, 3, 6, 1, tzinfo=UTC)
    clock.set(engine.next_due() - timedelta(seconds=1))
    assert engine.run_due() == 0
    for _ in range(3):
        clock.set(engine.next_due())
        assert engine.run_due() == 1
    days = ["2026-03-06", "2026-04-08", "2026-05-11"]  # holidays on 6 April and 1 to 5 May, work on Saturday 9 May
    assert [f"{at:%Y-%m-%d}" for at in begun(engine)] == days
    (task,) = engine.tasks("1")
    engine.claim(task.id, by=BEN)
    engine.complete(task.id, {"approved": True}, by=BEN)
    assert engine.case("1").status == "completed" and engine.history("1")[0].actor == SYSTEM.name
    for case in engine.cases():
        assert engine.verify(case.id).sound and engine.replay(case.id).equal


def test_what_was_missed_is_made_up_for_once(engine, clock):
    engine.deploy(by_clock("&quot;P1D&quot;"), by=OLGA)
    clock.advance(days=10, hours=1)
    assert engine.run_due() == 1 and begun(engine) == [clock.now()]
    assert engine.next_due() == clock.now() + timedelta(days=1)


def in_rhythm(expression, key="report"):
    """The same as a cycle."""
    start = el("startEvent", "start", cycle(expression))
    return tiny.bundle(key, start + tiny.ask("look") + END + line("start", "look", "end"))


@pytest.mark.parametrize(
    ("expression", "late", "dues"),
    [
        ("&quot;R/P1D&quot;", {"minutes": 20}, ["03T01:00", "04T01:00", "05T01:00"]),
        ("&quot;R/P1D&quot;", {"hours": 30}, ["03T01:00", "05T01:00", "07T01:00"]),  # what was missed is left out
        ("&quot;R/1 BD&quot;", {"hours": 5}, ["03T10:00", "04T10:00", "05T10:00"]),
        ("&quot;R/1 BD&quot;", {"days": 3}, ["03T10:00", "09T10:00", "13T10:00"]),
        ("business_days(2)", {"hours": 20}, ["04T10:00", "06T10:00", "10T10:00"]),
    ],
)
def test_a_late_worker_shifts_no_start_of_a_cycle(engine, clock, expression, late, dues):
    engine.deploy(in_rhythm(expression), by=OLGA)
    seen = []
    for _ in range(3):
        seen.append(f"{engine.next_due():%dT%H:%M}")
        clock.set(engine.next_due() + timedelta(**late))
        assert engine.run_due() == 1
    assert seen == dues and len(engine.cases()) == 3


@pytest.mark.parametrize(
    "expression", ["&quot;R3/P1D&quot;", "&quot;R/PT1S&quot;", "date(&quot;2020-01-01&quot;)", "&quot;R/x&quot;"]
)
def test_a_cycle_in_which_nothing_can_begin(engine, expression):
    with pytest.raises((InvalidDiagram, Refusal)):
        engine.deploy(in_rhythm(expression), by=OLGA)
    assert engine.deployments() == [] and rows(engine, "job") == []


def test_a_new_version_plans_anew_and_one_that_people_begin_not_at_all(engine, clock):
    engine.deploy(by_clock("&quot;P1D&quot;"), by=OLGA)
    engine.deploy(by_clock("&quot;P1D&quot;", key="other"), by=OLGA)
    engine.deploy(by_clock("&quot;P2D&quot;"), by=OLGA)
    assert sorted(row["run_at"][:10] for row in rows(engine, "job")) == ["2026-03-03", "2026-03-04"]
    engine.deploy(tiny.bundle("report", START + tiny.ask("look") + END + line("start", "look", "end")), by=OLGA)
    clock.advance(days=5)
    assert engine.run_due() == 1 and [case.key for case in engine.cases()] == ["other"]


def test_somebody_may_begin_it_between_times(engine):
    engine.deploy(by_clock("&quot;P1D&quot;"), by=OLGA)
    case = engine.start("report", by=ANN)
    assert [task.element for task in engine.tasks(case.id)] == ["look"] and len(rows(engine, "job")) == 1


def test_a_time_at_which_nothing_can_begin(engine):
    for expression in ("business_day_of_month(16)", "business_day_of_month(0)", "date(&quot;2020-01-01&quot;)"):
        for put in (engine.deploy, engine.propose):
            with pytest.raises((InvalidDiagram, Refusal)):
                put(by_clock(expression), by=OLGA, reason="monthly")
    assert engine.deployments() == [] == engine.proposals() and rows(engine, "job") == []


def test_a_start_that_fails_is_an_incident_and_can_be_tried_again(opened, clock):
    broken = [True]

    def look(call):
        if broken:
            raise ConnectionError("no answer")
        return {}

    engine = opened(operators=[Operator(name="credit/look", kind="local", run=look)])
    body = el("startEvent", "start", timer("&quot;P1D&quot;")) + tiny.call("look", "credit/look") + END
    engine.deploy(tiny.bundle("report", body + line("start", "look", "end")), by=OLGA)
    clock.advance(days=1)
    engine.run_due()
    (incident,) = engine.incidents()
    assert "no answer" in incident.error and engine.cases() == []
    (listed,) = engine.open_incidents(OLGA).incidents
    assert (listed.incident, listed.key, listed.number) == (incident, "report", "")
    broken.clear()
    engine.retry(incident.id, by=OLGA)
    engine.run_due()
    assert [case.status for case in engine.cases()] == ["completed"] and engine.incidents() == []
    assert engine.next_due() == clock.now() + timedelta(days=1)


# Messages that operators leave


PAID = {"amount": 5, "why": "fee"}


def posting(kind, times=1):
    def run(call):
        for _ in range(times):
            call.post("paid", PAID, at=call.at + timedelta(hours=2), message_id=f"bank:{call.key}")
        return {}

    return Operator(name="bank/ask", kind=kind, run=run)


def waiting(engine):
    body = START + tiny.call("ask", "bank/ask") + tiny.catch("wait", tiny.message("paid", "payment")) + END
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "wait", "end"), tiny.messages("paid")), by=OLGA)
    return engine.start("loan", by=ANN)


@pytest.mark.parametrize("kind", ["local", "remote"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_message_that_an_operator_left_comes_when_it_is_time(opened, clock, kind, times):
    engine = opened(operators=[posting(kind, times)])
    case = waiting(engine)
    engine.run_due()
    assert engine.case(case.id).status == "open" and engine.next_due() == NOW + timedelta(hours=2)
    clock.advance(hours=2)
    engine.run_due()
    case = engine.case(case.id)
    assert case.status == "completed" and case.data["payment"] == PAID
    assert [step.kind for step in engine.history(case.id)].count("received") == 1
    assert rows(engine, "job") == [] and engine.verify(case.id).sound and engine.replay(case.id).equal


def test_a_message_for_a_case_that_is_over_is_dropped(opened, clock):
    engine = opened(operators=[posting("local")])
    case = waiting(engine)
    engine.cancel(case.id, by=SYSTEM, reason="no more")
    clock.advance(hours=2)
    engine.run_due()
    assert rows(engine, "job") == [] and engine.incidents() == [] and engine.verify(case.id).sound


def test_a_step_that_fails_leaves_no_message(opened):
    def fail(call):
        call.post("paid", PAID, at=call.at, message_id="x")
        raise ConnectionError

    engine = opened(operators=[Operator(name="bank/ask", kind="local", run=fail)])
    with pytest.raises(Refusal):
        waiting(engine)
    assert rows(engine, "job") == [] and engine.cases() == []
