"""Data that somebody corrects: old and new stand in the history, and what was worked out from the old stays."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, EVE, LEA, OLGA
from tests.engine.spiff.xmls import END, START, el, line, timer
from tests.engine.watching import acts, holding, kinds, rows

WHY = "the paper says otherwise"
PHONE, OTHER = "13800001111", "13900002222"
FIELDS = {
    "amount": {"type": "number", "minimum": 1},
    "remark": {"type": "string", "maxLength": 20},
    "phone": {"type": "string", "x-personal": True, "maxLength": 11},
    "person": {
        "type": "object",
        "properties": {"name": {"type": "string", "x-personal": True}, "vip": {"type": "boolean"}},
        "required": ["name"],
    },
    "hidden": {"type": "string", "x-when": {"field": "remark", "equals": "never"}},
}
GIVEN = {"amount": 10, "phone": PHONE, "person": {"name": "Zhang Min", "vip": False}}


@pytest.fixture
def loan(engine):
    """A case with data, before a task."""
    more = {"forms_many": tiny.form(FIELDS, required=("amount", "remark"))}
    files = tiny.one_task(task=tiny.ask("ask", form="forms/many.json"), after=tiny.ask("last"), start=FIELDS, **more)
    engine.deploy(files, by=SYSTEM)
    engine.start("loan", GIVEN, by=ANN)
    return engine


def correct(engine, values=None, by=LEA, **more):
    return engine.correct("1", values, by=by, reason=WHY, **more)


def faults(engine, values):
    """What is refused, and nothing has happened."""
    before = len(engine.history("1"))
    with pytest.raises(InvalidForm) as caught:
        correct(engine, values)
    assert len(engine.history("1")) == before
    return {name: one.code for name, one in caught.value.fields.items()}


def test_old_and_new_stand_in_the_history(loan):
    marking, tasks, before = loan.marking("1"), loan.tasks("1"), loan.history("1")
    case = correct(loan, {"amount": 12, "note": "typed wrong"}, remove=["person"])
    assert case == loan.case("1") and case.data["amount"] == 12 and "person" not in case.data
    assert acts(loan)[-1] == ("corrected", "lea") and loan.history("1")[:-1] == before
    step = loan.history("1")[-1]
    assert (step.input["values"], step.input["removed"]) == ({"amount": 12, "note": "typed wrong"}, ["person"])
    assert step.input["reason"] == WHY
    (effect,) = step.effects
    assert (effect.kind, effect.element, effect.occurrence) == ("corrected", "", 0)
    assert effect.detail == {
        "amount": {"old": 10, "new": 12},
        "note": {"new": "typed wrong"},
        "person": {"old": marking.data["person"]},
    }
    assert loan.marking("1").tokens == marking.tokens and loan.tasks("1") == tasks


def test_what_is_as_it_is_already_is_no_correction(loan):
    case = correct(loan, {"amount": 10, "note": "x"})
    assert loan.history("1")[-1].input["values"] == {"note": "x"} and case.data["note"] == "x"
    for values, more in (({"amount": 10}, {}), ({}, {}), (None, {"remove": ["nothing"]})):
        with pytest.raises(Refusal, match="has these values already"):
            correct(loan, values, **more)


def test_a_value_is_checked_by_what_the_forms_say_of_its_field(loan):
    assert faults(loan, {"amount": 0}) == {"amount": "minimum"}
    assert faults(loan, {"amount": "much"}) == {"amount": "type"}
    assert faults(loan, {"remark": "x" * 21, "phone": "1" * 12}) == {"remark": "maxLength", "phone": "maxLength"}
    assert faults(loan, {"person": {"name": 7}}) == {"person.name": "type"}
    assert faults(loan, {"no name": 1, "$vault": 2}) == {"no name": "undeclared", "$vault": "undeclared"}
    assert correct(loan, {"hidden": "x", "fresh": [1], "名字": None}).data["fresh"] == [1]


def test_an_emptied_field_is_null_as_a_form_leaves_it(loan):
    assert correct(loan, {"amount": None}).data["amount"] is None


def test_what_is_personal_goes_to_the_vault_and_the_old_stays_there(loan):
    old = loan.case("1").data["phone"]
    case = correct(loan, {"phone": OTHER, "person": {"name": "Zhang Ming", "vip": True}})
    for planted in (PHONE, OTHER, "Zhang Min", "Zhang Ming"):
        assert holding(loan, planted) == {"vault.value"}
    change = loan.history("1")[-1].effects[0].detail["phone"]
    assert change == {"old": old, "new": case.data["phone"]} and old != case.data["phone"]
    shown = [loan.reveal(one, LEA, reason="to compare") for one in (old, case.data["phone"])]
    assert shown == [PHONE, OTHER]
    assert case.data["person"]["vip"] is True and case.data["person"]["name"].keys() == {"$vault", "sha256"}


def test_what_an_operator_sheltered_stays_sheltered(opened):
    from engine import Operator

    result = {"properties": {"name": {"x-personal": True}, "phones": {"items": {"x-personal": True}}}}
    answer = {"name": "Zhang Min", "phones": [PHONE], "city": "Shanghai"}
    found = Operator(name="crm/find", kind="local", run=lambda call: answer, result={"type": "object", **result})
    engine = opened(operators=[found])
    engine.deploy(tiny.one_task(before=tiny.call("find", "crm/find", variable="customer")), by=SYSTEM)
    engine.start("loan", by=ANN)
    case = correct(engine, {"customer": {"name": "Li Wei", "phones": [OTHER, "1"], "city": "Suzhou"}})
    assert holding(engine, "Li Wei") == holding(engine, OTHER) == {"vault.value"}
    assert case.data["customer"]["city"] == "Suzhou" and len(case.data["customer"]["phones"]) == 2


def test_a_field_of_a_called_process_is_as_personal_as_there(engine):
    inner = tiny.one_task("check", task=tiny.ask("ask", form="forms/many.json"), forms_many=tiny.form(FIELDS, ()))
    engine.deploy(inner, by=SYSTEM)
    call = el("callActivity", "call", calledElement="check")
    body = START + tiny.ask("first") + call + END + line("start", "first", "call", "end")
    engine.deploy(tiny.bundle("loan", body), by=SYSTEM)
    engine.start("loan", by=ANN)
    correct(engine, {"phone": PHONE})
    assert holding(engine, PHONE) == {"vault.value"} and faults(engine, {"amount": 0}) == {"amount": "minimum"}


def test_a_context_of_a_task_is_checked_as_its_form(engine):
    files = tiny.one_task(task=tiny.ask("ask", form="forms/many.json", variable="found"), after=tiny.ask("last"),
                          forms_many=tiny.form(FIELDS, ("amount",)))  # fmt: skip
    engine.deploy(files, by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"amount": 3, "phone": PHONE}, by=ANN)
    assert faults(engine, {"found": {"amount": 0}}) == {"found.amount": "minimum"}
    assert faults(engine, {"found": {"other": 0}}) == {"found.other": "undeclared"}
    assert faults(engine, {"found": 7}) == {"found": "type"}
    correct(engine, {"found": {"amount": 4, "phone": OTHER}})
    assert holding(engine, OTHER) == {"vault.value"}


def test_a_reference_that_is_made_up(loan):
    own = loan.case("1").data["phone"]
    stranger = {"$vault": "1.1.2", "sha256": own["sha256"]}
    for made_up in (stranger, {"$vault": "9.1.1", "sha256": "0" * 64}):
        assert faults(loan, {"fresh": made_up}) == {"fresh": "personal"}
        assert faults(loan, {"fresh": [{"inside": made_up}]}) == {"fresh": "personal"}
        assert faults(loan, {"phone": made_up}) == {"phone": "personal"}
    person = loan.case("1").data["person"]
    correct(loan, {"fresh": own, "person": {**person, "vip": True}})  # what the case holds may stand in it again
    assert loan.case("1").data["fresh"] == own and loan.case("1").data["person"]["name"] == person["name"]
    assert faults(loan, {"person": {**person, "vip": "yes"}}) == {"person.vip": "type"}


def test_what_was_worked_out_stays_and_the_rest_reads_the_new(engine, clock):
    wait = tiny.catch("wait", timer("duration(term)"))
    body = START + tiny.ask("ask", form="forms/term.json") + wait + tiny.script("twice", "double = amount * 2")
    body += END + line("start", "ask", "wait", "twice", "end")
    fields = {"term": {"type": "string"}, "amount": {"type": "number"}}
    engine.deploy(tiny.bundle("loan", body, forms_term=tiny.form(fields, fields)), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"term": "PT1H", "amount": 2}, by=ANN)
    jobs = rows(engine, "job")
    correct(engine, {"term": "PT9H", "amount": 5})
    assert rows(engine, "job") == jobs
    clock.advance(hours=1)
    assert engine.run_due() == 1 and engine.case("1").data["double"] == 10


def test_the_row_of_the_case_follows(engine):
    fields = {"who": {"type": "string"}, "about": {"type": "string"}}
    files = tiny.one_task(start=fields, process={"customer": "who", "subject": "about"})
    engine.deploy(files, by=SYSTEM)
    engine.start("loan", {"who": "C1", "about": "a loan"}, by=ANN)
    case = correct(engine, {"who": "C2"}, remove=["about"])
    assert (case.customer, case.subject) == ("C2", None) == (engine.case("1").customer, engine.case("1").subject)
    assert [one.id for one in engine.cases(LEA, customer="C2")] == ["1"] and engine.cases(LEA, customer="C1") == []


def test_a_suspended_case_is_corrected_and_one_that_is_over_is_not(loan):
    loan.suspend("1", by=LEA, reason=WHY)
    assert correct(loan, {"amount": 11}).status == "suspended"
    assert loan.inbox(ANN) == []
    loan.cancel("1", by=LEA, reason=WHY)
    with pytest.raises(Conflict, match="is cancelled"):
        correct(loan, {"amount": 12})


def test_who_may_and_why(loan):
    with pytest.raises(NotAllowed):
        correct(loan, {"amount": 12}, by=ANN)
    with pytest.raises(NotFound):
        correct(loan, {"amount": 12}, by=EVE)
    with pytest.raises(NotFound):
        loan.correct("7", {"amount": 12}, by=LEA, reason=WHY)
    with pytest.raises(Refusal, match="Say why"):
        loan.correct("1", {"amount": 12}, by=LEA, reason="")
    assert correct(loan, {"amount": 12}, by=OLGA).data["amount"] == 12
    assert kinds(loan) == ["started", "corrected"]


@pytest.mark.parametrize(
    "value", [10**2000, "\ud800", float("nan"), {"a": "x" * 300_000}], ids=["digits", "half", "nan", "large"]
)
def test_what_cannot_be_kept(loan, value):
    with pytest.raises(InvalidForm):
        correct(loan, {"fresh": value})
    assert kinds(loan) == ["started"]
