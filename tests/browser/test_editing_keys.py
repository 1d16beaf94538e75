"""A process owner who has no mouse draws on: he finds an element, goes on from it, and comes to its panel."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from engine.diagram import read_diagram

from .test_editing import INQUIRY, edits, saved

pytestmark = pytest.mark.slow

CANVAS = "#canvas svg[tabindex]"
MOST = 60  # presses of Tab until somebody gives up


def tabs_to(page, selector):
    """Press Tab until something has the focus."""
    for _ in range(MOST):
        if page.evaluate("what => Boolean(document.activeElement?.matches(what))", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def chooses(page, text):
    """Open the search of the diagram, and go to what it finds first."""
    page.keyboard.press("Control+f")
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.type(text)
    expect(page.locator(".djs-search-result-selected")).to_contain_text(text)
    page.keyboard.press("Enter")


def goes_on_with(page, text):
    """Open the list of what may follow, and take what it finds first."""
    expect(page.locator(CANVAS)).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(".djs-popup-search input")).to_be_focused()
    page.keyboard.type(text)
    expect(page.locator(".djs-popup .entry.selected")).to_contain_text(text)
    page.keyboard.press("Enter")
    expect(page.locator(".djs-popup")).to_have_count(0)


@pytest.mark.parametrize("lang, kind", [("en", "User task"), ("zh", "用户任务")])
def test_an_element_is_appended_named_and_led_on_by_keys_alone(office, enter, lang, kind):
    sketch = office.engine.sketch_begin(key="inquiry", by=office.person("sun.ke")).id
    page = edits(enter(office, "sun.ke", lang), sketch)
    tabs_to(page, CANVAS)
    chooses(page, "DeclinePolitely")
    goes_on_with(page, kind)
    expect(page.locator(".djs-direct-editing-content")).to_be_focused()
    page.keyboard.type("Say goodbye")
    page.keyboard.press("Enter")
    goes_on_with(page, "Wrap up the contact")
    tabs_to(page, "#property-name")
    page.keyboard.type("and so on")
    saved(page, "Saved" if lang == "en" else "已保存")
    found = read_diagram(office.engine.sketch(sketch, SYSTEM).files[INQUIRY])
    (added,) = [one for one in found.elements if one.name == "Say goodbye"]
    assert added.kind == "userTask"
    assert [one.source for one in found.flows if one.target == added.id] == ["DeclinePolitely"]
    assert [(one.target, one.name) for one in found.flows if one.source == added.id] == [("WrapUp", "and so on")]
    assert page.evaluate("document.documentElement.dataset.untranslated") is None
