"""Tasks that somebody leaves out: the case goes on as if they had been completed, with what is known."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, BEN, EVE, LEA, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line, multi
from tests.engine.watching import acts, holding, kinds, rows

WHY = "the customer has withdrawn it"
FIELDS = {
    "approved": {"type": "boolean"},
    "amount": {"type": "number", "minimum": 1},
    "note": {"type": "string", "x-when": {"field": "approved", "equals": True}},
    "tags": {"type": "array", "items": {"type": "string"}},
    "phone": {"type": "string", "x-personal": True, "maxLength": 11},
}
FORM = tiny.form(FIELDS, required=("approved", "amount"))


@pytest.fixture
def loan(engine):
    """A case with a task of many fields, and one after it."""
    files = tiny.one_task(task=tiny.ask("ask", form="forms/many.json"), after=tiny.ask("last"), forms_many=FORM)
    engine.deploy(files, by=SYSTEM)
    engine.start("loan", by=ANN)
    return engine


def skip(engine, task="1.1.2", by=LEA, **more):
    return engine.skip(task, by=by, reason=WHY, **more)


def test_a_task_is_left_out_with_what_is_known(loan):
    case = skip(loan, values={"amount": 12, "note": "by phone"})
    assert case.data == {"amount": 12, "note": "by phone"}  # what is not given stays as it was: nothing is filled in
    assert acts(loan)[-1] == ("skipped", "lea")
    step = loan.history("1")[-1]
    assert (step.input["reason"], step.input["element"], step.input["task"]) == (WHY, "ask", 2)
    assert [(one.kind, one.element) for one in step.effects][:2] == [("skipped", "ask"), ("left", "ask")]
    assert [one.element for one in loan.tasks("1")] == ["last"]
    assert skip(loan, loan.tasks("1")[0].id).status == "completed" and loan.case("1").outcome == "end"


def test_what_is_given_is_checked_and_what_is_not_may_be_missing(loan):
    for values, fault in (
        ({"amount": 0}, ("amount", "minimum")),
        ({"approved": "yes"}, ("approved", "type")),
        ({"unknown": 1}, ("unknown", "undeclared")),
        ({"tags": [1]}, ("tags.0", "type")),
        ({"phone": {"$vault": "1.1.1", "sha256": "0" * 64}}, ("phone", "type")),
        ({"tags": [{"$vault": "1.1.1", "sha256": "0" * 64}]}, ("tags.0", "type")),
    ):
        with pytest.raises(InvalidForm) as caught:
            skip(loan, values=values)
        assert [(name, one.code) for name, one in caught.value.fields.items()] == [fault]
    assert kinds(loan) == ["started"]


def test_what_is_personal_stands_in_the_vault_alone(loan):
    case = skip(loan, values={"phone": "13800001111"})
    assert holding(loan, "13800001111") == {"vault.value"}
    assert loan.reveal(case.data["phone"], LEA, reason="to call back") == "13800001111"


def test_an_empty_skip_leaves_the_data_alone(engine):
    engine.deploy(tiny.rounds(), by=SYSTEM)
    engine.start("rounds", by=ANN)
    engine.complete("1.1.3", {"approved": False, "note": "first"}, by=ANN)
    before = engine.case("1").data
    case = skip(engine, engine.tasks("1")[0].id)
    assert case.data == before and len(engine.tasks("1")) == 1


def test_a_task_of_somebody_else_a_variable_and_an_instance(engine):
    body = START + tiny.script("fill", "funds = [1, 2]") + tiny.ask("ask", variable="found")
    body += tiny.ask("many", form="forms/mark.json", inner=multi()) + END + line("start", "fill", "ask", "many", "end")
    files = tiny.bundle("loan", body, forms_mark=tiny.form({"mark": {"type": "number"}}, ("mark",)))
    engine.deploy(files, by=SYSTEM)
    engine.start("loan", by=ANN)
    task = engine.tasks("1")[0]
    engine.claim(task.id, by=BEN)
    engine.save_draft(task.id, {"note": "x"}, by=BEN)
    assert skip(engine, task.id, values={"note": "y"}).data["found"] == {"note": "y"} and rows(engine, "draft") == []
    first, second = engine.tasks("1")
    skip(engine, first.id, values={"mark": 5})
    assert skip(engine, second.id).data["marks"] == [5, None]


def test_who_may_and_why(loan):
    with pytest.raises(NotAllowed):
        skip(loan, by=ANN)
    with pytest.raises(NotFound):
        skip(loan, by=EVE)
    with pytest.raises(Refusal, match="Say why"):
        loan.skip("1.1.2", by=LEA, reason="  ")
    for wrong in ("1.1.9", "7.1.2", "nonsense", "1.1"):
        with pytest.raises(NotFound):
            skip(loan, wrong)
    loan.suspend("1", by=LEA, reason=WHY)
    with pytest.raises(Conflict, match="is suspended"):
        skip(loan)
    loan.resume("1", by=LEA, reason=WHY)
    skip(loan, by=OLGA)
    with pytest.raises(Conflict, match="olga skipped this task") as caught:
        loan.complete("1.1.2", {"approved": True, "amount": 1}, by=ANN)
    assert (caught.value.by, caught.value.data["how"]) == ("olga", "skipped")
    assert kinds(loan) == ["started", "suspended", "resumed", "skipped"]


def test_four_eyes_are_kept(engine):
    body = START + tiny.ask("make") + tiny.ask("check", fourEyes="make") + END + line("start", "make", "check", "end")
    engine.deploy(tiny.bundle("loan", body), by=SYSTEM)
    engine.start("loan", by=ANN)
    skip(engine)
    (check,) = engine.tasks("1")
    for command in (
        lambda: skip(engine, check.id),
        lambda: engine.complete(check.id, {"approved": True}, by=LEA),
        lambda: engine.claim(check.id, by=LEA),
    ):
        with pytest.raises(NotAllowed, match="four eyes"):
            command()
    assert skip(engine, check.id, by=OLGA).status == "completed"


def test_where_the_diagram_needs_what_is_missing(engine):
    body = START + tiny.ask("ask") + el("exclusiveGateway", "which", default="no") + tiny.ask("last") + END
    body += line("start", "ask", "which") + flow("yes", "which", "last", "approved") + flow("no", "which", "end")
    engine.deploy(tiny.bundle("loan", body + line("last", "end")), by=SYSTEM)
    engine.start("loan", by=ANN)
    with pytest.raises(Refusal, match="cannot go on like that: which"):
        skip(engine)
    assert engine.incidents() == [] and kinds(engine) == ["started"]
    assert skip(engine, values={"approved": False}).status == "completed"


def test_reassigning_keeps_the_reason(loan):
    loan.claim("1.1.2", by=ANN)
    loan.assign("1.1.2", to="ben", by=LEA, reason=" she is ill ")
    assert loan.history("1")[-1].input["reason"] == "she is ill"
    loan.assign("1.1.2", to="ann", by=BEN)
    assert "reason" not in loan.history("1")[-1].input
