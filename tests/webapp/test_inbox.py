"""The inbox: what is due next, whose it is, and nothing that is somebody else's."""

from __future__ import annotations

import pytest

from engine import Actor
from tests.engine.pausing import files
from tests.engine.watching import statements
from tests.webapp.desk import IDENTIFY, complete, start_inquiry, walk_to

LI_NA = Actor("li.na", {"csr"})


def rows(visitor):
    return [
        " ".join(link.text_content().split())
        for link in visitor.page.xpath(
            "//table[contains(@class,'queue')]//a[contains(@class,'row-link') and not(contains(@class,'narrow-only'))]"
        )
    ]


def counts(visitor):
    return {
        link.xpath("text()")[0].strip(): "".join(link.xpath("span/text()"))
        for link in visitor.page.xpath("//nav[contains(@class,'views')]//a")
    }


def test_an_empty_inbox_says_what_to_do(visit):
    visitor = visit("li.na").open("/inbox")
    assert visitor.sees("You are done for now", "Nothing waits for you. Take a task of your team, or start a case.")
    assert visit("li.na", "zh").open("/inbox?view=late").sees("没有逾期任务。")


def test_views_and_counts(visit, clock):
    visitor = visit("li.na")
    first = start_inquiry(visitor)
    start_inquiry(visitor, customerId="C000007")
    visitor.open("/inbox")
    visitor.post(f"/tasks/{first}/claim")
    visitor.open("/inbox")
    assert rows(visitor) == ["Identify the customer"]
    assert counts(visitor) == {
        "My tasks": "1",
        "Due today": "1",
        "Late": "",
        "My drafts": "",
        "Done today": "",
        "My groups": "1",
    }
    clock.advance(hours=2)
    visitor.open("/inbox?view=late")
    assert len(rows(visitor)) == 1
    assert counts(visitor)["Late"] == "1"
    complete(visitor, first, IDENTIFY)
    visitor.open("/inbox?view=done")
    assert rows(visitor) == ["Identify the customer"]
    assert visitor.open("/inbox?view=nonsense").status == 404


def test_what_is_mine_is_counted_without_the_work_of_the_team(visit, clock, engine):
    """Each count is that of the list behind it; what nobody has taken stands with the team alone, however late."""
    visitor = visit("li.na")
    mine = start_inquiry(visitor)
    for customer in ("C000007", "C000009"):
        start_inquiry(visitor, customerId=customer)
    engine.claim(mine, by=LI_NA)
    clock.advance(hours=2)
    found = counts(visitor.open("/inbox"))
    assert (found["My tasks"], found["Due today"], found["Late"], found["My groups"]) == ("1", "1", "1", "2")
    for view, title in (("mine", "My tasks"), ("today", "Due today"), ("late", "Late"), ("groups", "My groups")):
        assert str(len(rows(visitor.open(f"/inbox?view={view}")))) == found[title], view
    for one in engine.inbox(LI_NA, view="mine"):
        engine.release(one.id, by=LI_NA)
    assert counts(visitor.open("/inbox"))["Late"] == "" and visitor.open("/inbox?view=late").sees("Nothing of yours")


def test_who_can_start_or_take_nothing_is_offered_neither(visit):
    """Nobody presses a button that leads nowhere; what is so is said."""
    start_inquiry(visit("li.na"))
    for person in ("gao.peng", "he.jing", "xia.tian"):
        visitor = visit(person).open("/inbox")
        assert visitor.links("/cases/new") == [] and "/inbox/next" not in visitor.text, person
        assert visitor.sees("Nothing waits for you. What comes to your team stands under “My groups”."), person
        assert visitor.open("/cases").links("/cases/new") == [], person
        visitor.open("/cases/new")
        assert visitor.sees("There is no case for you to start", "Your groups start none of the processes in force."), (
            person
        )
        assert "您没有可以发起的工单" in visit(person, "zh").open("/cases/new").text
    assert visit("he.jing").open("/customers/C000001").links("/cases/new") == []
    service = visit("li.na").open("/inbox")
    assert service.links("/cases/new") == ["/cases/new"] and "/inbox/next" in service.text
    assert service.open("/customers/C000001").links("/cases/new") == ["/cases/new?customerId=C000001"]


def test_who_may_not_read_customers_finds_none_for_a_new_case(visit):
    owner = visit("sun.ke").open("/cases/new?q=C000001")
    assert owner.sees("What is to be done?") and "C000001" not in owner.page.xpath("string(//main)")
    assert "Huang" not in owner.open("/cases/new?customerId=C000001").page.xpath("string(//main)")
    assert visit("li.na").open("/cases/new?q=C000001").sees("Huang Meiling")


def test_the_chosen_task_stands_beside_the_list(visit):
    visitor = visit("li.na")
    start_inquiry(visitor)
    second = start_inquiry(visitor, customerId="C000007")
    visitor.open(f"/inbox?view=groups&task={second}")
    assert visitor.page.xpath("//tr[@aria-selected='true']//a/@href")[1] == f"/tasks/{second}"
    assert visitor.page.get_element_by_id("task-form").action == f"/tasks/{second}/completion"
    assert visitor.open("/inbox?view=groups&task=9.9.9").status == 200


def test_the_next_task_is_taken_by_one_person(visit, engine):
    ann, bob = visit("li.na"), visit("xu.kai")
    start_inquiry(ann)
    ann.open("/inbox")
    bob.open("/inbox")
    ann.post("/inbox/next")
    assert ann.path.startswith("/tasks/")
    bob.post("/inbox/next")
    assert bob.path == "/inbox"
    assert ann.open("/inbox/next").path.startswith("/tasks/")
    assert bob.open("/inbox/next").path == "/inbox"


def test_other_groups_do_not_see_it(visit):
    start_inquiry(visit("li.na"))
    for person in ("zhou.min", "gao.peng", "he.jing", "sun.ke"):
        assert rows(visit(person).open("/inbox?view=groups")) == [], person


def test_pages_go_by_key(visit, engine, monkeypatch):
    monkeypatch.setattr("webapp.queue.PAGE", 2)
    visitor = visit("li.na")
    for _ in range(5):
        start_inquiry(visitor)
    seen = []
    visitor.open("/inbox?view=groups")
    while True:
        seen += visitor.page.xpath("//tbody//a[contains(@class,'narrow-only')]/@href")
        later = visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")
        if not later:
            break
        visitor.open(later[0])
    assert len(seen) == len(set(seen)) == 5


def test_a_task_in_chinese(visit):
    visitor = visit("li.na", "zh")
    walk_to(visitor, IDENTIFY)
    assert visitor.sees("记录需求", "客户咨询受理")
    assert visitor.open("/inbox?view=groups").sees("记录需求", "我的小组", "领取下一条")


def statements_of(visitor, engine, path):
    """How many statements a page executes."""
    visitor.open(path)
    with statements(engine) as seen:
        assert visitor.open(path).status == 200
    return len(seen)


@pytest.mark.slow
def test_a_page_asks_the_database_as_often_for_fifty_rows_as_for_five(visit, engine, monkeypatch):
    monkeypatch.setattr("webapp.queue.PAGE", 60)
    visitor = visit("li.na")
    asked = {}
    for count in (5, 50):
        while engine.count(LI_NA) < count:
            task = start_inquiry(visitor, customerId=f"C{len(engine.case_ids()) % 50 + 1:06d}")
            engine.save_draft(task, {"identified": True}, by=LI_NA)
        for view in ("groups", "drafts", "today"):
            if view == "today":
                claimed = [engine.claim(one.id, by=LI_NA).id for one in engine.inbox(LI_NA, view="groups", limit=60)]
            asked[view, count] = statements_of(visitor, engine, f"/inbox?view={view}")
            assert len(visitor.page.xpath("//table[contains(@class,'queue')]/tbody/tr")) == count
        for task in claimed:
            engine.release(task, by=LI_NA)
    assert [asked[view, 50] for view in ("groups", "today", "drafts")] == [
        asked[view, 5] for view in ("groups", "today", "drafts")
    ]


def test_the_drafts_of_a_person(visit, clock):
    visitor = visit("li.na")
    assert visitor.open("/inbox?view=drafts").sees("Nothing here", "You have kept no draft.")
    first, second = (start_inquiry(visitor, customerId=who) for who in ("C000001", "C000007"))
    for task in (first, second):
        clock.advance(minutes=5)
        visitor.open(f"/tasks/{task}")
        visitor.post(f"/tasks/{task}/draft", {"identified": "on"})
    clock.advance(minutes=5)
    visitor.open("/inbox?view=drafts")
    assert visitor.page.xpath("//tbody//a[contains(@class,'row-link')]/@href") == [
        f"/tasks/{second}",
        f"/tasks/{first}",
    ]
    assert visitor.sees("My drafts", "Identify the customer", "saved 5 min ago", "saved 10 min ago", "INQ-20261120-")
    assert rows(visit("xu.kai").open("/inbox?view=drafts")) == []
    complete(visitor, second, IDENTIFY)
    assert rows(visitor.open("/inbox?view=drafts")) == ["Identify the customer"]
    assert visit("li.na", "zh").open("/inbox?view=drafts").sees("我的草稿", "识别客户", "保存于")


@pytest.mark.parametrize("view", ["drafts", "done"])
def test_what_is_begun_and_what_is_done_go_by_key(visit, engine, clock, monkeypatch, view):
    monkeypatch.setattr("webapp.queue.PAGE", 2)
    visitor = visit("li.na")
    for _ in range(5):
        clock.advance(minutes=1)
        task = start_inquiry(visitor)
        engine.save_draft(task, {"identified": True}, by=LI_NA)
        if view == "done":
            complete(visitor, task, IDENTIFY)
    seen = []
    visitor.open(f"/inbox?view={view}")
    while True:
        seen += visitor.page.xpath("//tbody//a[contains(@class,'row-link')]/@href")
        if not (later := visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")):
            break
        visitor.open(later[0])
    assert len(seen) == len(set(seen)) == 5


def test_work_that_stands_still_says_so_in_the_place_of_its_end(visit, engine, clock):
    proposal = engine.propose(files(term="2 BD"), by=Actor("olga", {"process_owner"}), reason="To see it stand still")
    engine.approve(proposal.id, by=Actor("paul", {"process_owner"}))
    case = engine.start("loan", by=LI_NA)
    question = next(one for one in engine.tasks(case.id) if one.element == "question")
    work = next(one for one in engine.tasks(case.id) if one.element == "work")
    visitor, words = visit("li.na"), "The clock stands still until the customer answers"
    assert "paused" not in visitor.open("/inbox?view=groups").text and "paused" not in visitor.open("/cases").text
    engine.complete(question.id, {"approved": True}, by=LI_NA)
    pages = ("/inbox?view=groups", "/cases", f"/cases/{case.id}", f"/tasks/{work.id}")
    for page in pages:
        assert words in visitor.open(page).text and "paused" in visitor.text, page
        assert "已暂停" in visit("li.na", "zh").open(page).text, page
    assert visitor.open(f"/cases/{case.id}").sees("The clock of work was stopped")
    engine.send("answered", {}, by=LI_NA, case=case.id)
    for page in pages:
        assert words not in visitor.open(page).text, page
    assert visitor.open(f"/cases/{case.id}").sees("The clock of work goes on")
    assert visit("li.na", "zh").open(f"/cases/{case.id}").sees("work已恢复计时")
