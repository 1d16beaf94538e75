"""Retention: cases whose time is over are purged whole, values are disposed of, and what stands in the way is respected."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import event

from engine import SYSTEM, Policy
from engine.canonical import canonical
from engine.cases.context import Elsewhere
from engine.errors import NotAllowed, NotFound, Refusal
from engine.proof.signing import Ed25519
from engine.retention import schedule as retaining
from engine.retention.finding import DUE
from engine.retention.rules import Rule, cutoff
from tests.engine import tiny
from tests.engine.entrusted import CARD, GIVEN, KIM, NAME, files, sound
from tests.engine.people import ANN, OLGA
from tests.engine.watching import count, holding, kinds, rows, unguarded

PURGE = Rule(name="REG-53", years="KEEP_YEARS")
MASK = Rule(name="DT-10", years="TEXT_YEARS", key="loan", do="erased", fields=("person", "others"))
TABLES = ("step", "vault", "task", "job", "draft", "subscription", "incident", "legal_hold")


@pytest.fixture
def kept(opened):
    """An engine with rules of retention: cases for 20 years, some values of loans for 5."""

    def begin(rules=(PURGE, MASK), **options):
        engine = opened(policy=Policy(custodians=frozenset({"custodian"}), retention=rules), **options)
        values = {"KEEP_YEARS": 20, "TEXT_YEARS": 5}
        engine.configure(by=SYSTEM, parameters={name: {"value": value} for name, value in values.items()})
        engine.deploy(files(), by=OLGA)
        engine.deploy(tiny.one_task("other"), by=OLGA)
        return engine

    return begin


def loan(engine):
    """A case that has ended, full of personal values."""
    case = engine.start("loan", {"caller": CARD}, by=ANN)
    return engine.complete(engine.tasks(case.id)[0].id, GIVEN, by=ANN)


def years(clock, number):
    """Some years go by."""
    clock.advance(days=366 * number)


def left(engine, case_id):
    """The tables that still have rows of a case."""
    found = {name for name in TABLES if any(row["case_id"] == case_id for row in rows(engine, name))}
    return found | {"case_file" for row in rows(engine, "case_file") if row["id"] == case_id}


def test_a_case_is_purged_when_its_time_is_over(kept, clock):
    told = []
    engine = kept(elsewhere=Elsewhere(purge=lambda connection, case_id: told.append(case_id)))
    case, young = loan(engine), engine.start("other", by=ANN)
    head = engine.history(case.id)[-1].hash
    years(clock, 19)
    engine.complete(engine.tasks(young.id)[0].id, {"approved": True}, by=ANN)
    clock.advance(days=300)
    assert engine.retain().counts["REG-53", "purged"] == 0 and left(engine, 1)
    years(clock, 1)
    retained = engine.retain(by=KIM)
    assert retained.counts["REG-53", "purged"] == 1 and retained.done == 1 and told == ["1"]
    assert left(engine, 1) == set() and left(engine, 2) and holding(engine, NAME) == set()
    (row,) = rows(engine, "purge")
    assert (row["case_id"], row["number"], row["key"]) == (1, case.number, "loan")
    assert (row["policy"], row["by"], row["steps"]) == ("REG-53 (KEEP_YEARS)", "kim", 3)
    assert row["at"] == engine.context.now_text() and row["started_at"] < row["at"]
    assert bytes(row["head"]).hex() != head, "the values had been masked after five years, which is a step"
    with pytest.raises(NotFound):
        engine.case("1")
    assert engine.retain().done == 0 and len(rows(engine, "purge")) == 1


def test_the_purges_are_a_chain(kept, clock):
    engine = kept()
    for _ in range(3):
        loan(engine)
    years(clock, 21)
    engine.retain()
    before = bytes(32)
    for row in rows(engine, "purge"):
        said = {name: row[name] for name in ("at", "by", "ended_at", "key", "number", "policy", "started_at", "steps")}
        said |= {"case": str(row["case_id"]), "head": bytes(row["head"]).hex(), "prev_hash": before.hex()}
        assert bytes(row["prev_hash"]) == before
        assert bytes(row["hash"]) == hashlib.sha256(before + canonical(said)).digest()
        before = bytes(row["hash"])
    assert len(rows(engine, "purge")) == 3


def test_values_are_disposed_of_before(kept, clock):
    engine = kept()
    case = loan(engine)
    years(clock, 6)
    assert engine.retain().counts["DT-10", "disposed"] == 1
    gone = {row["field"] for row in rows(engine, "vault") if row["value"] is None}
    assert gone == {"person.name", "others.name"} and sound(engine, case.id)
    step = engine.history(case.id)[-1]
    assert (step.kind, step.actor, step.input["under"]) == ("disposed", "system", "DT-10 (TEXT_YEARS)")
    assert engine.retain().done == 0 and kinds(engine).count("disposed") == 1


def test_a_dry_run_changes_nothing(kept, clock):
    engine = kept()
    loan(engine), engine.hold(loan(engine).id, by=KIM, reason="a lawsuit")
    years(clock, 21)
    counts = engine.retain(dry_run=True).counts
    assert counts == {
        ("REG-53", "purged"): 1,
        ("REG-53", "held"): 1,
        ("DT-10", "disposed"): 1,
        ("DT-10", "held"): 1,
    }
    assert rows(engine, "purge") == [] and count(engine, "case_file") == 2


def test_a_hold_keeps_a_case_and_its_release_brings_it_back(kept, clock):
    engine = kept()
    loan(engine)
    engine.hold("1", by=KIM, reason="a lawsuit")
    years(clock, 21)
    assert engine.retain().counts == {("REG-53", "held"): 1, ("DT-10", "held"): 1}
    engine.run_due()
    assert left(engine, 1)
    engine.release_hold("1", by=KIM, reason="it is settled")
    engine.run_due()
    assert left(engine, 1) == set() and len(rows(engine, "purge")) == 1


def test_a_case_waits_for_those_that_came_from_it(kept, clock):
    engine = kept()
    loan(engine)
    child = engine.start("other", {"caller": engine.case("1").data["caller"]}, by=SYSTEM, parent="1")
    years(clock, 21)
    assert engine.retain().counts["REG-53", "needed"] == 1
    engine.complete(engine.tasks(child.id)[0].id, {"approved": True}, by=ANN)
    assert engine.retain().counts["REG-53", "needed"] == 1
    years(clock, 21)
    assert engine.retain().counts["REG-53", "purged"] == 2


def test_what_came_from_a_purged_case_verifies(kept, clock):
    """A second process with a longer term keeps what refers to a case that is purged."""
    engine = kept((Rule(name="SHORT", years="TEXT_YEARS", key="loan"),))
    loan(engine)
    child = engine.start("other", {"caller": engine.case("1").data["caller"]}, by=SYSTEM, parent="1")
    engine.complete(engine.tasks(child.id)[0].id, {"approved": True}, by=ANN)
    years(clock, 6)
    assert engine.retain().counts["SHORT", "purged"] == 1
    assert left(engine, 1) == set() and sound(engine, "2")
    with unguarded(engine) as connection:
        connection.exec_driver_sql("DELETE FROM purge")
    assert [problem.what for problem in engine.verify("2").problems] == ["personal value missing"]


def test_who_may_and_what_a_term_is(kept):
    engine = kept()
    with pytest.raises(NotAllowed):
        engine.retain(by=ANN)
    for value in (0, -1, True, "20", 20.5, None, 201):
        with pytest.raises(ValueError):
            cutoff(engine.clock.now(), value)
    engine.configure(by=SYSTEM, parameters={"TEXT_YEARS": {"value": 5}, "KEEP_YEARS": {"value": 0}})
    with pytest.raises(Refusal, match="KEEP_YEARS"):
        engine.retain()


@pytest.mark.parametrize(("day", "gone"), [("2024-02-29", "2019-02-28"), ("2026-03-02", "2021-03-02")])
def test_a_year_is_a_year_of_the_calendar(clock, day, gone):
    now = clock.now().fromisoformat(f"{day}T00:00:00+00:00")
    assert cutoff(now, 5).date().isoformat() == gone


def test_a_rule_without_its_number_does_nothing(kept, clock):
    engine = kept((Rule(name="X", years="NOBODY_SAID"),))
    loan(engine)
    years(clock, 150)
    assert engine.retain().counts == {} and left(engine, 1)


# As a job


def test_it_runs_every_day_by_itself(kept, clock, opened):
    engine = kept()
    loan(engine)
    (job,) = rows(engine, "job", kind="retain")
    assert (job["case_id"], job["seq"]) == (0, 0)
    kept()
    assert len(rows(engine, "job", kind="retain")) == 1, "opening once more plans no second run"
    clock.advance(days=1)
    assert engine.run_due() == 1 and len(rows(engine, "job", kind="retain")) == 1
    assert engine.next_due() - clock.now() == timedelta(days=1)
    years(clock, 21)
    engine.run_due()
    assert left(engine, 1) == set() and engine.next_due() - clock.now() == timedelta(days=1)


def test_it_goes_on_in_batches(kept, clock, monkeypatch):
    monkeypatch.setattr("engine.retention.schedule.BATCH", 2)
    engine = kept()
    for _ in range(5):
        loan(engine)
    years(clock, 6)
    assert engine.run_due() == 3, "two, two and one"
    assert [kinds(engine, str(one)).count("disposed") for one in range(1, 6)] == [1] * 5
    loan(engine)
    years(clock, 6)
    engine.run_due()
    assert kinds(engine, "6").count("disposed") == 1


# Interrupted


def test_whatever_fails_leaves_whole_cases(kept, clock):
    """A fault at any statement of a purge leaves every case as it was, or purged; another run ends it."""
    engine = kept((PURGE,))
    for _ in range(2):
        loan(engine)
    years(clock, 21)
    failing, purged = 0, 0
    while purged < 2:
        failing += 1
        seen = 0

        def fail(connection, cursor, statement, *rest, at=failing):
            nonlocal seen
            seen += statement.startswith(("DELETE", "INSERT"))
            if seen == at:
                raise OSError("the power is gone")

        event.listen(engine.database.engine, "before_cursor_execute", fail)
        try:
            engine.retain(limit=1)
        except OSError:
            pass
        finally:
            event.remove(engine.database.engine, "before_cursor_execute", fail)
        purged = len(rows(engine, "purge"))
        for case_id in (1, 2):
            assert left(engine, case_id) == set() if case_id <= purged else sound(engine, str(case_id))
    assert failing > 10 and engine.retain().done == 0


def test_the_index_finds_what_is_due(kept):
    """No run looks through all cases: the database goes by the index of those that have ended, in its order."""
    engine = kept()
    given = {"key": "loan", "cutoff": "2026", "after": "", "id": 0, "most": 100}
    asked = DUE.params(**given).compile(engine.database.engine, compile_kwargs={"literal_binds": True})
    with engine.database.reading() as connection:
        if engine.database.sqlite:
            plan = " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))
        else:
            for way in ("enable_seqscan", "enable_bitmapscan"):  # the table is too small to be worth an index
                connection.exec_driver_sql(f"SET LOCAL {way} = off")
            plan = " ".join(connection.exec_driver_sql(f"EXPLAIN {asked}").scalars())
    assert "ix_case_file_ended" in plan and "SCAN" not in plan and "TEMP B-TREE" not in plan and "Sort" not in plan


@pytest.mark.parametrize("by_the_clock", [True, False])
def test_what_was_purged_is_sealed_at_once(kept, clock, by_the_clock):
    engine = kept(signing=lambda: Ed25519(b"k" * 32))
    loan(engine)
    engine.seal()
    years(clock, 21)
    if by_the_clock:
        retaining.plan_first(engine.context)
        clock.advance(days=1)
        engine.run_due()
    else:
        engine.retain(by=KIM)
    assert count(engine, "purge") == 1
    assert engine.verify_whole().problems == ()
