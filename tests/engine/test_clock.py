"""Time is an input: the clocks of the engine, and the guard that nothing within a step reads the machine's."""

from __future__ import annotations

import datetime
import time
from datetime import UTC, timedelta

import pytest

from engine import SYSTEM, Actor, FixedClock, open_engine
from engine.clock import SystemClock
from tests.support.clocks import ClockWasRead, no_clock

OWNER = Actor("olga", groups={"process_owner"})

PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t">
<process id="timed" name="Timed" isExecutable="true">
  <startEvent id="Begin"/><sequenceFlow id="f1" sourceRef="Begin" targetRef="Wait"/>
  <intermediateCatchEvent id="Wait"><timerEventDefinition><timeDuration>"PT2H"</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f2" sourceRef="Wait" targetRef="Call"/>
  <serviceTask id="Call"><extensionElements><spiffworkflow:serviceTaskOperator id="tick/tock" resultVariable="ticked"/></extensionElements></serviceTask>
  <sequenceFlow id="f3" sourceRef="Call" targetRef="Done"/><endEvent id="Done"/>
</process></definitions>"""


def test_a_clock_that_stands_until_it_is_moved():
    clock = FixedClock("2026-03-02T09:00:00+08:00")
    assert clock.now() == datetime.datetime(2026, 3, 2, 1, tzinfo=UTC)
    clock.advance(hours=2)
    clock.advance(minutes=30)
    assert clock.now() == datetime.datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
    clock.set("2026-03-03T00:00:00")
    assert clock.now() == datetime.datetime(2026, 3, 3, tzinfo=UTC)


def test_the_clock_of_the_machine_knows_its_zone():
    assert abs(SystemClock().now() - datetime.datetime.now(UTC)) < timedelta(seconds=5)
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize("read", [datetime.datetime.now, datetime.date.today, time.time, time.time_ns, time.localtime])
def test_the_guard_sees_every_clock(read):
    with pytest.raises(ClockWasRead, match=read.__name__), no_clock():
        read()


def test_the_guard_sees_clocks_in_libraries_and_lets_the_rest_pass():
    import email.utils

    with pytest.raises(ClockWasRead, match="email/utils"), no_clock():
        email.utils.formatdate()
    with no_clock():
        time.monotonic()
        datetime.datetime.fromtimestamp(0, UTC)


def test_no_step_reads_the_clock_of_the_machine(sqlite_url, no_clock_in_steps):
    clock = FixedClock("2026-03-02T01:00:00+00:00")
    with open_engine(sqlite_url, clock=clock, operators={"tick/tock": lambda call: {"at": str(call.at)}}) as engine:
        engine.deploy({"timed.bpmn": PROCESS}, by=OWNER)
        case = engine.start("timed", {}, by=SYSTEM)
        clock.advance(hours=3)
        assert engine.run_due() == 1
        case = engine.case(case.id, SYSTEM)
        assert (case.status, case.data["ticked"]) == ("completed", {"at": "2026-03-02 04:00:00+00:00"})


def test_an_operator_that_reads_the_clock_is_found(sqlite_url, no_clock_in_steps):
    clock = FixedClock("2026-03-02T01:00:00+00:00")
    with open_engine(sqlite_url, clock=clock, operators={"tick/tock": lambda call: {"at": time.time()}}) as engine:
        engine.deploy({"timed.bpmn": PROCESS}, by=OWNER)
        engine.start("timed", {}, by=SYSTEM)
        clock.advance(hours=3)
        with pytest.raises(ClockWasRead, match=r"test_clock\.py"):
            engine.run_due()
