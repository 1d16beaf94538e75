"""Batches: every case gets one outcome, whoever works on it, whatever goes wrong with one of them."""

import multiprocessing
from functools import partial

import pytest
from sqlalchemy import update

from engine import Actor, Policy
from engine.batches import kinds, rows
from engine.batches.kinds import Asking, Changing
from engine.batches.rows import LANES, Progress
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.jobs import batching
from engine.jobs.run import lease, run
from engine.observing import JobSeen
from engine.store import tables
from tests.engine import tiny
from tests.engine.batches.kinds import AT, ask, known, work, work_until_killed
from tests.engine.concurrency.racing import race
from tests.engine.people import ANN, AUDREY, OLGA
from tests.engine.watching import count, unguarded
from tests.engine.watching import kinds as steps_of

pytestmark = pytest.mark.databases

PATIENCE = 120  # seconds, against hanging


@pytest.fixture
def office(engine, monkeypatch):
    """An engine with twelve open cases, whose batches ask and change."""
    known(monkeypatch)
    furnish(engine)
    return engine


def furnish(engine, cases=12):
    engine.deploy(tiny.one_task(), by=OLGA)
    for _ in range(cases):
        engine.start("loan", by=ANN)


def begin(engine, kind="ask", ids=None, **asked):
    """Begin a batch over some cases, or all of them."""
    chosen = engine.case_ids() if ids is None else ids
    bundle = engine.in_force()[0].bundle
    with engine.database.writing() as connection:
        return rows.start(engine.context, connection, kind, "loan", bundle, asked, chosen, OLGA, "to see")


def outcomes(engine, batch):
    return dict(engine.batch_progress(batch.id, OLGA).outcomes)


def test_every_case_gets_its_outcome(office, clock):
    batch = begin(office, limit=3)
    assert (batch.kind, batch.key, batch.by, batch.reason, batch.state) == ("ask", "loan", "olga", "to see", "running")
    assert (batch.at, batch.ended_at, batch.asked) == (clock.now(), None, {"limit": 3})
    assert office.batch_progress(batch.id, OLGA) == Progress(total=12, outcomes={})
    clock.advance(minutes=1)
    assert office.run_due() == 12
    found = office.batch(batch.id, OLGA)
    assert (found.state, found.ended_at) == ("done", clock.now())
    progress = office.batch_progress(batch.id, OLGA)
    assert (progress.outcomes, progress.done, progress.left) == ({"even": 6, "odd": 6}, 12, 0)
    assert count(office, "job") == 0 and office.incidents() == []


def test_results_are_paged_by_outcome(office):
    batch = begin(office)
    office.run_due()
    first = office.batch_answers(batch.id, OLGA, outcome="even", limit=4)
    assert [one.case_id for one in first] == ["2", "4", "6", "8"]
    assert (first[0].outcome, first[0].seq) == ("even", 1)
    assert first[0].number == first[0].detail["number"] == office.case("2").number
    rest = office.batch_answers(batch.id, OLGA, outcome="even", limit=4, after=first[-1].case_id)
    assert [one.case_id for one in rest] == ["10", "12"]
    assert len(office.batch_answers(batch.id, OLGA)) == 12


def test_what_goes_wrong_with_one_case_is_its_outcome(office, caplog):
    batch = begin(office, faults=True)
    office.run_due()
    assert (
        outcomes(office, batch) == {"even": 5, "failed": 2, "odd": 5} and office.batch(batch.id, OLGA).state == "done"
    )
    failed = office.batch_answers(batch.id, OLGA, outcome="failed")
    assert [one.detail["why"] for one in failed] == ["not this one", "ZeroDivisionError: odd"]
    assert len(caplog.records) == 1, "a refusal is nobody's fault"


def test_a_case_that_refuses_a_change_fails_and_stays_as_it_was(office):
    office.complete("3.1.2", {"approved": True}, by=ANN)
    before = steps_of(office, "3")
    batch = begin(office, "change")
    office.run_due()
    assert outcomes(office, batch) == {"cancelled": 11, "failed": 1}
    assert steps_of(office, "3") == before
    assert {tuple(steps_of(office, str(n))) for n in (1, 2, 12)} == {("started", "cancelled")}
    (answer,) = office.batch_answers(batch.id, OLGA, outcome="failed")
    assert answer.case_id == "3" and "completed" in answer.detail["why"]


def test_a_batch_over_nothing_is_done(office):
    batch = begin(office, ids=[])
    assert batch.state == "done" and batch.ended_at is not None and office.run_due() == 0


def test_a_cancelled_batch_keeps_what_it_has(office, monkeypatch):
    batch = begin(office)
    office.run_due(3)
    assert office.cancel_batch(batch.id, by=OLGA).state == "cancelled"
    office.run_due()
    progress = office.batch_progress(batch.id, OLGA)
    assert (progress.done, progress.left) == (3, 9) and count(office, "job") == 0
    with pytest.raises(Conflict) as error:
        office.cancel_batch(batch.id, by=OLGA)
    assert error.value.data == {"status": "cancelled"}


def test_a_batch_that_is_cancelled_while_a_worker_is_at_it_gets_no_more_results(office, monkeypatch):
    def cancelling(context, batch, case_id):
        office.cancel_batch(batch.id, by=OLGA)
        return ask(context, batch, case_id)

    known(monkeypatch, ask=Asking(cancelling))
    batch = begin(office)
    office.run_due()
    assert outcomes(office, batch) == {} and office.batch(batch.id, OLGA).state == "cancelled"


def test_a_long_lane_goes_on_behind_what_is_due(office, monkeypatch, opened):
    monkeypatch.setattr(batching, "CHUNK", 2)
    furnish(office, 100)
    batch, seen = begin(office), []
    watched = opened(observer=seen.append)
    assert watched.run_due() > LANES
    assert outcomes(office, batch) == {"even": 56, "odd": 56} and office.batch(batch.id, OLGA).state == "done"
    jobs = [one for one in seen if isinstance(one, JobSeen)]
    assert len(jobs) == LANES * 4 and {(one.kind, one.outcome) for one in jobs} == {("batch", "done")}


def test_a_kind_that_nobody_knows_ends_the_batch(office, caplog):
    batch = begin(office, "wish")
    office.run_due()
    found = office.batch(batch.id, OLGA)
    assert (found.state, found.why) == ("failed", "there is no kind wish of a batch")
    assert count(office, "job") == 0 and office.incidents() == []


@pytest.mark.parametrize("kind", ["ask", "change"])
def test_what_goes_wrong_beside_the_cases_ends_the_batch_and_is_said(office, caplog, clock, kind):
    batch = begin(office, kind)
    office.run_due(2)
    with unguarded(office) as connection:
        connection.execute(update(tables.batch).values(asked="{"))
    clock.advance(minutes=1)
    office.run_due()
    with unguarded(office) as connection:
        connection.execute(update(tables.batch).values(asked="{}"))
    found = office.batch(batch.id, OLGA)
    assert (found.state, found.ended_at) == ("failed", clock.now()) and found.why.startswith("JSONDecodeError: ")
    assert office.batch_progress(batch.id, OLGA).done == 2, "what it has found stays"
    assert count(office, "job") == 0 and office.incidents() == []
    assert len(caplog.records) == 1
    with pytest.raises(Conflict):
        office.cancel_batch(batch.id, by=OLGA)


@pytest.mark.parametrize("detail", [{"half": "\ud800"}, {"set": {1}}, {"float": 0.5}], ids=str)
@pytest.mark.parametrize("kind", [Asking, Changing])
def test_a_result_that_cannot_be_stored_is_the_failure_of_its_case(office, caplog, monkeypatch, kind, detail):
    result = rows.Result(outcome="odd", detail=detail)
    known(monkeypatch, odd=kind(lambda *_: result if kind is Asking else (result, ())))
    batch = begin(office, "odd", ids=[3])
    office.run_due()
    assert outcomes(office, batch) == {"failed": 1} and office.batch(batch.id, OLGA).state == "done"


def test_an_error_may_say_what_it_likes(office, caplog, monkeypatch):
    def shout(*_):
        raise Refusal("\0\ud800" + "x" * 100_000)

    known(monkeypatch, ask=Asking(shout))
    batch = begin(office, ids=[3])
    office.run_due()
    (answer,) = office.batch_answers(batch.id, OLGA)
    assert answer.outcome == "failed" and answer.detail["why"].startswith("?xx") and len(answer.detail["why"]) < 2_001


@pytest.mark.parametrize("kind", ["ask", "change"])
def test_two_workers_share_a_batch(office, opened, kind, monkeypatch):
    monkeypatch.setattr(batching, "CHUNK", 2)
    furnish(office, 60)
    batch, other = begin(office, kind), opened()
    race(*[partial(one.run_due) for one in (office, other)])
    for _ in range(3):  # a worker may have found nothing while the other held the last ones
        office.run_due()
    assert office.batch(batch.id, OLGA).state == "done" and office.batch_progress(batch.id, OLGA).left == 0
    assert office.incidents() == [] and "failed" not in outcomes(office, batch)
    if kind == "change":
        assert {tuple(steps_of(office, str(one))) for one in office.case_ids()} == {("started", "cancelled")}


@pytest.mark.slow
def test_two_processes_share_a_batch(office, ready_url):
    furnish(office, 60)
    batch, context = begin(office), multiprocessing.get_context("spawn")
    seen = context.Queue()
    processes = [context.Process(target=work, args=(ready_url, AT, seen)) for _ in range(2)]
    for process in processes:
        process.start()
    done = [seen.get(timeout=PATIENCE) for _ in processes]
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    assert sorted(done[0] + done[1]) == office.case_ids()
    assert office.batch(batch.id, OLGA).state == "done"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "before"), [("ask", True), ("change", False)])
def test_who_takes_over_from_a_killed_worker_does_each_case_once(office, ready_url, clock, kind, before, monkeypatch):
    furnish(office, 52)
    ids = [one for one in office.case_ids() if one % LANES == 1]
    batch, context = begin(office, kind, ids=ids), multiprocessing.get_context("spawn")
    killed = context.Process(target=work_until_killed, args=(ready_url, str(ids[2]), before))
    killed.start()
    killed.join(PATIENCE)
    assert killed.exitcode == 9
    done = 2 if kind == "change" else 0  # a change is committed case by case, an answer with its lane's others
    assert office.batch_progress(batch.id, OLGA).done == done
    assert office.run_due() == 0, "the dead one's lease goes on"
    clock.advance(minutes=2)
    assert office.run_due() == 1
    assert office.batch(batch.id, OLGA).state == "done"
    progress = office.batch_progress(batch.id, OLGA)
    assert (progress.done, progress.left) == (len(ids), 0) and "failed" not in progress.outcomes
    if kind == "change":
        assert {tuple(steps_of(office, str(one))) for one in ids} == {("started", "cancelled")}


def test_a_worker_that_wakes_up_late_writes_nothing(office, opened, clock, monkeypatch):
    def name(context, batch, case_id):
        return rows.Result(outcome="late" if context is office.context else "in time")

    monkeypatch.setattr(batching, "CHUNK", 1)
    known(monkeypatch, ask=Asking(name))
    furnish(office, 10)
    batch = begin(office, ids=[4, 4 + LANES])
    (job,) = lease(office.context, 10)
    clock.advance(minutes=3)
    assert opened().run_due(1) == 1
    run(office.context, job)
    assert outcomes(office, batch) == {"in time": 1} and count(office, "job") == 1


def test_a_change_whose_batch_is_cancelled_meanwhile_does_not_happen(office, monkeypatch):
    look = rows.is_running

    def then_cancelled(connection, batch_id):
        monkeypatch.setattr(rows, "is_running", look)
        with office.database.engine.begin() as other:
            other.execute(update(tables.batch).values(state="cancelled"))
        return True

    batch = begin(office, "change", ids=[4])
    monkeypatch.setattr(rows, "is_running", then_cancelled)
    office.run_due()
    assert steps_of(office, "4") == ["started"] and outcomes(office, batch) == {}


def test_who_may_do_what(office):
    batch = begin(office)
    for command in (office.batch, office.batch_progress, office.batch_answers):
        assert command(batch.id, AUDREY) is not None
        with pytest.raises(NotAllowed):
            command(batch.id, ANN)
        with pytest.raises(NotFound):
            command(99, OLGA)
    with pytest.raises(NotAllowed):
        office.batches(ANN)
    with pytest.raises(NotAllowed):
        office.cancel_batch(batch.id, by=AUDREY)
    assert office.batch(batch.id, OLGA).state == "running"


def test_a_case_that_somebody_may_not_see_is_counted_and_not_named(opened, monkeypatch):
    known(monkeypatch)
    policy = Policy(confidential={"aml": frozenset({"aml"})})
    office = opened(policy=policy)
    office.deploy(tiny.one_task(process={"confidentiality": "aml"}), by=OLGA)
    office.start("loan", by=ANN)
    batch = begin(office)
    office.run_due()
    assert outcomes(office, batch) == {"odd": 1} and office.batch_answers(batch.id, OLGA) == []
    insider = Actor("ines", groups={"process_owner", "aml"})
    assert [one.case_id for one in office.batch_answers(batch.id, insider)] == ["1"]


def test_batches_are_listed_newest_first(office):
    made = [begin(office, kind, ids=[1]) for kind in ("ask", "change", "ask")]
    assert [one.id for one in office.batches(OLGA)] == [one.id for one in reversed(made)]
    assert [one.id for one in office.batches(OLGA, kind="ask", limit=1)] == [made[2].id]
    assert [one.id for one in office.batches(OLGA, kind="ask", after=made[2].id)] == [made[0].id]
    assert office.batches(OLGA, key="other") == office.batches(OLGA, bundle="0" * 64) == []


def test_the_kinds_of_the_product_are_known():
    assert all(isinstance(kind, Asking | Changing) for kind in kinds.KINDS.values())
