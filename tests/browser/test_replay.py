"""The replay at a browser: played, stepped by keys, scrubbed, on a phone, and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def of(someone, n, last):
    """What the page says about where it is."""
    return someone.say("Step %(n)s of %(all)s", n=n, all=last)


def is_at(someone, n, last):
    """See that the whole page has come to a step: the bar, the list, the address, and what stands beside."""
    expect(someone.page.locator(".replay-bar output")).to_have_text(of(someone, n, last))
    expect(someone.page.locator(".steps [aria-current=step]")).to_have_attribute("data-seq", str(n))
    expect(someone.page).to_have_url(re.compile(rf"step={n}\b"))
    expect(someone.page.locator("#replay-standing")).to_contain_text(str(n))
    expect(someone.page.locator("#replay-proof form")).to_have_attribute("action", re.compile(rf"step={n}\b"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_by_keys_and_by_hand(office, enter, lang):
    case = office.answered(lang)
    last = office.engine.case(case.id).seq
    auditor = enter(office, "he.jing", lang).goes(f"/cases/{case.id}")
    auditor.follows(auditor.say("Replay"))
    page = auditor.page
    page.keyboard.press("Home")
    is_at(auditor, 1, last)
    for key, n in (
        ("ArrowRight", 2),
        ("j", 3),
        ("ArrowLeft", 2),
        ("k", 1),
        ("k", 1),
        ("End", last),
        ("ArrowUp", last - 1),
    ):
        page.keyboard.press(key)
        is_at(auditor, n, last)
    auditor.reads()
    page.locator(".steps a[data-seq='2']").click()
    is_at(auditor, 2, last)
    expect(page.locator("#replay-picture .node.active").first).to_be_attached()
    page.locator(".replay-bar [type=range]").focus()
    page.keyboard.press("ArrowRight")
    is_at(auditor, 3, last)
    expect(page.locator("#replay-live")).to_contain_text(of(auditor, 3, last))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text(auditor.say("Play or pause the replay"))
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator(".replay-bar output")).to_have_text(of(auditor, 3, last))


def test_it_plays_to_the_end(office, enter):
    case = office.recorded()
    last = office.engine.case(case.id).seq
    auditor = enter(office, "he.jing").goes(f"/cases/{case.id}/replay?step=1")
    play = auditor.page.locator("#replay-play")
    auditor.page.keyboard.press(" ")
    expect(play).to_have_accessible_name(auditor.say("Pause"))
    is_at(auditor, last, last)
    expect(play).to_have_accessible_name(auditor.say("Play"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone(office, enter, lang):
    case = office.answered(lang)
    last = office.engine.case(case.id).seq
    auditor = enter(office, "he.jing", lang, size="phone", theme="dark").goes(f"/cases/{case.id}/replay?step=2")
    assert auditor.page.evaluate("document.documentElement.scrollWidth") <= 390
    auditor.page.locator("#replay-on").click()
    is_at(auditor, 3, last)
    assert auditor.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(auditor.page).response["violations"] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_scripts(office, enter, lang):
    case = office.answered(lang)
    last = office.engine.case(case.id).seq
    auditor = enter(office, "he.jing", lang, java_script_enabled=False).goes(f"/cases/{case.id}/replay?step=1")
    expect(auditor.page.locator("#replay-play")).to_be_hidden()
    for n in range(2, last + 1):
        auditor.moves(auditor.page.locator("#replay-on"))
        expect(auditor.page.locator(".replay-bar output")).to_have_text(of(auditor, n, last))
    auditor.page.locator(".replay-bar [type=range]").press("ArrowLeft")
    auditor.moves(auditor.page.locator("#replay-go"))
    expect(auditor.page.locator(".replay-bar output")).to_have_text(of(auditor, last - 1, last))
    auditor.moves(auditor.page.locator("#replay-proof button"))
    expect(auditor.page.locator(".seal[data-tone=ok]")).to_be_visible()
