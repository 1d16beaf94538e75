"""What people do besides the right thing: each gets a clear answer in his language, and nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .office import CUSTOMERS, SAID
from .someone import ANSWER_CLEAR

pytestmark = pytest.mark.slow
both = pytest.mark.parametrize("lang", ["en", "zh"])

OTHER = {"en": "Ask me for the fact sheet.", "zh": "如需产品资料概要，请告知我们。"}
NAMES = {"en": ("Li Na", "Xu Kai"), "zh": ("李娜", "徐凯")}


def at_answer(someone, case):
    """Somebody has the page of the answer open."""
    return someone.goes(f"/tasks/{someone.office.task(case, 'Answer').id}")


def writes(someone, text):
    """Write an answer, without sending it."""
    someone.page.locator("#f-answerText").fill(text)
    someone.page.locator("#f-resolved").check()


def send(someone):
    """The button that sends the form."""
    return someone.page.locator(".actions .primary")


def answers_of(office, case):
    """The answers that the history of a case holds."""
    steps = [step for step in office.engine.history(case.id) if step.kind == "completed"]
    return [step.input["values"]["answerText"] for step in steps if step.input["element"] == "Answer"]


# -- who may not


@both
def test_the_wrong_role_finds_nothing(office, enter, lang):
    """A task of another role is not there; an address that only others use is not there either."""
    case = office.recorded(lang)
    stranger = enter(office, "gao.peng", lang)
    for path in (f"/tasks/{office.task(case, 'Answer').id}/claim", "/studio/check", "/audit/verification"):
        form = {"csrf_token": stranger.page.locator("[name=csrf_token]").first.input_value()}
        answer = stranger.page.request.post(f"{office.url}{path}", form=form, headers={"Accept-Language": lang})
        assert answer.status in (403, 404), path
        assert (
            stranger.say("There is nothing here for you" if answer.status == 404 else "You may not do this")
            in answer.text()
        )
    for path in ("/studio", "/audit", "/outbox", "/cases/new/complaint" if lang == "xx" else "/studio/inquiry"):
        stranger.goes(path).sees(stranger.say("There is nothing here for you"))
    assert office.task(case, "Answer").assignee is None


@both
def test_the_task_of_somebody_else_can_be_read_but_not_sent(office, enter, lang):
    case = office.recorded(lang)
    colleague = at_answer(enter(office, "xu.kai", lang), case)
    writes(colleague, OTHER[lang])
    office.engine.claim(office.task(case, "Answer").id, by=office.person("li.na"))
    colleague.moves(send(colleague), status=409)
    colleague.sees(colleague.say("%(who)s has this task", who=NAMES[lang][0])).sees(OTHER[lang])
    at_answer(colleague, case).sees(colleague.say("You can read this task, but not do it."))
    expect(colleague.page.locator("main button.primary")).to_have_count(0)
    assert answers_of(office, case) == []


@both
def test_a_customer_cannot_answer_for_another_one(office, enter, lang):
    """A link is bound to its customer, its case and its answer by its signature; every change of it breaks it."""
    case, customer = office.answered(lang), enter(office, lang=lang)
    path = office.question(case)
    head, _, signature = path.rpartition(".")
    for changed in (f"{head[:-3]}abc.{signature}", f"{head}.{signature[:-4]}AAAA", path[:-10], "/answer/"):
        customer.goes(changed)
        customer.sees(
            re.compile("|".join(map(customer.say, ("This link is not complete", "There is nothing here for you"))))
        )
    assert office.engine.case(case.id).status == "open" and "answer_clear" in waits(office, case)


def waits(office, case):
    """The messages that a case waits for."""
    return {one.name for one in office.engine.marking(case.id).subscriptions}


# -- too late, twice, with an old page


@both
def test_two_tabs_send_one_answer(office, enter, lang):
    """The second gets a page that shows both texts, and keeps what was written."""
    case, first = office.recorded(lang), enter(office, "li.na", lang)
    second = enter(office, "xu.kai", lang)
    at_answer(first, case), at_answer(second, case)
    writes(first, SAID[lang]["answer"]), writes(second, OTHER[lang])
    first.moves(send(first))
    second.moves(send(second), status=409)
    second.sees(second.say("%(who)s completed this", who=NAMES[lang][0])).sees(SAID[lang]["answer"]).sees(OTHER[lang])
    second.sees(second.say("What you wrote was not sent; it is kept below. Copy from it what the case still needs."))
    expect(second.page.get_by_role("link", name=second.say("Next task"))).to_be_visible()
    assert answers_of(office, case) == [SAID[lang]["answer"]]


def test_a_double_click_sends_once(office, enter):
    case, service = office.recorded(), enter(office, "li.na")
    writes(at_answer(service, case), SAID["en"]["answer"])
    send(service).dblclick()
    expect(service.page).not_to_have_url(re.compile("/completion"))
    service.reads()
    assert answers_of(office, case) == [SAID["en"]["answer"]]


@both
def test_back_after_sending(office, enter, lang):
    """The page before is not kept by the browser: it says who has done it already, and what was sent."""
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    writes(at_answer(service, case), SAID[lang]["answer"])
    service.moves(send(service))
    service.page.go_back()
    service.sees(service.say("%(who)s completed this", who=NAMES[lang][0])).sees(SAID[lang]["answer"]).reads()
    assert answers_of(office, case) == [SAID[lang]["answer"]]


@both
def test_a_stale_page_of_a_case_that_ended(office, enter, lang):
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    writes(at_answer(service, case), SAID[lang]["answer"])
    office.engine.cancel(case.id, by=office.person("wang.lei"), reason=SAID[lang]["lessons"])
    service.moves(send(service), status=409)
    service.sees(service.say("This task is not open any more")).sees(SAID[lang]["answer"])


@both
def test_after_a_log_out_elsewhere_the_text_is_not_lost(office, enter, lang):
    """The session is gone when the form is sent: the answer says so, and holds what was written."""
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    writes(at_answer(service, case), SAID[lang]["answer"])
    service.page.context.clear_cookies()
    service.moves(send(service), status=400)
    service.sees(service.say("You were logged out in the meantime, or the page was open for too long."))
    service.sees(SAID[lang]["answer"])
    assert answers_of(office, case) == []


# -- forms that are not right


@both
def test_a_missing_field_is_named_and_nothing_typed_is_lost(office, enter, lang):
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    at_answer(service, case)
    service.page.locator("#f-source").fill("2026-11-18")
    service.page.locator("#f-resolved").check()
    service.moves(send(service), status=422)
    summary = service.page.locator(".error-summary")
    expect(summary).to_be_focused()
    label = {"en": "Write the answer", "zh": "请填写答复内容"}[lang]
    expect(summary.get_by_role("link")).to_have_text([label])
    expect(service.page.locator("#f-answerText")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link").click()
    expect(service.page.locator("#f-answerText")).to_be_focused()
    expect(service.page.locator("#f-source")).to_have_value("2026-11-18")


@both
def test_an_amount_with_three_decimals(office, enter, lang):
    case = office.proposed(lang)
    task = office.task(case, "Approve")
    office.engine.complete(
        task.id, {"approved": False, "approvalComment": SAID[lang]["lessons"]}, by=office.person("wang.lei")
    )
    task = office.task(case, "Propose")
    assignee = enter(office, task.assignee, lang).goes(f"/tasks/{task.id}")
    assignee.page.locator("#f-compensation").fill("19.995")
    assignee.moves(send(assignee), status=422)
    said = {"en": "at most 2 decimals", "zh": "最多保留2位小数"}[lang]
    expect(assignee.page.locator("#f-compensation-error")).to_contain_text(said)
    expect(assignee.page.locator("#f-compensation")).to_have_value("19.995")
    for text, kept in (("0.07", "0.07"), ("1,860.5", "1860.50")):
        assignee.page.locator("#f-compensation").fill(text)
        assignee.page.locator("[data-key-s]").click()
        expect(assignee.page.locator("#f-compensation")).to_have_value(kept)


@both
def test_a_field_that_nobody_asked_for(office, enter, lang):
    """What the form does not declare is left behind; the engine itself refuses it."""
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    writes(at_answer(service, case), SAID[lang]["answer"])
    service.page.evaluate(
        """() => { const more = document.createElement('input');
        more.name = 'approved'; more.value = 'true'; document.getElementById('task-form').append(more); }"""
    )
    service.moves(send(service))
    (step,) = [
        one
        for one in office.engine.history(case.id)
        if one.input.get("element") == "Answer" and one.kind == "completed"
    ]
    assert "approved" not in step.input["values"] and "approved" not in office.engine.case(case.id).data


# -- links


@both
def test_a_used_link_says_what_was_answered(office, enter, lang):
    case, customer = office.answered(lang), enter(office, lang=lang)
    path = office.question(case)
    customer.goes(path).presses(customer.say("Send: %(answer)s", answer=ANSWER_CLEAR[lang]))
    customer.goes(path).sees(customer.say("This question is answered already")).sees(ANSWER_CLEAR[lang])
    assert sum(step.kind == "received" for step in office.engine.history(case.id)) == 1


@both
def test_a_link_whose_time_is_over(office, enter, lang):
    case, customer = office.answered(lang), enter(office, lang=lang)
    long_ago = office.engine.clock.now() - timedelta(days=31)
    customer.goes(office.link(case, "answer_clear", at=long_ago)).sees(customer.say("This link has run out"))
    assert "answer_clear" in waits(office, case)


def test_a_link_speaks_the_language_of_its_customer(office, enter):
    """Whatever the browser says, until the customer chooses another language."""
    case, customer = office.answered("zh"), enter(office, lang="en")
    customer.page.goto(f"{office.url}{office.question(case)}")
    expect(customer.page.locator("html")).to_have_attribute("lang", "zh-CN")
    customer.page.get_by_role("button", name="English").click()
    expect(customer.page.locator("html")).to_have_attribute("lang", "en")


# -- small manners


@both
def test_only_the_keyboard(own_office, enter, lang):
    """Down and up the list, open, write, keep, send, and on to the next task; the mouse is not touched."""
    office, tasks = own_office, []
    for _ in range(3):
        tasks.append(office.task(office.recorded(lang), "Answer"))
    service = enter(office, "li.na", lang)
    page, press = service.page, service.page.keyboard.press
    service.goes("/inbox?view=groups")
    chosen = page.locator("tr[aria-selected=true]")
    for key, number in (("j", 1), ("j", 2), ("j", 2), ("k", 1), ("ArrowUp", 0), ("ArrowDown", 1)):
        press(key)
        expect(chosen).to_contain_text(tasks[number].case_number)
        expect(page.locator("#detail")).to_contain_text(tasks[number].case_number)
        expect(chosen.locator("a:visible").first).to_be_focused()
    press("Enter")
    expect(page).to_have_url(f"{office.url}/tasks/{tasks[1].id}")
    page.locator("#f-answerText").focus()
    page.keyboard.insert_text(SAID[lang]["answer"])
    page.locator("#f-resolved").focus()
    press("Space")
    press("Control+s")
    service.sees(service.say("The draft is saved."))
    page.locator("#f-answerText").focus()
    press("Control+Enter")
    service.sees(service.say("Done: %(task)s", task=service.label(office.engine.case(tasks[1].case_id), "Answer")))
    press("n")
    expect(page).to_have_url(f"{office.url}/tasks/{tasks[0].id}")
    expect(page.get_by_text(service.say("Yours since"))).to_be_visible()
    for keys, path in (("gc", "/cases"), ("gi", "/inbox"), ("c", "/cases/new")):
        for key in keys:
            press(key)
        expect(page).to_have_url(f"{office.url}{path}")
    page.locator("#q").blur()
    press("/")
    expect(page.get_by_role("searchbox", name=service.say("Search everything"))).to_be_focused()
    page.keyboard.insert_text(tasks[2].case_number)
    press("Enter")
    expect(page).to_have_url(f"{office.url}/cases/{tasks[2].case_id}")
    press("?")
    expect(page.get_by_text(service.say("Take the next task")).last).to_be_visible()
    press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_an_answer_that_comes_late_does_not_take_the_list_back(own_office, enter):
    """Of two tasks that are looked at in quick succession the second stays, whichever the server shows first."""
    office = own_office
    tasks = [office.task(office.recorded(), "Answer") for _ in range(3)]
    service, held = enter(office, "li.na"), []
    page = service.page
    service.goes("/inbox?view=groups")
    chosen = page.locator("tr[aria-selected=true]")
    page.route(lambda url: url.endswith(f"task={tasks[1].id}"), lambda route, _: held.append(route))
    with page.expect_request(lambda request: request.url.endswith(f"task={tasks[1].id}")):
        page.keyboard.press("j")
    page.keyboard.press("j")
    expect(chosen).to_contain_text(tasks[2].case_number)
    (late,) = held
    late.continue_()
    page.keyboard.press("k")  # a page that was taken back to the second task would go to the first now
    expect(page.locator("a.row-link:focus")).to_have_attribute("data-open", f"/tasks/{tasks[1].id}")


@both
def test_it_works_without_scripts(own_office, enter, lang):
    """Inbox, claim, form with a look-up, and sending."""
    office = own_office
    case = office.recorded(lang)
    service = enter(office, "li.na", lang, java_script_enabled=False)
    service.goes("/inbox?view=groups")
    service.moves(service.page.locator("table.queue a.row-link:visible").first)
    service.presses(service.say("Take it"))
    service.moves(send(service), status=422)
    writes(service, SAID[lang]["answer"])
    service.moves(send(service))
    assert answers_of(office, case) == [SAID[lang]["answer"]]
    service.goes("/cases/new/inquiry")
    service.page.locator("#f-customerId").fill(CUSTOMERS[lang])
    service.moves(service.page.locator("[name=_find]").first)
    service.page.locator(".choice input[type=radio]").first.check()
    service.moves(service.page.locator("[name=_pick]"))
    expect(service.page.locator("#f-customerId")).to_have_value(CUSTOMERS[lang])


def test_the_language_switch_keeps_the_page(office, enter):
    case, service = office.recorded(), enter(office, "li.na")
    for path in (f"/cases/{case.id}?show=people", "/inbox?view=groups", "/customers?q=C000009", "/cases/new?q=C000009"):
        service.page.goto(f"{office.url}{path}")
        service.page.get_by_role("button", name="中文").click()
        expect(service.page.locator("html")).to_have_attribute("lang", "zh-CN")
        assert service.page.url == f"{office.url}{path}"
        service.page.get_by_role("button", name="English").click()
        expect(service.page.locator("html")).to_have_attribute("lang", "en")
        assert service.page.url == f"{office.url}{path}"


@both
def test_a_draft_survives_a_log_out(office, enter, lang):
    case, service = office.recorded(lang), enter(office, "li.na", lang)
    writes(at_answer(service, case), SAID[lang]["answer"])
    service.presses(service.say("Save draft")).sees(service.say("The draft is saved."))
    service.logs_out().logs_in("li.na")
    at_answer(service, case).sees(service.say("This is your draft"))
    expect(service.page.locator("#f-answerText")).to_have_value(SAID[lang]["answer"])
    expect(service.page.locator("#f-resolved")).to_be_checked()
    colleague = at_answer(enter(office, "xu.kai", lang), case)
    expect(colleague.page.locator("#f-answerText")).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_that_was_chosen_stays(office, enter, theme):
    service = enter(office, "li.na", theme={"light": "dark", "dark": "light"}[theme])
    service.page.locator("[popovertarget=me]").click()
    service.presses({"light": "Light", "dark": "Dark"}[theme])
    service.goes("/cases")
    expect(service.page.locator("html")).to_have_attribute("data-theme", theme)
    assert service.page.evaluate("getComputedStyle(document.body).colorScheme") == theme


def test_nobody_guesses_passwords_for_long(own_office, enter):
    someone = enter(own_office)
    for _ in range(8):
        wrong(someone, 401)
    wrong(someone, 429)
    someone.sees(re.compile("Too many attempts"))


def wrong(someone, status):
    """Log in with the wrong password."""
    someone.goes("/login")
    someone.page.get_by_label("User name").fill("li.na")
    someone.page.get_by_label("Password").fill("wrong")
    someone.moves(someone.page.get_by_role("button", name="Log in", exact=True), status=status)
