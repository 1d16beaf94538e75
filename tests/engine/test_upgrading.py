"""A release with other rules: cases that began by the old ones go on by the new, and every step replays by its own."""

from dataclasses import replace

import pytest

from engine import EngineError
from engine.cases import inputs, semantics
from engine.cases.semantics import RULES, Rules
from engine.history.chain import step_of
from engine.history.replay import Archive, replay
from engine.history.verify import chain_problems
from engine.store import files
from tests.engine import tiny
from tests.engine.people import ANN, LEA, OLGA
from tests.engine.watching import TAMPERED, kinds, rows
from tests.golden.test_golden import KEPT, Kept


def loudly(stepper, marking, kind, given, at):
    """Other rules: what people type is kept in capitals."""
    if kind == "completed":
        values = {name: value.upper() if isinstance(value, str) else value for name, value in given["values"].items()}
        given = {**given, "values": values}
    return inputs.apply(stepper, marking, kind, given, at)


def marked(marking):
    """What becomes of a marking: the new rules want to find something there."""
    return replace(marking, data={**marking.data, "loud": True})


@pytest.fixture
def released(monkeypatch):
    """Raise the semantics, as a later release does."""
    return lambda: monkeypatch.setitem(RULES, 2, Rules(loudly, marked))


@pytest.fixture
def desk(monkeypatch, engine):
    """Three cases of two tasks: one before its first task, one suspended after it, one that has ended.

    The rules are put back after the engine has been closed, which verifies every case.
    """
    engine.deploy(tiny.one_task(after=tiny.ask("again", variable="more")), by=OLGA)
    for _ in range(3):
        engine.start("loan", by=ANN)
    for case_id in ("2", "3"):
        done(engine, case_id)
    engine.suspend("2", by=LEA, reason="rest")
    done(engine, "3")
    return engine


def done(engine, case_id, note="fine"):
    """Complete the task that a case waits with."""
    return engine.complete(engine.tasks(case_id)[0].id, {"approved": True, "note": note}, by=ANN)


def rules(engine, case_id):
    return [row["semantics"] for row in rows(engine, "step", case_id=int(case_id))]


def sound(engine):
    return [engine.verify(str(case_id)).problems for case_id in engine.case_ids()]


def test_open_cases_are_upgraded_and_go_on_by_the_new_rules(desk, released):
    released()
    assert list(desk.upgrade_cases()) == ["1", "2"] and list(desk.upgrade_cases()) == []
    assert kinds(desk, "1") == ["started", "upgraded"] and kinds(desk, "3") == ["started", "completed", "completed"]
    said = desk.history("1")[-1]
    assert (said.input["from"], said.input["to"], said.actor, said.effects) == (1, 2, "system", ())
    assert desk.case("1").data["loud"] is True and desk.case("2").status == "suspended"
    desk.resume("2", by=LEA, reason="go on")
    done(desk, "1")
    case = done(desk, "2", "second")
    assert case.data == {"approved": True, "note": "fine", "loud": True, "more": {"approved": True, "note": "SECOND"}}
    assert rules(desk, "1") == [1, 2, 2] and rules(desk, "2") == [1, 1, 1, 2, 2, 2]
    assert sound(desk) == [(), (), ()] and all(desk.replay(case_id).equal for case_id in ("1", "2", "3"))


def test_a_case_that_nobody_upgraded_is_before_its_next_step(desk, released):
    released()
    assert done(desk, "1").data["note"] == "FINE"
    assert kinds(desk, "1") == ["started", "upgraded", "completed"] and rules(desk, "1") == [1, 2, 2]
    assert desk.start("loan", by=ANN) and rules(desk, "4") == [2]
    assert sound(desk) == [()] * 4


def test_a_command_that_is_refused_upgrades_nothing(desk, released):
    released()
    with pytest.raises(EngineError):
        desk.complete("1.1.2", {}, by=ANN)
    assert kinds(desk, "1") == ["started"]


def test_the_rules_change_only_where_a_step_says_so(desk, released):
    released()
    done(desk, "1")
    with desk.database.reading() as connection:
        steps = [step_of(row) for row in files.steps_of(connection, 1)]
        shelf = desk.context.shelf
        archive = Archive(
            bundle=lambda key: shelf.bundle(connection, key),
            configuration=lambda key: shelf.configuration(connection, key),
        )
        assert replay("1", steps, archive).equal
        found = replay("1", [steps[0], replace(steps[1], kind="completed"), steps[2]], archive).difference
        assert found.seq == 2 and "has the semantics 2, the case has 1" in found.replayed


def test_the_release_before_refuses_what_it_does_not_know(desk, released, monkeypatch):
    released()
    done(desk, "1")
    TAMPERED.add(desk.database.url)
    monkeypatch.delitem(RULES, 2)
    (problem,) = desk.verify("1").problems
    assert problem.what == "replay differs" and "does not know the semantics 2" in problem.detail


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_histories_replay_by_their_own_rules(path, released):
    released()
    kept = Kept(path)
    assert list(chain_problems(kept.rows)) == [] and {step.semantics for step in kept.steps} == {1}
    assert replay(kept.steps[0].case_id, kept.steps, kept.archive).equal and semantics.newest() == 2
