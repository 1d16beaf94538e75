"""Two at one task or one case: exactly one wins, the other reads who was first; what does not collide succeeds."""

import pytest

from engine import SYSTEM, Conflict, NotFound
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA, SUE
from tests.engine.racing import ROUNDS, losers, race, sound
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import count, kinds, rows

TASK = "1.1.2"


@pytest.fixture(params=["one engine", "two engines"])
def pair(request, opened):
    """The same engine twice (threads of one process), and two on one database (as two processes have it)."""
    first = opened()
    first.deploy(tiny.one_task(), by=OLGA)
    return first, first if request.param == "one engine" else opened()


# One task


def test_double_submit(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(
            lambda: one.complete(task, {"approved": True, "note": "a"}, by=ANN),
            lambda: two.complete(task, {"approved": False, "note": "b"}, by=BEN),
        )
        (lost,) = losers(found)
        assert isinstance(lost, Conflict)
        winner = {"a": "ann", "b": "ben"}[one.case(case).data["note"]]
        assert (lost.by, lost.data["how"]) == (winner, "completed")
        assert kinds(one, case) == ["started", "completed"]
        assert one.history(case)[-1].actor == winner
        sound(one, case)


def test_one_person_submits_twice(pair):
    one, two = pair
    case = one.start("loan", by=ANN).id
    task = one.tasks(case)[0].id
    found = race(*[lambda e=e: e.complete(task, {"approved": True}, by=ANN) for e in (one, two, one, two)])
    assert len(losers(found)) == 3 and all(lost.by == "ann" for lost in losers(found))
    assert kinds(one, case) == ["started", "completed"]


def test_claim_against_claim(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(lambda: one.claim(task, by=ANN), lambda: two.claim(task, by=BEN))
        (lost,) = losers(found)
        holder = one.tasks(case)[0].assignee
        assert isinstance(lost, Conflict) and lost.by == holder in ("ann", "ben")
        assert kinds(one, case) == ["started", "claimed"] and len(rows(one, "task", case_id=int(case))) == 1
        sound(one, case)


def test_claim_against_complete(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(lambda: one.claim(task, by=ANN), lambda: two.complete(task, {"approved": True}, by=BEN))
        (lost,) = losers(found)
        assert isinstance(lost, Conflict)
        if isinstance(found[0], Conflict):
            assert lost.by == "ben" and kinds(one, case) == ["started", "completed"]
        else:
            assert lost.by == "ann" and kinds(one, case) == ["started", "claimed"]
        sound(one, case)


def test_complete_against_assign(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(lambda: one.complete(task, {"approved": True}, by=ANN), lambda: two.assign(task, to="ben", by=SUE))
        (lost,) = losers(found)
        assert isinstance(lost, Conflict)
        sound(one, case)


def test_complete_against_cancel(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(
            lambda: one.complete(task, {"approved": True}, by=BEN), lambda: two.cancel(case, by=ANN, reason="x")
        )
        (lost,) = losers(found)
        assert isinstance(lost, Conflict)
        assert kinds(one, case) in (["started", "completed"], ["started", "cancelled"])
        assert one.case(case).status == kinds(one, case)[-1]
        sound(one, case)


def test_drafts_against_completion(pair):
    one, two = pair
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(
            lambda: one.save_draft(task, {"note": "1"}, by=ANN),
            lambda: two.save_draft(task, {"note": "2"}, by=ANN),
            lambda: two.complete(task, {"approved": True}, by=BEN),
        )
        assert all(isinstance(lost, NotFound) for lost in losers(found))
        assert count(one, "draft") == 0


def test_two_drafts_of_one_person(pair):
    one, two = pair
    one.start("loan", by=ANN)
    found = race(*[lambda e=e, n=n: e.save_draft(TASK, {"note": str(n)}, by=ANN) for n, e in enumerate((one, two) * 3)])
    assert losers(found) == [] and count(one, "draft") == 1


# One case


def test_two_tasks_of_one_case_at_once(opened):
    one, two = opened(), opened()
    one.deploy(tiny.two_tasks(), by=OLGA)
    for _ in range(ROUNDS):
        case = one.start("both", by=ANN).id
        left, right = (task.id for task in one.tasks(case))
        found = race(
            lambda: one.complete(left, {"approved": True}, by=ANN),
            lambda: two.complete(right, {"approved": False}, by=BEN),
        )
        assert losers(found) == []
        assert one.case(case).data == {"left": {"approved": True}, "right": {"approved": False}}
        assert [task.element for task in one.tasks(case)] == ["last"]
        assert kinds(one, case) == ["started", "completed", "completed"]
        sound(one, case)


def test_many_people_in_many_tasks_of_one_case(opened):
    engines = [opened() for _ in range(3)]
    loop = '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>12</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    engines[0].deploy(tiny.one_task(task=tiny.ask("ask", inner=loop)), by=OLGA)
    case = engines[0].start("loan", by=ANN).id
    tasks = [task.id for task in engines[0].tasks(case)]
    found = race(
        *[
            lambda n=n, task=task: engines[n % 3].complete(task, {"approved": True}, by=ANN)
            for n, task in enumerate(tasks)
        ]
    )
    assert losers(found) == []
    assert engines[0].case(case).status == "completed" and kinds(engines[0], case).count("completed") == 12
    sound(engines[0], case)


def edged(interrupting=True):
    body = (
        START
        + tiny.ask("ask")
        + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"), interrupting)
        + tiny.boundary("stop", "ask", tiny.message("stop"))
        + tiny.ask("chase")
        + END
        + line("start", "ask", "end")
        + line("late", "chase", "end")
        + line("stop", "end")
    )
    return tiny.bundle("loan", body, tiny.messages("stop"))


@pytest.fixture
def hurried(opened):
    """Two engines on a case with a task, a timer that is due and a message that may come."""
    one, two = opened(), opened()
    one.deploy(edged(), by=OLGA)
    return one, two


def test_complete_against_timer(hurried, clock):
    one, two = hurried
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        clock.advance(hours=1)
        found = race(lambda: one.complete(task, {"approved": True}, by=ANN), lambda: two.run_due())
        if isinstance(found[0], Exception):
            assert isinstance(found[0], Conflict) and found[0].data["how"] == "withdrawn"
            assert kinds(one, case) == ["started", "fired"]
        else:
            assert kinds(one, case) == ["started", "completed"] and one.case(case).status == "completed"
        assert one.run_due() == 0 and one.incidents() == []
        sound(one, case)


def test_complete_against_message(hurried):
    one, two = hurried
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        found = race(
            lambda: one.complete(task, {"approved": True}, by=ANN), lambda: two.send("stop", case=case, by=SYSTEM)
        )
        (lost,) = losers(found)
        assert isinstance(lost, Conflict)
        assert kinds(one, case) in (["started", "completed"], ["started", "received"])
        assert count(one, "message") == 0
        sound(one, case)


def test_message_against_message(hurried):
    one, two = hurried
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        found = race(lambda: one.send("stop", case=case, by=SYSTEM), lambda: two.send("stop", case=case, by=SYSTEM))
        (lost,) = losers(found)
        assert isinstance(lost, Conflict) and kinds(one, case) == ["started", "received"]


def test_one_message_sent_twice(hurried):
    one, two = hurried
    for number in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        found = race(
            *[lambda e=e: e.send("stop", case=case, by=SYSTEM, message_id=f"m-{number}") for e in (one, two, one, two)]
        )
        assert losers(found) == [] and {answer.id for answer in found} == {case}
        assert kinds(one, case) == ["started", "received"]
        assert len(rows(one, "message")) == number + 1


def test_all_at_once(hurried, clock):
    one, two = hurried
    for _ in range(ROUNDS):
        case = one.start("loan", by=ANN).id
        task = one.tasks(case)[0].id
        clock.advance(hours=1)
        race(
            lambda: one.claim(task, by=ANN),
            lambda: two.complete(task, {"approved": True}, by=BEN),
            lambda: one.send("stop", case=case, by=SYSTEM),
            lambda: two.cancel(case, by=ANN, reason="x"),
            lambda: one.run_due(),
            lambda: two.save_draft(task, {"note": "x"}, by=ANN),
        )
        assert one.incidents() == []
        sound(one, case)
        if one.case(case).status == "open":
            two.cancel(case, by=SYSTEM, reason="x")
