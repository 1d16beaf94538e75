"""Personal values: in the vault and nowhere else; what stands in their place proves them, and outlives them."""

import hashlib

import pytest

from engine import SYSTEM, InvalidForm, NotFound, Operator, Refusal
from engine.canonical import canonical
from tests.engine import tiny
from tests.engine.entrusted import CARD, FORM, GIVEN, NAME, NAME_FIELD, PERSON, PHONE, TASK
from tests.engine.people import AMY, ANN, AUDREY, BEN, EVE, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, line
from tests.engine.watching import holding, rows, unguarded


@pytest.fixture
def desk(engine):
    """A case with one task, whose form is full of personal fields; its start form has one, too."""
    engine.deploy(
        tiny.one_task(
            task=tiny.ask("ask", form="forms/person.json"),
            after=tiny.ask("last"),
            start={"caller": NAME_FIELD},
            forms_person=FORM,
        ),
        by=OLGA,
    )
    engine.start("loan", {"caller": CARD}, by=ANN)
    return engine


def reference(value):
    return value.keys() == {"$vault", "sha256"}


def test_references_stand_in_the_place_of_personal_values(desk):
    case = desk.complete(TASK, GIVEN, by=ANN)
    data = case.data
    assert reference(data["caller"]) and reference(data["name"]) and reference(data["address"])
    assert reference(data["person"]["name"]) and data["person"]["vip"] is True
    assert [reference(other["name"]) for other in data["others"]] == [True, True]
    assert data["others"][1]["vip"] is False and all(map(reference, data["phones"]))
    assert data["name"]["$vault"] == "1.2.1" and len(data["name"]["sha256"]) == 64
    assert desk.history("1")[-1].input["values"] == {name: data[name] for name in GIVEN}
    assert desk.replay("1").equal and desk.verify("1").sound


def test_nothing_but_the_vault_holds_them(desk):
    desk.complete(TASK, GIVEN, by=ANN)
    for planted in (NAME, PHONE, CARD, "李伟", "13900002222", "南京路"):
        assert holding(desk, planted) == {"vault.value"}, planted


def test_a_commitment_is_the_hash_of_salt_and_value(desk):
    case = desk.complete(TASK, GIVEN, by=ANN)
    kept = {f"{row['case_id']}.{row['seq']}.{row['n']}": row for row in rows(desk, "vault")}
    assert len(kept) == 8
    row = kept[case.data["name"]["$vault"]]
    assert (row["field"], row["value"]) == ("name", canonical(NAME))
    assert case.data["name"]["sha256"] == hashlib.sha256(row["salt"] + row["value"]).hexdigest()
    assert len({row["salt"] for row in kept.values()}) == 8
    assert kept[case.data["others"][0]["name"]["$vault"]]["field"] == "others.name"


def test_empty_personal_fields_need_no_vault(desk):
    case = desk.complete(TASK, {"approved": True}, by=ANN)
    assert case.data == {"caller": case.data["caller"], "approved": True, "others": [], "phones": []}
    assert len(rows(desk, "vault")) == 1


def test_drafts_keep_them_apart(desk):
    desk.save_draft(TASK, {**GIVEN, "approved": False, "note": "x"}, by=ANN)
    for planted in (NAME, PHONE, "李伟", "南京路"):
        assert holding(desk, planted) == {"draft.personal"}
    assert desk.draft(TASK, ANN) == {**GIVEN, "approved": False}
    with pytest.raises(InvalidForm):
        desk.complete(TASK, {**GIVEN, "wrong": 1}, by=ANN)
    assert holding(desk, NAME) == {"draft.personal"}
    desk.complete(TASK, {"approved": True}, by=BEN)
    assert holding(desk, NAME) == set()


def test_a_refused_submission_leaves_nothing_in_the_vault(desk):
    with pytest.raises(InvalidForm):
        desk.complete(TASK, {"name": NAME}, by=ANN)
    with pytest.raises(InvalidForm):
        desk.start("loan", {"caller": NAME, "wrong": 1}, by=ANN)
    assert holding(desk, NAME) == set()


# Erasing


def test_chain_and_replay_hold_when_values_are_erased(desk):
    case = desk.complete(TASK, GIVEN, by=ANN)
    desk.dispose("1", "erased", under="DT-10", by=SYSTEM, reason="asked")
    for planted in (NAME, PHONE, CARD):
        assert holding(desk, planted) == set()
    assert desk.replay("1").equal and desk.verify("1").problems == ()
    assert desk.case("1").data == case.data
    assert desk.reveal(case.data["name"], ANN, reason="asked") is None
    assert desk.complete(desk.inbox(ANN)[0].id, {"approved": True}, by=ANN).status == "completed"
    assert desk.verify("1").sound


# Revealing


def test_whoever_looks_is_written_down(desk, clock):
    name = desk.complete(TASK, GIVEN, by=ANN).data["name"]
    clock.advance(minutes=5)
    assert desk.reveal(name, BEN, reason="  call back ") == NAME
    (row,) = rows(desk, "reading")
    assert (row["case_id"], row["reference"], row["actor"]) == (1, "1.2.1", "ben")
    assert (row["at"], row["reason"]) == ("2026-03-02T01:05:00.000000Z", "call back")
    assert desk.reveal(desk.case("1").data["address"], AUDREY, reason="audit") == {"street": "南京路"}
    assert len(rows(desk, "reading")) == 2
    assert [step.kind for step in desk.history("1")] == ["started", "completed"]


def test_who_may_not_look(desk):
    name = desk.complete(TASK, GIVEN, by=ANN).data["name"]
    for who in (EVE, AMY, NOBODY):
        with pytest.raises(NotFound):
            desk.reveal(name, who, reason="curious")
    for reason in ("", "  "):
        with pytest.raises(Refusal, match="why"):
            desk.reveal(name, ANN, reason=reason)
    assert rows(desk, "reading") == []


NO_REFERENCES = [
    "1.2.9",
    "9.2.1",
    "1.2",
    "1.2.1.1",
    "x",
    "1.2.-1",
    "-1.0.0",
    "１.2.1",
    "1_0.2.1",
    " 1.2.1",
    "1.2." + "9" * 30,
    "9" * 30 + ".2.1",
    "1.2.1; drop",
    "1.2.1\0",
    7,
    None,
    ["1.2.1"],
]


def test_references_that_are_none(desk):
    desk.complete(TASK, GIVEN, by=ANN)
    for given in ({}, {"sha256": "x"}, "1.2.1", None, 7, *({"$vault": name, "sha256": "0"} for name in NO_REFERENCES)):
        for who in (ANN, SYSTEM):
            with pytest.raises(NotFound):
                desk.reveal(given, who, reason="x")
    assert rows(desk, "reading") == []


# References that people make up


@pytest.fixture
def other(desk):
    """A second case, whose reference somebody would like to use in his own."""
    desk.start("loan", {"caller": "somebody else"}, by=BEN)
    return desk.case("2").data["caller"]


def test_a_reference_from_another_case_is_refused(desk, other):
    desk.deploy(
        tiny.one_task(
            "open",
            task=tiny.ask("ask", form="forms/any.json"),
            forms_any=tiny.form({"approved": {}}, (), additionalProperties=True),
        ),
        by=OLGA,
    )
    made_up = {"$vault": "1.1.9", "sha256": "0" * 64}
    for planted in (other, made_up, {"$vault": "x", "sha256": "y"}):
        with pytest.raises(InvalidForm) as refused:
            desk.start("open", {"mine": {"deep": [planted]}}, by=ANN)
        assert {name: fault.code for name, fault in refused.value.fields.items()} == {"mine": "personal"}
        case = desk.start("open", by=ANN)
        with pytest.raises(InvalidForm):
            desk.complete(desk.tasks(case.id)[0].id, {"mine": planted}, by=ANN)
        with pytest.raises(InvalidForm):
            desk.send("anything", {"mine": planted}, by=ANN)
        assert desk.case(case.id).data == {} and desk.verify(case.id).sound


def test_a_reference_that_the_case_holds_may_come_back(desk):
    form = tiny.form({"caller": {}, "approved": {"type": "boolean"}})
    desk.deploy(
        tiny.one_task(
            "again", task=tiny.ask("ask", form="forms/any.json"), start={"caller": NAME_FIELD}, forms_any=form
        ),
        by=OLGA,
    )
    case = desk.start("again", {"caller": NAME}, by=ANN)
    held = case.data["caller"]
    done = desk.complete(desk.tasks(case.id)[0].id, {"caller": held, "approved": True}, by=ANN)
    assert done.data["caller"] == held and desk.verify(case.id).sound


# Operators


def look(result, schema, kind="local"):
    return Operator(name="credit/look", kind=kind, run=lambda call: result, result=schema)


FOUND = {
    "type": "object",
    "properties": {"name": NAME_FIELD, "level": {"type": "integer"}, "all": {"type": "array", "items": PERSON}},
}
ANSWER = {"name": NAME, "level": 3, "all": [{"name": PHONE, "vip": True}]}


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_what_an_operator_answers_is_sheltered_by_its_schema(opened, kind):
    engine = opened(operators=[look(ANSWER, FOUND, kind)])
    body = START + tiny.ask("ask") + tiny.call("look", "credit/look", variable="found") + tiny.ask("last") + END
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "look", "last", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, {"approved": True}, by=ANN)
    engine.run_due()
    found = engine.case("1").data["found"]
    assert reference(found["name"]) and found["level"] == 3
    assert reference(found["all"][0]["name"]) and found["all"][0]["vip"] is True
    assert holding(engine, NAME) == holding(engine, PHONE) == {"vault.value"}
    assert engine.reveal(found["name"], ANN, reason="x") == NAME
    assert engine.replay("1").equal and engine.verify("1").sound


def test_operators_are_given_references_and_may_look_behind_them(opened):
    seen = {}

    def run(call):
        seen[call.operator] = (
            call.parameters["to"],
            call.reveal(call.parameters["to"]),
            call.reveal(7),
            call.data["name"],
        )
        return {}

    operators = [Operator(name="a/local", kind="local", run=run), Operator(name="b/remote", kind="remote", run=run)]
    engine = opened(operators=operators)
    body = START + tiny.ask("ask", form="forms/person.json") + tiny.call("local", "a/local", to="name")
    body += tiny.call("remote", "b/remote", to="name") + END
    files = tiny.bundle("loan", body + line("start", "ask", "local", "remote", "end"), forms_person=FORM)
    findings = [finding for finding in engine.check(files) if finding.severity == "error"]
    if findings:
        pytest.skip(findings[0].message)
    engine.deploy(files, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, GIVEN, by=ANN)
    engine.run_due()
    held = engine.case("1").data["name"]
    assert seen == dict.fromkeys(("a/local", "b/remote"), (held, NAME, 7, held))
    assert holding(engine, NAME) == {"vault.value"}


def test_a_remote_operator_finds_references_inside_of_its_parameters(opened):
    seen = []

    def run(call):
        seen.append([call.reveal(one["name"]) for one in call.parameters["people"]])

    engine = opened(operators=[Operator(name="b/remote", kind="remote", run=run)])
    body = START + tiny.ask("ask", form="forms/person.json") + tiny.call("remote", "b/remote", people="others") + END
    files = tiny.bundle("loan", body + line("start", "ask", "remote", "end"), forms_person=FORM)
    findings = [finding for finding in engine.check(files) if finding.severity == "error"]
    if findings:
        pytest.skip(findings[0].message)
    engine.deploy(files, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, GIVEN, by=ANN)
    assert engine.run_due() == 1 and engine.incidents() == []
    assert seen == [[NAME, "李伟"]]


# What the registers of cases say


def test_a_personal_value_is_neither_customer_nor_subject(engine):
    files = tiny.one_task(
        start={"who": NAME_FIELD, "what": {"type": "string"}}, process={"customer": "who", "subject": "what"}
    )
    engine.deploy(files, by=OLGA)
    case = engine.start("loan", {"who": NAME, "what": "a car\0" + "x" * 300}, by=ANN)
    assert case.customer is None and case.subject == "a car" + "x" * 194


# Verifying


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE vault SET value = X'2278220A' WHERE n = 1 AND seq = 2", "personal value changed"),
        ("UPDATE vault SET salt = NULL WHERE n = 1 AND seq = 2", "personal value changed"),
        ("DELETE FROM vault WHERE n = 1 AND seq = 2", "personal value missing"),
    ],
)
def test_a_changed_value_is_found(desk, change, what):
    desk.complete(TASK, GIVEN, by=ANN)
    if not desk.database.sqlite:
        change = change.replace("X'2278220A'", "'\\x2278220A'")
    with unguarded(desk) as connection:
        connection.exec_driver_sql(change)
    (problem,) = desk.verify("1").problems
    assert (problem.what, problem.seq, problem.detail) == (what, 2, "1.2.1")


def test_nothing_personal_in_what_a_failed_step_says(engine):
    body = (
        START
        + tiny.ask("ask", form="forms/person.json")
        + tiny.script("divide", "x = 1 / (if approved then 0 else 1)")
        + END
    )
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "divide", "end"), forms_person=FORM), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(Refusal) as refused:
        engine.complete(TASK, GIVEN, by=ANN)
    assert NAME not in str(refused.value) and holding(engine, NAME) == set()


def test_a_message_to_a_task_edge_is_sheltered(engine):
    said = tiny.extensions(tiny.with_form("forms/said.json")) + tiny.message("said")
    body = START + tiny.ask("ask") + tiny.boundary("edge", "ask", said) + tiny.ask("then") + END
    files = tiny.bundle(
        "loan",
        body + line("start", "ask", "end") + line("edge", "then", "end"),
        tiny.messages("said"),
        forms_said=tiny.form({"name": NAME_FIELD}, ["name"]),
    )
    engine.deploy(files, by=OLGA)
    engine.start("loan", by=ANN)
    assert reference(engine.send("said", {"name": NAME}, by=ANN).data["name"])
    assert holding(engine, NAME) == {"vault.value"}
