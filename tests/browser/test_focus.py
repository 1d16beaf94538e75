"""Where one is after a button of a form has loaded the page anew, with and without a script; and that one sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
scripted = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
widths = pytest.mark.parametrize("width", [1440, 390])
PHONE = {"width": 390, "height": 700}
IDENTIFIED = {"identified": True, "firstCheck": "CODE", "secondCheck": "ID4"}


def at_need(someone):
    """Somebody has the page of a need open, with a form that is longer than the screen."""
    office = someone.office
    case = office.inquiry()
    office.done(case, "Identify", noticeGiven=True, consentRecording=True, **IDENTIFIED)
    return someone.goes(f"/tasks/{office.task(case, 'RecordNeed').id}")


def is_seen(control):
    """Whether a control lies between what stands in front of the page, and is what one would hit there."""
    expect(control).to_be_focused()
    expect(control).to_be_in_viewport(ratio=1)
    return control.evaluate(
        """one => { const box = one.getBoundingClientRect(); const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        return document.elementsFromPoint(x, y)[0] === one; }"""
    )


@scripted
@widths
def test_after_the_buttons_of_a_form(office, enter, scripts, width):
    someone = enter(office, "li.na", java_script_enabled=scripts, viewport={"width": width, "height": 700})
    at_need(someone)
    page = someone.page
    page.locator("#f-fundCodes").fill("bond")
    someone.moves(page.locator("[name=_find]"))
    assert is_seen(page.locator("[name='_pick.f-fundCodes']").first)
    page.locator("[name='_pick.f-fundCodes']").first.check()
    someone.moves(page.locator("[name=_pick]"))
    assert is_seen(page.locator("#f-fundCodes"))
    someone.moves(page.locator("[name=_add]"))
    assert is_seen(page.locator("#f-fundCodes-1"))
    someone.moves(page.locator("[data-key-s]"))
    assert page.locator("#draft").evaluate("one => one === document.activeElement")
    expect(page.locator("#draft")).to_be_in_viewport(ratio=1)


def test_a_draft_that_is_kept_by_its_key_leads_back_to_the_field(office, enter):
    someone = at_need(enter(office, "li.na", viewport=PHONE))
    someone.page.locator("#f-question").fill("What does it cost?")
    with someone.page.expect_navigation():
        someone.page.keyboard.press("Control+s")
    assert is_seen(someone.page.locator("#f-question"))
    expect(someone.page.locator("#f-question")).to_have_value("What does it cost?")


@scripted
@widths
def test_a_link_of_the_error_summary_shows_the_field_with_its_label(office, enter, scripts, width):
    """Below the head of the page, which stays where it is, and above its foot."""
    someone = enter(office, "li.na", java_script_enabled=scripts, viewport={"width": width, "height": 700})
    page = at_need(someone).page
    page.locator("#f-question").fill("")
    someone.moves(page.locator(".actions .primary"), status=422)
    links = page.locator(".error-summary a")
    for number in range(links.count()):
        page.locator("main section").first.evaluate("one => { one.scrollTop = 0; one.closest('main').scrollTop = 0; }")
        links.nth(number).click()
        control = page.locator(":target")
        assert is_seen(control)
        label = page.locator(f"label[for={control.get_attribute('id')}]")
        head, foot = page.locator(".pane-head").bounding_box(), page.locator(".actions").bounding_box()
        assert label.bounding_box()["y"] >= head["y"] + head["height"]
        assert control.bounding_box()["y"] + control.bounding_box()["height"] <= foot["y"]


@widths
def test_the_keys_are_shown_in_the_middle(office, enter, width):
    """Whether by the key or by the button."""
    someone = enter(office, "li.na", viewport={"width": width, "height": 700}).goes("/inbox")
    page, keys = someone.page, someone.page.locator("#keys")
    for how in ("key", "button"):
        if how == "key":
            page.keyboard.press("?")
        elif width > 700:  # there is no button on a phone
            page.locator("[popovertarget=keys]").click()
        else:
            break
        expect(keys).to_be_visible()
        box = keys.bounding_box()
        assert abs(box["x"] * 2 + box["width"] - width) < 2 and abs(box["y"] * 2 + box["height"] - 700) < 2
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
