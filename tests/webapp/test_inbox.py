"""The inbox: what is due next, whose it is, and nothing that is somebody else's."""

from __future__ import annotations

from tests.webapp.desk import IDENTIFY, complete, start_inquiry, walk_to


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
    assert counts(visitor) == {"My tasks": "1", "Due today": "2", "Late": "", "Done today": "", "My groups": "1"}
    clock.advance(hours=2)
    visitor.open("/inbox?view=late")
    assert len(rows(visitor)) == 2
    assert counts(visitor)["Late"] == "2"
    complete(visitor, first, IDENTIFY)
    visitor.open("/inbox?view=done")
    assert rows(visitor) == ["Identify the customer"]
    assert visitor.open("/inbox?view=nonsense").status == 404


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
