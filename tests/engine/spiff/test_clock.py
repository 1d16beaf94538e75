"""A step is a function of marking, input and what it is told: no clock of the machine, no chance, the same every time."""

import gc
import random
import sys
import threading
import time
import uuid
from datetime import timedelta, timezone

import pytest

from engine.feel import Limits
from tests.engine.spiff.play import AT, Play
from tests.engine.spiff.xmls import (
    END,
    MESSAGE,
    SIGNAL,
    START,
    el,
    event_sub,
    flow,
    guarded,
    line,
    many,
    multi,
    operator,
    timer,
    xml,
)

FORBIDDEN_MODULES = {"time", "_random", "_uuid", "posix", "secrets"}


class Watch:
    """Notes every call of C code that reads a clock or draws a number."""

    def __init__(self):
        self.seen = []

    def __call__(self, frame, event, called):
        if event != "c_call":
            return
        module, name = getattr(called, "__module__", None), called.__name__
        owner = getattr(called, "__self__", None)
        if module in FORBIDDEN_MODULES and name != "strftime":
            self.seen.append(f"{module}.{name}")
        elif isinstance(owner, type) and name in ("now", "utcnow", "today"):
            self.seen.append(f"{owner.__name__}.{name}")
        elif isinstance(owner, random.Random):
            self.seen.append(f"random.{name}")

    def __enter__(self):
        gc.disable()  # others hang clocks on the collector
        sys.setprofile(self)
        threading.setprofile(self)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        threading.setprofile(None)
        gc.enable()


WORLD = {"limits": Limits(seconds=None)}
SPLIT = (
    START
    + el("inclusiveGateway", "i", default="f3")
    + el("userTask", "a")
    + el("scriptTask", "s", "<bpmn:script>when = now()\nn = n + 1</bpmn:script>")
)
SPLIT += el("inclusiveGateway", "j") + el("serviceTask", "o", operator("quota", "left", n="n")) + END
SPLIT += (
    line("start", "i")
    + flow("f1", "i", "a", "n &gt; 0")
    + flow("f2", "i", "s", "n &gt; 0")
    + flow("f3", "i", "j")
    + line("a", "j", "o", "end")
    + line("s", "j")
)


def everything():
    """A run through every kind of step."""
    Play(xml(SPLIT), data={"n": 1}, world=WORLD, operators={"quota": lambda request: 5}).do("a", x=1)
    Play(guarded(timer('"PT2H"')), world=WORLD).later(hours=2).fire("stop").do("late")
    Play(guarded(timer('now() + duration("PT2H")'), False), world=WORLD).later(hours=2).fire("stop").do("a")
    Play(guarded(MESSAGE), world=WORLD).hear("stop", {"x": 1})
    Play(guarded(SIGNAL), world=WORLD).signal("stop")
    Play(event_sub(MESSAGE, False), world=WORLD).hear("es").do("a").do("help")
    Play(many(multi()), data={"funds": ["A", "B"]}, world=WORLD).do("m").do("m").do("b")
    p = Play(guarded(MESSAGE, kind="serviceTask", inner=operator("mail", "sent")), world=WORLD)
    p.take(p.stepper.answer(p.marking, p.asked("a"), {"id": 1}, AT))


def test_no_clock_and_no_chance_in_a_step():
    everything()  # imports and compiled expressions are made before
    with Watch() as watch:
        everything()
    assert watch.seen == []


@pytest.mark.parametrize("call", [time.time, time.monotonic, uuid.uuid4, random.random, lambda: type(AT).now()])
def test_the_watch_sees_what_it_looks_for(call):
    with Watch() as watch:
        call()
    assert watch.seen


def test_the_watch_sees_the_deadline_of_an_expression():
    with Watch() as watch:
        Play(xml(SPLIT), data={"n": 1}, operators={"quota": lambda request: 5})
    assert set(watch.seen) == {"time.monotonic"}


def test_now_is_the_moment_of_the_step_in_the_zone_of_the_case():
    script = "<bpmn:script>when = now()\nday = today()</bpmn:script>"
    doc = xml(START + el("scriptTask", "s", script) + el("userTask", "a") + line("start", "s", "a"))
    p = Play(doc, world={"zone": timezone(timedelta(hours=8))})
    assert p.marking.data == {"when": "2026-01-01T17:00:00+08:00", "day": "2026-01-01"}
