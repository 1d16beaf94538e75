"""Folded in random portions, folded at once, counted again: the same rows; and they are what the steps say."""

from datetime import timedelta
from random import Random

import pytest

from engine import SYSTEM, Policy
from engine.insight import Where
from engine.insight.cells import CANCELLED
from engine.insight.scale import Histogram
from engine.retention.purging import purge_case
from tests.engine import tiny
from tests.engine.insight.recount import Recount, finished, recounted, tables
from tests.engine.people import AMY, ANN, AUDREY, BEN, OLGA
from tests.engine.spiff.xmls import END, START, flow, line
from tests.engine.watching import count, statements, unguarded

pytestmark = pytest.mark.databases

POLICY = Policy(confidential={"aml": frozenset({"aml"})})


def loan(extra=""):
    """A task with a term and a way back, then perhaps another one."""
    body = (
        START
        + '<bpmn:exclusiveGateway id="again" name="again"/>'
        + tiny.ask("ask", dueIn="PT4H", candidateGroups="csr,pm")
        + '<bpmn:exclusiveGateway id="enough" name="enough" default="stop"/>'
        + tiny.ask("check", dueIn="PT30H")
        + extra
        + END
        + line("start", "again", "ask", "enough")
        + flow("stop", "enough", "check")
        + flow("back", "enough", "again", "not(approved)")
        + line("check", "end")
    )
    return tiny.bundle("loan", body)


def busy(engine, clock, seed, cases):
    """Cases of three processes over some months, one after the other or together; some cancelled, one in secret."""
    chance = Random(seed)
    for files in (loan(), tiny.two_tasks(), tiny.one_task("alert", process={"confidentiality": "aml"})):
        engine.deploy(files, by=OLGA)
    for number in range(cases):
        if number == cases // 2:
            engine.deploy(
                loan("<bpmn:textAnnotation id='note'><bpmn:text>new</bpmn:text></bpmn:textAnnotation>"), by=OLGA
            )
        engine.start(chance.choice(["loan", "loan", "both", "alert"]), by=SYSTEM)
        for _ in range(chance.randrange(6)):
            one_act(engine, clock, chance)
        yield number
    while any(case.status == "open" for case in engine.cases(limit=1_000)):
        one_act(engine, clock, chance)


def one_act(engine, clock, chance):
    """Somebody does something with a task, or cancels a case."""
    clock.advance(minutes=chance.choice([1, 20, 300, 3_000]))
    open_cases = [case for case in engine.cases(limit=1_000) if case.status == "open"]
    if not open_cases:
        return
    case = chance.choice(open_cases)
    if chance.random() < 0.05:
        engine.cancel(case.id, by=SYSTEM, reason="not wanted")
        return
    task = chance.choice(engine.tasks(case.id))
    who = AMY if case.key == "alert" else chance.choice([ANN, BEN])
    if task.assignee is None and chance.random() < 0.5:
        engine.assign(task.id, to=who.name, by=SYSTEM)
    else:
        engine.complete(task.id, {"approved": chance.random() < 0.7}, by=SYSTEM)


@pytest.fixture
def office(opened):
    return opened(policy=POLICY)


def in_portions(office, clock, seed, cases):
    """Count now and then, some cases at a time, and hold what that comes to against counting at once."""
    chance = Random(seed)
    for _ in busy(office, clock, seed, cases):
        if chance.random() < 0.4:
            office.count_finished(chance.randrange(1, 4))
    office.count_finished()
    found = tables(office)
    assert len(found["walk"]) == cases == recounted(office)
    assert tables(office) == found
    assert office.count_finished() == 0
    for key in ("loan", "both", "alert"):
        assert_counted(office, key)


def test_in_portions_at_once_and_by_hand(office, clock):
    in_portions(office, clock, 0, cases=9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 3))
def test_many_in_portions_at_once_and_by_hand(office, clock, seed):
    in_portions(office, clock, seed, cases=25)


def assert_counted(engine, key):
    """All completed cases of a process, added up by the product and in plain Python."""
    expected, cell = Recount(engine, key), engine.insight(Where(key=key)).cell
    assert cell.tally.cases == len(expected.durations) == len(finished(engine, key))
    assert cell.tally.time.counts == Histogram.of(expected.durations).counts
    assert (cell.tally.timed, cell.tally.late) == (expected.timed, expected.late)
    assert {id: part.times for id, part in cell.parts.items()} == expected.times + expected.flows
    assert {id: part.cases for id, part in cell.parts.items()} == expected.cases
    for id, part in cell.parts.items():
        if id in expected.times and id in expected.waited:
            assert part.waiting.counts == Histogram.of(expected.waited[id]).counts, id
            assert part.working.counts == Histogram.of(expected.worked[id]).counts, id


def test_every_filter_is_a_part_of_the_whole(office, clock):
    for _ in busy(office, clock, 1, cases=16):
        pass
    office.count_finished()
    whole, choices = Where(key="loan"), office.insight_choices("loan")
    n = office.insight(whole).cell.tally.cases
    assert n == len(finished(office, "loan")) and choices.outcomes == (CANCELLED, "end") and choices.teams == ("csr",)
    by_version = office.insight_by_version(whole, [1, 2])
    assert sum(one.cases for one in by_version.values()) == n and all(one.cases for one in by_version.values())
    periods = {row[1] for row in tables(office)["walk_cell"] if "W" in row[1]}
    weekly = office.insight_by_period(Where(key="loan", periods=tuple(sorted(periods))))
    assert sum(one.cases for one in weekly.values()) == n and len([one for one in weekly.values() if one.cases]) > 3
    cancelled = office.insight(Where(key="loan", outcome=CANCELLED)).cell.tally.cases
    assert cancelled == len([case for case in office.cases(limit=99, key="loan") if case.status == "cancelled"])
    found = office.insight_ways(whole, limit=100)
    assert found.all == len(found.shown) and sum(way.tally.cases for way in found.shown) == n
    first = found.shown[0]
    assert len(office.insight_cases("loan", first.variant)) >= first.tally.cases
    assert office.insight_way(whole, first.variant) == first and office.insight_way(whole, "0" * 64) is None


def test_what_somebody_may_not_see_is_in_no_number_of_his(office, clock):
    for _ in busy(office, clock, 2, cases=6):
        pass
    office.count_finished()
    where = Where(key="alert")
    assert office.insight(where).cell.tally.cases > 0 and office.walked("alert")
    assert office.insight(where, AUDREY).cell.tally.cases == 0 and office.walked("alert", AUDREY) == {}
    assert office.insight_ways(where, AUDREY).shown == () and office.insight_choices("alert", AUDREY).outcomes == ()
    variant = office.insight_ways(where).shown[0].variant
    assert office.insight_cases("alert", variant, AUDREY) == [] and office.insight_cases("alert", variant)


def but_the_mark(found):
    """The sums alone, without where to go on."""
    return {name: rows for name, rows in found.items() if name != "walk_mark"}


def test_a_purged_case_leaves_no_trace_in_the_sums(office, clock):
    for _ in busy(office, clock, 4, cases=6):
        pass
    office.count_finished()
    for case_id in (2, 5):
        with office.database.writing() as connection:
            assert purge_case(office.context, connection, case_id, policy="p", cutoff="9999", by="x") == "purged"
    left = tables(office)
    assert {row[0] for row in left["walk"]} == {1, 3, 4, 6}
    recounted(office)
    assert but_the_mark(left) == but_the_mark(tables(office))
    with office.database.writing() as connection:
        for case_id in (1, 3, 4, 6):
            purge_case(office.context, connection, case_id, policy="p", cutoff="9999", by="x")
    assert [name for name, rows in tables(office).items() if rows] == ["walk_mark"]


def test_a_case_is_counted_once_whoever_counts(office, clock, opened):
    for _ in busy(office, clock, 5, cases=6):
        pass
    other = opened(policy=POLICY)
    assert office.count_finished(3) == 3 and other.count_finished() == 3
    assert office.count_finished() == other.count_finished() == 0 and count(office, "walk") == 6


def test_what_ended_a_little_earlier_is_found_later(office, clock):
    """Another machine's clock is behind, or a step is committed late: it is looked back a day, and no further."""
    office.deploy(tiny.one_task(), by=OLGA)
    for hours, found in ((0, 1), (-20, 1), (-60, 0)):
        clock.advance(hours=hours)
        case = office.start("loan", by=ANN)
        office.complete(f"{case.id}.1.2", {"approved": True}, by=ANN)
        assert office.count_finished() == found
    assert recounted(office) == 3


def test_a_step_costs_what_it_did(engine, clock):
    """Nothing is added up within a step: no statement of one names a table of these."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.plan_counting()
    engine.start("loan", by=ANN)
    with statements(engine) as seen:
        engine.complete("1.1.2", {"approved": True}, by=ANN)
    assert seen.commits == 1 and not any("walk" in statement for statement in seen), seen
    assert count(engine, "walk") == 0


def test_a_worker_counts_and_goes_on_counting(engine, clock):
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.plan_counting()
    engine.plan_counting()
    assert engine.run_due() == 1
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    assert engine.run_due() == 0 and count(engine, "walk") == 0
    clock.advance(minutes=1)
    assert engine.run_due() == 1 and count(engine, "walk") == 1 and count(engine, "job") == 1
    assert engine.insight(Where(key="loan")).counted_at == clock.now()


def test_a_history_that_cannot_be_read_is_in_nobodys_way(engine, clock):
    engine.deploy(tiny.one_task(), by=OLGA)
    for case_id in ("1", "2"):
        engine.start("loan", by=ANN)
        engine.complete(f"{case_id}.1.2", {"approved": True}, by=ANN)
    with unguarded(engine) as connection:
        connection.exec_driver_sql("UPDATE step SET effects = '[[1]]' WHERE case_id = 1 AND seq = 1")
    assert engine.count_finished() == 2
    cell = engine.insight(Where(key="loan")).cell
    assert cell.tally.cases == 2 and cell.parts["ask"].times == 1


def test_the_end_of_a_day_is_that_of_the_calendars(engine, clock):
    """Half past midnight in Shanghai, where the calendars of the product are, is the day before in UTC."""
    engine.deploy(tiny.one_task(), by=OLGA)
    clock.set(clock.now().replace(year=2026, month=3, day=31, hour=17, minute=0))
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    engine.count_finished()
    zone = engine.configuration().zone
    local = (clock.now().astimezone(zone)).date()
    assert engine.insight(Where(key="loan", periods=(f"{local:%Y-%m}",))).cell.tally.cases == 1
    assert local - clock.now().date() == timedelta(days=1)
