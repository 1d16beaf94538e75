"""Two at what new cases begin with: shares, stops and going back are rows one after the other, and a start has one."""

from tests.engine.concurrency.racing import do, losers, the_loser
from tests.engine.concurrency.test_deploying import BOB, KIM, daily, version
from tests.engine.people import ANN, OLGA
from tests.engine.watching import count


def numbers(crew, key="loan"):
    """The numbers of the rows, oldest first."""
    return [row.number for row in reversed(crew.engine.rollouts(key))]


def test_approve_against_approve_of_one_share(crew):
    crew.engine.deploy(version(0), by=OLGA)
    for number in crew.rounds:
        proposal = crew.engine.propose(version(number + 1), by=OLGA, reason="better", percent=20).id
        the_loser(crew.race(do("approve", proposal, by=BOB), do("approve", proposal, by=KIM)))
        assert len(crew.engine.deployments()) == number + 2 and numbers(crew) == list(range(1, number + 3))


def test_roll_back_against_start(crew):
    crew.engine.deploy(version(0), by=OLGA)
    crew.engine.deploy(version(1), by=OLGA)
    for number in crew.rounds:
        to = 1 + number % 2
        found = crew.race(
            do("roll_back", "loan", to, by=OLGA, reason="x"), do("start", "loan", by=ANN), do("start", "loan", by=ANN)
        )
        assert losers(found) == [] and {one.result.version for one in found[1:]} <= {1, 2}
        assert crew.engine.start("loan", by=ANN).version == to


def test_roll_back_against_widen_and_stop(crew):
    crew.engine.deploy(version(0), by=OLGA)
    for number in crew.rounds:
        before = len(numbers(crew))
        crew.engine.deploy(version(number + 1), by=OLGA, percent=20)
        newest = number + 2
        found = crew.race(
            do("roll_back", "loan", 1, by=OLGA, reason="x"),
            do("roll_out", "loan", newest, 60, by=BOB, reason="x"),
            do("stop_rollout", "loan", version=newest, by=KIM, reason="x"),
        )
        assert {lost.error for lost in losers(found)} <= {"Conflict"}
        assert numbers(crew) == list(range(1, before + 5 - len(losers(found))))
        assert {one.version: int(one.share) for one in crew.engine.rolled_out("loan").shares} in (
            {1: 100},
            {newest: 60, 1: 40},
        )


def test_roll_back_against_a_start_by_the_clock(crew, clock):
    crew.engine.deploy(daily(0), by=OLGA)
    crew.engine.deploy(daily(1), by=OLGA)
    for number in crew.rounds:
        clock.advance(days=1)
        before = len(crew.engine.cases(limit=1000))
        back = do("roll_back", "daily", 1 + number % 2, by=OLGA, reason="x")
        found = crew.race(do("run_due"), back, do("run_due"))
        assert losers(found) == [] and crew.engine.incidents() == []
        assert len(crew.engine.cases(limit=1000)) - before in (0, 1) and count(crew.engine, "job") == 1
