"""What is typed outlives a change of language or theme, on whichever page it stands; and stays nowhere after that."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .office import CUSTOMERS, SAID

pytestmark = pytest.mark.slow
both = pytest.mark.parametrize("lang", ["en", "zh"])
OTHER = {"en": "zh", "zh": "en"}
BUTTON = {"en": "中文", "zh": "English"}
QUESTION = "How long does it take?\nAnd what does it cost?"


@pytest.fixture
def service(office, enter, request):
    """Somebody of customer service, at his browser."""
    return enter(office, "li.na", request.node.callspec.params["lang"])


def switches(someone):
    """Change the language by the button in the head of the page; the page that comes is in it."""
    with someone.page.expect_navigation(wait_until="load"):
        someone.page.get_by_role("button", name=BUTTON[someone.lang], exact=True).click()
    expect(someone.page.locator("html")).to_have_attribute("lang", re.compile({"en": "zh", "zh": "en"}[someone.lang]))


def left(someone):
    """What the tab still keeps of what was typed."""
    return someone.page.evaluate("sessionStorage.length")


def field(someone, name):
    """The control of a field."""
    return someone.page.locator(f"#f-{name}")


@both
def test_the_form_of_a_task(office, service, lang):
    """Texts, boxes, choices and lists; by the language and by the theme; and the address stays that of the page."""
    task = office.task(office.recorded(lang), "Answer")
    service.goes(f"/tasks/{task.id}")
    field(service, "answerText").fill(SAID[lang]["answer"])
    field(service, "resolved").check()
    switches(service)
    expect(field(service, "answerText")).to_have_value(SAID[lang]["answer"])
    expect(field(service, "resolved")).to_be_checked()
    assert service.page.url == f"{office.url}/tasks/{task.id}" and left(service) == 0
    field(service, "resolved").uncheck()
    service.page.locator("[popovertarget=me]").click()
    with service.page.expect_navigation(wait_until="load"):
        service.page.locator("[name=theme][value=dark]").click()
    expect(service.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(field(service, "answerText")).to_have_value(SAID[lang]["answer"])
    expect(field(service, "resolved")).not_to_be_checked()
    expect(service.page.locator("#f-answerText-count")).to_contain_text(str(len(SAID[lang]["answer"])))
    assert left(service) == 0 and office.engine.draft(task.id, office.person("li.na")) is None


@both
def test_a_form_that_was_refused(office, service, lang):
    task = office.task(office.recorded(lang), "Answer")
    service.goes(f"/tasks/{task.id}")
    field(service, "source").fill("2026-11-18")
    service.moves(service.page.locator(".actions .primary"), status=422)
    field(service, "resolved").check()
    switches(service)
    expect(field(service, "source")).to_have_value("2026-11-18")
    expect(field(service, "resolved")).to_be_checked()
    assert service.page.url == f"{office.url}/tasks/{task.id}"


@both
def test_entries_that_were_added(office, service, lang):
    """The page begins without them: the server draws them."""
    case = office.inquiry(lang)
    checks = {"identified": True, "firstCheck": "CODE", "secondCheck": "ID4"}
    office.done(case, "Identify", noticeGiven=True, consentRecording=True, **checks)
    service.goes(f"/tasks/{office.task(case, 'RecordNeed').id}")
    service.moves(service.page.locator("button[name=_add]"))
    for id, text in (("fundCodes", "990004"), ("fundCodes-1", "990005"), ("question", QUESTION)):
        field(service, id).fill(text)
    switches(service)
    expect(field(service, "fundCodes-1")).to_have_value("990005")
    expect(field(service, "fundCodes")).to_have_value("990004")
    expect(field(service, "question")).to_have_value(QUESTION)
    assert left(service) == 0


@both
def test_beside_the_list_of_the_inbox(office, service, lang):
    task = office.task(office.recorded(lang), "Answer")
    address = f"/inbox?view=groups&task={task.id}"
    service.goes(address)
    field(service, "answerText").fill(SAID[lang]["answer"])
    switches(service)
    expect(field(service, "answerText")).to_have_value(SAID[lang]["answer"])
    assert service.page.url == f"{office.url}{address}"


@both
def test_a_form_that_starts_a_case(office, service, lang):
    service.goes("/cases/new/inquiry")
    field(service, "customerId").fill(CUSTOMERS[lang])
    service.moves(service.page.locator("[name=_find]").first)
    field(service, "contactTime").fill("2026-11-18T08:15")
    switches(service)
    expect(field(service, "customerId")).to_have_value(CUSTOMERS[lang])
    expect(field(service, "contactTime")).to_have_value("2026-11-18T08:15")
    assert service.page.url == f"{office.url}/cases/new/inquiry"


@both
def test_a_reason(office, enter, lang):
    """A form that the server does not draw again."""
    case, lead = office.recorded(lang), enter(office, "wang.lei", lang)
    lead.goes(f"/cases/{case.id}/suspension")
    lead.page.locator("#reason").fill(SAID[lang]["lessons"][:2])
    lead.moves(lead.page.locator("main .primary"), status=422)
    lead.page.locator("#reason").fill(SAID[lang]["lessons"])
    switches(lead)
    expect(lead.page.locator("#reason")).to_have_value(SAID[lang]["lessons"])
    assert office.engine.case(case.id).status == "open"


@both
def test_what_came_too_late(office, service, lang):
    """It stands on the page that says so, in either language."""
    case, service.known = office.recorded(lang), (QUESTION,)
    service.goes(f"/tasks/{office.task(case, 'Answer').id}")
    field(service, "answerText").fill(QUESTION)
    office.engine.cancel(case.id, by=office.person("wang.lei"), reason=SAID[lang]["lessons"])
    service.moves(service.page.locator(".actions .primary"), status=409)
    switches(service)
    service.sees(re.compile("And what does it cost?"))
    assert left(service) == 0


def test_a_password_is_not_kept(office, enter):
    someone = enter(office)
    someone.goes("/login")
    someone.page.get_by_label("Password").fill("secret")
    with someone.page.expect_navigation(wait_until="load"):
        someone.page.evaluate("addEventListener('pagehide', () => localStorage.seen = sessionStorage.typed)")
        someone.page.get_by_role("button", name="中文", exact=True).click()
    expect(someone.page.locator("#password")).to_have_value("")
    assert someone.page.evaluate("localStorage.seen") == "[]"
