"""The task page: nothing that was typed is ever lost, and everybody reads what to do next."""

from __future__ import annotations

import pytest

from engine import Actor
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, START, complete, start_inquiry, walk_to

ANN = Actor("li.na", {"csr"})


def test_a_case_is_started_and_its_tasks_follow_each_other(visit, engine):
    visitor = visit("li.na")
    task = walk_to(visitor, IDENTIFY, NEED)
    assert visitor.sees("Answer the customer", "When does my redemption arrive?")
    complete(visitor, task, ANSWER)
    assert visitor.path == "/inbox"
    assert visitor.sees("Done: Answer the customer")
    (case,) = engine.cases(ANN)
    kinds = [step.kind for step in engine.history(case.id)]
    assert kinds[:4] == ["started", "completed", "completed", "completed"]
    assert case.data["contact"]["contactTime"] == "2026-11-20T14:30:00+08:00"
    assert case.customer == "C000001"


def test_what_is_missing_is_said_in_the_summary_and_at_the_field(visit):
    for lang, sentences in (
        ("en", ["Tick “Recording and privacy notice given”", "Choose a second check"]),
        ("zh", ["请勾选“已告知录音与隐私”", "请选择第二项核验"]),
    ):
        visitor = visit("li.na", lang)
        task = start_inquiry(visitor)
        complete(visitor, task, {"identified": "on", "firstCheck": "CODE", "callerName": "Ann"})
        assert visitor.status == 422
        assert visitor.problems() == sentences
        assert visitor.page.xpath("//*[contains(@class,'error-summary')]/@role") == ["alert"]
        targets = visitor.page.xpath("//*[contains(@class,'error-summary')]//a/@href")
        assert all(visitor.page.get_element_by_id(target[1:]) is not None for target in targets)
        assert visitor.page.get_element_by_id("f-noticeGiven-error").text == sentences[0]
        assert visitor.value("f-callerName") == "Ann"
        assert visitor.page.get_element_by_id("f-identified").get("checked") is not None


def test_three_decimals_and_undeclared_fields(visit, engine):
    visitor = visit("li.na")
    visitor.open("/cases/new/complaint")
    visitor.post("/cases/new/complaint", {"source": "PHONE", "receivedAt": "2026-11-20T14:30", "customerId": "C000001"})
    task = visitor.path.split("/")[2]
    complete(
        visitor,
        task,
        {"isCustomer": "on", "amountClaimed": "1860.005", "facts": "As safe as a deposit", "admin": "yes"},
    )
    assert visitor.status == 422
    assert "Write the amount claimed with at most 2 decimals, such as 1860.00" in visitor.problems()
    assert visitor.value("f-amountClaimed") == "1860.005"
    assert visitor.value("f-facts") == "As safe as a deposit"
    assert engine.task(task, ANN).id == task


def test_a_draft_is_kept_for_its_writer_alone(visit):
    ann, bob = visit("li.na"), visit("xu.kai")
    task = start_inquiry(ann)
    ann.post(f"/tasks/{task}/draft", {"noticeGiven": "on", "callerName": "王芳"})
    assert ann.sees("The draft is saved.", "This is your draft")
    assert ann.value("f-callerName") == "王芳"
    assert "王芳" not in bob.open(f"/tasks/{task}").text
    complete(ann, task, IDENTIFY)
    assert "王芳" not in ann.text


def test_two_people_one_task(visit, engine):
    ann, bob = visit("li.na"), visit("xu.kai")
    task = walk_to(ann, IDENTIFY, NEED)
    bob.open(f"/tasks/{task}")
    complete(ann, task, ANSWER)
    bob.post(f"/tasks/{task}/completion", {"answerText": "My own long answer to it", "resolved": "on"})
    assert bob.status == 409
    assert bob.sees("Li Na completed this", "My own long answer to it", ANSWER["answerText"], "Next task")
    (case,) = engine.cases(ANN)
    assert [step.kind for step in engine.history(case.id)].count("completed") == 3


def test_a_double_submit_is_one_completion(visit, engine):
    visitor = visit("li.na")
    task = walk_to(visitor, IDENTIFY, NEED)
    visitor.open(f"/tasks/{task}")
    tokens = {"csrf_token": visitor.page.xpath("//input[@name='csrf_token']/@value")[0]}
    first = visitor.client.post(f"/tasks/{task}/completion", data=ANSWER | tokens)
    second = visitor.client.post(f"/tasks/{task}/completion", data=ANSWER | tokens)
    assert (first.status_code, second.status_code) == (302, 409)


def test_an_old_page_of_a_task_that_is_gone(visit):
    visitor = visit("li.na")
    task = start_inquiry(visitor)
    complete(visitor, task, IDENTIFY)
    assert visitor.open(f"/tasks/{task}").status == 409 and visitor.sees("Li Na completed this")
    assert visitor.open("/tasks/1.1.999").status == 404
    assert visitor.post(f"/tasks/{task}/draft", {"callerName": "Ann"}).status == 409


def test_the_wrong_role_does_not_find_the_task(visit):
    task = start_inquiry(visit("li.na"))
    for person in ("gao.peng", "jiang.li", "xia.tian"):
        visitor = visit(person)
        assert visitor.open(f"/tasks/{task}").status == 404
        assert visitor.post(f"/tasks/{task}/completion", IDENTIFY).status == 404
        assert visitor.post(f"/tasks/{task}/claim").status == 404


def test_who_reads_everything_does_not_do_everything(visit, engine):
    task = start_inquiry(visit("li.na"))
    auditor = visit("he.jing").open(f"/tasks/{task}")
    assert auditor.sees("You can read this task, but not do it.")
    assert not auditor.page.xpath("//button[contains(@class,'primary')]")
    auditor.post(f"/tasks/{task}/completion", IDENTIFY)
    assert auditor.status == 403
    assert engine.task(task, ANN).id == task


def test_claim_release_and_hand_over(visit, engine):
    ann, bob, lead = visit("li.na"), visit("xu.kai"), visit("wang.lei")
    task = start_inquiry(ann)
    ann.post(f"/tasks/{task}/claim")
    assert engine.task(task, ANN).assignee == "li.na"
    bob.open(f"/tasks/{task}")
    bob.post(f"/tasks/{task}/claim")
    assert bob.status == 409
    assert bob.sees("Li Na has this task")
    lead.open(f"/tasks/{task}")
    assert lead.links(f"/tasks/{task}/assignment") and not lead.page.xpath("//button[@name='to']")
    assert lead.post(f"/tasks/{task}/assignment", {"to": "xu.kai"}).status == 422
    assert lead.sees("Who shall do", "Li Na has it", "Write why, in at least 5 characters")
    assert lead.page.get_element_by_id("to").value == "xu.kai" and engine.task(task, ANN).assignee == "li.na"
    lead.post(f"/tasks/{task}/assignment", {"to": "xu.kai", "reason": "Li Na is ill"})
    assert lead.sees("Xu Kai has the task now.")
    assert engine.task(task, ANN).assignee == "xu.kai"
    assert engine.history(task.split(".")[0])[-1].input["reason"] == "Li Na is ill"
    assert lead.post(f"/tasks/{task}/assignment", {"to": "nobody"}).status == 404
    bob.open(f"/tasks/{task}")
    assert bob.open(f"/tasks/{task}/assignment").status == 404
    bob.post(f"/tasks/{task}/release")
    assert engine.task(task, ANN).assignee is None
    lead.open(f"/tasks/{task}")
    assert "xu.kai" in lead.page.xpath("//button[@name='to']/@value")
    lead.post(f"/tasks/{task}/assignment", {"to": "xu.kai"})
    assert lead.sees("Xu Kai has the task now.")


def test_rows_and_look_ups_without_script(visit):
    visitor = visit("li.na")
    task = walk_to(visitor, IDENTIFY)
    visitor.post(f"/tasks/{task}/form", NEED | {"fundCodes": "bond", "_find": "f-fundCodes"})
    found = visitor.page.xpath("//input[@name='_pick.f-fundCodes']/@value")
    assert "990007" in found
    visitor.post(
        f"/tasks/{task}/form", NEED | {"fundCodes": "bond", "_pick": "f-fundCodes", "_pick.f-fundCodes": "990007"}
    )
    assert visitor.value("f-fundCodes") == "990007"
    assert visitor.value("f-question") == NEED["question"]
    visitor.post(f"/tasks/{task}/form", NEED | {"fundCodes": "990007", "_add": "fundCodes"})
    assert visitor.page.xpath("//input[@name='fundCodes']/@value") == ["990007", ""]
    visitor.post(f"/tasks/{task}/form", {"fundCodes": "zzz", "_find": "f-fundCodes"})
    assert visitor.sees("Nothing was found.")


def test_an_unknown_customer_or_fund_is_named(visit):
    visitor = visit("li.na")
    visitor.open("/cases/new/inquiry")
    visitor.post("/cases/new/inquiry", START | {"customerId": "Wang Fang"})
    assert visitor.problems() == ["No customer has this number; look the customer up by name or phone"]
    assert visitor.value("f-customerId") == "Wang Fang"
    task = walk_to(visitor, IDENTIFY)
    complete(visitor, task, NEED | {"fundCodes": "999999"})
    assert visitor.problems() == ["Row 1: No fund has this code; look it up by its name"]


@pytest.mark.parametrize(("query", "value"), [("990007", "990007"), ("", None)])
def test_look_ups_while_typing(visit, query, value):
    visitor = visit("li.na")
    found = visitor.client.get("/lookup/fund", query_string={"q": query}).get_json()
    assert [one["value"] for one in found] == ([value] if value else [])
    assert visitor.client.get("/lookup/nonsense?q=a").get_json() == []


def test_the_start_form_takes_what_the_address_names_but_nothing_personal(visit):
    visitor = visit("li.na")
    visitor.open("/cases/new/inquiry?customerId=C000007&caller=19900000000&evil=1")
    assert visitor.value("f-customerId") == "C000007"
    assert visitor.value("f-caller") == ""
    assert visitor.value("f-contactTime") == "2026-11-20T14:32"


def test_who_may_not_start_a_process_does_not_see_it(visit):
    assert visit("he.jing").open("/cases/new").sees("There is no case for you to start", "Your groups start none")
    assert visit("he.jing").open("/cases/new/inquiry").status == 404


def test_customers_are_found_before_a_case_is_started(visit):
    visitor = visit("li.na").open("/cases/new?q=wang")
    assert visitor.links("/cases/new?customerId=")
    visitor.open(visitor.links("/cases/new?customerId=")[0])
    (inquiry,) = visitor.links("/cases/new/inquiry")
    assert "customerId=C0000" in inquiry
    assert visit("li.na").open("/cases/new?q=zzzz").sees("Nobody was found under “zzzz”")


def test_whoever_opens_a_task_that_is_done_has_written_nothing(visit):
    visitor = visit("li.na")
    task = start_inquiry(visitor)
    complete(visitor, task, IDENTIFY)
    visitor.open(f"/tasks/{task}")
    assert visitor.status == 409 and visitor.sees("Nothing of yours was lost")
    assert not visitor.sees("You wrote") and not visitor.sees("Not sent")


@pytest.mark.parametrize("answer", ["completion", "draft", "form"])
def test_the_address_of_an_answer_leads_back_to_the_task(visit, answer):
    visitor = visit("li.na")
    task = start_inquiry(visitor)
    assert visitor.open(f"/tasks/{task}/{answer}").path == f"/tasks/{task}"


def test_a_moment_at_the_beginning_of_the_calendar_stops_no_page(visit):
    visitor = visit("li.na")
    task = start_inquiry(visitor, contactTime="0001-01-01T00:00")
    for path in (f"/tasks/{task}", "/inbox?view=groups", "/cases/1", "/cases/1/replay"):
        assert visitor.open(path).status == 200, path
