"""A task that somebody may not do: the reason stands first, its form is only read, and no button leads nowhere."""

from __future__ import annotations

import pytest

from engine import SYSTEM, Actor
from tests.engine import tiny
from tests.webapp.desk import IDENTIFY, complete, walk_to

ANN, BEN, LEAD = Actor("li.na", {"csr"}), Actor("xu.kai", {"csr"}), Actor("wang.lei", {"csl"})
READ = "You can read this task, but not do it."


@pytest.fixture
def task(visit):
    """The task to record the need."""
    return walk_to(visit("li.na"), IDENTIFY)


def is_read(visitor, *reasons):
    """Whether the page says why before all else of the task, and offers nothing to fill in or to press."""
    (body,) = visitor.page.xpath("//form[@id='task-form']/..")
    said = " ".join(body[0].text_content().split())
    control = "*[self::input[not(@type='hidden')] or self::select or self::textarea]"
    controls, frozen = (body.xpath(f".//{around}//{control}") for around in ("form", "fieldset[@disabled]"))
    buttons = visitor.page.xpath("//form[@id='task-form']//button | //button[@form='task-form']")
    read = "notice" in body[0].get("class") and controls == frozen != [] and not buttons
    return read and all(reason in said for reason in reasons)


def test_of_a_colleague(visit, engine, task):
    engine.claim(task, by=ANN)
    colleague = visit("xu.kai").open(f"/tasks/{task}")
    assert is_read(colleague, "Li Na has this task", READ)
    assert not colleague.page.xpath("//form[@data-task]")
    assert not is_read(visit("li.na").open(f"/tasks/{task}"))


def test_of_another_group(visit, task):
    assert is_read(visit("he.jing").open(f"/tasks/{task}"), "This task is for another group", READ)


def test_of_a_suspended_case(visit, engine, task):
    engine.suspend(task.split(".")[0], by=LEAD, reason="The court has asked us to wait")
    assert is_read(visit("li.na").open(f"/tasks/{task}"), "This case is suspended; its tasks can be done when")
    assert is_read(visit("li.na", "zh").open(f"/tasks/{task}"), "工单已中止，恢复后才能办理其任务。")


def test_in_the_inbox(visit, engine, task):
    engine.suspend(task.split(".")[0], by=LEAD, reason="The court has asked us to wait")
    assert is_read(visit("li.na").open(f"/inbox?view=groups&task={task}"), "This case is suspended")


def test_that_needs_another_pair_of_eyes(visit, engine):
    """Whoever did the part before reads why, is not offered the task, and is not led to it."""
    checked = tiny.ask("check", fourEyes="make") + tiny.ask("look")
    steps = tiny.line("start", "make", "check", "look", "end")
    engine.deploy(tiny.bundle("loan", tiny.START + tiny.ask("make") + checked + tiny.END + steps), by=SYSTEM)
    (make,) = engine.tasks(engine.start("loan", by=ANN).id)
    visitor = complete(visit("li.na"), make.id, {"approved": "on"})
    assert visitor.path == "/inbox" and visitor.sees("Done: make")
    (check,) = engine.tasks(make.case_id)
    assert engine.four_eyes(check, ANN) == ["make"] and engine.four_eyes(check, BEN) == []
    assert is_read(visitor.open(f"/tasks/{check.id}"), "Somebody else must do this task", "You did “make” in this case")
    assert not visitor.page.xpath(f"//form[@action='/tasks/{check.id}/claim']")
    assert visitor.post(f"/tasks/{check.id}/claim").status == 403
    assert visitor.open(f"/tasks/{check.id}").post(f"/tasks/{check.id}/draft", {"note": "x"}).status == 403
    assert complete(visitor, check.id, {"approved": "on"}).status == 403 and is_read(visitor, "Somebody else must")
    colleague = visit("xu.kai").open(f"/tasks/{check.id}")
    assert not is_read(colleague) and colleague.page.xpath(f"//form[@action='/tasks/{check.id}/claim']")
    assert complete(colleague, check.id, {"approved": "on"}).path.startswith("/tasks/")  # the last part is for all


def offered(visitor):
    """To whom a page lets one hand a task over."""
    return set(visitor.page.xpath("//*[@id='hand-over']//button/@value | //select[@id='to']/option/@value"))


def test_a_task_is_handed_over_only_to_who_may_do_it(visit, engine):
    checked = tiny.ask("check", fourEyes="make", candidateGroups="csr,csl")
    steps = tiny.line("start", "make", "check", "end")
    engine.deploy(
        tiny.bundle("loan", tiny.START + tiny.ask("make", candidateGroups="csr,csl") + checked + tiny.END + steps),
        by=SYSTEM,
    )
    (make,) = engine.tasks(engine.start("loan", by=ANN).id)
    lead = visit("wang.lei").open(f"/tasks/{make.id}")
    everybody = offered(lead)
    assert {"li.na", "xu.kai"} < everybody
    engine.complete(make.id, {"approved": True}, by=ANN)
    (check,) = engine.tasks(make.case_id)
    assert offered(lead.open(f"/tasks/{check.id}")) == everybody - {"li.na"}
    engine.claim(check.id, by=BEN)
    assert offered(lead.open(f"/tasks/{check.id}/assignment")) == everybody - {"li.na", "xu.kai"}
    lead.post(f"/tasks/{check.id}/assignment", {"to": "li.na", "reason": "She knows the case"})
    assert lead.status == 403 and lead.sees("Somebody else must do this task")


def test_nothing_is_filled_in_that_is_not_known(visit, engine):
    """The form of somebody else begins with no default: it would look as if he had entered it."""
    visitor = visit("li.na")
    task = walk_to(visitor, IDENTIFY)
    assert visitor.page.xpath("//form[@id='task-form']//input[@checked]")
    engine.claim(task, by=ANN)
    assert not visit("xu.kai").open(f"/tasks/{task}").page.xpath("//form[@id='task-form']//input[@checked]")


def test_what_was_typed_meanwhile_is_there_to_be_read(visit, engine, task):
    engine.claim(task, by=ANN)
    colleague = visit("xu.kai").open(f"/tasks/{task}")
    colleague.post(f"/tasks/{task}/form", {"question": "When does it arrive?", "_again": "yes"})
    assert is_read(colleague, "Li Na has this task") and colleague.value("f-question") == "When does it arrive?"
