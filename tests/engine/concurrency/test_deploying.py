"""Two at what all cases share: deployments and configurations are versions in a row, and a step has one of them."""

import threading

import pytest

from engine import Actor, Operator
from tests.engine import tiny
from tests.engine.concurrency.racing import PATIENCE, do, losers, race, the_loser
from tests.engine.people import ANN, BEN, OLGA
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.test_redating import DECEMBER, with_2027
from tests.engine.watching import count, kinds, rows

YES = {"approved": True}
BOB, KIM = Actor("bob", groups={"process_owner"}), Actor("kim", groups={"process_owner"})


def version(number, **more):
    """The bundle of `loan`, each time another one."""
    return tiny.one_task(forms_ask=tiny.form(title=str(number)), **more)


# Bundles


def test_deployments_at_once_are_versions_in_a_row(crew):
    for number in crew.rounds:
        found = crew.race(*[do("deploy", version(4 * number + one), by=OLGA) for one in range(4)])
        assert losers(found) == []
        assert sorted(one.result.version for one in found) == [4 * number + one for one in range(1, 5)]


def test_one_deployment_at_once_is_one_version(crew):
    for number in crew.rounds:
        found = crew.race(*[do("deploy", version(number), by=OLGA)] * 4)
        assert losers(found) == [] and {one.result.version for one in found} == {number + 1}
    assert len(crew.engine.deployments()) == len(crew.rounds)


def test_deploy_against_start(crew):
    crew.engine.deploy(version(0), by=OLGA)
    for number in crew.rounds:
        found = crew.race(do("deploy", version(number + 1), by=OLGA), do("start", "loan", by=ANN))
        assert losers(found) == []
        started = found[1].result
        assert started.version in (number + 1, number + 2)
        assert started.bundle == crew.engine.deployments("loan")[number + 2 - started.version].bundle


def test_starts_at_once_are_numbered_without_gaps(crew):
    crew.engine.deploy(version(0), by=OLGA)
    for _ in crew.rounds:
        assert losers(crew.race(*[do("start", "loan", by=ANN)] * 4)) == []
    numbers = sorted(case.number for case in crew.engine.cases(limit=1000))
    assert numbers == [f"LOA-20260302-{number:06d}" for number in range(1, 4 * len(crew.rounds) + 1)]


def test_starts_by_one_key_at_once_are_one_case(crew):
    crew.engine.deploy(version(0), by=OLGA)
    for number in crew.rounds:
        found = crew.race(*[do("start", "loan", by=ANN, idempotency_key=f"key {number}")] * 4)
        assert losers(found) == []
        assert len({one.result.id for one in found}) == 1
    assert len(crew.engine.cases(limit=1000)) == len(crew.rounds)


def calling():
    """A task, then the process `part`."""
    body = START + tiny.ask("ask") + el("callActivity", "call", calledElement="part") + END
    return tiny.bundle("loan", body + line("start", "ask", "call", "end"))


def part(number):
    """The process that is called: its task has another name each time."""
    body = START + tiny.ask(f"inside_{number}") + END + line("start", f"inside_{number}", "end")
    return tiny.bundle("part", body)


def test_a_called_process_that_is_deployed_while_it_is_called(crew):
    crew.engine.deploy(part(0), by=OLGA)
    crew.engine.deploy(calling(), by=OLGA)
    for number in crew.rounds:
        case = crew.begin()
        found = crew.race(do("complete", crew.tasks(case)[0], YES, by=ANN), do("deploy", part(number + 1), by=OLGA))
        assert losers(found) == []
        (task,) = crew.engine.tasks(case)
        assert task.element in (f"inside_{number}", f"inside_{number + 1}")
        bound = crew.engine.history(case)[-1].input["bound"]["process:part"]
        assert bound == task.bundle == rows(crew.engine, "task", case_id=int(case))[0]["bundle"]
        assert crew.engine.complete(task.id, YES, by=ANN).status == "completed"


def daily(number):
    """A process that begins by the clock, a day after it was deployed, each time another one."""
    definition = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>&quot;P1D&quot;</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    body = el("startEvent", "start", definition) + tiny.ask("ask") + END + line("start", "ask", "end")
    return tiny.bundle("daily", body, forms_ask=tiny.form(title=str(number)))


def test_deploy_against_a_start_by_the_clock(crew, clock):
    crew.engine.deploy(daily(0), by=OLGA)
    for number in crew.rounds:
        clock.advance(days=1)
        before = len(crew.engine.cases(limit=1000))
        found = crew.race(do("run_due"), do("deploy", daily(number + 1), by=OLGA), do("run_due"))
        assert losers(found) == [] and crew.engine.incidents() == []
        assert len(crew.engine.cases(limit=1000)) - before in (0, 1)
        assert count(crew.engine, "job") == 1  # the next start is planned once


# Proposals


def proposed(crew, number):
    return crew.engine.propose(version(number), by=OLGA, reason="better").id


def test_approve_against_reject(crew):
    for number in crew.rounds:
        proposal = proposed(crew, number)
        before = len(crew.engine.deployments())
        found = crew.race(do("approve", proposal, by=BOB), do("reject", proposal, by=KIM))
        lost = the_loser(found)
        assert len(crew.engine.deployments()) - before == (0 if lost is found[0] else 1)
        (row,) = rows(crew.engine, "proposal", id=proposal)
        assert row["decided_by"] == ("kim" if lost is found[0] else "bob")


def test_approve_against_approve(crew):
    for number in crew.rounds:
        proposal = proposed(crew, number)
        the_loser(crew.race(do("approve", proposal, by=BOB), do("approve", proposal, by=KIM)))
        assert len(crew.engine.deployments()) == number + 1


def test_approve_against_deploy_of_a_process_that_begins_by_the_clock(crew, clock):
    crew.engine.deploy(daily(0), by=OLGA)
    for number in crew.rounds:
        proposal = crew.engine.propose(daily(2 * number + 1), by=OLGA, reason="better").id
        found = crew.race(do("approve", proposal, by=BOB), do("deploy", daily(2 * number + 2), by=OLGA))
        assert losers(found) == []
        assert count(crew.engine, "job") == 1 and len(crew.engine.deployments()) == 2 * number + 3


# Configurations


def test_configurations_at_once_are_versions_in_a_row(crew):
    for number in crew.rounds:
        said = [{"LIMIT": {"value": 4 * number + one}} for one in range(4)]
        assert losers(crew.race(*[do("configure", by=OLGA, parameters=one) for one in said])) == []
    versions = [row["version"] for row in rows(crew.engine, "configuration")]
    assert versions == list(range(1, 4 * len(crew.rounds) + 2))


def test_proposals_of_one_value_at_once(crew):
    crew.engine.configure(by=OLGA, parameters={"LIMIT": {"value": 0}})
    for number in crew.rounds:
        said = do("propose_configuration", {"LIMIT": number + 1}, by=OLGA, reason="more")
        found = crew.race(said, said, said, do("configure", by=OLGA, parameters={"LIMIT": {"value": number + 1}}))
        assert not found[3].error and {lost.error for lost in losers(found)} <= {"Conflict"}
        assert crew.engine.configuration().parameter("LIMIT") == number + 1


def test_configure_against_complete(crew):
    crew.engine.configure(by=OLGA, parameters={"LIMIT": {"value": 0}})
    told = tiny.script("told", "limit = parameter(&quot;LIMIT&quot;)")
    crew.engine.deploy(tiny.one_task(after=told), by=OLGA)
    for number in crew.rounds:
        case = crew.begin()
        found = crew.race(
            do("complete", crew.tasks(case)[0], YES, by=BEN),
            do("configure", by=OLGA, parameters={"LIMIT": {"value": number + 1}}),
        )
        assert losers(found) == [] and kinds(crew.engine, case) == ["started", "completed"]
        assert crew.engine.case(case).data["limit"] in (number, number + 1)


@pytest.mark.parametrize("key", ["loan", "part"])
def test_deploy_against_configure(crew, key):
    for number in crew.rounds:
        files = version(number) if key == "loan" else part(number)
        found = crew.race(
            do("deploy", files, by=OLGA), do("configure", by=OLGA, parameters={"LIMIT": {"value": number}})
        )
        assert losers(found) == [] and found[0].result.version == number + 1


def test_a_step_that_has_counted_without_a_year_while_it_is_loaded(opened, clock):
    """The operator of a step that ends in a provisional term waits until the year is in force: the step counts anew."""
    within, loaded = threading.Event(), threading.Event()

    def dawdle(call):
        within.set()
        loaded.wait(PATIENCE)
        return {}

    engine = opened(operators=[Operator(name="look/up", kind="local", run=dawdle)])
    clock.set(DECEMBER)
    late = tiny.call("look", "look/up") + tiny.ask("late", dueIn="15 BD")
    engine.deploy(tiny.one_task(after=late), by=OLGA)
    case = engine.start("loan", by=ANN).id

    def load():
        within.wait(PATIENCE)
        if engine.database.sqlite:  # one writer at a time: the year comes after the step
            loaded.set()
        engine.configure(calendars=with_2027(), by=OLGA, reason="notice for 2027")
        loaded.set()

    found = race(lambda: engine.complete(f"{case}.1.2", YES, by=ANN), load)
    assert not any(isinstance(one, Exception) for one in found)
    engine.run_due()
    (task,) = engine.tasks(case)
    assert not task.provisional
    expected = ["started", "completed", "redated"] if engine.database.sqlite else ["started", "completed"]
    assert kinds(engine, case) == expected
