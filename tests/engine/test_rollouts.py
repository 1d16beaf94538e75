"""Versions for a share of the new cases: the coin, stacked shares, moments to come, stopping, going back, approvals."""

from datetime import timedelta
from decimal import Decimal

import pytest

from engine import SYSTEM, Actor, Conflict, NotAllowed, NotFound, Policy, Refusal
from engine.store import rollouts
from engine.store.rollouts import Turn, coin, drawn
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, NOBODY, OLGA
from tests.engine.watching import count, rows, statements

pytestmark = pytest.mark.databases

BOB, KIM = Actor("bob", groups={"process_owner"}), Actor("kim", groups={"process_owner"})
MANY = 10_000


def version(number, key="loan"):
    """A bundle that is another one for each number."""
    return tiny.one_task(key, forms_ask=tiny.form(title=str(number)))


def put(engine, number, percent=100, **more):
    """Deploy the next version for a share of the new cases."""
    return engine.deploy(version(number), by=OLGA, reason=f"v{number}", percent=percent, **more)


def shares(engine, key="loan"):
    """Version to share, in the order in which they are asked."""
    return {one.version: one.share for one in engine.rolled_out(key).shares}


def said(engine, key="loan"):
    """What the rows say, newest first."""
    return [(one.number, one.version, one.percent, one.by, one.reason) for one in engine.rollouts(key)]


def given(engine, version_, n=40):
    """Of the next cases those that begin with a version; each as its own coin says."""
    cases = [engine.start("loan", by=ANN) for _ in range(n)]
    assert all((one.version == version_) == (coin("loan", version_, one.id) < 20) for one in cases)
    return [one for one in cases if one.version == version_]


# The coin


def test_a_coin_is_always_the_same():
    assert [coin("loan", 2, str(number)) for number in range(1, 7)] == [88, 22, 10, 12, 91, 28]
    assert len({coin("loan", 2, str(number)) for number in range(MANY)}) == 100


@pytest.mark.parametrize("percent", [1, 20, 50, 99])
def test_a_share_is_near_its_percent(deployments, percent):
    asked = [Turn(percent, deployments[2]), Turn(100, deployments[1])]
    taken = sum(drawn(asked, str(number)).version == 2 for number in range(MANY))
    assert abs(taken - percent * MANY / 100) < MANY / 100


def test_stacked_shares_are_independent(deployments):
    asked = [Turn(30, deployments[3]), Turn(20, deployments[2]), Turn(100, deployments[1])]
    found = [drawn(asked, str(number)).version for number in range(MANY)]
    for number, share in ((3, 30), (2, 14), (1, 56)):
        assert abs(found.count(number) - share * MANY / 100) < MANY / 100
    assert [(one.version, one.share) for one in rollouts.shares(asked)] == [(3, 30), (2, 14), (1, 56)]


def test_whoever_has_a_version_keeps_it_when_it_is_widened(deployments):
    def taken(percent):
        asked = [Turn(percent, deployments[2]), Turn(100, deployments[1])]
        return {number for number in range(1000) if drawn(asked, str(number)).version == 2}

    assert taken(10) < taken(20) < taken(60) < taken(100) == set(range(1000))


@pytest.fixture
def deployments(engine):
    """Three versions of a process."""
    return {number: put(engine, number) for number in (1, 2, 3)}


# Rows


def test_every_deployment_says_for_whom_it_is(engine, clock):
    put(engine, 1)
    clock.advance(hours=1)
    put(engine, 2, 20)
    assert said(engine) == [(2, 2, 20, "olga", "v2"), (1, 1, 100, "olga", "v1")]
    (last, _) = engine.rollouts("loan")
    assert (last.key, last.at, last.effective_at) == ("loan", clock.now(), clock.now())
    assert shares(engine) == {2: Decimal(20), 1: Decimal(80)}
    assert engine.rolled_out("loan").base == 1 and [one.version for one in engine.in_force()] == [1]
    assert engine.shares() == {"loan": engine.rolled_out("loan").shares}
    assert engine.rollouts("other") == [] and engine.rolled_out("other").base is None


def test_a_case_begins_with_the_version_of_its_coin_and_keeps_it(engine):
    put(engine, 1)
    put(engine, 2, 20)
    fresh = given(engine, 2)
    assert 0 < len(fresh) < 40 and {one.bundle for one in fresh} == {engine.deployments("loan")[0].bundle}
    engine.roll_back("loan", 1, by=OLGA, reason="slower")
    assert {engine.case(one.id).version for one in fresh} == {2}
    step = engine.history(fresh[0].id)[0]
    assert (step.input["version"], step.input["bundle"]) == (2, fresh[0].bundle) and "coin" not in step.input


def test_the_same_bundle_again_says_nothing_new_unless_it_is_for_others(engine):
    put(engine, 1)
    put(engine, 1)
    put(engine, 2, 20)
    put(engine, 2, 20)
    assert len(engine.rollouts("loan")) == 2
    assert put(engine, 2, 60).version == 2 and shares(engine) == {2: 60, 1: 40}
    assert put(engine, 2).version == 2 and shares(engine) == {2: 100} and count(engine, "deployment") == 2


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_share_that_is_none(engine, percent):
    put(engine, 1)
    with pytest.raises(Refusal, match="1 to 100"):
        put(engine, 2, percent)
    with pytest.raises(Refusal, match="1 to 100"):
        engine.roll_out("loan", 1, percent, by=OLGA, reason="x")
    assert len(engine.rollouts("loan")) == 1 and count(engine, "deployment") == 1


def test_the_first_version_is_for_all(engine):
    with pytest.raises(Refusal, match="first one is for all"):
        put(engine, 1, 20)
    assert engine.deployments() == [] == engine.rollouts("loan")


def test_something_is_always_left_for_the_others(engine):
    put(engine, 1)
    with pytest.raises(Refusal, match="would be left"):
        engine.roll_out("loan", 1, 50, by=OLGA, reason="x")
    assert shares(engine) == {1: 100} and len(engine.rollouts("loan")) == 1


# Widening, stopping, going back


def test_several_at_once(engine):
    for number, percent in ((1, 100), (2, 20), (3, 50)):
        put(engine, number, percent)
    assert shares(engine) == {3: 50, 2: 10, 1: 40}
    engine.roll_out("loan", 2, 50, by=OLGA, reason="wider")
    assert shares(engine) == {2: 50, 3: 25, 1: 25}
    assert engine.stop_rollout("loan", by=OLGA, reason="no").version == 2
    assert shares(engine) == {3: 50, 1: 50}
    assert engine.stop_rollout("loan", version=3, by=OLGA, reason="no").percent == 0
    assert shares(engine) == {1: 100}
    with pytest.raises(Conflict, match="stopped"):
        engine.stop_rollout("loan", by=OLGA, reason="again")
    engine.roll_out("loan", 3, 100, by=OLGA, reason="yes")
    assert shares(engine) == {3: 100}
    assert [row[4] for row in said(engine)] == ["yes", "no", "no", "wider", "v3", "v2", "v1"]


def test_stopping_what_is_for_all_is_going_back(engine):
    put(engine, 1)
    put(engine, 2)
    with pytest.raises(Conflict):
        engine.stop_rollout("loan", version=2, by=OLGA, reason="x")
    row = engine.roll_back("loan", 1, by=OLGA, reason="slower")
    assert (row.number, row.version, row.percent) == (3, 1, 100) and shares(engine) == {1: 100}
    assert engine.start("loan", by=ANN).version == 1
    engine.roll_back("loan", 2, by=OLGA, reason="it was the network")
    assert engine.start("loan", by=ANN).version == 2
    with pytest.raises(Conflict):
        engine.roll_back("loan", 2, by=OLGA, reason="again")


def test_going_back_to_what_was_never_for_all(engine):
    put(engine, 1)
    put(engine, 2, 20)
    put(engine, 3)
    with pytest.raises(Refusal, match="never in force for all"):
        engine.roll_back("loan", 2, by=OLGA, reason="x")
    for act in (engine.roll_back, lambda *a, **k: engine.roll_out(*a, 10, **k)):
        with pytest.raises(NotFound):
            act("loan", 9, by=OLGA, reason="x")
    assert engine.roll_back("loan", 1, by=OLGA, reason="x").version == 1


def test_what_was_said_last_is_not_said_again(engine):
    put(engine, 1)
    put(engine, 2, 20)
    with pytest.raises(Conflict) as refused:
        engine.roll_out("loan", 2, 20, by=OLGA, reason="again")
    assert refused.value.data["how"] == "same" and len(engine.rollouts("loan")) == 2


def test_after_a_roll_back_a_version_may_be_deployed_or_proposed_again(engine):
    put(engine, 1)
    put(engine, 2)
    engine.roll_back("loan", 1, by=OLGA, reason="slower")
    proposal = engine.propose(version(2), by=OLGA, reason="mended elsewhere")
    assert proposal.version == 2
    assert engine.approve(proposal.id, by=BOB).version == 2
    assert shares(engine) == {2: 100} and count(engine, "deployment") == 2


# A moment to come


def test_a_version_comes_in_force_by_time_alone(engine, clock):
    put(engine, 1)
    then = clock.now() + timedelta(days=1)
    put(engine, 2, effective_at=then)
    assert shares(engine) == {1: 100} and [one.version for one in engine.rolled_out("loan").coming] == [2]
    assert engine.start("loan", by=ANN).version == 1
    clock.set(then - timedelta(seconds=1))
    assert engine.start("loan", by=ANN).version == 1
    clock.set(then)
    assert engine.start("loan", by=ANN).version == 2 and rows(engine, "job") == []
    assert shares(engine) == {2: 100} and engine.rolled_out("loan").coming == ()


def test_a_first_version_is_not_there_before_its_moment(engine, clock):
    then = clock.now() + timedelta(hours=1)
    put(engine, 1, effective_at=then)
    assert engine.in_force() == [] == engine.startable(ANN) and len(engine.deployments()) == 1
    with pytest.raises(NotFound):
        engine.start("loan", by=ANN)
    with pytest.raises(Refusal):
        put(engine, 2, 20)
    clock.set(then)
    assert engine.start("loan", by=ANN).version == 1 and [one.key for one in engine.startable(ANN)] == ["loan"]


def test_a_moment_that_is_over(engine, clock):
    put(engine, 1)
    for then in (clock.now(), clock.now() - timedelta(days=1)):
        with pytest.raises(Refusal, match="is over"):
            put(engine, 2, effective_at=then)
    assert count(engine, "deployment") == 1


def test_what_waits_can_be_stopped_brought_forward_and_overtaken(engine, clock):
    put(engine, 1)
    then = clock.now() + timedelta(days=1)
    for number in (2, 3, 4):
        put(engine, number, effective_at=then)
    assert engine.stop_rollout("loan", version=4, by=OLGA, reason="not yet").percent == 0
    assert [one.version for one in engine.rolled_out("loan").coming] == [3, 2]
    engine.roll_out("loan", 3, 10, by=OLGA, reason="some now")
    assert [one.version for one in engine.rolled_out("loan").coming] == [2] and shares(engine) == {3: 10, 1: 90}
    put(engine, 5)
    assert engine.rolled_out("loan").coming == ()
    clock.set(then)
    assert shares(engine) == {5: 100}


def test_going_back_calls_off_what_waits(engine, clock):
    put(engine, 1)
    put(engine, 2, effective_at=clock.now() + timedelta(days=1))
    engine.roll_back("loan", 1, by=OLGA, reason="not at all")
    assert engine.rolled_out("loan").coming == ()
    clock.advance(days=2)
    assert shares(engine) == {1: 100}


def test_a_clock_that_is_behind_sees_what_was_deployed_before_its_eyes(opened, clock):
    engine = opened()
    put(engine, 1)
    clock.advance(hours=-1)
    assert engine.start("loan", by=ANN).version == 1


# Who may


@pytest.fixture
def strict(opened):
    """A second person approves; a version for all and one for a fifth."""
    engine = opened(policy=Policy(second_approval=True))
    engine.deploy(version(1), by=SYSTEM)
    proposal = engine.propose(version(2), by=OLGA, reason="faster", percent=20)
    engine.approve(proposal.id, by=BOB)
    return engine


def test_a_proposal_says_for_whom_and_from_when(strict, clock):
    assert said(strict)[0] == (2, 2, 20, "olga, bob", "faster")
    then = clock.now() + timedelta(days=1)
    proposal = strict.propose(version(3), by=OLGA, reason="x", percent=30, effective_at=then)
    assert (proposal.authors, proposal.percent, proposal.effective_at, proposal.version) == ((), 30, then, None)
    strict.approve(proposal.id, by=BOB)
    (waits,) = strict.rolled_out("loan").coming
    assert (waits.version, waits.percent, waits.effective_at) == (3, 30, then)


def test_neither_who_proposed_nor_who_has_worked_on_it_may_approve(strict):
    ola = Actor("ola", OLGA.groups)
    sketch = strict.sketch_begin(files=version(2), by=KIM)
    strict.sketch_save(sketch.id, sketch.revision, version(3), by=ola)
    proposal = strict.propose(version(3), by=OLGA, reason="x")
    assert proposal.authors == ("kim", "ola")
    for who, how in ((OLGA, "proposer"), (KIM, "author"), (ola, "author")):
        with pytest.raises(NotAllowed) as refused:
            strict.approve(proposal.id, by=who)
        assert (refused.value.data["how"], refused.value.data["by"]) == (how, who.name)
    assert strict.approve(proposal.id, by=BOB).version == 3


def test_what_is_approved_late_is_in_force_at_once(strict, clock):
    proposal = strict.propose(version(3), by=OLGA, reason="x", effective_at=clock.now() + timedelta(hours=1))
    clock.advance(days=1)
    strict.approve(proposal.id, by=BOB)
    assert shares(strict) == {3: 100} and strict.rollouts("loan")[0].effective_at == clock.now()


def test_more_cases_than_were_approved_need_a_second_person(strict):
    for percent in (21, 100):
        with pytest.raises(NotAllowed) as refused:
            strict.roll_out("loan", 2, percent, by=OLGA, reason="it works")
        assert (refused.value.data["how"], refused.value.data["percent"]) == ("propose", 20)
    proposal = strict.propose_rollout("loan", 2, 100, by=OLGA, reason="it works")
    assert (proposal.version, proposal.percent, proposal.bundle) == (2, 100, strict.deployments("loan")[0].bundle)
    with pytest.raises(NotAllowed):
        strict.approve(proposal.id, by=OLGA)
    assert strict.approve(proposal.id, by=BOB).version == 2
    assert shares(strict) == {2: 100} and count(strict, "deployment") == 2
    with pytest.raises(Conflict):
        strict.propose_rollout("loan", 2, 100, by=OLGA, reason="again")


def test_who_has_worked_on_a_version_does_not_approve_more_cases_of_it(strict):
    strict.sketch_begin(files=version(2), by=KIM)
    for proposal in (
        strict.propose_rollout("loan", 2, 50, by=OLGA, reason="it works"),
        strict.propose(version(2), by=OLGA, reason="it works", percent=50),
    ):
        assert (proposal.version, proposal.authors) == (2, ("kim",))
        with pytest.raises(NotAllowed) as refused:
            strict.approve(proposal.id, by=KIM)
        assert refused.value.data["how"] == "author"
    assert strict.approve(proposal.id, by=BOB).version == 2 and shares(strict) == {2: 50, 1: 50}


def test_an_older_version_is_widened_without_becoming_a_new_one(strict):
    strict.approve(strict.propose(version(3), by=OLGA, reason="x", percent=10).id, by=BOB)
    strict.approve(strict.propose_rollout("loan", 2, 40, by=OLGA, reason="wider").id, by=BOB)
    assert shares(strict) == {2: 40, 3: 6, 1: 54} and count(strict, "deployment") == 3


def test_taking_cases_away_needs_nobody_else(strict):
    strict.roll_out("loan", 2, 10, by=OLGA, reason="less")
    strict.roll_out("loan", 2, 20, by=KIM, reason="as it was approved")
    strict.stop_rollout("loan", by=OLGA, reason="stop")
    strict.roll_out("loan", 2, 20, by=OLGA, reason="on")
    strict.roll_back("loan", 1, by=OLGA, reason="back")
    assert shares(strict) == {1: 100}
    with pytest.raises(NotAllowed):
        strict.roll_out("loan", 2, 100, by=OLGA, reason="all")


def test_what_waits_is_not_brought_forward_by_one(strict, clock):
    proposal = strict.propose(version(3), by=OLGA, reason="x", effective_at=clock.now() + timedelta(days=1))
    strict.approve(proposal.id, by=BOB)
    with pytest.raises(NotAllowed):
        strict.roll_out("loan", 3, 1, by=OLGA, reason="now")


@pytest.mark.parametrize("who", [ANN, AUDREY, NOBODY], ids=lambda who: who.name)
def test_who_may_not_steer(strict, who):
    for act in (
        lambda: strict.roll_out("loan", 2, 10, by=who, reason="x"),
        lambda: strict.propose_rollout("loan", 2, 100, by=who, reason="x"),
        lambda: strict.stop_rollout("loan", by=who, reason="x"),
        lambda: strict.roll_back("loan", 1, by=who, reason="x"),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.data["groups"] == ["process_owner"]
    assert len(strict.rollouts("loan")) == 2


# What it costs, and what proves it


def test_what_a_start_asks_of_the_database_does_not_grow_with_what_was_deployed(engine):
    put(engine, 1)
    engine.start("loan", by=ANN)
    with statements(engine) as before:
        engine.start("loan", by=ANN)
    for number in range(2, 8):
        put(engine, number, 30 if number % 2 else 100)
    for _ in range(12):
        engine.start("loan", by=ANN)
    with statements(engine) as after:
        engine.start("loan", by=ANN)
    assert len(after) == len(before) and sum("rollout" in one for one in after) == 1, after


def test_only_the_rows_that_count_are_read(engine):
    for number in range(1, 8):
        put(engine, number)
    put(engine, 8, 20)
    with engine.database.reading() as connection:
        found = connection.execute(rollouts.STANDING, {"wanted": "loan", "moment": engine.context.now_text()}).all()
    assert [(row.version, row.percent) for row in found] == [(8, 20), (7, 100)]
