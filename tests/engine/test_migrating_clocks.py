"""Cases with clocks that pause and timers that come again, moved to another version of their process."""

from datetime import timedelta

import pytest

from engine import SYSTEM
from tests.engine import tiny
from tests.engine.pausing import answer, at, files, question, task
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, cycle, line, timer

RENAMED = {"work": "labour", "limit": "bound"}


def renamed(given):
    """The same bundle with other ids for the work and its timer."""
    body = given["loan.bpmn"]
    for old, new in RENAMED.items():
        body = body.replace(f'"{old}"', f'"{new}"').replace("work,limit", "labour,bound")
    return given | {"loan.bpmn": body}


def move(engine, mapping):
    engine.migrate("1", by=OLGA, reason="the new version", mapping=mapping)
    assert engine.verify("1").problems == () and engine.replay("1").equal


def test_a_clock_that_stands_still_goes_on_after_the_move(engine, clock):
    engine.deploy(files(), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.deploy(renamed(files()), by=SYSTEM)
    clock.set(at("2026-03-02T10:00"))
    question(engine)
    assert task(engine, "work").paused
    move(engine, RENAMED)
    assert task(engine, "labour").paused and task(engine, "labour").due is None
    clock.set(at("2026-03-02T11:00"))
    answer(engine)
    assert task(engine, "labour").due == at("2026-03-02T14:00")  # an hour later than it was
    assert engine.verify("1").problems == () and engine.replay("1").equal


def reminded(definition):
    """A task at the edge of which a timer comes, perhaps again."""
    body = START + tiny.ask("work") + tiny.boundary("limit", "work", definition, False)
    body += tiny.ask("late") + END + line("start", "work", "end") + line("limit", "late", "end")
    return tiny.bundle("loan", body)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("old", [timer("&quot;PT1H&quot;"), cycle("duration(&quot;PT1H&quot;)")])
@pytest.mark.parametrize("new, hours", [("R2/PT2H", [1, 3, 5]), ("R/PT2H", [1, 3, 5, 7])])
def test_a_timer_that_is_drawn_as_a_text_now_begins_its_cycle_when_it_is_due(engine, clock, old, new, hours, late):
    engine.deploy(reminded(old), by=SYSTEM)
    begun, came = clock.now(), []
    engine.start("loan", by=ANN)
    engine.deploy(reminded(cycle(f"&quot;{new}&quot;")), by=SYSTEM)
    move(engine, {})
    while (due := engine.next_due()) is not None and len(came) < 4:
        clock.set(due + timedelta(minutes=20 if late else 0))
        engine.run_due()
        came.append(round((due - begun) / timedelta(hours=1)))
    assert came == hours and [one.element for one in engine.tasks("1")].count("late") == len(hours)
    assert engine.incidents() == [] and engine.verify("1").problems == () and engine.replay("1").equal


def test_a_timer_that_comes_again_goes_on_counting(engine, clock):
    def version(task, timer):
        body = START + tiny.ask(task) + tiny.boundary(timer, task, cycle("&quot;R3/PT1H&quot;"), False)
        body += tiny.ask("late") + END + line("start", task, "end") + line(timer, "late", "end")
        return tiny.bundle("loan", body)

    engine.deploy(version("work", "limit"), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.deploy(version("labour", "bound"), by=SYSTEM)
    clock.advance(hours=1)
    engine.run_due()
    move(engine, RENAMED)
    for _ in range(4):
        clock.advance(hours=1)
        engine.run_due()
    assert [one.element for one in engine.tasks("1")].count("late") == 3
    assert engine.next_due() is None
