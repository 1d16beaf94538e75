"""An auditor reads a case, has it verified, sees at once where it was tampered with, and can write nothing."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import expect

from webapp.bootstrap import web

from .everywhere import failed
from .office import opened_office

pytestmark = pytest.mark.slow

SAYS_NOTHING = "You can read this task, but not do it."
# What an auditor may send, because nothing follows from it but the own session, an answer, or a note of what was read.
HARMLESS = {
    "auth.enter",
    "auth.leave",
    "choose_language",
    "choose_theme",
    "cases.verify",
    "audit.verify",
    "cases.reveal",
}
# Nothing is there to be taken or given back; a form with one row more keeps nothing.
ANSWERED = {"inbox.take": 302, "tasks.release": 302, "tasks.edit": 200}
# What is decided about a case, by the address.
ACTS = {
    "interventions.decide": ("suspension", "resumption", "cancellation"),
    "interventions.mend": ("retry", "surrender"),
}
NOT_HIS = {"public.answer"}  # whoever holds the link answers; there is no log-in behind it


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_changed_byte_is_found(own_office, enter, lang):
    office, case = (
        own_office,
        own_office.recorded(lang, question={"en": "What is the fee?", "zh": "费率是多少？"}[lang]),
    )
    auditor = enter(office, "he.jing", lang)
    auditor.follows(auditor.say("Audit"))
    row = auditor.page.locator("main tbody tr").filter(has_text=case.number)
    auditor.presses(auditor.say("Verify"), row).sees(auditor.say("verified"))
    auditor.moves(auditor.page.get_by_role("link", name=case.number))

    tells(auditor, case, "Identify", "RecordNeed")
    auditor.presses(auditor.say("Verify"))
    expect(auditor.page.locator("#proof[data-tone=ok]")).to_contain_text(auditor.say("Verified just now"))
    expect(auditor.page.locator("#proof")).to_contain_text(office.engine.history(case.id)[-1].hash[:12])

    tampered_with(office.file, case, seq=2)
    auditor.known = ("BODE",)  # was CODE, and is what the history says now
    auditor.presses(auditor.say("Verify"))
    proof = auditor.page.locator("#proof[data-tone=bad]")
    expect(proof).to_contain_text(auditor.say("This case does not verify"))
    expect(proof).to_contain_text(auditor.say("Step %(n)s", n=2))
    auditor.goes("/audit").presses(auditor.say("Verify all on this page"))
    expect(auditor.page.locator("main tbody tr")).to_contain_text(auditor.say("step %(n)s", n=2))


def test_nobody_reads_a_customers_link(own_office, enter):
    """Whoever watches the outbox reads what was written, but cannot answer in the customer's name."""
    own_office.answered()
    auditor = enter(own_office, "he.jing").goes("/outbox").sees("Our answer to your question")
    auditor.page.locator("summary").first.click()
    auditor.sees("thank you for your question")
    assert "/answer/" not in auditor.page.content()


def tells(auditor, case, *elements):
    """The history says in a sentence who finished what."""
    steps = {step.input["element"]: step for step in auditor.office.engine.history(case.id) if step.kind == "completed"}
    for element in elements:
        who, what = auditor.office.name(steps[element].actor, auditor.lang), auditor.label(case, element)
        auditor.sees(auditor.say("%(who)s finished %(what)s", who=who, what=what))


def tampered_with(file, case, seq):
    """Somebody with the file in his hands takes the guards away and changes one byte of what was entered."""
    with sqlite3.connect(file) as database:
        guards = database.execute(
            "select name from sqlite_master where type = 'trigger' and tbl_name = 'step'"
        ).fetchall()
        assert len(guards) >= 3
        for (name,) in guards:
            database.execute(f'drop trigger "{name}"')
        (body,) = database.execute(
            "select input from step where case_id = ? and seq = ?", (int(case.id), seq)
        ).fetchone()
        changed = bytearray(body)
        changed[body.index(b"CODE")] ^= 1
        database.execute("update step set input = ? where case_id = ? and seq = ?", (bytes(changed), int(case.id), seq))


def test_history_cannot_be_changed_in_passing(own_office):
    """As long as the guards of the database stand, not even somebody with the file in his hands changes a step."""
    own_office.inquiry()
    database = sqlite3.connect(own_office.file)
    for statement in (
        "update step set actor = 'nobody'",
        "delete from step",
        "insert or replace into step select * from step",
    ):
        with pytest.raises(sqlite3.DatabaseError):
            database.execute(statement)
    database.close()


def test_an_auditor_writes_nothing(furnished, tmp_path, enter):
    """Every address that takes a POST is tried; after each one the whole database is as it was."""
    with opened_office(furnished, tmp_path, "--no-worker") as office:
        case, complaint = office.recorded(), office.proposed()
        proposal = office.engine.propose(bundle(office), by=office.person("sun.ke"), reason="A better name")
        task = office.task(case, "Answer")
        held = office.task(complaint, "Approve")
        given = {"case_id": case.id, "task_id": task.id, "key": "inquiry", "proposal": str(proposal.id)}
        values = office.engine.propose_configuration({"SURVEY_PAUSE_DAYS": 31}, by=office.person("sun.ke"), reason="x")
        assert values.id == proposal.id  # both addresses are tried with the same number
        given |= {"name": "SURVEY_PAUSE_DAYS", "customer_id": "C000001", "field": "mobile"}
        given["reference"] = office.engine.case(complaint.id).data["facts"]["$vault"]
        given["incident"] = str(failed(office, complaint, "en"))
        auditor = enter(office, "he.jing")
        auditor.goes(f"/tasks/{held.id}").sees(SAYS_NOTHING)
        expect(auditor.page.locator("main button.primary")).to_have_count(0)
        auditor.goes("/cases/new").sees("No process that you may start is deployed.")
        before, tried = contents(office.file), set()
        for rule in posts(office):
            if rule.endpoint in HARMLESS | NOT_HIS:
                continue
            for act in ACTS.get(rule.endpoint, ("",)):
                status = sends(auditor, rule, given | {"act": act})
                assert status in (ANSWERED.get(rule.endpoint), 403, 404), f"{rule.endpoint} {act} answers {status}"
                assert contents(office.file) == before, f"{rule.endpoint} {act} wrote something"
            tried.add(rule.endpoint)
        assert {"tasks.complete", "starting.start", "studio.deploy", "studio.approve", *ACTS} <= tried


def posts(office):
    """Every rule of the application that takes a POST."""
    rules = [rule for rule in web(office.settings, office.engine).url_map.iter_rules() if "POST" in rule.methods]
    assert {rule.endpoint for rule in rules} >= HARMLESS | NOT_HIS
    return rules


def sends(auditor, rule, given):
    """Send what the address could want, with the token of a page; what it answers."""
    path = "".join(given[part] if variable else part for variable, part in rule._trace if part != "|")
    form = {"csrf_token": auditor.page.locator("[name=csrf_token]").first.input_value(), "reason": "I want it so"}
    form |= {"answerText": "Written by the auditor.", "resolved": "on", "to": "he.jing", "channel": "PHONE"}
    form |= {"contactTime": "2026-11-18T09:00", "customerId": "C000001", "remark": "", "case": given["case_id"]}
    return auditor.page.request.post(f"{auditor.office.url}{path}", form=form, max_redirects=0).status


def bundle(office):
    """The shipped inquiry with one word changed."""
    files = dict(office.engine.bundle(office.engine.deployments("inquiry")[0].bundle).files)
    return files | {"inquiry.bpmn": files["inquiry.bpmn"].replace(b'name="Call back once"', b'name="Call back"')}


def contents(file):
    """Every row of every table."""
    with sqlite3.connect(file) as database:
        return list(database.iterdump())
