"""Deviations: from a history and its bundles alone; what a diagram foresees is none."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.auditing.deviations import deviations, repeatable
from engine.bundles import normal_files, read_bundle
from engine.model import CaseId, Effect, Step
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.spiff.xmls import cycle

BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def read(files):
    return read_bundle(normal_files(files))


def two(eyes="first"):
    """Two tasks in a row; the second is to be done by another."""
    body = tiny.START + tiny.ask("first") + tiny.ask("second", candidateGroups="csr", fourEyes=eyes) + tiny.END
    return read(tiny.bundle("loan", body + tiny.line("start", "first", "second", "end")))


def step(seq, kind, actor="ann", effects=(), minutes=0, **given):
    """A step as a history has it."""
    said = {"input": given, "effects": tuple(Effect(*one) for one in effects), "semantics": 1}
    hashes = dict.fromkeys(("state_hash", "prev_hash", "hash"), "0" * 64)
    at = BEGAN + timedelta(minutes=minutes)
    return Step(case_id=CaseId("1"), seq=seq, at=at, actor=actor, kind=kind, **said, **hashes)


def began(*effects):
    return step(1, "started", bundle="b", effects=[("entered", "first", 1), *effects])


def done(seq, element, actor="ann", effects=(), **more):
    return step(seq, "completed", actor, effects, element=element, task=seq, values={}, **more)


def told(steps, bundle):
    return [(one.seq, one.kind, one.element) for one in deviations(steps, lambda digest: bundle)]


def test_nothing_is_told_of_an_ordinary_case():
    ordinary = [began(), done(2, "first", effects=[("entered", "second", 2)]), done(3, "second", "ben")]
    assert told(ordinary, two()) == []


def test_an_element_that_comes_again():
    again = [began(), step(2, "jumped", "sue", [("entered", "first", 2)], element="first", reason="typed wrongly")]
    found = deviations(again, lambda digest: two())
    assert [(one.seq, one.kind, one.element) for one in found] == [(2, "repeated", "first"), (2, "jumped", "first")]
    assert found[0].detail == {"first": 1} and found[1].detail == {"step": "jumped", "reason": "typed wrongly"}


@pytest.mark.parametrize("kind", ["skipped", "corrected"])
def test_an_intervention_with_a_name(kind):
    assert told([began(), step(2, kind, "sue", element="first", reason="x")], two()) == [(2, kind, "first")]


@pytest.mark.parametrize("kind", ["cancelled", "suspended", "migrated", "given_up", "retried", "upgraded"])
def test_any_other_intervention(kind):
    assert told([began(), step(2, kind, "sue", reason="x")], two()) == [(2, "intervention", "")]


@pytest.mark.parametrize("kind", ["claimed", "released", "assigned", "reminded", "resumed", "received", "fired"])
def test_what_is_no_deviation(kind):
    assert told([began(), step(2, kind, task=1, element="first")], two()) == []


def test_four_eyes_whichever_came_first():
    assert told([began(), done(2, "first"), done(3, "second")], two()) == [(3, "four_eyes", "second")]
    assert told([began(), done(2, "second"), done(3, "first")], two()) == [(3, "four_eyes", "first")]
    assert told([began(), done(2, "first"), done(3, "second", "ben")], two()) == []
    assert told([began(), done(2, "first"), done(3, "second")], two(eyes="")) == []
    (one,) = deviations([began(), done(2, "first"), done(3, "second")], lambda digest: two())
    assert one.detail == {"other": "first", "first": 2}


def test_four_eyes_in_a_called_process():
    steps = [step(1, "started", bundle="b", bound={"loan": "called"}), done(2, "first"), done(3, "second")]
    plain = read(tiny.one_task())
    found = deviations(steps, lambda digest: two() if digest == "called" else plain)
    assert [(one.seq, one.kind) for one in found] == [(3, "four_eyes")]


def test_overdue():
    due = {"groups": [], "due": "2026-03-02T01:10:00.000000Z"}
    late = [began(("offered", "first", 2, due)), done(2, "first", minutes=11)]
    (one,) = deviations(late, lambda digest: two())
    assert (one.kind, one.element, one.detail["late"]) == ("overdue", "first", 60)
    assert told([began(("offered", "first", 2, due)), done(2, "first", minutes=10)], two()) == []


def test_a_term_that_is_run_over_is_told_once():
    due = {"groups": [], "due": "2026-03-02T01:10:00.000000Z"}
    breach = step(2, "breached", "system", task=3, element="first", minutes=10)
    steps = [began(("offered", "first", 3, due)), breach]
    assert told(steps, two()) == [(2, "overdue", "first")]
    assert told([*steps, done(3, "first", minutes=20)], two()) == [(3, "overdue", "first")]


@pytest.mark.parametrize(
    "change",
    [("redated", "first", 3, {"due": "2026-03-03T01:00:00.000000Z"}), ("paused", "first", 3)],
)
def test_a_term_that_was_moved_or_stopped(change):
    due = {"groups": [], "due": "2026-03-02T01:10:00.000000Z"}
    steps = [began(("offered", "first", 3, due)), step(2, "received", effects=[change])]
    assert told([*steps, done(3, "first", minutes=20)], two()) == []


def test_a_case_that_was_reopened():
    over = done(2, "first", effects=[("ended", "loan", 0)])
    assert told([began(), over, step(3, "claimed", task=1)], two()) == []
    assert told([began(), over, done(3, "second", "ben")], two()) == [(3, "reopened", "")]


def test_what_a_diagram_lets_come_again():
    assert repeatable(two()) == frozenset()
    assert repeatable(read(tiny.rounds())) == {"again", "ask", "enough"}
    late = tiny.boundary("late", "ask", cycle("&quot;R3/PT1H&quot;"), interrupting=False)
    body = tiny.START + tiny.ask("ask") + late + tiny.ask("chase") + tiny.END
    drawn = tiny.bundle("loan", body + tiny.line("start", "ask", "end") + tiny.line("late", "chase", "end"))
    assert repeatable(read(drawn)) == {"late", "chase", "end"}


def test_real_cases(engine, clock):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", dueIn="PT1H")), by=OLGA)
    engine.deploy(tiny.rounds(), by=OLGA)
    case = engine.start("loan", by=ANN)
    again = engine.start("rounds", by=ANN)
    for approved in (False, False, True):
        engine.complete(engine.tasks(again.id)[0].id, {"approved": approved}, by=ANN)
    assert engine.deviations(again.id) == ()
    clock.advance(hours=2)
    engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=BEN)
    (one,) = engine.deviations(case.id)
    assert (one.kind, one.element, one.actor, one.detail["late"]) == ("overdue", "ask", "ben", 3600)
    third = engine.start("loan", by=ANN)
    engine.cancel(third.id, by=ANN, reason="withdrawn")
    assert [(one.kind, one.detail["reason"]) for one in engine.deviations(third.id)] == [("intervention", "withdrawn")]
