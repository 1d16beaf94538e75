"""Terms that run into a year whose calendar is not known, and what becomes of them once it is loaded."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from engine.calendars import default
from engine.cases.redating import meant
from engine.model import SYSTEM
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line, timer
from tests.engine.watching import rows

DECEMBER = datetime(2026, 12, 21, 1, tzinfo=UTC)  # a Monday, nine o'clock in China


def with_2027():
    """The calendars with a year of which the first working day is Tuesday 5 January, and a Saturday is worked."""
    data = deepcopy(default().to_data())
    for name in ("business", "trading"):
        days = data[name]
        days["years"] = [*days["years"], 2027]
        days["off"] = [*days["off"], "2027-01-01/2027-01-04"]
    data["business"]["makeup"] = [*data["business"]["makeup"], "2027-01-09"]
    return data


@pytest.fixture
def desk(engine, clock):
    """A case with a task for fifteen business days and a timer of ten, set in December."""
    clock.set(DECEMBER)
    body = (
        START
        + '<bpmn:parallelGateway id="split" name="split"/>'
        + tiny.ask("work", dueIn="15 BD")
        + el("intermediateCatchEvent", "late", timer("business_days(10)"))
        + el("intermediateCatchEvent", "plain", timer("&quot;P40D&quot;"))
        + END
        + line("start", "split", "work", "end")
        + flow("f1", "split", "late")
        + flow("f2", "split", "plain")
        + flow("f3", "late", "end")
        + flow("f4", "plain", "end")
    )
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def dues(engine):
    (task,) = engine.tasks("1")
    return task.due, task.provisional, {one.element: (one.due, one.provisional) for one in engine.marking("1").timers}


def load(engine):
    engine.configure(calendars=with_2027(), by=OLGA, reason="notice for 2027")
    engine.run_due()


def test_a_year_that_is_loaded_gives_terms_the_ends_that_were_meant(desk, clock):
    due, provisional, timers = dues(desk)
    assert (due, provisional) == (datetime(2027, 1, 11, 10, tzinfo=UTC), True)  # New Year's Day counted as worked
    assert timers["late"] == ("2027-01-04T10:00:00.000000Z", True) and timers["plain"][1] is False
    plain = timers["plain"]
    load(desk)
    due, provisional, timers = dues(desk)
    assert (due, provisional) == (datetime(2027, 1, 12, 10, tzinfo=UTC), False)
    assert timers == {"late": ("2027-01-06T10:00:00.000000Z", False), "plain": plain}
    step = desk.history("1")[-1]
    assert (step.kind, step.actor, step.input["last"]) == ("redated", SYSTEM.name, 2027)
    assert desk.verify("1").problems == () and desk.replay("1").equal


def test_reminders_and_timers_come_at_the_new_times(desk, clock):
    load(desk)
    runs = {(row["kind"], row["run_at"][:16]) for row in rows(desk, "job")}
    assert ("timer", "2027-01-06T10:00") in runs and ("term", "2027-01-12T10:00") in runs
    assert len(runs) == 5  # two timers, three shares of the term
    clock.set(datetime(2027, 1, 6, 9, 59, tzinfo=UTC))
    desk.run_due()
    assert "fired" not in {step.kind for step in desk.history("1")}
    clock.set(datetime(2027, 1, 12, 10, tzinfo=UTC))
    desk.run_due()
    assert [step.kind for step in desk.history("1")] == ["started", "redated", "fired", "reminded", "breached"]
    assert desk.verify("1").problems == ()


def test_it_is_done_once_and_only_where_there_is_something_to_do(desk, clock):
    desk.deploy(tiny.one_task("gift"), by=OLGA)
    desk.start("gift", by=ANN)
    load(desk)
    load(desk)
    assert [step.kind for step in desk.history("1")] == ["started", "redated"]
    assert [step.kind for step in desk.history("2")] == ["started"]


def test_a_case_that_ended_meanwhile_is_left_alone(desk):
    desk.configure(calendars=with_2027(), by=OLGA, reason="notice")
    desk.cancel("1", by=SYSTEM, reason="no more")
    desk.run_due()
    assert [step.kind for step in desk.history("1")] == ["started", "cancelled"]
    assert rows(desk, "job") == [] and desk.incidents() == []


def test_parameters_alone_date_nothing_anew(desk):
    desk.configure(parameters={"X": {"value": 1}}, by=OLGA, reason="other")
    assert desk.run_due() == 0 and len(desk.history("1")) == 1


@pytest.mark.parametrize(
    ("guessed", "true"),
    [
        ("2027-01-01T18:00", "2027-01-05T18:00"),  # the first working day of the year
        ("2027-01-07T09:30", "2027-01-09T09:30"),  # the fifth: a Saturday that is worked
        ("2027-01-08T09:30", "2027-01-11T09:30"),
        ("2026-12-31T18:00", "2026-12-31T18:00"),  # not beyond at all
        ("2028-01-03T12:00", "2028-01-04T12:00"),  # two days off, one worked instead; 2028 is a guess still
    ],
)
def test_the_end_that_was_meant(guessed, true):
    calendars = type(default()).from_data(with_2027())
    given = datetime.fromisoformat(guessed + "+08:00").astimezone(UTC)
    expected = datetime.fromisoformat(true + "+08:00").astimezone(UTC)
    assert datetime.fromisoformat(meant(calendars, f"{given:%Y-%m-%dT%H:%M:%S.%fZ}", 2026)) == expected
