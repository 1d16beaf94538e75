"""Leases: a job is one worker's for a while, and is done once."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import Policy
from engine.jobs.run import lease, run
from tests.engine.people import ANN
from tests.engine.remote import Remote
from tests.engine.watching import acts

pytestmark = pytest.mark.databases

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


def test_a_leased_job_is_nobody_elses(posted, opened, clock):
    remote = Remote({})
    engine = posted(remote)
    other = opened(operators=[remote.operator()])
    (job,) = lease(engine.context, 10)
    assert other.run_due() == 0 and remote.calls == []
    clock.advance(minutes=2)
    assert other.run_due() == 1
    run(engine.context, job)  # the first one wakes up and has been overtaken
    assert len(remote.calls) == 2 and len({call.key for call in remote.calls}) == 1
    assert [kind for kind, _ in acts(engine)].count("answered") == 1
    assert engine.incidents() == [] and engine.verify("1").sound


def test_how_long_a_job_is_leased_is_a_matter_of_policy(posted, clock):
    engine = posted(Remote({}), policy=Policy(lease=timedelta(seconds=10)))
    lease(engine.context, 10)
    clock.advance(seconds=10)
    assert engine.run_due() == 1


def test_a_worker_that_is_stopped_gives_back_what_it_did_not_do(posted, opened):
    engine = posted(Remote(KeyboardInterrupt()))
    engine.start("loan", by=ANN)
    engine.complete("2.1.2", {"approved": True, "note": "x"}, by=ANN)
    with pytest.raises(KeyboardInterrupt):
        engine.run_due()
    assert opened(operators=[Remote({}).operator()]).run_due() == 2


def test_a_worker_that_was_slow_leaves_the_rest_to_others(posted, opened, clock):
    class Slow(Remote):
        def __call__(self, call):
            clock.advance(minutes=3)
            return super().__call__(call)

    slow = Slow({})
    engine = posted(slow)
    for number in (2, 3):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    assert engine.run_due() == 3
    assert len(slow.calls) == 3 and len({call.key for call in slow.calls}) == 3


def test_a_limit_is_kept(posted):
    engine = posted(Remote({}))
    for number in (2, 3):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True, "note": "x"}, by=ANN)
    assert [engine.run_due(limit=2), engine.run_due(limit=2), engine.run_due(limit=2)] == [2, 1, 0]
