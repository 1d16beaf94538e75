"""Language and theme are changed on any page: it comes back, and a form that was written in can be drawn again."""

from __future__ import annotations

import json

import pytest

from engine import Actor
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, START, complete, start_inquiry, walk_to

OWNER = Actor("sun.ke", {"process_owner"})
WHY = {"reason": "The record shows another value"}


def leads(visitor):
    """Where the switches of the page lead: that of the language and that of the theme to the same place."""
    (where,) = set(visitor.page.xpath("//form[@data-keeps]/input[@name='next']/@value"))
    return where


def again(visitor):
    """Where the server draws the form of the page again."""
    (where,) = visitor.page.xpath("//main//form/@data-again")
    return where


def switched(visitor, lang):
    """Change the language, without a script."""
    return visitor.post("/settings/language", {"lang": lang, "next": leads(visitor)})


def test_a_page_that_was_opened_comes_back_as_it_is(visit):
    visitor = visit("li.na").open("/inbox?view=groups")
    assert leads(visitor) == "/inbox?view=groups"
    assert switched(visitor, "zh").path == "/inbox" and visitor.page.get("lang") == "zh-CN"
    assert leads(visitor.open("/nowhere")) == "/nowhere"


def test_an_answer_leads_back_to_its_form(visit):
    """Whether the form was refused, drawn anew, or somebody was first; and wherever it had been written."""
    visitor = visit("li.na").open("/cases/new/inquiry")
    for path, status in (("/cases/new/inquiry/form", 200), ("/cases/new/inquiry", 422)):
        assert visitor.post(path, {"_find": "f-customerId"} if status == 200 else {}).status == status
        assert leads(visitor) == "/cases/new/inquiry"
    task = start_inquiry(visitor)
    for sent, status in (("completion", 422), ("form", 200)):
        assert visitor.open(f"/tasks/{task}").post(f"/tasks/{task}/{sent}", {"callerName": "Ann"}).status == status
        assert leads(visitor) == f"/tasks/{task}" and switched(visitor, "zh").path == f"/tasks/{task}"
    complete(visitor, task, IDENTIFY)
    visitor.headers["Referer"] = f"http://localhost/tasks/{task}"
    assert visitor.post(f"/tasks/{task}/draft", {"callerName": "Ann"}).status == 409
    assert leads(visitor) == f"/tasks/{task}" and switched(visitor, "en").status == 409


@pytest.mark.parametrize(
    ("before", "where"),
    [
        ("http://localhost/inbox?view=groups&task=1.1.2", "/inbox?view=groups&task=1.1.2"),
        ("http://localhost/tasks/1.1.2/draft", "/tasks/1.1.2/draft"),
        ("http://localhost/tasks/1.1.2/completion", "/tasks/1.1.2"),  # it was refused before
        ("http://localhost/logout", "/tasks/1.1.2"),
        ("https://evil.example/inbox", "/tasks/1.1.2"),
        ("nonsense", "/tasks/1.1.2"),
        ("http://[", "/tasks/1.1.2"),
        ("http://localhost//evil.example/inbox", "/tasks/1.1.2"),
    ],
)
def test_an_answer_leads_back_to_where_it_was_written(visit, before, where):
    visitor = visit("li.na")
    visitor.headers["Referer"] = before
    visitor.open("/inbox").post("/tasks/1.1.2/completion", {})
    assert leads(visitor) == where


def test_interventions_and_the_studio(visit, engine):
    case = walk_to(visit("li.na"), IDENTIFY, NEED).split(".")[0]
    lead = visit("wang.lei").open(f"/cases/{case}")
    for page in ("suspension", "jump", "correction?field=need"):
        assert lead.open(f"/cases/{case}/{page}").post(f"/cases/{case}/{page}", {}).status == 422
        assert leads(lead) == f"/cases/{case}/{page}"
    sketch = engine.sketch_begin(by=OWNER, key="inquiry")
    owner, studio = visit("sun.ke"), f"/studio/sketches/{sketch.id}"
    owner.open(f"{studio}/edit?path=forms/contact.json")
    field = owner.page.xpath("//*[@id='form-list']//li/@data-key")[0]
    owner.open(f"{studio}/edit?path=forms/contact.json&field={field}")
    owner.post(owner.page.get_element_by_id("field-form").action, {"key": "2x", "revision": "1", "do": "save"})
    assert owner.status == 422 and leads(owner) == f"{studio}/edit?path=forms/contact.json&field={field}"


def test_a_form_is_drawn_again_with_what_is_written_in_it(visit):
    visitor = visit("li.na").open("/cases/new/inquiry")
    visitor.post(again(visitor), START | {"caller": "Ann", "_again": "yes"})
    assert visitor.status == 200 and visitor.value("f-caller") == "Ann"
    task = walk_to(visitor, IDENTIFY)
    visitor.open(f"/tasks/{task}")
    token = {"csrf_token": visitor.page.xpath("//input[@name='csrf_token']/@value")[0]}
    typed = token | {"question": "Why?", "fundCodes": ["990004", "990005"], "_again": "yes"}
    visitor._took(visitor.client.post(again(visitor), data=typed, headers=visitor.headers))
    assert visitor.value("f-question") == "Why?" and visitor.value("f-fundCodes-1") == "990005"


def test_what_is_drawn_again_is_not_done(visit, engine):
    """Even though it would be taken: a case is not corrected, and no task of it is skipped, by a change of language."""
    case = walk_to(visit("li.na"), IDENTIFY, NEED).split(".")[0]
    (task,) = engine.tasks(case)
    lead, before = visit("wang.lei"), len(engine.history(case))
    lead.open(f"/cases/{case}/correction?field=secondCheck")
    lead.post(again(lead), {"values.secondCheck": "MOBILE", "_again": "yes", **WHY})
    assert lead.status == 200 and lead.value("reason") == WHY["reason"] and not lead.problems()
    lead.open(f"/cases/{case}/tasks/{task.id}/skip")
    lead.post(again(lead), {"values.answerText": "By Tuesday.", "_again": "yes", **WHY})
    assert lead.status == 200 and lead.value("f-values-answerText") == "By Tuesday."
    assert len(engine.history(case)) == before


def test_the_sandbox_is_drawn_again_where_it_stands(visit, engine):
    sketch = engine.sketch_begin(by=OWNER, key="inquiry")
    owner = visit("sun.ke").open(f"/studio/sketches/{sketch.id}/sandbox")
    begin = {"_message": "contact_received", "_at": "2026-11-18T09:00", "channel": "PHONE"}
    owner.post(again(owner), begin | {"contactTime": "2026-11-18T08:58"})
    state = owner.page.xpath("//input[@name='_state']/@value")[0]
    owner.post(again(owner), {"_state": state, "customerId": ""})
    state = owner.page.xpath("//input[@name='_state']/@value")[0]
    owner.post(again(owner), {"_state": state, "_open": "", "callerName": "Ann", "noticeGiven": "on", "_again": "yes"})
    assert owner.sees("Identify the customer") and owner.value("f-callerName") == "Ann"
    assert json.loads(owner.page.xpath("//input[@name='_state']/@value")[0]) == json.loads(state)


def test_what_was_too_late_is_said_again_with_what_was_written(visit):
    """A task is gone, and what was sent for it is on the page, to be shown again in the other language."""
    ann, bob = visit("li.na"), visit("xu.kai")
    task = walk_to(ann, IDENTIFY, NEED)
    bob.open(f"/tasks/{task}")
    complete(ann, task, ANSWER)
    bob.post(f"/tasks/{task}/completion", {"answerText": "My own long answer to it", "resolved": "on"})
    carried = {one.get("name"): one.get("value") for one in bob.page.xpath("//form[@data-again]/input")}
    assert (carried["answerText"], carried["resolved"]) == ("My own long answer to it", "on")
    address = again(bob)
    switched(bob, "zh")
    assert bob.status == 409 and not bob.sees("My own long answer to it") and again(bob) == address
    bob.post(address, carried)
    assert bob.status == 409 and bob.sees("My own long answer to it", ANSWER["answerText"], "李娜")
    assert visit("jiang.li").open("/inbox").post(address, {}).status == 404
