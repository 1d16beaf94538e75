"""A complaint from the call to its last step, by nine people at their browsers, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .office import CUSTOMERS
from .someone import REPLY_ACCEPTED, REPLY_REJECTED
from .words import labelled

COMPLAINANT = {"en": "Sarah Miller", "zh": "马晓丽"}
TOLD = {"en": "Nobody listened to me on the phone.", "zh": "电话里没有人愿意听我说完。"}
DEMAND = {"en": "An apology and something for my time", "zh": "致歉并补偿我的时间"}
FOUND = {"en": "The recording says so.", "zh": "录音可以证实客户所说。"}
WARNED = {
    "en": "We apologise. This fund is a low risk for you, so all is well.",
    "zh": "我们深表歉意。这只基金低风险，请您放心，谢谢。",
}
REPLY = {
    "en": "We apologise: you were cut short. You get 600.00 for your time.",
    "zh": "我们深表歉意：当时未让您把话说完。我们将补偿您的时间。",
}
LESSON = {"en": "Let the caller finish.", "zh": "让来电人把话说完。"}
RETURNED = {"en": "Say which call it was.", "zh": "请写明是哪一次通话。"}
MORE = {"en": "The second call was overlooked.", "zh": "第二次通话被遗漏了。"}
COMMENT = {"en": "You forgot my second call.", "zh": "你们忘了我的第二个电话。"}
PARTS = {
    "gao.peng": ("CheckOrders", "ORDERS"),
    "liu.yang": ("CheckProduct", "PRODUCT"),
    "zhou.min": ("HearRecordings", "RECORDINGS"),
}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_complaint_goes_to_its_close(own_office, enter, lang):
    office = own_office
    service, specialist = enter(office, "li.na", lang), enter(office, "zhou.min", lang)
    case = registered(service, lang)
    specialist.takes(case, "CheckAcceptance").does(case, "CheckAcceptance", acceptable=True)

    handler = enter(office, office.task(case, "FirstContact").assignee, lang)
    questions = [question for _, question in PARTS.values()]
    told = {"reachedAt": "2026-11-18T10:00", "demandConfirmed": DEMAND[lang], "nextStepsTold": True}
    handler.opens(case, "FirstContact").does(case, "FirstContact", questions=questions, **told)
    operations = investigated(office, enter, case, lang, specialist)

    proposes(handler.opens(case, "Propose"), case, lang, WARNED[lang], 600)
    expect(handler.page.get_by_label(labelled(reply_field(case, office), lang), exact=True)).to_have_value(WARNED[lang])
    leader, other_leader = enter(office, "wang.lei", lang), enter(office, "guo.tao", lang)
    taken_over(leader, case, office.person("wang.lei").name)
    proposes(leader.opens(case, "Propose"), case, lang, REPLY[lang], 600)
    refused_by_four_eyes(leader, case)
    other_leader.takes(case, "Approve").does(case, "Approve", approved=False, approvalComment=RETURNED[lang])

    handler.opens(case, "Propose").sees(RETURNED[lang])
    proposes(handler, case, lang, REPLY[lang], 6000)
    other_leader.takes(case, "Approve").does(case, "Approve", approved=True)
    compliance = enter(office, "chen.jie", lang)
    compliance.takes(case, "Approve").does(case, "Approve", approved=True)

    customer = enter(office, lang=lang)
    answers(customer, case, REPLY_REJECTED[lang], COMMENT[lang])
    reviewer = enter(office, "ye.lin", lang)
    review = {"reviewResult": "CHANGE", "reviewComment": MORE[lang], "questions": ["SYSTEM_LOG"]}
    reviewer.takes(case, "SeniorReview").does(case, "SeniorReview", **review)
    finds(operations, case, "ReadSystemLog", lang)
    handler.opens(case, "Propose")
    proposes(handler, case, lang, REPLY[lang], 700)
    executive = enter(office, "shen.hao", lang)
    executive.takes(case, "Approve").does(case, "Approve", approved=True)
    answers(customer, case, REPLY_ACCEPTED[lang], messages=2)

    operations.takes(case, "ExecuteRemedy")
    expect(operations.page.locator("#f-paidAmount")).to_have_value("700.00")
    operations.does(case, "ExecuteRemedy", executedAt="2026-11-19T10:00", paymentRef="20261119")
    specialist.takes(case, "RecordCause").does(case, "RecordCause", passedTo=["TRAINING"], lesson=LESSON[lang])
    closed(specialist, case, lang)


def reply_field(case, office):
    """The field of the reply in the form of the proposal."""
    return office.engine.bundle(case.bundle).form_of("Propose").schema["properties"]["replyText"]


def registered(service, lang):
    """The complaint is taken by phone and registered."""
    service.follows(service.say("New case"))
    service.page.get_by_placeholder(service.say("Name, number, mobile, last 4 digits")).fill(CUSTOMERS[lang])
    service.presses(service.say("Find")).follows(COMPLAINANT[lang])
    service.moves(service.page.locator("a.pick", has_text={"en": "Complaint handling", "zh": "投诉处理"}[lang]))
    service.presses(service.say("Start the case"))
    case = service.office.engine.cases(customer=CUSTOMERS[lang], key="complaint")[0]
    told = {"category": "ATTITUDE", "facts": TOLD[lang], "demand": DEMAND[lang], "amountClaimed": "0.00"}
    return service.does(case, "Register", **told) and case


def investigated(office, enter, case, lang, specialist):
    """Three people look into it, each in his own browser, and none before the last opens the proposal."""
    operations = enter(office, "gao.peng", lang)
    people = {"gao.peng": operations, "liu.yang": enter(office, "liu.yang", lang), "zhou.min": specialist}
    for name, (element, _) in PARTS.items():
        people[name].takes(case, element)
    for name, (element, _) in PARTS.items():
        assert all(task.element != "Propose" for task in office.engine.tasks(case.id))
        fill_finding(people[name], case, element, lang)
    return operations


def finds(someone, case, element, lang):
    """Somebody takes a part of the investigation and hands in what he found."""
    fill_finding(someone.takes(case, element), case, element, lang)


def fill_finding(someone, case, element, lang):
    someone.does(case, element, supports="YES", finding=FOUND[lang], evidence=["2026-11-18"])


def taken_over(leader, case, name):
    """A team leader gives the proposal of somebody else to herself."""
    leader.goes(f"/cases/{case.id}").follows(leader.say("Open task"))
    leader.follows(leader.say("Hand over"))
    leader.page.locator("#to").select_option(name)
    leader.page.locator("#reason").fill(LESSON[leader.lang])
    leader.moves(leader.page.locator("main button.primary"))


def proposes(someone, case, lang, reply, compensation):
    """Somebody proposes a remedy."""
    found = {"verdict": "FOUNDED", "rootCause": "PEOPLE", "remedyDue": True, "remedies": ["APOLOGY", "PAYMENT"]}
    told = {"compensation": f"{compensation:.2f}", "replyText": reply, "lessons": LESSON[lang]}
    someone.does(case, "Propose", **found, **told)


def refused_by_four_eyes(leader, case):
    """Whoever proposed it sees the approval in the team's view, reads why it is not for him, and does not get it."""
    leader.finds(case, "Approve", "My groups").sees(leader.say("Somebody else must do this task"))
    expect(leader.page.get_by_role("button", name=leader.say("Take it"), exact=True)).to_have_count(0)
    path = f"/tasks/{leader.office.task(case, 'Approve').id}/claim"
    form = {"csrf_token": leader.page.locator("[name=csrf_token]").first.input_value()}
    answer = leader.page.request.post(f"{leader.office.url}{path}", form=form, headers={"Accept-Language": leader.lang})
    assert answer.status == 403 and leader.say("Somebody else must do this task") in answer.text()


def answers(customer, case, answer, comment="", messages=1):
    """The customer answers on her own page."""
    customer.gets(case, answer, messages)
    if comment:
        customer.page.get_by_role("textbox").fill(comment)
    customer.moves(customer.page.get_by_role("button", name=customer.say("Send: %(answer)s", answer=answer)))
    customer.sees(customer.say("Thank you, your answer has arrived"))


def closed(someone, case, lang):
    """The page of the case shows all of it, and none of what is personal."""
    someone.goes(f"/cases/{case.id}")
    page = someone.page
    expect(page.locator(".page-head .badge", has_text=someone.say("Closed"))).to_be_visible()
    expect(page.locator("figure svg.bpmn g.node.done[data-id=EndClosed]")).to_be_visible()
    expect(page.locator("figure svg.bpmn g.node.active")).to_have_count(0)
    for secret in (TOLD[lang], DEMAND[lang], COMMENT[lang], FOUND[lang]):
        assert secret not in page.content()
    assert someone.office.engine.verify(case.id).sound
