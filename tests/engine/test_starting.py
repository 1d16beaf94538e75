"""Starting cases: by whom, with what, from where."""

from decimal import Decimal

import pytest

from engine import SYSTEM, Actor, InvalidForm, NotAllowed, NotFound, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, EVE, NOBODY, OLGA
from tests.engine.test_front_door import RATE
from tests.engine.watching import count

AMOUNT = {"amount": {"type": "number", "multipleOf": 0.01}, "sure": {"type": "boolean"}}


@pytest.fixture
def desk(engine):
    """A process with a start form, one that names its starters, and a shared decision."""
    engine.deploy(tiny.one_task(start=AMOUNT), by=OLGA)
    for_pm = tiny.ask("ask", candidateGroups="pm")
    engine.deploy(tiny.one_task("gift", task=for_pm, process={"starters": "pm, Team Leader"}), by=OLGA)
    engine.deploy({"rate.dmn": RATE}, by=OLGA)
    return engine


def test_start_data_are_checked_by_the_start_form(desk):
    case = desk.start("loan", {"amount": Decimal("19.99")}, by=ANN)
    assert case.data == {"amount": Decimal("19.99"), "sure": False}
    for data, fault in (
        ({"amount": Decimal("12.001")}, {"amount": "multipleOf"}),
        ({"amount": "12"}, {"amount": "type"}),
        ({"amount": 1, "admin": True}, {"admin": "undeclared"}),
        ([1], {"": "type"}),
        ("text", {"": "type"}),
    ):
        with pytest.raises(InvalidForm) as refused:
            desk.start("loan", data, by=ANN)
        assert {name: one.code for name, one in refused.value.fields.items()} == fault
    assert len(desk.cases()) == 1


def test_a_process_without_a_start_form_takes_any_object(desk):
    data = {"a": [1, {"b": None}], "typename": "x", "名": "张敏", "n": Decimal("0.10"), "f": 1.5}
    case = desk.start("gift", data, by=SYSTEM)
    assert case.data == {**data, "f": Decimal("1.5")} and desk.start("gift", by=SYSTEM).data == {}
    for data in ([], "x", {"x": float("nan")}, {"x": 10**100}, {"\ud800": 1}, {"x": object()}):
        with pytest.raises(InvalidForm):
            desk.start("gift", data, by=SYSTEM)
    assert desk.replay(case.id).equal and desk.verify(case.id).sound


def test_who_may_start(desk):
    leader = Actor("lea", groups={"team_leader"})
    assert [deployment.key for deployment in desk.startable(ANN)] == ["loan"]
    assert [deployment.key for deployment in desk.startable(leader)] == ["gift", "loan"]
    assert [deployment.key for deployment in desk.startable(SYSTEM)] == ["gift", "loan"]
    assert desk.startable(NOBODY) == []
    for who, key in ((ANN, "gift"), (OLGA, "gift"), (NOBODY, "loan"), (NOBODY, "gift")):
        with pytest.raises(NotAllowed):
            desk.start(key, by=who)
    assert desk.start("gift", by=leader).started_by == "lea"
    assert desk.start("gift", by=EVE).id == "2"


@pytest.mark.parametrize("key", ["", "LOAN", "rate", "loan; drop table step", "../loan", "\0", "x" * 500])
def test_a_process_that_is_not_there(desk, key):
    with pytest.raises(Refusal) as refused:
        desk.start(key, by=ANN)
    assert refused.type is NotFound or "\0" in key
    assert count(desk, "case_file") == 0


def test_a_case_that_comes_from_another(desk):
    parent = desk.start("loan", by=ANN)
    child = desk.start("loan", by=ANN, parent=parent.id)
    assert child.parent == parent.id and desk.history(child.id)[0].input["parent"] == parent.id
    assert [case.id for case in desk.linked(parent.id)] == [child.id]
    for missing in ("99", "x", ""):
        with pytest.raises(NotFound):
            desk.start("loan", by=ANN, parent=missing)
    secret = desk.start("gift", by=SYSTEM)
    with pytest.raises(NotFound):
        desk.start("loan", by=ANN, parent=secret.id)
    assert len(desk.cases()) == 3


def test_a_refused_start_leaves_nothing(desk):
    with pytest.raises(InvalidForm):
        desk.start("loan", {"wrong": 1}, by=ANN)
    for table in ("case_file", "step", "task", "counter", "vault", "incident"):
        assert count(desk, table) == 0


def test_the_prefix_of_the_number_is_said_by_the_process(engine):
    engine.deploy(tiny.one_task("inquiry", process={"prefix": "inq7"}), by=OLGA)
    engine.deploy(tiny.one_task("ab"), by=OLGA)
    assert engine.start("inquiry", by=ANN).number == "INQ7-20260302-000001"
    assert engine.start("ab", by=ANN).number == "AB-20260302-000001"
