"""Backtests through the front door: which cases are tried, who may try them, and what a batch says of each."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert

from engine import SYSTEM, Policy
from engine.batches.rows import Progress
from engine.errors import InvalidDiagram, NotAllowed, NotFound, Refusal
from engine.past.choosing import Past
from engine.store import tables
from tests.engine import tiny
from tests.engine.backtest.trying import rates
from tests.engine.moving.loans import begun, newer, one
from tests.engine.people import ANN, AUDREY, OLGA
from tests.engine.spiff.xmls import el
from tests.engine.watching import acts, unguarded

YES = {"approved": True, "note": "x"}
MORE = tiny.one_task(after=tiny.ask("more"))


def finish(engine, count=4, key="loan"):
    for _ in range(count):
        case = engine.start(key, by=ANN)
        engine.complete(engine.tasks(case.id)[0].id, YES, by=ANN)


@pytest.fixture
def past(engine):
    """Four finished cases, one that is open, and one that was given up."""
    engine.deploy(tiny.one_task(), by=OLGA)
    finish(engine)
    engine.start("loan", by=ANN)
    engine.cancel(engine.start("loan", by=ANN).id, by=SYSTEM, reason="over")
    return engine


def test_all_finished_cases_are_tried_and_none_is_changed(past):
    before = acts(past)
    batch = past.backtest(MORE, by=OLGA, reason="to see")
    assert (batch.kind, batch.key, batch.by, batch.reason) == ("backtest", "loan", "olga", "to see")
    assert batch.asked == {"population": 5, "purged": 0, "keys": ["loan"]}
    past.run_due()
    assert past.batch_progress(batch.id, OLGA) == Progress(total=5, outcomes={"needs_data": 4, "same": 1})
    answer = past.batch_answers(batch.id, OLGA, outcome="needs_data")[0]
    assert (answer.case_id, answer.seq, answer.detail["fields"]) == ("1", 2, {"more": ["approved"]})
    assert acts(past) == before and past.deployments("loan")[0].version == 1


def test_a_stored_bundle_is_tried_by_its_digest(past):
    batch = past.backtest(past.in_force()[0].bundle, by=OLGA)
    past.run_due()
    assert dict(past.batch_progress(batch.id, OLGA).outcomes) == {"same": 5}
    with pytest.raises(NotFound):
        past.backtest("0" * 64, by=OLGA)


def test_cases_of_some_versions_and_of_a_period(past, clock):
    clock.advance(days=1)
    past.deploy(MORE, by=OLGA)
    case = past.start("loan", by=ANN)
    for _ in range(2):
        past.complete(past.tasks(case.id)[0].id, YES, by=ANN)
    bundle = past.drafted(tiny.one_task())
    day = clock.now() - timedelta(hours=1)

    def chosen(**given):
        return len(past.past(bundle, Past(**given), by=OLGA).ids)

    assert [chosen(), chosen(versions=[1]), chosen(versions=[2]), chosen(since=day), chosen(until=day)] == [
        6,
        5,
        1,
        1,
        5,
    ]


def test_a_sample_is_drawn_again_by_its_seed(past):
    bundle = past.drafted(MORE)
    first, again = (past.past(bundle, Past(sample=2, seed="a"), by=OLGA) for _ in range(2))
    assert first == again and len(first.ids) == 2 and first.population == 5
    assert len({past.past(bundle, Past(sample=2, seed=str(n)), by=OLGA).ids for n in range(8)}) > 1
    assert past.past(bundle, Past(sample=9), by=OLGA).seed != ""
    for wrong in (Past(sample=0), Past(sample=1, seed="漢"), Past(sample=1, seed="x" * 65)):
        with pytest.raises(Refusal):
            past.past(bundle, wrong, by=OLGA)


def test_what_was_purged_is_counted_and_not_tried(past):
    with unguarded(past) as connection:
        row = {"case_id": 1, "number": "n", "key": "loan", "policy": "p", "at": "2026-03-02", "by": "x", "steps": 2}
        row |= dict.fromkeys(("head", "prev_hash", "hash"), b"")
        connection.execute(insert(tables.purge).values(**row, started_at="2026-03-02", ended_at="2026-03-02"))
        connection.execute(delete(tables.case).where(tables.case.c.id == 1))
    chosen = past.past(past.drafted(MORE), by=OLGA)
    assert (len(chosen.ids), chosen.purged) == (4, 1)


def test_a_case_that_cannot_be_replayed_fails_alone(past):
    with unguarded(past) as connection:
        connection.execute(delete(tables.step).where(tables.step.c.case_id == 2, tables.step.c.seq == 1))
    batch = past.backtest(MORE, by=OLGA)
    past.run_due()
    assert past.batch_progress(batch.id, OLGA).outcomes["failed"] == 1 and past.incidents() == []
    assert past.batch_answers(batch.id, OLGA, outcome="failed")[0].case_id == "2"


def test_a_draft_with_errors_is_not_tried(past):
    broken = tiny.one_task()
    del broken[tiny.ASK]
    with pytest.raises(InvalidDiagram):
        past.backtest(broken, by=OLGA)
    assert past.batches(OLGA) == []


def test_who_may_try(past):
    for somebody in (ANN, AUDREY):
        with pytest.raises(NotAllowed):
            past.backtest(MORE, by=somebody)
    with pytest.raises(NotAllowed):
        past.tried(past.in_force()[0].bundle, "1", ANN)
    assert past.tried(past.in_force()[0].bundle, "1", AUDREY).outcome.outcome == "same"


def test_a_case_of_another_class_is_tried_and_not_shown(opened):
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    engine.deploy(tiny.one_task(process={"confidentiality": "aml"}), by=OLGA)
    engine.cancel(engine.start("loan", by=ANN).id, by=SYSTEM, reason="over")
    batch = engine.backtest(MORE, by=OLGA)
    engine.run_due()
    assert engine.batch_progress(batch.id, OLGA).done == 1 and engine.batch_answers(batch.id, OLGA) == []
    with pytest.raises(NotFound):
        engine.tried(batch.bundle, "1", OLGA)


def test_a_shared_decision_is_tried_on_the_cases_that_ask_it(engine):
    rule = "<bpmn:extensionElements><spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    process = tiny.one_task(before=el("businessRuleTask", "rule", rule), start={"amount": {"type": "number"}})
    engine.deploy({"rate.dmn": rates(5)}, by=OLGA)
    engine.deploy(process, by=OLGA)
    case = engine.start("loan", {"amount": 3}, by=ANN)
    engine.complete(engine.tasks(case.id)[0].id, YES, by=ANN)
    batch = engine.backtest({"rate.dmn": rates(2)}, by=OLGA)
    assert (batch.key, batch.asked["keys"]) == ("rate", ["loan"])
    engine.run_due()
    (answer,) = engine.batch_answers(batch.id, OLGA)
    assert (answer.outcome, answer.detail["data"]) == ("same", ["level"])


@pytest.mark.parametrize("draft", [one("question"), one("ask"), one("other")], ids=["new name", "old name", "neither"])
def test_a_case_that_was_moved_is_held_against_the_draft_from_its_start(engine, draft):
    begun(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"})
    engine.complete(engine.tasks("1")[0].id, YES, by=ANN)
    found = engine.tried(engine.drafted(draft), "1", OLGA).outcome
    assert found.detail["moved"] == [2]
    if draft == one("ask"):
        assert (found.outcome, found.seq) == ("same", None)
    elif draft == one("question"):
        assert (found.outcome, found.seq) == ("other_path", 1), "what was given after the move is given there"
        assert found.detail["first"] == {"shared": 1, "recorded": "ask", "tried": "question"}
        assert found.detail["steps"] == [1, 1] and "data" not in found.detail
    else:
        assert found.detail["fields"] == {"other": ["approved"]}


def test_after_a_move_each_turn_of_a_loop_finds_its_own_input(engine):
    def looped(task):
        files = tiny.rounds()
        files["rounds.bpmn"] = files["rounds.bpmn"].replace('"ask"', f'"{task}"')
        return files

    engine.deploy(looped("ask"), by=OLGA)
    engine.start("rounds", by=ANN)
    engine.complete(engine.tasks("1")[0].id, {"approved": False, "note": "n1"}, by=ANN)
    engine.deploy(looped("question"), by=OLGA)
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"})
    for approved, note in ((False, "n2"), (True, "n3")):
        engine.complete(engine.tasks("1")[0].id, {"approved": approved, "note": note}, by=ANN)
    for draft in (looped("ask"), looped("question")):
        found = engine.tried(engine.drafted(draft), "1", OLGA)
        assert found.outcome.detail["steps"] == [3, 3] and found.marking.over
        assert found.marking.data["note"] == "n3"
