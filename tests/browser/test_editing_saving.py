"""What is changed while a save is under way, fails, or gets no answer: the newest is saved, and the page never says so before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine import SYSTEM

from .test_editing import INQUIRY, SELECT, drawn, edits, saved

pytestmark = pytest.mark.slow

KEPT = "() => JSON.parse(Object.entries(localStorage).find(([name]) => name.startsWith('fundcase:'))?.[1] ?? 'null')?.text ?? ''"
MORE = 6  # failures in a row


class Line:
    """The way of the saves of a page to the server: `answer` says what becomes of the next ones."""

    def __init__(self, page, method="PUT", address="**/files/**"):
        self.page, self.method, self.address, self.held, self.seen = page, method, address, [], 0
        self.answer = lambda route: route.continue_()
        page.route(address, self._came)

    def _came(self, route):
        if route.request.method != self.method:
            return route.continue_()
        self.seen += 1
        return self.answer(route)

    def holds(self):
        """Keep what comes until it is let go."""
        self.answer = self.held.append

    def fails(self, status=500):
        """Answer as a server does that has broken down."""
        self.answer = lambda route: route.fulfill(status=status, content_type="text/html", body="<p>Oh")

    def opens(self):
        """Let go what is held, and all that comes."""
        self.answer = lambda route: route.continue_()
        for route in self.held:
            route.continue_()
        self.held = []


@pytest.fixture
def sketched(office):
    """The number of a sketch of the inquiry."""
    return office.engine.sketch_begin(key="inquiry", by=office.person("sun.ke")).id


@pytest.fixture
def line(office, sketched, enter):
    """The editor of a diagram with an element chosen, and its way to the server."""
    page = edits(enter(office, "sun.ke"), sketched)
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate(SELECT, "HandOver")
    return Line(page)


def calls(line, name):
    """Change the name of the element that is chosen."""
    line.page.locator("#property-name").fill(name)


def types_meanwhile(line):
    """Type a second name while the save of the first one hangs, until a crash would take neither away."""
    line.holds()
    calls(line, "First")
    is_said(line, "saving")
    calls(line, "Second")
    is_said(line, "unsaved")
    line.page.wait_for_function(f"() => ({KEPT})().includes('Second')")


def is_said(line, *states):
    """Wait until the page says one of some states."""
    wanted = ", ".join(f"#saved[data-state={state}]" for state in states)
    expect(line.page.locator(wanted)).to_be_attached()


def name_of(office, sketch):
    """The name as it is saved."""
    return drawn(office, sketch).element("HandOver").name


def test_what_is_typed_during_a_save_is_saved_next(office, sketched, line):
    page = line.page
    types_meanwhile(line)
    is_said(line, "unsaved")
    assert office.engine.sketch(sketched, SYSTEM).revision == 1
    line.opens()
    saved(page)
    assert name_of(office, sketched) == "Second" and line.seen == 2
    assert page.evaluate(KEPT) == ""
    page.reload()
    expect(page.locator("#canvas[data-ready]")).to_be_attached()
    page.evaluate(SELECT, "HandOver")
    expect(page.locator("#property-name")).to_have_value("Second")


def test_a_refused_save_does_not_keep_the_next_one_back(office, sketched, line):
    types_meanwhile(line)
    line.answer = lambda route: route.continue_()
    line.held.pop().fulfill(status=422, json={"problem": "It cannot be kept."})
    saved(line.page)
    assert name_of(office, sketched) == "Second"


def test_a_server_that_breaks_down_and_recovers(office, sketched, line):
    page = line.page
    line.fails()
    calls(line, "First")
    is_said(line, "failed")
    calls(line, "Second")
    page.wait_for_function(f"() => ({KEPT})().includes('Second')")
    is_said(line, "failed", "unsaved")
    line.opens()
    saved(page)
    assert name_of(office, sketched) == "Second" and page.evaluate(KEPT) == ""


def test_a_server_that_does_not_recover_is_asked_every_five_seconds(line):
    page = line.page
    line.answer = lambda route: route.abort()
    page.clock.install()
    page.clock.pause_at("2040-01-01")
    calls(line, "First")
    page.clock.run_for(1500)
    is_said(line, "failed")
    for number in range(1, MORE + 1):
        page.clock.run_for(4900)
        is_said(line, "failed")
        assert line.seen == number
        with page.expect_request(lambda one: one.method == "PUT"):
            page.clock.run_for(200)
        is_said(line, "failed")


def test_an_answer_that_is_lost_is_no_conflict_with_oneself(office, sketched, line):
    """The server has the text, and the browser does not know: what is typed then is one's own next change."""

    def lose(route):
        route.fetch()
        route.abort()

    page = line.page
    line.answer = lose
    calls(line, "First")
    is_said(line, "failed")
    assert name_of(office, sketched) == "First"
    line.holds()
    calls(line, "Second")
    page.wait_for_function(f"() => ({KEPT})().includes('Second')")
    line.opens()
    saved(page)
    assert name_of(office, sketched) == "Second"
    expect(page.locator("#conflict")).to_be_hidden()
    assert office.engine.sketch_lost(sketched, office.person("sun.ke")) == []


def test_a_window_closed_during_a_save_loses_nothing(office, sketched, line):
    """The text under way arrives, the window is gone before the answer: the newer text is offered by the next page."""
    page = line.page
    line.holds()
    calls(line, "First")
    is_said(line, "saving")
    calls(line, "Second")
    page.wait_for_function(f"() => ({KEPT})().includes('Second')")
    first = line.held.pop()
    first.fetch()
    page.unroute(line.address)
    page.reload()
    saved(page)
    assert name_of(office, sketched) == "Second"
    expect(page.locator("#conflict")).to_be_hidden()


def test_whoever_is_logged_out_is_told(line):
    line.fails(400)
    calls(line, "First")
    is_said(line, "refused")
    expect(line.page.locator("#saved")).to_contain_text("Load the page again")
    assert "First" in line.page.evaluate(KEPT)


def test_what_is_typed_after_a_conflict_is_merged_too(office, sketched, line):
    page = line.page
    other = office.engine.sketch(sketched, SYSTEM).files[INQUIRY] + b"<!-- theirs -->"
    office.engine.sketch_save(sketched, 1, {INQUIRY: other}, by=office.person("qian.wen"))
    calls(line, "First")
    is_said(line, "conflict")
    calls(line, "Second")
    page.wait_for_function(f"() => ({KEPT})().includes('Second')")
    page.get_by_role("link", name="Put both together").click()
    expect(page).to_have_url(re.compile("/merge"))
    expect(page.locator("main")).to_contain_text("Second")
    assert page.evaluate(KEPT) == ""
