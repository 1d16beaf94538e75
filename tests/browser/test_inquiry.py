"""An inquiry from the first call to its last step, by people at their browsers, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .office import CUSTOMERS

CALLER = {"en": "Sarah Miller", "zh": "马晓丽"}
QUESTION = {"en": "How does this fund choose its holdings?", "zh": "这只基金如何选择重仓股？"}
PROMISE = {"en": "Your capital is guaranteed in this fund.", "zh": "这只基金保本，请您放心。"}
ANSWER = {
    "en": "The manager chooses among large companies, as the prospectus says.",
    "zh": "基金经理按招募说明书的约定，在大型公司中选择。",
}
FACTS = {"en": "The ten largest holdings are in the report.", "zh": "前十大重仓股载于最新的季度报告。"}
SOURCES = {"en": "Quarterly report, 30 September", "zh": "三季度报告"}
REASON = {"en": "It promises that nothing can be lost.", "zh": "该表述承诺不亏损，应删除。"}
COMMENT = {"en": "Which companies are they?", "zh": "具体是哪些公司？"}
COMPLAINT = {"en": "Nobody called me back yesterday.", "zh": "昨天没有人给我回电话。"}
CLEAR = {"en": "Yes, it is clear", "zh": "清楚了"}
UNCLEAR = {"en": "No, please explain again", "zh": "不清楚，请再解释"}


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_an_inquiry_is_answered_until_it_is_clear(own_office, enter, lang):
    office = own_office
    service, expert = enter(office, "li.na", lang), enter(office, "liu.yang", lang)
    compliance, customer = enter(office, "chen.jie", lang), enter(office, lang=lang)
    case = call_comes_in(service, lang)

    recorded(service, case, lang, topic="PRODUCT_DEEP", inKnowledgeBase=False)
    expert.takes(case, "ExpertAnswer").does(case, "ExpertAnswer", facts=FACTS[lang], sources=SOURCES[lang])

    service.takes(case, "Answer").does(case, "Answer", answerText=PROMISE[lang], resolved=True)
    compliance.takes(case, "ReviewWording").sees(PROMISE[lang])
    compliance.does(case, "ReviewWording", wordingVerdict="EDIT", wordingReason=REASON[lang])
    service.takes(case, "Answer")
    expect(
        service.page.get_by_role("textbox", name=service.words("Answer") if lang == "en" else "答复内容").first
    ).to_have_value(PROMISE[lang])
    service.does(case, "Answer", answerText=ANSWER[lang], resolved=True)

    reacts(customer, case, UNCLEAR[lang], COMMENT[lang])
    expert.takes(case, "ExpertAnswer").does(case, "ExpertAnswer", facts=FACTS[lang], sources=SOURCES[lang])
    service.takes(case, "Answer").does(case, "Answer", answerText=FACTS[lang], resolved=True)
    reacts(customer, case, CLEAR[lang], messages=2)
    service.takes(case, "WrapUp").does(case, "WrapUp", reasonCode="ANSWERED", nextNeed="COMPLAINT")

    closed(service, case, lang)
    assert COMMENT[lang] not in service.page.content()
    assert office.engine.verify(case.id).sound


def call_comes_in(service, lang):
    """Somebody calls: the customer is looked up, and the case begins."""
    service.follows(service.say("New case"))
    service.page.get_by_placeholder(service.say("Name, number, mobile, last 4 digits")).fill(CALLER[lang])
    service.presses(service.say("Find"))
    service.follows(CALLER[lang])
    service.moves(service.page.locator("a.pick", has_text={"en": "Customer inquiry", "zh": "客户咨询受理"}[lang]))
    expect(service.page.locator("#f-customerId")).to_have_value(CUSTOMERS[lang])
    service.presses(service.say("Start the case"))
    case = service.office.engine.cases(customer=CUSTOMERS[lang], key="inquiry")[0]
    expect(service.page.get_by_role("heading", level=1)).to_have_text(case.number)
    return case


def recorded(service, case, lang, **need):
    """The customer is identified, and says what she needs."""
    checks = {"identified": True, "firstCheck": "CODE", "secondCheck": "ID4"}
    service.does(case, "Identify", noticeGiven=True, consentRecording=True, **checks)
    said = {"topic": "FEE", "question": QUESTION[lang], "language": lang, "followUpAllowed": True}
    service.does(case, "RecordNeed", **{**said, **need})


def reacts(customer, case, answer, comment="", messages=1):
    """The customer presses an answer on her own page."""
    customer.gets(case, answer, messages)
    if comment:
        customer.page.get_by_role("textbox").fill(comment)
    customer.presses(customer.say("Send: %(answer)s", answer=answer))
    customer.sees(customer.say("Thank you, your answer has arrived"))


def closed(service, case, lang):
    """The page of the case shows that it is over: the whole way on the diagram, what happened, what came of it."""
    service.goes(f"/cases/{case.id}")
    page = service.page
    expect(page.locator(".page-head .badge", has_text=service.say("Closed"))).to_be_visible()
    expect(page.locator("figure svg.bpmn g.node.done[data-id=EndHandedOver]")).to_be_visible()
    expect(page.locator("figure svg.bpmn g.node.active")).to_have_count(0)
    assert page.locator("figure svg.bpmn g.node.done").count() > 10
    expect(page.locator("figure svg.bpmn g.node.idle[data-id=EndContactLost]")).to_be_visible()
