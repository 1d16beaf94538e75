"""What one may not see is not found: by every question and every command, also when it is confidential."""

import pytest

from engine import SYSTEM, Actor, NotFound, Policy
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, BEN, EVE, NOBODY, OLGA, SUE
from tests.engine.watching import rows

POLICY = Policy(confidential={"aml": frozenset({"aml"})})
EVERYBODY = (ANN, BEN, EVE, AMY, AUDREY, OLGA, SUE, NOBODY)
CHIEF = Actor("carl", groups={"aml", "auditor"})
TASK = "1.1.2"
NAME = {"type": "string", "x-personal": True}


@pytest.fixture
def secret(opened):
    """A confidential case for csr and aml, started by the system, and an ordinary one that it came from."""
    engine = opened(policy=POLICY)
    engine.deploy(tiny.one_task("plain", start={"name": NAME}), by=OLGA)
    files = tiny.one_task(
        "check",
        task=tiny.ask("ask", candidateGroups="csr, aml"),
        process={"confidentiality": "aml"},
        start={"name": NAME},
    )
    engine.deploy(files, by=OLGA)
    engine.start("check", {"name": "Zhang"}, by=SYSTEM)
    return engine


def commands(secret, who):
    """Everything that somebody may try on the confidential case."""
    name = secret.case("1").data["name"]
    return (
        lambda: secret.case("1", who),
        lambda: secret.history("1", who),
        lambda: secret.replay("1", who),
        lambda: secret.verify("1", who),
        lambda: secret.tasks("1", who),
        lambda: secret.linked("1", who),
        lambda: secret.marking("1", who),
        lambda: secret.task(TASK, who),
        lambda: secret.draft(TASK, who),
        lambda: secret.save_draft(TASK, {"note": "x"}, by=who),
        lambda: secret.claim(TASK, by=who),
        lambda: secret.release(TASK, by=who),
        lambda: secret.assign(TASK, to="ann", by=who),
        lambda: secret.complete(TASK, {"approved": True}, by=who),
        lambda: secret.cancel("1", by=who, reason="x"),
        lambda: secret.reveal(name, who, reason="x"),
        lambda: secret.start("plain", by=who, parent="1"),
    )


def test_a_confidential_case_is_not_there(secret):
    before = rows(secret, "step")
    for who in (ANN, EVE, AUDREY, OLGA, SUE, NOBODY):
        assert secret.inbox(who) == [] and secret.count(who) == 0
        assert secret.cases(who) == [] and secret.cases(who, number="CHE-20260302-000001") == []
        for command in commands(secret, who):
            with pytest.raises(NotFound):
                command()
    assert rows(secret, "step") == before and rows(secret, "reading") == []


def test_who_may_see_the_class_sees_it(secret):
    (task,) = secret.inbox(AMY)
    assert task.confidentiality == "aml" and secret.count(AMY) == 1
    assert secret.case("1", AMY).confidentiality == "aml"
    assert [case.id for case in secret.cases(AMY)] == ["1"]
    assert len(secret.history("1", AMY)) == 1 and secret.replay("1", AMY).equal and secret.verify("1", AMY).sound
    assert secret.reveal(secret.case("1").data["name"], AMY, reason="check") == "Zhang"
    assert secret.claim(TASK, by=AMY).assignee == "amy"
    assert secret.complete(TASK, {"approved": True}, by=AMY).status == "completed"


def test_an_auditor_of_the_class_reads_and_does_nothing(secret):
    chief = Actor("carl", groups={"auditor", "spy"})
    with pytest.raises(NotFound):
        secret.case("1", chief)
    assert secret.case("1", CHIEF).id == "1"
    with pytest.raises(NotFound):
        secret.complete(TASK, {"approved": True}, by=AUDREY)


def test_a_completed_confidential_task_is_no_conflict_for_others(secret):
    secret.complete(TASK, {"approved": True}, by=AMY)
    for who in (ANN, SUE, AUDREY):
        with pytest.raises(NotFound):
            secret.complete(TASK, {"approved": True}, by=who)


def test_an_assigned_task_does_not_open_a_confidential_case(secret):
    secret.assign(TASK, to="ann", by=SYSTEM)
    assert secret.inbox(ANN) == [] and secret.count(ANN) == 0
    with pytest.raises(NotFound):
        secret.task(TASK, ANN)
    with pytest.raises(NotFound):
        secret.case("1", ANN)


def test_a_class_that_nobody_listed_is_for_the_system_alone(opened):
    engine = opened()
    engine.deploy(tiny.one_task("check", process={"confidentiality": "aml"}), by=OLGA)
    engine.start("check", by=ANN)
    for who in EVERYBODY:
        assert engine.inbox(who) == [] and engine.cases(who) == []
        with pytest.raises(NotFound):
            engine.case("1", who)
    assert engine.case("1", SYSTEM).confidentiality == "aml" and len(engine.tasks("1")) == 1


def test_a_confidential_case_is_no_link_of_another(secret):
    secret.start("plain", by=ANN)
    child = secret.start("check", by=SYSTEM, parent="2")
    assert secret.linked("2", ANN) == []
    assert [case.id for case in secret.linked("2", Actor("amy", groups={"aml", "csr"}))] == [child.id]


# Ordinary cases


@pytest.fixture
def desk(engine):
    engine.deploy(tiny.one_task(process={"readers": "Risk Desk", "starters": "csr, front"}), by=OLGA)
    engine.start("loan", by=ANN)
    return engine


def test_who_reads_a_case(desk):
    for who in (ANN, BEN, AUDREY, OLGA, Actor("rita", groups={"risk_desk"}), Actor("fred", groups={"front"})):
        assert desk.case("1", who).id == "1" and len(desk.history("1", who)) == 1
        assert [case.id for case in desk.cases(who)] == ["1"]
    for who in (EVE, AMY, SUE, NOBODY):
        with pytest.raises(NotFound):
            desk.case("1", who)
        assert desk.cases(who) == []


def test_whoever_started_a_case_reads_it(desk):
    desk.deploy(tiny.one_task("gift", task=tiny.ask("ask", candidateGroups="pm")), by=OLGA)
    desk.start("gift", by=ANN)
    assert desk.case("2", ANN).id == "2"
    with pytest.raises(NotFound):
        desk.case("2", BEN)


def test_names_are_no_groups(desk):
    for who in (
        Actor("csr"),
        Actor("g:csr"),
        Actor("u:csr", groups={"u:ann"}),
        Actor("x", groups={"u:ann", "ann", "*", "%", ""}),
    ):
        assert desk.inbox(who) == [] and desk.cases(who) == []
        with pytest.raises(NotFound):
            desk.task(TASK, who)


def test_an_ordinary_person_of_the_systems_name_is_not_the_system(desk):
    desk.deploy(
        tiny.one_task("gift", task=tiny.ask("ask", candidateGroups="pm"), process={"confidentiality": "aml"}), by=OLGA
    )
    desk.start("gift", by=SYSTEM)
    with pytest.raises(NotFound):
        desk.case("2", Actor("system"))
    assert desk.inbox(Actor("system")) == []


def test_groups_of_a_version_before_still_read_its_cases(desk):
    desk.deploy(tiny.one_task(task=tiny.ask("ask", candidateGroups="pm"), process={"readers": "nobody"}), by=OLGA)
    assert desk.case("1", BEN).id == "1"
    desk.start("loan", by=EVE)
    assert desk.case("2", EVE).version == 2


def test_who_assigns_sees_tasks_but_reads_no_cases(desk):
    assert desk.task(TASK, SUE).id == TASK
    with pytest.raises(NotFound):
        desk.case("1", SUE)
