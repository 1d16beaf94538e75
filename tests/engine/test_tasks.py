"""What people do with tasks: claim, release, assign, complete; and who is refused, and how."""

from datetime import UTC, datetime

import pytest

from engine import SYSTEM, Actor, Conflict, InvalidForm, NotAllowed, NotFound, Policy, Refusal
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, BEN, EVE, NOBODY, OLGA, SUE
from tests.engine.spiff.xmls import END, START, el, line, timer
from tests.engine.watching import acts

pytestmark = pytest.mark.databases

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TASK = "1.1.2"


@pytest.fixture
def desk(engine):
    """An engine with one open task for csr."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", {"note": "old"}, by=ANN)
    return engine


# Claim, release, assign


def test_claiming_a_task_is_a_step_beside_the_state(desk, clock):
    before = desk.history("1")[-1]
    clock.advance(minutes=1)
    task = desk.claim(TASK, by=ANN)
    assert (task.id, task.assignee, task.claimed_at) == (TASK, "ann", clock.now())
    assert task == desk.task(TASK, ANN)
    assert desk.inbox(ANN, view="mine") == desk.inbox(ANN) == [task]
    assert desk.inbox(ANN, view="groups") == desk.inbox(BEN) == []
    step = desk.history("1")[-1]
    assert (step.seq, step.at, step.actor, step.kind) == (2, clock.now(), "ann", "claimed")
    assert step.input == {"task": 2, "element": "ask", "assignee": "ann"} and step.effects == ()
    assert (step.state_hash, step.prev_hash) == (before.state_hash, before.hash)
    assert desk.case("1").seq == 2
    assert desk.replay("1").equal and desk.verify("1").sound


def test_claiming_ones_own_task_again_changes_nothing(desk):
    assert desk.claim(TASK, by=ANN) == desk.claim(TASK, by=ANN)
    assert acts(desk) == [("started", "ann"), ("claimed", "ann")]


def test_a_claimed_task_is_claimed_by_nobody_else(desk):
    desk.claim(TASK, by=ANN)
    with pytest.raises(Conflict) as refused:
        desk.claim(TASK, by=BEN)
    assert (refused.value.by, refused.value.at) == ("ann", "2026-03-02T01:00:00.000000Z")
    assert acts(desk)[1:] == [("claimed", "ann")]


def test_a_released_task_is_offered_to_its_groups_again(desk):
    desk.claim(TASK, by=ANN)
    task = desk.release(TASK, by=ANN)
    assert (task.assignee, task.claimed_at) == (None, None)
    assert desk.inbox(BEN) == [task]
    assert acts(desk)[1:] == [("claimed", "ann"), ("released", "ann")]
    assert desk.release(TASK, by=BEN) == task and len(acts(desk)) == 3
    assert desk.replay("1").equal and desk.verify("1").sound


def test_who_may_release(desk):
    desk.claim(TASK, by=ANN)
    with pytest.raises(NotAllowed):
        desk.release(TASK, by=BEN)
    with pytest.raises(NotFound):
        desk.release(TASK, by=EVE)
    assert desk.release(TASK, by=SUE).assignee is None
    assert acts(desk)[-1] == ("released", "sue")


def test_a_task_is_assigned(desk):
    task = desk.assign(TASK, to="ben", by=SUE)
    assert (task.assignee, task.claimed_at) == ("ben", NOW)
    assert desk.inbox(BEN, view="mine") == [task] and desk.inbox(ANN) == []
    assert desk.assign(TASK, to="ben", by=SUE) == task
    step = desk.history("1")[-1]
    assert (step.seq, step.kind, step.actor, step.input["assignee"]) == (2, "assigned", "sue", "ben")
    assert desk.replay("1").equal and desk.verify("1").sound


def test_an_owner_hands_a_task_over(desk):
    desk.claim(TASK, by=ANN)
    assert desk.assign(TASK, to="ben", by=ANN).assignee == "ben"
    assert acts(desk)[1:] == [("claimed", "ann"), ("assigned", "ann")]


def test_who_may_assign(desk):
    for who, error in ((BEN, NotAllowed), (AUDREY, NotAllowed), (EVE, NotFound), (NOBODY, NotFound)):
        with pytest.raises(error):
            desk.assign(TASK, to="ben", by=who)
    for nobody in ("", "  ", "x" * 300):
        with pytest.raises(Refusal):
            desk.assign(TASK, to=nobody, by=SUE)
    assert len(acts(desk)) == 1


def test_a_task_for_one_person_is_not_released(engine):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", assignee="ben")), by=OLGA)
    engine.start("loan", by=ANN)
    (task,) = engine.inbox(BEN)
    assert (task.assignee, task.claimed_at, task.groups, task.role) == ("ben", NOW, (), None)
    with pytest.raises(NotFound):
        engine.task(TASK, ANN)
    with pytest.raises(NotAllowed, match="one person"):
        engine.release(TASK, by=BEN)
    assert engine.assign(TASK, to="ann", by=SUE).assignee == "ann"
    assert engine.complete(TASK, {"approved": True}, by=ANN).status == "completed"
    assert engine.replay("1").equal and engine.verify("1").sound


def test_whoever_holds_a_task_may_read_its_case(engine):
    engine.deploy(
        tiny.one_task(task=tiny.ask("ask", candidateGroups="= team"), start={"team": {"type": "string"}}), by=OLGA
    )
    engine.start("loan", {"team": "pm"}, by=ANN)
    (task,) = engine.inbox(EVE)
    assert engine.case(task.case_id, EVE).id == "1"
    assert [case.id for case in engine.cases(EVE)] == ["1"]
    with pytest.raises(NotFound):
        engine.case("1", BEN)
    engine.claim(TASK, by=EVE)
    assert len(engine.history("1", EVE)) == 2
    with pytest.raises(NotFound):
        engine.case("1", Actor("dan", groups={"pm"}))


# Complete


def test_completing_an_unclaimed_task_claims_it_in_the_same_step(desk):
    desk.complete(TASK, {"approved": True}, by=BEN)
    assert acts(desk) == [("started", "ann"), ("completed", "ben")]


def test_who_may_complete(desk):
    for who, error in ((AUDREY, NotAllowed), (SUE, NotAllowed), (EVE, NotFound), (NOBODY, NotFound)):
        with pytest.raises(error):
            desk.complete(TASK, {"approved": True}, by=who)
    desk.claim(TASK, by=ANN)
    with pytest.raises(Conflict) as refused:
        desk.complete(TASK, {"approved": True}, by=BEN)
    assert (refused.value.by, refused.value.data["how"]) == ("ann", "claimed")
    assert len(acts(desk)) == 2
    assert desk.complete(TASK, {"approved": True}, by=ANN).status == "completed"


def test_the_system_completes_anything(desk):
    desk.claim(TASK, by=ANN)
    assert desk.complete(TASK, {"approved": True}, by=SYSTEM).status == "completed"
    assert acts(desk)[-1] == ("completed", "system")


def test_a_second_submission_reads_who_was_first(desk, clock):
    desk.complete(TASK, {"approved": True}, by=ANN)
    done_at = "2026-03-02T01:00:00.000000Z"
    clock.advance(minutes=1)
    for command in (
        lambda: desk.complete(TASK, {"approved": False}, by=BEN),
        lambda: desk.complete(TASK, {"approved": True}, by=ANN),
        lambda: desk.claim(TASK, by=BEN),
        lambda: desk.release(TASK, by=ANN),
        lambda: desk.assign(TASK, to="ben", by=SUE),
    ):
        if command.__code__.co_names[-1] == "SUE":
            continue
        with pytest.raises(Conflict) as refused:
            command()
        assert (refused.value.by, refused.value.at, refused.value.data["how"]) == ("ann", done_at, "completed")
    assert len(acts(desk)) == 2


def test_who_may_not_see_a_task_does_not_learn_that_it_was_done(desk):
    desk.complete(TASK, {"approved": True}, by=ANN)
    for who in (EVE, NOBODY, AMY):
        for command in (desk.claim, desk.release, desk.complete):
            with pytest.raises(NotFound):
                command(TASK, by=who)
    with pytest.raises(Conflict):
        desk.complete(TASK, {"approved": True}, by=AUDREY)


def test_a_task_that_the_case_went_on_without(engine, clock):
    body = (
        START
        + tiny.ask("ask")
        + tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"))
        + tiny.ask("other")
        + END
        + line("start", "ask", "end")
        + line("late", "other", "end")
    )
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=2)
    assert engine.run_due() == 1
    with pytest.raises(Conflict) as refused:
        engine.complete(TASK, {"approved": True}, by=ANN)
    assert (refused.value.by, refused.value.data["how"]) == ("system", "withdrawn")
    assert [task.element for task in engine.inbox(ANN)] == ["other"]


def test_tasks_of_a_case_that_was_given_up(desk):
    desk.cancel("1", by=ANN, reason="x")
    with pytest.raises(Conflict) as refused:
        desk.complete(TASK, {"approved": True}, by=BEN)
    assert (refused.value.by, refused.value.data["how"]) == ("ann", "withdrawn")


# Four eyes


@pytest.fixture
def four_eyes(engine):
    body = (
        START
        + tiny.ask("propose")
        + tiny.ask("approve", fourEyes="propose")
        + END
        + line("start", "propose", "approve", "end")
    )
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True}, by=ANN)
    return engine


def test_four_eyes(four_eyes):
    (task,) = four_eyes.inbox(ANN)
    assert [four_eyes.four_eyes(task, one) for one in (ANN, BEN, SYSTEM)] == [["propose"], [], []]
    for command in (
        lambda: four_eyes.claim(task.id, by=ANN),
        lambda: four_eyes.complete(task.id, {"approved": True}, by=ANN),
        lambda: four_eyes.assign(task.id, to="ann", by=SUE),
    ):
        with pytest.raises(NotAllowed) as refused:
            command()
        assert refused.value.data["four_eyes"] == ["propose"]
    assert len(acts(four_eyes)) == 2
    assert four_eyes.complete(task.id, {"approved": True}, by=BEN).status == "completed"


# What else there is to a task


def test_manual_tasks_have_no_form(engine):
    engine.deploy(tiny.one_task(task=tiny.ask("ask", kind="manualTask")), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.inbox(ANN)[0].form is None
    with pytest.raises(InvalidForm):
        engine.complete(TASK, {"approved": True}, by=ANN)
    case = engine.complete(TASK, by=ANN)
    assert (case.status, case.data) == ("completed", {})


def test_groups_of_an_installation_assign(opened):
    engine = opened(policy=Policy(assigners=frozenset({"csl"})))
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.assign(TASK, to="ben", by=Actor("lea", groups={"csl"})).assignee == "ben"
    with pytest.raises(NotFound):
        engine.assign(TASK, to="ben", by=SUE)


def test_the_clock_goes_back_and_steps_do_not(desk, clock):
    clock.set("2026-03-01T00:00:00+00:00")
    desk.claim(TASK, by=ANN)
    clock.set("2020-01-01T00:00:00+00:00")
    desk.complete(TASK, {"approved": True}, by=ANN)
    assert [step.at for step in desk.history("1")] == [NOW] * 3
    assert desk.case("1").ended_at == NOW
    assert desk.verify("1").sound


def test_two_tasks_of_a_case(engine):
    engine.deploy(tiny.two_tasks(), by=OLGA)
    engine.start("both", by=ANN)
    left, right = engine.inbox(ANN)
    engine.complete(left.id, {"approved": True}, by=ANN)
    assert [task.element for task in engine.inbox(BEN)] == ["right"]
    case = engine.complete(right.id, {"approved": False}, by=BEN)
    assert case.data == {"left": {"approved": True}, "right": {"approved": False}}
    assert [task.element for task in engine.tasks("1")] == ["last"]
    assert engine.replay("1").equal and engine.verify("1").sound


def test_what_one_form_wrote_the_next_round_empties(engine):
    engine.deploy(tiny.rounds(), by=OLGA)
    engine.start("rounds", by=ANN)
    case = engine.complete(engine.inbox(ANN)[0].id, {"approved": False, "note": "first"}, by=ANN)
    assert case.data == {"approved": False, "note": "first"}
    case = engine.complete(engine.inbox(ANN)[0].id, {"approved": True}, by=ANN)
    assert case.data == {"approved": True, "note": None}
    assert engine.history("rounds" and "1")[-1].input["values"] == {"approved": True, "note": None}
    assert engine.replay("1").equal


def test_a_task_inside_many_instances_empties_its_own_field(engine):
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>1</bpmn:loopCardinality>'
        "<bpmn:loopDataOutputRef>marks</bpmn:loopDataOutputRef>"
        '<bpmn:outputDataItem id="note" name="note"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    inner = (
        el("startEvent", "s")
        + el("exclusiveGateway", "again")
        + tiny.ask("ask")
        + el("exclusiveGateway", "enough", default="stop")
        + el("endEvent", "e")
        + line("s", "again", "ask", "enough")
        + '<bpmn:sequenceFlow id="stop" sourceRef="enough" targetRef="e"/>'
        + '<bpmn:sequenceFlow id="back" sourceRef="enough" targetRef="again"><bpmn:conditionExpression>not(approved)'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    body = START + el("subProcess", "sub", inner + loop) + END + line("start", "sub", "end")
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(engine.inbox(ANN)[0].id, {"approved": False, "note": "first"}, by=ANN)
    case = engine.complete(engine.inbox(ANN)[0].id, {"approved": True}, by=ANN)
    assert case.data["marks"] == [None]
