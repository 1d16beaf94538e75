"""Where the focus is after a button of a form has loaded the page anew: at what it has changed, without a script."""

from __future__ import annotations

from engine import Actor
from tests.webapp.desk import IDENTIFY, NEED, START, start_inquiry, walk_to

LEAD = Actor("wang.lei", {"csl"})


def focused(visitor):
    """The control that takes the focus when the page is opened: its name and its value; there is one at most."""
    found = visitor.page.xpath("//main//*[@autofocus]")
    assert len(found) < 2
    return next(((one.get("name"), one.get("value") or "") for one in found), None)


def test_at_what_was_found_and_at_what_was_chosen(visit):
    visitor = visit("li.na")
    address = f"/tasks/{walk_to(visitor, IDENTIFY)}/form"
    assert focused(visitor) is None
    visitor.post(address, NEED | {"fundCodes": "bond", "_find": "f-fundCodes"})
    first = visitor.page.xpath("//input[@name='_pick.f-fundCodes']/@value")[0]
    assert focused(visitor) == ("_pick.f-fundCodes", first)
    chosen = {"_pick": "f-fundCodes", "_pick.f-fundCodes": "990007"}
    visitor.post(address, NEED | {"fundCodes": "bond"} | chosen)
    assert focused(visitor) == ("fundCodes", "990007")
    visitor.post(address, NEED | {"fundCodes": "zzz", "_find": "f-fundCodes"})
    assert visitor.sees("Nothing was found.") and focused(visitor) == ("fundCodes", "zzz")


def test_at_the_new_entry(visit):
    visitor = visit("li.na")
    address = f"/tasks/{walk_to(visitor, IDENTIFY)}/form"
    visitor.post(address, NEED | {"fundCodes": "990007", "_add": "fundCodes"})
    assert focused(visitor) == ("fundCodes", "")
    assert visitor.page.xpath("//*[@autofocus]/@id") == ["f-fundCodes-1"]


def test_in_a_form_that_starts_a_case(visit):
    visitor = visit("li.na").open("/cases/new/inquiry")
    visitor.post("/cases/new/inquiry/form", START | {"customerId": "C000001", "_find": "f-customerId"})
    assert focused(visitor) == ("_pick.f-customerId", "C000001")


def test_in_a_form_that_corrects_a_case(visit):
    task = walk_to(visit("li.na"), IDENTIFY, NEED)
    lead, address = visit("wang.lei"), f"/cases/{task.split('.')[0]}/correction?field=need"
    lead.open(address)
    lead.post(address, {"values.need.fundCodes": "990007", "_add": "values.need.fundCodes"})
    assert lead.page.xpath("//main//*[@autofocus]/@id") == ["f-values-need-fundCodes-1"]


def test_at_the_note_that_the_draft_is_kept_or_where_one_was(visit):
    visitor = visit("li.na")
    task = start_inquiry(visitor)
    (button,) = visitor.page.xpath("//button[@data-key-s]")
    assert (button.get("name"), button.get("value")) == ("_at", "draft")
    for at in ("draft", "f-callerName"):
        token = visitor.page.xpath("//input[@name='csrf_token']/@value")[0]
        sent = {"csrf_token": token, "callerName": "Ann", "_at": at}
        answer = visitor.client.post(f"/tasks/{task}/draft", data=sent)
        assert answer.location == f"/tasks/{task}#{at}"
    visitor.open(f"/tasks/{task}")
    note = visitor.page.get_element_by_id("draft")
    assert note.text_content() == "This is your draft" and note.get("tabindex") == "-1"
