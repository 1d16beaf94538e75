"""Every way through the inquiry, walked with the real domain: from the first contact to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Case
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house

CONTACT = {"channel": "PHONE", "contactTime": "2026-11-18T09:00:00+08:00"}
ANSWER = "The front-end fee of this fund is on its fact sheet."


def begun(house: House, *, identified: bool = True, **need: object) -> Walk:
    """An inquiry whose need has been recorded."""
    checks = {"firstCheck": "CODE", "secondCheck": "ID4"} if identified else {}
    walk = house.walk("inquiry", **CONTACT, customerId=next(house.customers))
    walk.does("Identify", noticeGiven=True, consentRecording=True, identified=identified, **checks)
    return walk.does("RecordNeed", **recorded(**need))


def recorded(**need: object) -> dict[str, object]:
    """A filled form of the need."""
    usual = {"topic": "FEE", "question": "What does it cost to buy this fund?", "inKnowledgeBase": True}
    return {"complete": True, "urgency": "normal", "language": "zh", "followUpAllowed": True, **usual, **need}


def wrapped_up(walk: Walk, next_need: str = "NONE", **more: object) -> Walk:
    """The customer finds the answer clear, and the contact is wrapped up."""
    walk.hears("answer_clear")
    return walk.does("WrapUp", reasonCode="ANSWERED", nextNeed=next_need, **more)


def handed_over(walk: Walk, key: str) -> Case:
    """The one case that it went on in; its end says so."""
    (child,) = walk.ended("EndHandedOver").linked
    assert child.key == key
    return child


def clear_at_once(house: House) -> Walk:
    walk = begun(house)
    assert walk.open == ["Answer"]
    walk.does("Answer", answerText=ANSWER, resolved=True)
    assert walk.waits_for == {"answer_clear", "answer_unclear"} and walk.letters == ["inquiry-answer"]
    wrapped_up(walk)
    assert walk.asked("inquiry/close") == [{"gap": ""}]
    (survey,) = walk.linked
    assert (survey.key, survey.data["origin"]) == (
        "survey",
        {
            "customerId": walk.data["customer"]["customerId"],
            "about": walk.case.number,
            "process": "inquiry",
            "agent": walk.did["Answer"][0],
        },
    )
    return walk.ended("EndAnswered")


def who_wants_no_follow_up_is_not_asked(house: House) -> Walk:
    walk = wrapped_up(begun(house, followUpAllowed=False).does("Answer", answerText=ANSWER, resolved=True))
    assert walk.linked == []
    return walk.ended("EndAnswered")


def an_expert_explains(house: House) -> Walk:
    walk = begun(house, topic="PRODUCT_DEEP")
    task = walk.task("ExpertAnswer")
    assert task.groups == ("pm",) and task.due is not None
    walk.does("ExpertAnswer", facts="The ten largest holdings are listed.", sources="Quarterly report, 30 September")
    return wrapped_up(walk.does("Answer", answerText=ANSWER, resolved=True)).ended("EndAnswered")


def not_in_the_knowledge_base(house: House) -> Walk:
    walk = begun(house, topic="REDEEM_MONEY", inKnowledgeBase=False)
    assert walk.task("ExpertAnswer").groups == ("ops",)
    walk.does("ExpertAnswer", facts="The money was paid out yesterday.", sources="Clearing file of 17 November")
    return wrapped_up(walk.does("Answer", answerText=ANSWER, resolved=True)).ended("EndAnswered")


def nobody_answers_in_time(house: House) -> Walk:
    walk = begun(house).does("Answer", answerText=ANSWER, resolved=False, reasonIfNot="The exact date is open.")
    assert walk.later(hours=71).waits_for and walk.data["reasonCode"] == "NO_REACTION"
    return walk.later(hours=1).ended("EndAnswered")


def explained_until_the_leader_calls(house: House) -> Walk:
    walk = begun(house).does("Answer", answerText=ANSWER, resolved=True)
    for round in (1, 2):
        walk.hears("answer_unclear", comment="What does that mean?")
        walk.does("ExpertAnswer", facts=f"Explained once more, round {round}.", sources="Fact sheet")
        walk.does("Answer", answerText=f"{ANSWER} Once more, {round}.", resolved=True)
    walk.hears("answer_unclear")
    assert walk.open == ["TalkToCustomer"] and walk.task("TalkToCustomer").groups == ("csl",)
    outcome = {"spokenWith": True, "outcome": "Explained by phone.", "reasonCode": "ANSWERED", "nextNeed": "NONE"}
    walk.does("TalkToCustomer", knowledgeGap="Fees of class C", **outcome)
    assert walk.asked("inquiry/close") == [{"gap": "Fees of class C"}]
    assert isinstance(walk.data["reaction"], dict) and "What does that mean?" not in str(walk.history)
    return walk.ended("EndAnswered")


def a_warning_goes_back_to_the_writer(house: House) -> Walk:
    walk = begun(house).does("Answer", answerText="这只基金低风险，可以放心。" * 2, resolved=True)
    assert walk.open == ["Answer"] and [hit["class"] for hit in walk.data["wordingHits"]] == ["WARN"]
    walk.does("Answer", answerText=ANSWER, resolved=True)
    assert walk.letters == ["inquiry-answer"]
    return wrapped_up(walk).ended("EndAnswered")


def a_forbidden_phrase_goes_to_compliance(house: House) -> Walk:
    walk = begun(house).does("Answer", answerText="本基金保本，请放心持有。", resolved=True)
    assert walk.open == ["ReviewWording"] and walk.task("ReviewWording").groups == ("co",)
    walk.does("ReviewWording", wordingVerdict="EDIT", wordingReason="Take the promise out.")
    assert walk.open == ["Answer"] and walk.letters == []
    walk.does("Answer", answerText="您问的是“保本”：基金不承诺保本。", resolved=True)
    assert walk.open == ["ReviewWording"]
    walk.does("ReviewWording", wordingVerdict="FIT", wordingReason="It quotes the customer and denies it.")
    return wrapped_up(walk).ended("EndAnswered")


def returned_too_often(house: House) -> Walk:
    walk = begun(house)
    for _ in range(2):
        walk.does("Answer", answerText="它的收益高回报明显。" * 2, resolved=True)
        assert walk.open == ["Answer"]
    walk.does("Answer", answerText="它的收益高回报明显。" * 2, resolved=True)
    assert walk.open == ["ReviewWording"]
    walk.does("ReviewWording", wordingVerdict="FIT", wordingReason="A quotation of the fact sheet.")
    return wrapped_up(walk).ended("EndAnswered")


def a_desk_takes_over(house: House) -> Walk:
    walk = begun(house, topic="PRIVACY", urgency="now")
    task = walk.task("TakeOver")
    assert (task.groups, task.priority) == (("dpo",), 1)
    return walk.does("TakeOver", done=True, whatWasDone="A copy of the data was sent.").ended("EndTakenOver")


def a_complaint_leaves_at_once(house: House) -> Walk:
    walk = begun(house, topic="COMPLAINT", question="Nobody answered my call yesterday.").ended("EndHandedOver")
    (child,) = walk.linked
    contact = child.data["contact"]
    assert (child.key, contact["source"], contact["told"]) == (
        "complaint",
        "PHONE",
        "Nobody answered my call yesterday.",
    )
    assert contact["customerId"] == child.data["customer"]["customerId"] == walk.case.data["customer"]["customerId"]
    assert "category" not in contact
    return walk


def fraud_leaves_at_once(house: House) -> Walk:
    walk = begun(house, topic="FRAUD_ALERT", identified=False).ended("EndHandedOver")
    (child,) = walk.linked
    assert child.data["contact"]["category"] == "FRAUD"
    return walk


def declined_for_want_of_a_licence(house: House) -> Walk:
    walk = begun(house, topic="FX")
    assert walk.letters == ["out-of-licence"] and walk.asked("interaction/record")
    return walk.ended("EndDeclined")


def a_further_need_for_a_desk(house: House) -> Walk:
    walk = wrapped_up(begun(house).does("Answer", answerText=ANSWER, resolved=True), "ACCOUNT_KYC")
    assert walk.task("TakeOver").groups == ("csr",) and walk.linked == []
    return walk.does("TakeOver", done=False, whatWasDone="Called, to be called again.").ended("EndTakenOver")


def a_further_need_is_a_recommendation(house: House) -> Walk:
    answered = begun(house).does("Answer", answerText=ANSWER, resolved=True)
    walk = wrapped_up(answered, "RECOMMEND", furtherTold="Something safer for next year")
    child = handed_over(walk, "recommendation")
    assert child.data["told"] == "Something safer for next year"
    assert (child.customer, child.data["channel"]) == (walk.data["customer"]["customerId"], "PHONE")
    return walk


def whoever_is_not_identified_goes_to_the_desk(house: House) -> Walk:
    walk = begun(house, identified=False, topic="RECOMMEND")
    assert walk.task("TakeOver").groups == ("csr",)
    return walk.does("TakeOver", done=False, whatWasDone="Asked to identify himself first.").ended("EndTakenOver")


def an_order_in_his_own_hands(house: House) -> Walk:
    walk = begun(house, topic="SIP", fundCodes=["990001"], question="How do I begin a savings plan?" * 100)
    child = handed_over(walk, "trade")
    said = str(child.data)
    assert "'initiative': 'CUSTOMER'" in said and "'orderType': 'SIP'" in said and "990001" in said
    return walk


def how_to_trade(house: House) -> Walk:
    walk = begun(house, topic="TRADE_HOWTO", fundCodes=["990001", "990002"])
    assert "CUSTOMER" in str(handed_over(walk, "trade").data)
    return walk


def a_risk_assessment_is_wanted(house: House) -> Walk:
    walk = wrapped_up(begun(house).does("Answer", answerText=ANSWER, resolved=True), "RISK_TEST")
    assert handed_over(walk, "risk-assess").data["reason"] == "SELF"
    return walk


def a_suggestion_is_feedback(house: House) -> Walk:
    answered = begun(house).does("Answer", answerText=ANSWER, resolved=True)
    walk = wrapped_up(answered, "SUGGESTION", furtherTold="建议增加英文页面，感谢")
    child = handed_over(walk, "feedback")
    assert (child.data["received"]["source"], child.data["received"]["contactAllowed"]) == ("INQUIRY", True)
    assert child.data["tag"]["topics"] == ["APP", "SUGGESTION"] and "英文页面" not in str(child.data)
    return walk


def a_further_need_is_a_complaint(house: House) -> Walk:
    walk = wrapped_up(begun(house).does("Answer", answerText=ANSWER, resolved=True), "COMPLAINT")
    assert [case.key for case in walk.linked] == ["complaint"]
    return walk.ended("EndHandedOver")


def dropped(house: House) -> Walk:
    """An anonymous call that is dropped before the need is clear."""
    walk = house.walk("inquiry", **CONTACT, caller="13912345678")
    walk.does("Identify", noticeGiven=True, consentRecording=False, identified=False, callerName="王小明")
    return walk.does("RecordNeed", complete=False)


def called_back(house: House) -> Walk:
    walk = dropped(house)
    assert walk.open == ["CallBack"]
    walk.does("CallBack", **recorded(topic="ORDER_STATUS"))
    assert walk.data["publicOnly"] is True
    assert "13912345678" not in str(walk.data) and "王小明" not in str(walk.history)
    return wrapped_up(walk.does("Answer", answerText=ANSWER, resolved=True)).ended("EndAnswered")


def contact_lost(house: House) -> Walk:
    walk = dropped(house).does("CallBack", complete=False)
    assert walk.letters == ["call-missed"]
    return walk.ended("EndContactLost")


PATHS = {
    path.__name__: path
    for path in (
        clear_at_once,
        who_wants_no_follow_up_is_not_asked,
        an_expert_explains,
        not_in_the_knowledge_base,
        nobody_answers_in_time,
        explained_until_the_leader_calls,
        a_warning_goes_back_to_the_writer,
        a_forbidden_phrase_goes_to_compliance,
        returned_too_often,
        a_desk_takes_over,
        a_complaint_leaves_at_once,
        fraud_leaves_at_once,
        declined_for_want_of_a_licence,
        a_further_need_for_a_desk,
        a_further_need_is_a_recommendation,
        whoever_is_not_identified_goes_to_the_desk,
        an_order_in_his_own_hands,
        how_to_trade,
        a_risk_assessment_is_wanted,
        a_suggestion_is_feedback,
        a_further_need_is_a_complaint,
        called_back,
        contact_lost,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("inquiry")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("INQ-20261118-")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("inquiry")
    assert set().union(*(walk.ends for walk in walks)) == end_events("inquiry")
