"""Work that is due all at once: taken by the index, shared between processes, each timer exactly once."""

import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from engine import FixedClock, open_engine
from engine.canonical import moment
from engine.jobs.kinds import FIRST_WAIT, LONGEST_WAIT
from engine.store.tables import job
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, cycle, line, timer
from tests.engine.test_store import outputs, python
from tests.engine.watching import acts, count, rows

BEGIN = "2026-03-02T01:00:00+00:00"
WORK = """
    engine = open_engine(sys.argv[1], clock=FixedClock("2026-03-04T01:00:00+00:00"))
    engine.next_due()
    print("ready", flush=True)
    sys.stdin.readline()
    print(sum(iter(lambda: engine.run_due(20), 0)))
"""


def waiting():
    """A case that waits for two hours, and then for somebody."""
    body = START + tiny.catch("wait", timer("&quot;PT2H&quot;")) + tiny.ask("ask") + END
    return tiny.bundle("loan", body + line("start", "wait", "ask", "end"))


def worked_off(url, cases, workers):
    """Let so many processes work off so many timers; how many each of them did."""
    with open_engine(url, clock=FixedClock(BEGIN)) as engine:
        engine.deploy(waiting(), by=OLGA)
        for _ in range(cases):
            engine.start("loan", by=ANN)
    processes = [python(WORK, url, stdin=subprocess.PIPE) for _ in range(workers)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return [int(said) for said in outputs(processes)]


def each_exactly_once(url, cases):
    """Every case has taken one step by its timer, and nothing is left."""
    with open_engine(url, clock=FixedClock(BEGIN)) as engine:
        fired = Counter(row["case_id"] for row in rows(engine, "step", kind="fired"))
        assert len(fired) == cases and set(fired.values()) == {1}
        assert count(engine, "job") == 0 and count(engine, "task") == cases and engine.incidents() == []
        for case in (1, cases // 2, cases):
            assert engine.verify(str(case)).sound and engine.replay(str(case)).equal


def test_workers_fire_each_timer_once(opened, ready_url, clock):
    engines = [opened() for _ in range(2)]
    engines[0].deploy(waiting(), by=OLGA)
    for _ in range(50):
        engines[0].start("loan", by=ANN)
    clock.advance(hours=2)
    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(lambda engine: engine.run_due(), engines * 2)) == 50
    each_exactly_once(ready_url, 50)


@pytest.mark.slow
def test_four_processes_fire_each_of_many_timers_once(ready_url):
    shares = worked_off(ready_url, 2_000, 4)
    assert sum(shares) == 2_000 and min(shares) > 100, shares
    each_exactly_once(ready_url, 2_000)


def test_what_is_due_at_the_same_moment_is_not_sorted(engine, clock):
    """As the plan of the database says; thousands of terms end with the same shift."""
    if not engine.database.sqlite:
        pytest.skip("the plan is that of SQLite")
    engine.deploy(waiting(), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    seen = []

    def executed(connection, cursor, statement, parameters, *_):
        if statement.startswith("WITH") or "UPDATE job SET leased_until" in statement:
            seen.append((statement, parameters))

    event.listen(engine.database.engine, "before_cursor_execute", executed)
    assert engine.run_due() == 1
    event.remove(engine.database.engine, "before_cursor_execute", executed)
    statement, parameters = seen[0]
    with engine.database.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    said = "\n".join(row[-1] for row in plan)
    assert "ix_job_run_at" in said and "B-TREE FOR ORDER BY" not in said


@pytest.mark.databases
def test_a_look_at_many_jobs_of_which_none_is_due_goes_by_the_index(engine, clock):
    """Also where the plan is made without the moment, and without having counted the rows, as PostgreSQL comes to do."""
    if engine.database.sqlite:
        pytest.skip("SQLite always goes by the index")
    later = [unasked_job(number, moment(clock.now() + timedelta(days=1))) for number in range(5_000)]
    with engine.database.writing() as connection:
        connection.execute(job.insert(), later)
    seen = []
    event.listen(engine.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2:4]))
    assert engine.run_due() == 0
    (statement, parameters) = next(one for one in seen if "job" in one[0])
    numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${1 + list(parameters).index(found[1])}", statement)
    given = ", ".join(f"'{value}'" for value in parameters.values())
    with engine.database.reading() as connection:
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(f"PREPARE look AS {numbered}")
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN EXECUTE look({given})").scalars())
    assert "ix_job_run_at" in plan and "Seq Scan on job" not in plan


def unasked_job(number, run_at):
    """The row of a job of a case that there is not; it is never run."""
    own = {"case_id": number, "seq": 1, "n": 1, "kind": "timer", "occurrence": 1}
    return own | {"run_at": run_at, "attempts": 0, "payload": b"{}"}


# A timer goes with what it belongs to, whatever the shape


def goes(body, roots=""):
    return tiny.bundle("loan", START + body, roots)


SHAPES = {
    "at the edge": tiny.ask("ask")
    + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"))
    + END
    + line("start", "ask", "end")
    + line("late", "end", prefix="g"),
    "a cycle at the edge": tiny.ask("ask")
    + tiny.boundary("late", "ask", cycle("&quot;R/PT1H&quot;"), False)
    + tiny.script("s", "x = 1")
    + END
    + line("start", "ask", "end")
    + line("late", "s", "end"),
    "beside the process": tiny.ask("ask")
    + END
    + line("start", "ask", "end")
    + '<bpmn:subProcess id="esp" name="esp" triggeredByEvent="true"><bpmn:startEvent id="es" name="es" isInterrupting="false">'
    + cycle("&quot;R/PT1H&quot;")
    + '</bpmn:startEvent><bpmn:endEvent id="ee" name="ee"/>'
    + line("es", "ee")
    + "</bpmn:subProcess>",
    "inside a subprocess": '<bpmn:subProcess id="sub" name="sub"><bpmn:startEvent id="si" name="si"/>'
    + tiny.ask("ask")
    + '<bpmn:endEvent id="ei" name="ei" />'
    + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"), False)
    + line("si", "ask", "ei")
    + line("late", "ei", prefix="g")
    + "</bpmn:subProcess>"
    + END
    + line("start", "sub", "end"),
    "at the edge of all instances": tiny.ask(
        "ask",
        inner="<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>1</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>",
    )
    + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"))
    + END
    + line("start", "ask", "end")
    + line("late", "end", prefix="g"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_timer_leaves_no_job_behind(engine, clock, shape):
    engine.deploy(goes(SHAPES[shape]), by=OLGA)
    engine.start("loan", by=ANN)
    assert [row["kind"] for row in rows(engine, "job")] == ["timer"]
    (task,) = engine.tasks("1")
    engine.complete(task.id, {"approved": True}, by=ANN)
    assert engine.case("1").status == "completed" and rows(engine, "job") == []
    clock.advance(days=1)
    assert engine.run_due() == 0
    assert engine.verify("1").sound and engine.replay("1").equal


def test_a_job_that_was_leased_before_its_timer_went_does_nothing(engine, clock):
    from engine.jobs.leases import lease
    from engine.jobs.run import run

    engine.deploy(goes(SHAPES["at the edge"]), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=1)
    (job,) = lease(engine.context, 10)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    run(engine.context, job)
    assert [kind for kind, _ in acts(engine)] == ["started", "completed"] and engine.incidents() == []


# A cycle


def test_a_cycle_fires_beside_a_task_until_it_has_come_as_often_as_it_says(engine, clock):
    body = tiny.ask("ask") + tiny.boundary("late", "ask", cycle("&quot;R3/1 BD&quot;"), False) + tiny.ask("chase") + END
    engine.deploy(goes(body + line("start", "ask", "end") + line("late", "chase", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    seen = []
    while (due := engine.next_due()) is not None:
        clock.set(due + timedelta(minutes=7))
        assert engine.run_due() == 1
        seen.append(f"{due:%m-%dT%H:%M}")
    assert seen == ["03-03T10:00", "03-04T10:00", "03-05T10:00"]
    assert [kind for kind, _ in acts(engine)] == ["started", "fired", "fired", "fired"]
    assert len(engine.tasks("1")) == 4
    assert engine.verify("1").sound and engine.replay("1").equal


def test_a_worker_that_was_away_makes_up_for_a_cycle_once(engine, clock):
    body = tiny.ask("ask") + tiny.boundary("late", "ask", cycle("&quot;R/PT1H&quot;"), False) + tiny.ask("chase") + END
    engine.deploy(goes(body + line("start", "ask", "end") + line("late", "chase", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(days=2, minutes=30)
    assert engine.run_due() == 1 and engine.next_due() == clock.now() + timedelta(minutes=30)
    assert engine.verify("1").sound and engine.replay("1").equal


# Later


def test_each_try_waits_longer_than_the_one_before_within_bounds(posted, clock):
    engine = posted(Remote(*[ConnectionError("no route")] * 20), retries=20)
    waits = []
    for _ in range(20):
        assert engine.run_due() == 1
        waits.append(engine.next_due() - clock.now())
        clock.set(engine.next_due())
    for number, wait in enumerate(waits):
        planned = min(FIRST_WAIT * 2**number, LONGEST_WAIT)
        assert 0.8 * planned <= wait <= 1.2 * planned, (number, wait)
    assert len({wait / min(FIRST_WAIT * 2**number, LONGEST_WAIT) for number, wait in enumerate(waits)}) > 10  # jitter
