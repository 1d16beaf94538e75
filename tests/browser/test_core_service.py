"""The whole core service, by people at browsers: from a question to the order, its result, and what is thought of it."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from .office import CUSTOMERS
from .someone import ANSWER_CLEAR
from .test_inquiry import ANSWER, call_comes_in, reacts, recorded

pytestmark = pytest.mark.slow
both = pytest.mark.parametrize("lang", ["en", "zh"])

NEED = {"goal": "INCOME", "horizonMonths": 36, "liquidityNeed": "OVER_1Y", "investableAssets": "UNDER_1M"}
AMOUNT = {"thisAmount": "20000", "maxLossPct": 10, "contradictionExplained": True}
REASON = {
    "en": "The money is free for three years; volatility, fees and risks were explained.",
    "zh": "客户资金三年内不用，已逐项说明波动、费率与风险，符合其稳健目标。",
}
EXPLAINED = dict.fromkeys(("features", "fees", "pastFigures", "risks", "notFor", "recorded"), True)
GUIDED = dict.fromkeys(("applicationExplained", "feesExplained", "transferExplained", "nothingOperated"), True)
SIGNED = dict.fromkeys(("keyFactsRead", "riskNoticeRead", "ownDecision"), True)
WARNED = dict.fromkeys(("pointAbove", "pointLoss", "pointUnlikeMine", "pointNotAdvised"), True)
NAME = {"en": "Sarah Miller", "zh": "马晓丽"}
WISH = {"en": "I ask for it on my own initiative.", "zh": "本人主动要求购买，已了解风险。"}
TOLD = {"en": "It is her own wish, the letter is signed.", "zh": "已核对警示函，客户系主动要求，同意。"}
WORDS = {"en": "Clear and friendly, thank you.", "zh": "回答清楚，态度也好，谢谢。"}
ORDER = {"orderType": "PUR", "payMethod": "CARD", "codeReadBack": True}


@both
def test_from_a_question_to_the_order_and_to_what_is_thought_of_it(own_office, enter, lang):
    """Question, need, matching, papers, wish, order, payment, confirmation, result, survey, feedback."""
    office = own_office
    office.without_chance()
    who = office.customer_is(lang, marketing_consent=False)  # who wants it is not surveyed in a week with advertising
    service, customer = enter(office, "li.na", lang), enter(office, lang=lang)

    inquiry = call_comes_in(service, lang)
    recorded(service, inquiry, lang, inKnowledgeBase=True)
    service.takes(inquiry, "Answer").does(inquiry, "Answer", answerText=ANSWER[lang], resolved=True)
    reacts(customer, inquiry, ANSWER_CLEAR[lang])
    service.takes(inquiry, "WrapUp").does(inquiry, "WrapUp", reasonCode="ANSWERED", nextNeed="RECOMMEND")

    advice = office.child(inquiry, "recommendation")
    assert advice.customer == who
    service.takes(advice, "AnalyseNeed").does(advice, "AnalyseNeed", **NEED, **AMOUNT)
    office.task(advice, "ChooseFunds")
    chosen = office.engine.case(advice.id).data["suited"]["allowed"]
    assert "990004" in chosen and "990012" not in chosen  # a bond fund of R2; an index fund of R4 is above C3
    item = {"fundCode": "990004", "reason": REASON[lang], "proposedAmount": "20000", "proposedType": "PUR"}
    service.takes(advice, "ChooseFunds").sees("990004")
    service.does(advice, "ChooseFunds", items=[item], alternatives=["990001"])
    service.takes(advice, "ExplainFunds").does(advice, "ExplainFunds", **EXPLAINED, recordingId="REC1")
    customer.answers(advice, "material_read_buy", read=True)
    office.ends(advice, "EndHandedOver")

    trade = office.child(advice, "trade")
    service.takes(trade, "ConfirmOrder")
    expect(service.page.locator("#f-fundCode")).to_have_value("990004")
    expect(service.page.locator("#f-amount")).to_have_value("20000.00")
    service.does(trade, "ConfirmOrder", payMethod="CARD", codeReadBack=True)
    service.takes(trade, "Guide").does(trade, "Guide", **GUIDED)
    customer.answers(trade, "application_signed", **SIGNED, signature=NAME[lang])
    confirmed(office, customer, service, trade, lang, who)

    survey = office.child(trade, "survey")
    service.goes("/cases?status=all").sees(trade.number)
    assert service.page.get_by_text(survey.number).count() == 0  # whoever served does not see what is thought of it
    office.comes("2026-11-20T10:00:00")
    customer.answers(survey, "survey_answered", csat=5, comment=WORDS[lang])
    office.ends(survey, "EndAnswered")
    feedback = office.child(survey, "feedback")
    assert office.engine.case(feedback.id).data["judged"]["class"] == "PROMOTER"


def confirmed(office, customer, service, trade, lang, who):
    """The bank debits, the order file goes out in the evening, the registrar answers, the customer is told and holds it."""
    office.waits(trade, "payment_debited")
    office.comes("2026-11-18T14:00:00")
    office.comes("2026-11-18T20:00:00")
    office.waits(trade, "registrar_confirmed")
    office.comes("2026-11-19T18:00:00")
    office.ends(trade, "EndConfirmed")
    customer.goes(f"/phone?customer={who}").sees(trade.number)
    service.goes(f"/customers/{who}").sees("990004")
    service.goes(f"/cases/{trade.id}")
    expect(service.page.locator("figure svg.bpmn g.node.done[data-id=EndConfirmed]")).to_be_visible()


@both
def test_a_customer_of_seventy_insists_on_a_fund_above_his_class(own_office, enter, lang):
    """R5 for C3 at 70: letter, special care, approval, a day to think, and a call-back."""
    office = own_office
    office.without_chance()
    who = office.customer_is(lang, birth_date=date(1956, 5, 1))
    service, compliance = enter(office, "li.na", lang), enter(office, "chen.jie", lang)
    customer = enter(office, lang=lang)
    trade = asked(office, service, lang, fundCode="990020", amount="5000")
    customer.answers(trade, "warning_signed", **WARNED, statement=WISH[lang], signature=NAME[lang])
    compliance.takes(trade, "ApproveSale").does(trade, "ApproveSale", approved=True, approvalReason=TOLD[lang])
    service.takes(trade, "GiveCare")
    service.does(trade, "GiveCare", scriptFollowed=True, largestLoss="2500", careGiven=True)
    assert office.engine.tasks(trade.id) == []
    office.comes("2026-11-19T10:00:00")
    service.takes(trade, "Guide").does(trade, "Guide", **GUIDED)
    customer.answers(trade, "application_signed", **SIGNED, signature=NAME[lang])
    office.waits(trade, "payment_debited")
    for moment in ("2026-11-19T14:00:00", "2026-11-19T20:00:00", "2026-11-23T18:00:00"):
        office.comes(moment)
    office.ends(trade, "EndConfirmed")
    calling = office.child(trade, "callback")
    task = office.task(calling, "Call")
    assert calling.customer == who and task.assignee != "li.na"
    caller = enter(office, task.assignee, lang).opens(calling, "Call")
    said = dict.fromkeys(("identityOk", "ownDecision", "knowsRisk", "readDocuments", "nobodyPromised"), "YES")
    caller.does(calling, "Call", reached=True, **said)
    office.ends(calling, "EndConfirmed")


@both
def test_the_lowest_class_gets_a_polite_no(own_office, enter, lang):
    office = own_office
    who = office.customer_is(lang, risk_class="C1", lowest_class=True)
    service, customer = enter(office, "li.na", lang), enter(office, lang=lang)
    trade = asked(office, service, lang, fundCode="990004", amount="5000")
    office.ends(trade, "EndBlocked")
    customer.goes(f"/phone?customer={who}").sees(trade.number)


@both
@pytest.mark.parametrize(("signed_at", "day"), [("14:59:00", "2026-11-18"), ("15:00:00", "2026-11-19")])
def test_the_hour_of_signing_decides_the_day(own_office, enter, lang, signed_at, day):
    office = own_office
    office.without_chance()
    office.customer_is(lang)
    service, customer = enter(office, "li.na", lang), enter(office, lang=lang)
    trade = asked(office, service, lang, fundCode="990001", amount="1000")
    service.takes(trade, "Guide").does(trade, "Guide", **GUIDED)
    customer.gets(trade, {"en": "Read and sign", "zh": "阅读并签署"}[lang])
    office.clock.set(f"2026-11-18T{signed_at}+08:00")
    customer.answers(trade, "application_signed", **SIGNED, signature=NAME[lang])
    office.waits(trade, "payment_debited")
    assert office.engine.case(trade.id).data["tradeDate"] == day


@both
@pytest.mark.parametrize(
    ("chance", "end"),
    [("REGISTRAR_PARTIAL_PERCENT", "EndConfirmed"), ("REGISTRAR_REJECTED_PERCENT", "EndRejected")],
)
def test_the_registrar_confirms_in_part_or_not_at_all(own_office, enter, lang, chance, end):
    office = own_office
    office.without_chance(**{chance: 100})
    who = office.customer_is(lang)
    service, customer = enter(office, "li.na", lang), enter(office, lang=lang)
    trade = asked(office, service, lang, fundCode="990004", amount="5000")
    service.takes(trade, "Guide").does(trade, "Guide", **GUIDED)
    customer.answers(trade, "application_signed", **SIGNED, signature=NAME[lang])
    office.waits(trade, "payment_debited")
    for moment in ("2026-11-18T14:00:00", "2026-11-18T20:00:00", "2026-11-19T18:00:00"):
        office.comes(moment)
    office.ends(trade, end)
    customer.goes(f"/phone?customer={who}").sees(trade.number)


def asked(office, service, lang, **order):
    """The customer wants a fund of her own accord, and the order is read back."""
    who = {"customerId": CUSTOMERS[lang], "channel": "PHONE", "initiative": "CUSTOMER"}
    trade = office.engine.start("trade", who, by=office.person("li.na"))
    service.takes(trade, "ConfirmOrder").does(trade, "ConfirmOrder", **ORDER, **order)
    return trade
