"""Personal values that are erased, anonymised or restricted: gone everywhere, and the history still proves itself."""

import pytest

from engine import SYSTEM, Operator
from engine.cases.context import Elsewhere
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, Restricted
from tests.engine import tiny
from tests.engine.entrusted import CARD, FORM, GIVEN, KIM, NAME, PETE, PHONE, TASK, WHY, files, sound
from tests.engine.people import ANN, AUDREY, BEN, EVE, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, line
from tests.engine.watching import acts, holding, kinds, rows, unguarded


@pytest.mark.parametrize("disposition", ["erased", "anonymised"])
def test_nothing_is_left_of_values_that_are_gone(ended, clock, disposition):
    before = ended.case("1")
    clock.advance(days=3)
    case = ended.dispose("1", disposition, **WHY)
    for planted in (NAME, PHONE, CARD, "李伟", "13900002222", "南京路"):
        assert holding(ended, planted) == set(), planted
    assert sound(ended)
    after = ended.case("1")
    assert (after.status, after.ended_at, after.outcome) == (before.status, before.ended_at, before.outcome)
    assert after.data == before.data and case.status == "completed"
    step = ended.history("1")[-1]
    names = [f"{row['case_id']}.{row['seq']}.{row['n']}" for row in rows(ended, "vault")]
    assert step.input == {
        "disposition": disposition,
        "references": names,
        "under": "DT-10",
        "reason": "the customer asked",
    }
    assert acts(ended)[-1] == ("disposed", "kim") and step.effects == ()
    assert {(row["value"], row["salt"], row["disposition"]) for row in rows(ended, "vault")} == {
        (None, None, disposition)
    }
    assert ended.reveal(before.data["name"], KIM, reason="look") is None
    said = ended.disposals("1")["1.2.1"]
    assert (said.disposition, said.by, said.under, said.at) == (disposition, "kim", "DT-10", step.at)


def test_some_fields_or_some_references(ended):
    ended.dispose("1", "erased", fields=["person", "phones"], **WHY)
    gone = {row["field"] for row in rows(ended, "vault") if row["value"] is None}
    assert gone == {"person.name", "phones"} and holding(ended, PHONE) == set()
    assert holding(ended, NAME) == {"vault.value"}
    ended.dispose("1", "erased", references=[ended.case("1").data["caller"]["$vault"]], **WHY)
    assert holding(ended, CARD) == set() and sound(ended)
    assert len(ended.disposals("1")) == 4


def test_drafts_jobs_messages_and_incidents_let_go(opened):
    told = []
    elsewhere = Elsewhere(forget=lambda connection, case_id, texts: told.append((case_id, list(texts))))
    remote = Remote(RuntimeError(f"no such person: {NAME}"))
    engine = opened(operators=[remote.operator(retries=0)], elsewhere=elsewhere)
    body = START + tiny.ask("ask", form="forms/person.json") + tiny.call("mail", "mail/send", variable="sent")
    body += tiny.ask("last", form="forms/person.json") + END
    two = tiny.bundle("loan", body + line("start", "ask", "mail", "last", "end"), forms_person=FORM)
    engine.deploy(two, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, GIVEN, by=ANN)
    engine.run_due()
    assert "incident.error" in holding(engine, NAME)
    with engine.database.writing() as connection:
        from engine.store import files as stored

        stored.post(connection, 1, "said", {"name": NAME, "n": 1}, at=engine.clock.now(), message_id="m")
    engine.send("never", {"name": NAME}, by=SYSTEM, case="1", message_id="x")
    assert {"job.payload", "vault.value"} < holding(engine, NAME)
    engine.dispose("1", "erased", **WHY)
    assert holding(engine, NAME) == set() and engine.verify("1").sound
    (post,) = rows(engine, "job", kind="post")
    assert b'"n":1' in post["payload"] and b'"name":null' in post["payload"]
    ((case_id, texts),) = told
    assert case_id == "1" and NAME in texts and [len(text) for text in texts] == sorted(map(len, texts), reverse=True)


def test_a_draft_that_holds_the_value_goes(engine):
    engine.deploy(files(after=tiny.ask("last", form="forms/person.json")), by=OLGA)
    engine.start("loan", {"caller": CARD}, by=ANN)
    engine.complete(TASK, GIVEN, by=ANN)
    (last,) = engine.inbox(ANN)
    engine.save_draft(last.id, {"name": f"again {NAME}", "approved": True}, by=ANN)
    engine.save_draft(last.id, {"name": "somebody else"}, by=BEN)
    engine.dispose("1", "erased", **WHY)
    assert engine.draft(last.id, ANN) is None and engine.draft(last.id, BEN) == {"name": "somebody else"}
    assert engine.complete(last.id, {"approved": True}, by=ANN).status == "completed" and sound(engine)


# Restricted


def test_what_is_restricted_stays_and_is_used_by_nobody(ended):
    name = ended.case("1").data["name"]
    ended.dispose("1", "restricted", **WHY)
    assert holding(ended, NAME) == {"vault.value"} and sound(ended)
    for who in (ANN, BEN, AUDREY, OLGA):
        with pytest.raises(Restricted):
            ended.reveal(name, who, reason="curious")
    for who in (EVE, PETE):
        with pytest.raises(NotFound):
            ended.reveal(name, who, reason="curious")
    assert rows(ended, "reading") == []
    assert ended.reveal(name, KIM, reason="asked by the court") == NAME
    assert [row["actor"] for row in rows(ended, "reading")] == ["kim"]
    ended.dispose("1", "erased", **WHY)
    assert holding(ended, NAME) == set() and sound(ended) and kinds(ended)[-2:] == ["disposed", "disposed"]


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_an_operator_is_refused_what_is_restricted(opened, kind):
    seen = []

    def run(call):
        try:
            seen.append(call.reveal(call.parameters["people"][0]["name"]))
        except Restricted:
            seen.append("refused")

    engine = opened(operators=[Operator(name="b/look", kind=kind, run=run)])
    body = START + tiny.ask("ask", form="forms/person.json") + tiny.ask("wait")
    body += tiny.call("look", "b/look", people="others") + END
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "wait", "look", "end"), forms_person=FORM), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete(TASK, GIVEN, by=ANN)
    engine.dispose("1", "restricted", fields=["others"], **WHY)
    engine.complete(engine.inbox(ANN)[0].id, {"approved": True}, by=ANN)
    engine.run_due()
    assert seen == ["refused"] and engine.case("1").status == "completed" and sound(engine)


# Who may, and what not


def test_who_may_and_why(ended):
    for who in (ANN, OLGA, AUDREY):
        with pytest.raises(NotAllowed):
            ended.dispose("1", "erased", **{**WHY, "by": who})
    for who in (EVE, PETE):
        with pytest.raises(NotFound):
            ended.dispose("1", "erased", **{**WHY, "by": who})
    for lacking in ({"reason": " "}, {"under": ""}):
        with pytest.raises(Refusal, match="Say"):
            ended.dispose("1", "erased", **{**WHY, **lacking})
    with pytest.raises(Refusal, match="burnt"):
        ended.dispose("1", "burnt", **WHY)
    assert kinds(ended)[-1] == "completed" and holding(ended, NAME) == {"vault.value"}


def test_the_values_of_another_case_are_not_touched(ended):
    ended.start("loan", {"caller": "somebody else"}, by=BEN)
    for strange in ("2.1.1", "1.2.99", "x", "1.2.1; drop"):
        with pytest.raises(NotFound):
            ended.dispose("1", "erased", references=["1.2.1", strange], **WHY)
    assert holding(ended, "somebody else") == {"vault.value"} and kinds(ended)[-1] == "completed"


def test_what_is_gone_is_not_erased_again(ended, clock):
    ended.dispose("1", "erased", references=["1.2.1"], **WHY)
    clock.advance(hours=1)
    with pytest.raises(Conflict) as refused:
        ended.dispose("1", "anonymised", references=["1.2.1"], **WHY)
    assert (refused.value.by, refused.value.data["how"]) == ("kim", "erased")
    ended.dispose("1", "erased", **WHY)
    for disposition in ("erased", "restricted"):
        with pytest.raises(Conflict):
            ended.dispose("1", disposition, **WHY)
    assert kinds(ended).count("disposed") == 2


# What verify finds


CHANGES = {
    "UPDATE vault SET value = NULL, salt = NULL WHERE n = 1 AND seq = 2": "personal value erased without a step",
    "UPDATE vault SET value = NULL WHERE n = 1 AND seq = 1": "personal value erased without a step",
    "UPDATE vault SET disposition = 'erased' WHERE n = 1 AND seq = 2": "disposition changed",
    "UPDATE vault SET disposition = NULL WHERE n = 3 AND seq = 2": "disposition changed",
    "UPDATE vault SET disposition = 'anonymised' WHERE n = 5 AND seq = 2": "disposition changed",
    "UPDATE vault SET salt = '0123456789abcdef' WHERE n = 5 AND seq = 2": "personal value not erased",
    "UPDATE vault SET value = '1' WHERE n = 5 AND seq = 2": "personal value not erased",
    "DELETE FROM vault WHERE n = 5 AND seq = 2": "personal value missing",
}


@pytest.mark.parametrize("change", CHANGES)
def test_verify_finds_what_no_step_says(ended, change):
    ended.dispose("1", "restricted", references=["1.2.3"], **WHY)
    ended.dispose("1", "erased", references=["1.2.5"], **WHY)
    assert sound(ended)
    with unguarded(ended) as connection:
        connection.exec_driver_sql(change)
    assert {problem.what for problem in ended.verify("1").problems} == {CHANGES[change]}


def test_a_case_that_another_one_came_from_may_be_erased(engine):
    """The values of a case may be known to one that it has begun; both verify."""
    engine.deploy(files(), by=OLGA)
    engine.start("loan", {"caller": CARD}, by=ANN)
    engine.deploy(tiny.one_task("child"), by=OLGA)
    engine.start("child", {"caller": engine.case("1").data["caller"]}, by=SYSTEM, parent="1")
    assert engine.case("2").data["caller"]["$vault"] == "1.1.1"
    engine.dispose("1", "erased", **WHY)
    assert sound(engine, "1") and sound(engine, "2")
    assert engine.disposals("2")["1.1.1"].case_id == "1"
    with pytest.raises(NotFound):
        engine.dispose("2", "erased", references=["1.1.1"], **WHY)
