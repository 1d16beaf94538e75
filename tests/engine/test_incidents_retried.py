"""Several incidents are retried at once: a batch, in which each is a step of its case."""

import pytest

from engine import Actor
from engine.cases.failures import Failed
from engine.errors import Conflict, NotAllowed, Refusal
from tests.engine.people import ANN, AUDREY, LEA, OLGA
from tests.engine.remote import Remote, mailing
from tests.engine.test_incidents import OPS, POLICY, opens
from tests.engine.watching import acts, count

pytestmark = pytest.mark.databases


@pytest.fixture
def parked(opened):
    """Five cases whose mail has failed for good, and the operator."""
    remote = Remote(*[ConnectionError("no route")] * 5, {"id": 7})
    engine = opened(operators=[remote.operator(retries=0)], policy=POLICY)
    engine.deploy(mailing(), by=OLGA)
    for number in range(1, 6):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "hello"}, by=ANN)
    engine.run_due()
    engine.remote = remote
    return engine


ALL = Failed(key="loan", element="mail")


def outcomes(engine, batch):
    return dict(engine.batch_progress(batch.id, OLGA).outcomes)


def test_all_are_retried_each_by_a_step_of_its_case(parked):
    batch = parked.retry_all(ALL, by=OLGA, reason=" the mail is back ")
    assert (batch.kind, batch.key, batch.reason, batch.state) == ("retry", "loan", "the mail is back", "running")
    parked.run_due()
    assert outcomes(parked, batch) == {"retried": 5} and parked.incidents() == []
    for number in range(1, 6):
        steps = parked.history(str(number))[2:]
        assert [(step.kind, step.actor) for step in steps] == [("retried", "olga"), ("answered", "system")]
        assert (steps[0].input["reason"], steps[0].input["batch"]) == ("the mail is back", batch.id)
    assert parked.batch(batch.id, OLGA).state == "done" and len(parked.remote.calls) == 10


def test_who_asks_twice_asks_once(parked):
    first = parked.retry_all(ALL, by=OLGA, reason="the mail is back")
    assert parked.retry_all(ALL, by=OLGA, reason="the mail is back") == first
    assert parked.retry_all(ALL, by=OPS_TOO, reason="is it back?") == first
    parked.run_due()
    with pytest.raises(Conflict):
        parked.retry_all(ALL, by=OLGA, reason="the mail is back")
    assert count(parked, "batch") == 1
    assert [step for step, _ in acts(parked, "3")].count("retried") == 1


OPS_TOO = Actor("omar", groups={"ops", "csr"})


def test_what_fails_again_is_open_again(parked):
    parked.remote.says = [ConnectionError("still no route")]
    batch = parked.retry_all(ALL, by=OLGA, reason="is it back?")
    parked.run_due()
    assert outcomes(parked, batch) == {"retried": 5} and parked.count_incidents(OLGA, ALL) == 5
    parked.remote.says = [{}]
    parked.retry_all(ALL, by=OLGA, reason="now it is")
    parked.run_due()
    assert parked.incidents() == []


def test_what_was_closed_or_is_over_by_then_is_left_alone(parked):
    batch = parked.retry_all(ALL, by=OLGA, reason="the mail is back")
    mine = {one.case_id: one.id for one in parked.incidents()}
    parked.give_up(mine["1"], by=OLGA, reason="sent by hand")
    parked.cancel("2", by=ANN, reason="withdrawn")
    parked.suspend("3", by=LEA, reason="wait")
    parked.run_due()
    assert outcomes(parked, batch) == {"over": 2, "retried": 3} and parked.incidents() == []
    assert [kind for kind, _ in acts(parked, "1")][-1] == "given_up"
    assert [kind for kind, _ in acts(parked, "2")][-1] == "cancelled"
    assert [kind for kind, _ in acts(parked, "3")][-1] == "retried"
    parked.resume("3", by=LEA, reason="go on")
    parked.run_due()
    assert [kind for kind, _ in acts(parked, "3")][-1] == "answered"


def test_only_those_that_are_alike(parked):
    opens(parked, "4", "mail", "another error")
    same = parked.case("1").incidents[0].alike
    parked.remote.says = [{}, {}, {}, ConnectionError("no route"), {}]
    batch = parked.retry_all(Failed(key="loan", element="mail", alike=same), by=OLGA, reason="the mail is back")
    parked.run_due()
    assert outcomes(parked, batch) == {"retried": 5}
    assert {(one.case_id, one.alike == same) for one in parked.incidents()} == {("4", True), ("4", False)}
    assert [kind for kind, _ in acts(parked, "4")].count("retried") == 1
    opens(parked, "5", "mail", "another error", kind="operator")
    both = parked.retry_all(ALL, by=OLGA, reason="all that is left")
    parked.run_due()
    assert outcomes(parked, both) == {"retried": 2}


def test_several_of_one_case_are_each_a_step(parked):
    opens(parked, "4", "mail", "another error")
    parked.retry_all(ALL, by=OLGA, reason="the mail is back")
    parked.run_due()
    assert [kind for kind, _ in acts(parked, "4")].count("retried") == 2 and parked.incidents() == []


@pytest.mark.parametrize("failed", [Failed(), Failed(key="loan"), Failed(element="mail"), Failed(kind="operator")])
def test_a_group_is_named_by_its_element(parked, failed):
    with pytest.raises(Refusal):
        parked.retry_all(failed, by=OLGA, reason="the mail is back")


def test_it_needs_a_reason(parked):
    with pytest.raises(Refusal, match="Say why"):
        parked.retry_all(ALL, by=OLGA, reason=" ")
    assert count(parked, "batch") == 0


def test_a_batch_of_a_version_is_not_for_those_who_only_mend(parked):
    batch = parked.backtest(parked.in_force()[0].bundle, by=OLGA)
    assert parked.batch(batch.id, AUDREY).kind == "backtest"
    with pytest.raises(NotAllowed):
        parked.batch(batch.id, OPS)
    with pytest.raises(NotAllowed):
        parked.cancel_batch(batch.id, by=OPS)
    with pytest.raises(NotAllowed):
        parked.batches(OPS)
    assert parked.batches(OPS, kind="retry") == []
