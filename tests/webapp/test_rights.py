"""Every address of the application: an auditor changes nothing by any, and none shows anybody what is another's."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from itertools import product

import pytest
from sqlalchemy import select

from engine import SYSTEM, Actor, Conflict
from engine.auditing.population import Selection
from engine.cases.incidents import open_incident
from engine.store.tables import proposal
from tests.engine import tiny
from tests.webapp.desk import IDENTIFY, NEED, walk_to
from tests.webapp.house import settings_in
from webapp.bootstrap import open_product
from workflows.demo.people import LOGINS

ANN, CHIEF, OWNER = Actor("li.na", {"csr"}), Actor("carl", {"auditor", "aml"}), Actor("sun.ke", {"process_owner"})
OPEN_TO = "fang.yu"  # the only one to whom the class is open
PLANTED, DRAFTED, TYPED = "planted-secret-7261", "drafted-secret-9914", "19900007261"
NAME = {"name": {"type": "string", "x-personal": True}, "note": {"type": "string"}, "topic": {"type": "string"}}

# What an auditor may send. Nothing follows from it in any case; what it leaves behind stands in the tables below.
HIS_OWN = {
    "auth.enter": "his own session",
    "auth.leave": "his own session",
    "choose_language": "his own language",
    "choose_theme": "his own theme",
    "cases.verify": "a question, answered from what is there",
    "replay.verify": "a question, answered from what is there",
    "audit.verify": "a question, answered from what is there",
    "checkpoints.verify": "a question, answered from what is there",
    "cases.reveal": "a value for a reason, on record",
    "export.take": "an export, on record",
    "evidence.case": "an export, on record",
    "evidence.selection": "an export, on record",
    "audit.draw": "a sample",
    "audit.verify_sample": "a working paper",
    "audit.write": "a working paper",
    "audit.correct": "a working paper",
}
HIS_TABLES = ("sample", "paper", "reading", "customer_reading")
# Nothing is there to be taken; a form with one row more keeps nothing.
ANSWERED = {"inbox.take": {302}, "tasks.edit": {200}, "starting.edit": {200, 404}}
# Somebody else holds the task, and he is told so.
ANSWERED |= {"tasks.complete": {403, 404, 409}, "tasks.claim": {403, 404, 409}}
NOT_HIS = {"public.answer"}  # whoever holds the link answers; there is no log-in behind it
SENT = {
    "reason": "I want it to be so",
    "remark": "I want it to be so",
    "answerText": "Written by the auditor.",
    "resolved": "on",
    "to": "he.jing",
    "channel": "PHONE",
    "contactTime": "2026-11-20T09:00",
    "customerId": "C000001",
    "value": "31",
    "target": "Answer",
    "text": "Seen",
    "size": "2",
    "next": "/inbox",
    "lang": "en",
}


@pytest.fixture
def objects(visit, engine, folder, clock):
    """An inquiry whose answer Li Na drafts, a confidential case, and what there is about both."""
    task = walk_to(visit("li.na"), IDENTIFY, NEED)
    engine.claim(task, by=ANN)
    engine.save_draft(task, {"answerText": DRAFTED}, by=ANN)
    ordinary = engine.cases(ANN)[0]
    files = tiny.one_task(
        "check", task=tiny.ask("ask", candidateGroups="aml"), process={"confidentiality": "aml"}, start=NAME
    )
    with open_product(settings_in(folder), clock) as plain:  # no child process has to read what is ours
        plain.deploy(files, by=SYSTEM)
    secret = engine.start("check", {"note": PLANTED, "name": TYPED}, by=SYSTEM)
    sample = engine.draw(Selection(key="check"), size=5, reason=PLANTED, by=CHIEF)
    paper = engine.write_paper("note", PLANTED, case=secret.id, sample=sample.id, by=CHIEF)
    with engine.database.writing() as connection:
        incident = open_incident(connection, int(ordinary.id), "Answer", "down", "2026-11-18T01:30:00.000000Z")
    shipped = dict(engine.bundle(engine.deployments("inquiry")[0].bundle).files)
    shipped["inquiry.bpmn"] = shipped["inquiry.bpmn"].replace(b'name="Call back once"', b'name="Call back"')
    with open_product(settings_in(folder), clock) as plain:
        plain.propose(shipped, by=OWNER, reason="A better name")
    engine.propose_configuration({"SURVEY_PAUSE_DAYS": 31}, by=OWNER, reason="A longer pause")
    with engine.database.reading() as connection:
        number = connection.execute(select(proposal.c.id)).scalar_one()
    sketch = engine.sketch_begin(key="inquiry", by=OWNER).id
    for text in (b"first", b"second"):
        with suppress(Conflict):
            engine.sketch_save(sketch, 1, {"forms/answer.json": text}, by=OWNER)
    lost = engine.sketch_lost(sketch, OWNER)[0].id
    batch = engine.backtest(ordinary.bundle, by=OWNER).id
    common = {"batch": batch, "sketch": sketch, "path": "forms/answer.json", "lost": lost}
    common |= {"key": "inquiry", "proposal": number, "name": "SURVEY_PAUSE_DAYS", "field": "mobile", "kind": "customer"}
    common |= {
        "customer_id": "C000001",
        "code": "990008",
        "incident": incident,
        "filename": "fundcase.css",
        "version": 1,
    }
    common |= {"digest": ordinary.bundle, "token": "nonsense", "sample_id": sample.id, "paper_id": paper.id}
    return {
        "ordinary": common | {"case_id": ordinary.id, "task_id": task, "reference": f"{ordinary.id}.1.1"},
        "secret": common | {"case_id": secret.id, "task_id": f"{secret.id}.1.2", "reference": f"{secret.id}.1.1"},
        "number": secret.number,
        "task": task,
    }


def addresses(app, method, given):
    """The endpoint and the address of every rule that takes a method, each word of a choice tried."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in rule.methods:
            continue
        words = {name: sorted(one.items) for name, one in rule._converters.items() if hasattr(one, "items")}
        unknown = rule.arguments - given.keys() - words.keys()
        assert not unknown, f"{rule.endpoint} wants {unknown}: say what it is in `objects`"
        for chosen in product(*words.values()):
            values = {name: given[name] for name in rule.arguments if name in given}
            yield rule.endpoint, adapter.build(rule.endpoint, values | dict(zip(words, chosen, strict=True)), method)


def contents(folder, *without):
    """Every row of every table but some."""
    with sqlite3.connect(folder / "fundcase.db") as database:
        lines = [line for line in database.iterdump() if "sqlite_sequence" not in line]
    return [line for line in lines if not line.startswith(tuple(f'INSERT INTO "{one}"' for one in without))]


def test_an_auditor_changes_nothing(app, visit, objects, folder):
    """Every address that takes a POST is tried on what is there; after each one every table is as it was."""
    auditor = visit("he.jing").open("/audit/samples/new")
    token = auditor.page.xpath("//input[@name='csrf_token']/@value")[0]
    given, tried, wrong = objects["ordinary"], set(), []
    before = contents(folder)
    for endpoint, path in addresses(app, "POST", given):
        if endpoint in HIS_OWN.keys() | NOT_HIS:
            continue
        sent = SENT | {"csrf_token": token, "case": given["case_id"], "sample": given["sample_id"], "as": "li.na"}
        status = auditor.client.post(path, data=sent).status_code
        if status not in ANSWERED.get(endpoint, {403, 404}):
            wrong.append(f"{path} ({endpoint}) answers {status}")
        if (after := contents(folder)) != before:
            wrong.append(f"{path} ({endpoint}) wrote something")
            before = after
        tried.add(endpoint)
    assert wrong == []
    assert {"tasks.complete", "tasks.claim", "starting.start", "studio.deploy", "parameters.approve"} <= tried


def test_what_an_auditor_may_send_changes_no_case(app, visit, objects, folder):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert HIS_OWN.keys() <= endpoints, "what is no longer there needs no reason"
    before, wrong = contents(folder, *HIS_TABLES), []
    for endpoint, path in addresses(app, "POST", objects["ordinary"]):
        if endpoint not in HIS_OWN:
            continue
        auditor = visit("he.jing").open("/audit/samples/new")
        token = auditor.page.xpath("//input[@name='csrf_token']/@value")[0]
        sent = SENT | {"csrf_token": token, "case": objects["ordinary"]["case_id"], "as": "he.jing"}
        with auditor.client.post(path, data=sent) as answer:
            status = answer.status_code
            answer.get_data()  # a file is read to its end
        if status >= 500 or contents(folder, *HIS_TABLES) != before:
            wrong.append(f"{path} ({endpoint}) answers {status}, or changed more than it may")
    assert wrong == []


def shown(visitor, path):
    """What an address answers, and its body as text."""
    with visitor.client.get(path, headers=visitor.headers) as response:
        return response.status_code, response.get_data().decode(errors="replace")  # a file is no text


def tried(app, visitor, person, objects):
    """Come to every page as somebody, with the confidential case where one is asked for; what is wrong with that."""
    for _endpoint, path in addresses(app, "GET", objects["secret"]):
        status, text = shown(visitor, path)
        if status >= 500:
            yield f"{path} answers {person} with {status}"
        for secret in (PLANTED, TYPED, objects["number"], DRAFTED):
            if secret in text and (person, secret) != ("li.na", DRAFTED):
                yield f"{path} shows {person} {secret}"
        about = f"/{objects['secret']['case_id']}/" in f"{path}/" or objects["secret"]["task_id"] in path
        if about and path.startswith(("/cases/", "/tasks/")) and status not in (302, 403, 404):
            yield f"{path} answers {person} with {status}"
    _status, text = shown(visitor, f"/tasks/{objects['task']}")
    if person != "li.na" and DRAFTED in text:
        yield f"{person} sees what Li Na drafts"


@pytest.mark.parametrize("person", ["xu.kai", "he.jing", None])
def test_nobody_is_shown_what_is_anothers(app, visit, objects, person):
    assert list(tried(app, visit(person), person, objects)) == []


@pytest.mark.slow
@pytest.mark.parametrize("person", [one for one in LOGINS if one not in (OPEN_TO, "he.jing")])
def test_no_role_is_shown_what_is_anothers(app, visit, objects, person):
    assert list(tried(app, visit(person), person, objects)) == []


def test_the_one_to_whom_it_is_open_sees_it(visit, objects):
    """Otherwise the tests above would hold for a case that is not there."""
    case = objects["secret"]["case_id"]
    visitor = visit(OPEN_TO).open(f"/cases/{case}")
    assert visitor.sees(objects["number"], PLANTED) and TYPED not in visitor.text
