"""Timers that come again and again: beside an activity, beside a scope, in every shape that can go while they wait."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.calendars import default, functions
from engine.errors import StepFailed
from engine.feel import Language
from engine.spiff import Due, Marking, Timer
from tests.engine.spiff.play import AT, Play
from tests.engine.spiff.xmls import (
    END,
    START,
    cycle,
    el,
    event_sub,
    guarded,
    line,
    many,
    multi,
    timer,
    xml,
)

CHINA = timezone(timedelta(hours=8))


def world():
    """The calendars of China: AT is a New Year's Day at 17:00 there, and the first working day is Sunday 4 January."""
    calendars = default()

    def due(text, at):
        found = calendars.due(text, at)
        return Due(found.at, found.provisional)

    years = calendars.business.last_year
    return {"language": Language(host=functions(calendars)), "due": due, "zone": CHINA, "last_year": years}


def dues(play):
    return [timer.due[:16] for timer in play.marking.timers]


def fired(play, element="stop", most=20):
    """Fire a timer, each time when it is due, until it comes no more; when it came, hours after the beginning."""
    found = []
    while play.marking.timers and len(found) < most:
        play.at = max(play.at, datetime.fromisoformat(play.marking.timers[0].due))
        play.fire(element)
        found.append((play.at - AT) / timedelta(hours=1))
    return found


# Beside a task


def test_a_cycle_counts_down_and_ends():
    p = Play(guarded(cycle('"R3/PT1H"'), False))
    assert p.marking.timers[0] == Timer(
        "stop", p.of("stop"), "2026-01-01T10:00:00.000000Z", every="PT1H", since="2026-01-01T09:00:00.000000Z",
        number=1, times=3,
    )  # fmt: skip
    assert fired(p) == [1, 2, 3]
    assert p.tasks == ["a", "late", "late", "late"] and not p.marking.timers
    assert p.do("a").do("b").tasks == ["late"] * 3


def test_a_cycle_without_end_goes_with_its_task():
    p = Play(guarded(cycle('"R/PT1H"'), False))
    assert fired(p, most=5) == [1, 2, 3, 4, 5]
    p.do("a")
    assert not p.marking.timers and p.seen("disarmed") == ["stop"]


def test_each_time_is_recorded_as_it_is_armed_and_entered():
    p = Play(guarded(cycle('"R2/PT1H"'), False))
    assert [e.detail for e in p.effects if e.kind == "armed"] == ["2026-01-01T10:00:00.000000Z"]
    p.later(hours=1).fire("stop")
    assert [(e.kind, e.element) for e in p.effects][:2] == [("entered", "stop"), ("armed", "stop")]
    assert p.seen("offered") == ["late"]
    p.later(hours=1).fire("stop")
    assert p.seen("entered") == ["stop", "late"] and p.seen("armed") == []


def test_a_late_worker_shifts_no_moment():
    p = Play(guarded(cycle('"R/PT1H"'), False)).later(minutes=100).fire("stop")
    assert dues(p) == ["2026-01-01T11:00"]


@pytest.mark.parametrize(
    ("away", "next_due", "number"),
    [({"hours": 1}, ["2026-01-01T11:00"], 2), ({"hours": 2, "minutes": 30}, ["2026-01-01T12:00"], 3),
     ({"hours": 3, "minutes": 59}, ["2026-01-01T13:00"], 4), ({"hours": 4}, [], 0), ({"days": 9}, [], 0)],
)  # fmt: skip
def test_what_was_missed_is_made_up_for_once_and_counts(away, next_due, number):
    p = Play(guarded(cycle('"R4/PT1H"'), False)).later(**away).fire("stop")
    assert p.tasks == ["a", "late"] and dues(p) == next_due
    assert [timer.number for timer in p.marking.timers] == [number] * bool(number)


def test_a_cycle_that_was_missed_for_years_is_found_at_once():
    p = Play(guarded(cycle('"R/PT1M"'), False)).later(days=3650).fire("stop")
    assert datetime.fromisoformat(p.marking.timers[0].due) == p.at + timedelta(minutes=1)


def test_months_are_counted_from_the_beginning():
    p = Play(guarded(cycle('"R/P1M"'), False), world={"zone": CHINA, "due": world()["due"]})
    p.take(p.stepper.start({}, datetime(2026, 1, 31, 2, tzinfo=UTC)))
    seen = []
    for _ in range(3):
        seen += dues(p)
        p.at = datetime.fromisoformat(p.marking.timers[0].due)
        p.fire("stop")
    assert seen == ["2026-02-28T02:00", "2026-03-31T02:00", "2026-04-30T02:00"]


def test_a_cycle_in_business_time():
    p = Play(guarded(cycle('"R3/1 BD"'), False), world=world())
    seen = []
    while p.marking.timers:
        seen += dues(p)
        p.at = datetime.fromisoformat(p.marking.timers[0].due) + timedelta(hours=2)
        p.fire("stop")
    assert seen == ["2026-01-04T10:00", "2026-01-05T10:00", "2026-01-06T10:00"]


def test_a_cycle_in_business_time_that_was_missed():
    p = Play(guarded(cycle('"R3/1 BD"'), False), world=world()).later(days=4, hours=2).fire("stop")
    assert dues(p) == ["2026-01-06T10:00"]
    assert p.marking.timers[0].number == 3


def test_a_cycle_that_runs_past_the_known_years_is_provisional():
    p = Play(guarded(cycle('"R/200 BD"'), False), world=world())
    assert not p.marking.timers[0].provisional
    p.at = datetime.fromisoformat(p.marking.timers[0].due)
    p.fire("stop")
    assert p.marking.timers[0].provisional and p.marking.timers[0].due > "2027"
    before = p.marking.timers[0]
    p.take(p.stepper.redate(p.marking, {}, {before.occurrence: "2027-06-01T10:00:00.000000Z"}, 2027, p.at))
    (after,) = p.marking.timers
    assert (after.due, after.provisional, after.number, after.every) == (
        "2027-06-01T10:00:00.000000Z", False, before.number, "200 BD",
    )  # fmt: skip


def test_a_moment_is_asked_for_again_each_time():
    p = Play(guarded(cycle("business_day_of_month(5)"), False), world=world())
    assert dues(p) == ["2026-01-08T01:00"] and p.marking.timers[0].every == ""
    p.at = datetime.fromisoformat(p.marking.timers[0].due) + timedelta(minutes=5)
    p.fire("stop")
    assert dues(p) == ["2026-02-06T01:00"]
    p.at = datetime(2026, 6, 20, tzinfo=UTC)
    assert dues(p.fire("stop")) == ["2026-07-07T01:00"]


def test_a_late_worker_shifts_no_moment_that_is_asked_for():
    p = Play(guarded(cycle('"PT1H"'), False)).later(minutes=100).fire("stop")
    assert dues(p) == ["2026-01-01T11:00"]
    assert dues(p.later(hours=3).fire("stop")) == ["2026-01-01T14:40"]  # all behind: from now


def test_an_expression_reads_the_data_of_then_and_null_is_the_end():
    source = 'if rounds &lt; 2 then duration("PT" + string(rounds + 1) + "H") else null'
    p = Play(guarded(cycle(source), False), data={"rounds": 0})
    assert dues(p) == ["2026-01-01T10:00"]
    p.later(hours=1).fire("stop").do("late", rounds=1)
    assert dues(p) == ["2026-01-01T11:00"]
    p.later(hours=1).fire("stop").do("late", rounds=2)
    assert dues(p) == ["2026-01-01T13:00"]
    p.later(hours=2).fire("stop")
    assert not p.marking.timers and p.tasks == ["a", "late"]


def test_a_cycle_that_never_comes():
    p = Play(guarded(cycle("null"), False))
    assert not p.marking.timers and p.tasks == ["a"] and "stop" not in [e.element for e in p.effects]
    assert p.do("a").do("b").marking.over


@pytest.mark.parametrize(
    ("source", "why"),
    [('"R3/PT30S"', "less than a minute"), ('"R3/PT0S"', "less than a minute"), ('"R/-PT1H"', "less than a minute"),
     ("now()", "less than a minute of"), ('"R0/PT1H"', "cannot be worked out"), ('"R3"', "cannot be worked out"),
     ('"R3/soon"', "cannot be worked out"), ("true", "neither a duration nor a moment"),
     ('"R2/2026-01-01T00:00:00Z/PT1H"', "cannot be worked out")],
)  # fmt: skip
def test_cycles_that_are_none(source, why):
    if source == "now()":  # the first time is no cycle yet
        p = Play(guarded(cycle(source), False))
        with pytest.raises(StepFailed, match="less than a minute"):
            p.fire("stop")
        return
    with pytest.raises(StepFailed, match=why):
        Play(guarded(cycle(source), False))


# Every shape


def test_beside_a_scope():
    p = Play(event_sub(cycle('"R2/PT1H"'), False))
    assert fired(p, "esp") == [1, 2]
    assert p.tasks == ["a", "help", "help"]
    assert Play(event_sub(cycle('"R/PT1H"'), False)).do("a").marking.over


def test_beside_a_subprocess_and_all_instances():
    inside = el("startEvent", "si") + el("userTask", "in") + el("endEvent", "ei") + line("si", "in", "ei")
    p = Play(guarded(cycle('"R2/PT1H"'), False, "subProcess", inside))
    assert fired(p) == [1, 2] and p.tasks == ["in", "late", "late"]
    body = many(multi()).replace(
        b"</bpmn:process>",
        (el("boundaryEvent", "stop", cycle('"R/PT1H"'), attachedToRef="m", cancelActivity="false")
         + el("userTask", "late") + line("stop", "late") + "</bpmn:process>").encode(),
    )  # fmt: skip
    p = Play(body, data={"funds": ["A", "B"]}).later(hours=1).fire("stop").later(hours=1).fire("stop")
    assert p.tasks == ["late", "late", "m", "m"]
    p.do("m").do("m")
    assert not p.marking.timers and p.tasks == ["b", "late", "late"]


def nested(kind, watched):
    """A task with a timer inside of something that can be stopped from outside."""
    inner = (
        el("startEvent", "si") + el("userTask", "work") + el("endEvent", "ei") + line("si", "work", "ei")
        + el("boundaryEvent", "tick", watched, attachedToRef="work", cancelActivity="false")
        + el("endEvent", "et") + line("tick", "et")
    )  # fmt: skip
    if kind == "callActivity":
        return [guarded(timer('"PT9H"'), True, kind, calledElement="inner"), xml(inner, key="inner")]
    return [guarded(timer('"PT9H"'), True, "subProcess", inner)]


@pytest.mark.parametrize("watched", [timer('"PT1H"'), cycle('"R/PT1H"')])
@pytest.mark.parametrize("kind", ["subProcess", "callActivity"])
def test_a_timer_goes_with_what_it_is_inside_of(kind, watched):
    p = Play(*nested(kind, watched))
    assert p.waits == ["stop", "tick"]
    p.later(hours=9).fire("stop")
    assert p.waits == [] and p.tasks == ["late"] and p.seen("disarmed") == ["tick"]


def test_the_timers_of_an_event_gateway_go_together():
    doc = xml(
        START + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "t1", timer('"PT1H"'))
        + el("intermediateCatchEvent", "t2", timer('"PT2H"')) + END
        + line("start", "g", "t1", "end") + line("g", "t2", "end", prefix="h")
    )  # fmt: skip
    p = Play(doc).later(hours=1).fire("t1")
    assert p.marking.over and p.seen("disarmed") == ["t2"]


def test_an_interrupting_event_takes_the_cycle_with_it():
    doc = guarded(cycle('"R/PT1H"'), False).replace(
        b"</bpmn:process>",
        (el("boundaryEvent", "end_it", timer('"PT5H"'), attachedToRef="a") + el("userTask", "c") + line("end_it", "c")
         + "</bpmn:process>").encode(),
    )  # fmt: skip
    p = Play(doc).later(hours=1).fire("stop").later(hours=4).fire("end_it")
    assert p.waits == [] and p.tasks == ["c", "late"]


# What is stored


def test_a_timer_that_comes_once_is_stored_as_ever():
    stored = Marking(timers=(Timer("t", 1, "2026-01-01T10:00:00.000000Z"),)).to_bytes()
    assert stored == b'{"timers":[{"due":"2026-01-01T10:00:00.000000Z","element":"t","occurrence":1}]}'
