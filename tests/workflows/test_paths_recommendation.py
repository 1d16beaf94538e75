"""Every way through the recommendation, walked with the real domain: from the wish to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from engine import InvalidForm
from tests.engine import tiny
from tests.engine.spiff.xmls import END, el, line
from tests.workflows.answers import answers, customer_of
from tests.workflows.seeds import BUNDLES
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.materials import repository as materials
from workflows.recommendations import repository as recommendations
from workflows.suitability import opinions
from workflows.tables import fund

BALANCED, STEADY, CASH, RISKY = "990009", "990007", "990001", "990014"  # R3, R2, R1, R4
REASON = "It fits the horizon and the loss that was named."
EXPLAINED = dict.fromkeys(("features", "fees", "pastFigures", "risks", "notFor"), True)


def item(code: str = BALANCED, amount: str = "10000.50", **changed: Any) -> dict[str, Any]:
    """A proposed fund."""
    return {"fundCode": code, "reason": REASON, "proposedAmount": Decimal(amount), "proposedType": "PUR", **changed}


def begun(house: House, **changed: Any) -> Walk:
    """A recommendation that a customer in C3 has asked for."""
    return house.walk("recommendation", customerId=customer_of(house, **changed), channel="PHONE")


def needed(walk: Walk, **changed: Any) -> Walk:
    """The need has been analysed."""
    usual = {
        "goal": "INCOME",
        "horizonMonths": 36,
        "liquidityNeed": "OVER_1Y",
        "investableAssets": "UNDER_1M",
        "thisAmount": Decimal("10000.50"),
        "maxLossPct": 10,
        "contradictionExplained": False,
    }
    return walk.does("AnalyseNeed", **usual | changed)


def proposed(walk: Walk, *items: dict[str, Any], **changed: Any) -> Walk:
    """Funds have been chosen: one of R3, and one of R2 beside it."""
    usual = {"items": list(items) or [item()], "alternatives": [STEADY], "askProductManager": False}
    return walk.does("ChooseFunds", **usual | changed)


def explained(walk: Walk, **changed: Any) -> Walk:
    """The funds have been explained, and the material is out."""
    return walk.does(
        "ExplainFunds", **EXPLAINED | {"recorded": True, "recordingId": "R-1", "needChanged": False} | changed
    )


def sent(house: House, **changed: Any) -> Walk:
    """The customer has the material of a proposal that nobody had to review."""
    walk = explained(proposed(needed(begun(house, **changed))))
    assert walk.waits_for == {
        *("material_read_buy", "material_read_questions", "material_declined"),
        *("RISK_PROFILE_CHANGED", "PRODUCT_RATING_CHANGED"),
    }
    return walk


def record(walk: Walk, number: int = 1) -> recommendations.Recommendation:
    """A proposal of the case in the register."""
    with walk.house.engine.database.reading() as connection:
        found = recommendations.get(connection, f"{walk.case.number}-{number}")
    assert found is not None
    return found


def bought(house: House) -> Walk:
    walk = sent(house)
    assert (record(walk).status, record(walk).valid_until) == ("OPEN", date(2026, 12, 18))
    assert walk.letters == ["recommendation-material"]
    walk.hears("material_read_buy", read=True, fundCode=BALANCED)
    expected = {
        "customerId": walk.case.data["customerId"],
        "channel": "PHONE",
        "initiative": "STAFF",
        "orderType": "PUR",
        "fundCode": BALANCED,
        "amount": Decimal("10000.5"),
        "recommendationId": f"{walk.case.number}-1",
    }
    assert walk.asked("case/start") == [{"process": "trade", "data": expected}]
    assert [case.key for case in walk.linked] == ["trade"]
    assert (record(walk).status, record(walk).chosen) == ("ACCEPTED", BALANCED)
    return walk.ended("EndHandedOver")


def every_opinion_and_every_paper_is_kept(house: House) -> Walk:
    walk = sent(house)
    with house.engine.database.reading() as connection:
        said = {one.fund_code: one for one in opinions.of_case(connection, walk.case.id)}
        papers = materials.of_case(connection, walk.case.id)
    assert said[BALANCED].decision == "ALLOW" and said[BALANCED].facts["r"] == 3
    assert said[RISKY].decision == "BLOCK" and "990005" in said and "990016" not in said
    assert {paper.kind for paper, _ in papers} == {"KEY_FACTS", "PROSPECTUS", "RISK_NOTICE", "MATCH_OPINION"}
    assert {paper.fund_code for paper, _ in papers} == {BALANCED, STEADY}
    assert all(paper.sha256 == kept for paper, kept in papers)
    assert "预期" not in "".join(paper.text for paper, _ in papers)
    return walk.hears("material_declined", reasonCode="FEES").ended("EndDeclined")


def declined(house: House) -> Walk:
    walk = sent(house).hears("material_declined", reasonCode="RISK", comment="Too much of a ride.")
    assert (record(walk).status, record(walk).reason) == ("DECLINED", "RISK")
    return walk.ended("EndDeclined")


def reminded_and_expired(house: House) -> Walk:
    walk = sent(house).later(days=6)
    assert walk.letters == ["recommendation-material", "recommendation-reminder"]
    walk.later(days=8)
    assert "material_read_buy" in walk.waits_for
    walk.later(days=2)
    assert record(walk).status == "EXPIRED"
    return walk.ended("EndExpired")


def questions_until_the_leader_talks(house: House) -> Walk:
    walk = sent(house)
    for round in (2, 3):
        walk.hears("material_read_questions", read=True, comment="What is volatility?")
        explained(walk)
        assert record(walk, round).status == "OPEN" and record(walk, round - 1).status == "REPLACED"
    walk.hears("material_read_questions", read=True)
    assert walk.task("TalkToCustomer").groups == ("csl",)
    walk.does("TalkToCustomer", spokenWith=True, outcome="He will think it over.", reasonCode="NOT_CLEAR")
    assert record(walk, 3).reason == "NOT_CLEAR"
    return walk.ended("EndTalked")


def a_fund_that_was_not_proposed(house: House) -> Walk:
    walk = sent(house).hears("material_read_buy", read=True, fundCode=RISKY)
    assert walk.asked("case/start") == [] and walk.open == ["ExplainFunds"]
    explained(walk).hears("material_read_buy", read=True)
    assert walk.asked("case/start")[0]["data"]["fundCode"] == BALANCED
    return walk.ended("EndHandedOver")


def a_choice_outside_of_what_remained(house: House) -> Walk:
    walk = proposed(needed(begun(house)), item(RISKY))
    assert walk.open == ["ChooseFunds"] and walk.data["choice"]["problems"] == ["NOT_A_CANDIDATE"]
    proposed(walk, item(), alternatives=[])
    assert walk.data["choice"]["problems"] == ["NO_LOWER_RISK"]
    explained(proposed(walk)).hears("material_declined", reasonCode="OTHER")
    return walk.ended("EndDeclined")


def the_product_manager_is_asked(house: House) -> Walk:
    walk = proposed(needed(begun(house)), askProductManager=True, question="Which of the two has lower fees?")
    assert walk.task("AdviseOnFunds").groups == ("pm",)
    walk.does("AdviseOnFunds", text="Both cost the same in the first year.")
    explained(proposed(walk)).hears("material_declined", reasonCode="NO_NEED")
    return walk.ended("EndDeclined")


def a_doubtful_phrase_goes_back(house: House) -> Walk:
    walk = proposed(needed(begun(house)), item(reason="This is a low risk fund that fits the need well."))
    assert walk.open == ["ChooseFunds"] and walk.data["wordingVerdict"] == "EDIT" and walk.data["phrases"] == "low risk"
    explained(proposed(walk)).hears("material_declined", reasonCode="OTHER")
    return walk.ended("EndDeclined")


def a_forbidden_phrase_goes_to_compliance(house: House) -> Walk:
    walk = proposed(needed(begun(house)), item(reason="The expected return of this fund is five percent a year."))
    assert walk.open == ["ReviewProposal"] and walk.data["wordingVerdict"] == "COMPLIANCE"
    walk.does("ReviewProposal", verdict="CHANGE", reason="No forecast, take it out.")
    assert walk.open == ["ChooseFunds"]
    explained(proposed(walk)).hears("material_declined", reasonCode="OTHER")
    return walk.ended("EndDeclined")


def reviewed(walk: Walk, *reasons: str) -> Walk:
    """Compliance had to see the proposal for these reasons, releases it, and the customer declines."""
    task = walk.task("ReviewProposal")
    assert walk.data["choice"]["reviewReasons"] == list(reasons)
    assert task.groups == ("co",) and task.due is not None
    walk.does("ReviewProposal", verdict="RELEASE", reason="Care was taken.")
    return explained(walk).hears("material_declined", reasonCode="OTHER").ended("EndDeclined")


def high_risk_is_reviewed(house: House) -> Walk:
    walk = needed(begun(house, risk_class="C5"), goal="GROWTH", maxLossPct=30)
    assert walk.data["suited"]["withCare"] == ["990020"]  # R5 asks for care; the other of R5 has a daily limit
    return reviewed(proposed(walk, item(RISKY), alternatives=[BALANCED]), "HIGH_RISK")


def an_elderly_customer_is_reviewed(house: House) -> Walk:
    walk = needed(begun(house, birth_date=date(1961, 11, 18)))
    return reviewed(proposed(walk), "ELDERLY")


def a_large_amount_is_reviewed(house: House) -> Walk:
    walk = needed(begun(house), thisAmount=Decimal("500000"))
    return reviewed(proposed(walk, item(amount="250000"), item(STEADY, amount="250000")), "LARGE_AMOUNT")


def free_text_is_reviewed(house: House) -> Walk:
    walk = needed(begun(house))
    return reviewed(proposed(walk, message="We spoke about these on Monday."), "FREE_TEXT")


def the_recording_failed(house: House) -> Walk:
    walk = proposed(needed(begun(house)))
    walk.does("ExplainFunds", **EXPLAINED, recorded=False, needChanged=False)
    assert walk.open == ["ExplainFunds"] and walk.letters == []
    return explained(walk).hears("material_declined", reasonCode="OTHER").ended("EndDeclined")


def the_need_has_changed(house: House) -> Walk:
    walk = explained(proposed(needed(begun(house))), needChanged=True)
    assert walk.open == ["AnalyseNeed"] and walk.letters == []
    needed(walk, goal="CASH")
    assert set(walk.data["suited"]["allowed"]) == {CASH, "990002", "990003"}
    explained(proposed(walk, item(CASH), alternatives=[])).hears("material_declined", reasonCode="OTHER")
    return walk.ended("EndDeclined")


def the_answers_contradict_the_class(house: House) -> Walk:
    walk = needed(begun(house), maxLossPct=0)
    assert walk.open == ["AnalyseNeed"] and walk.data["needContradicts"]
    explained(proposed(needed(walk, maxLossPct=0, contradictionExplained=True)))
    return walk.hears("material_declined", reasonCode="OTHER").ended("EndDeclined")


def nothing_suits(house: House) -> Walk:
    """Who is in the lowest class and wants growth may be offered nothing."""
    walk = needed(begun(house, risk_class="C1", lowest_class=True), goal="GROWTH", maxLossPct=5)
    assert walk.data["suited"]["allowed"] == [] and walk.letters == ["recommendation-none"]
    return walk.ended("EndNothingSuits")


def not_eligible(house: House) -> Walk:
    return begun(house, birth_date=date(2008, 11, 19)).ended("EndNotEligible")


def not_active(house: House) -> Walk:
    return begun(house, status="FROZEN").ended("EndNotEligible")


def assessed_on_the_way(house: House) -> Walk:
    walk = begun(house, assessment_valid_to=date(2026, 11, 17), risk_class="C1")
    assert walk.letters == ["assessment-invitation"]
    walk.hears("assessment_answered", **answers(2))
    if walk.open:
        walk.does("ReviewResult", verdict="STANDS", reason="It was long ago.")
    walk.hears("result_confirmed", confirmed=True)
    assert walk.open == ["AnalyseNeed"] and walk.data["profile"]["class"] == "C3"
    explained(proposed(needed(walk))).hears("material_read_buy", read=True)
    return walk.ended("EndHandedOver")


def will_not_be_assessed(house: House) -> Walk:
    walk = begun(house, risk_class=None, assessment_valid_to=None).hears("assessment_refused")
    assert walk.letters == ["assessment-invitation", "recommendation-not-assessable"]
    return walk.ended("EndNotAssessable")


def the_profile_changes_while_it_waits(house: House) -> Walk:
    """An assessment in a case of its own: first another customer's, then this one's, who is in C1 now."""
    walk, other = sent(house), customer_of(house)
    for one in (other, walk.case.data["customerId"]):
        assert record(walk).status == "OPEN"
        case = house.engine.start("risk-assess", {"customerId": one, "reason": "SELF"}, by=house.members("csr")[0])
        found = Walk(house, case).settled().hears("assessment_answered", **answers(0, ageBand="35_49"))
        found.hears("result_confirmed", confirmed=True).ended("EndInForce")
    walk.settled()
    assert record(walk).status == "WITHDRAWN" and walk.letters[-1] == "recommendation-withdrawn"
    needed(walk, maxLossPct=0)
    assert set(walk.data["suited"]["allowed"]) == {CASH, "990002", "990003"}
    explained(proposed(walk, item(CASH), alternatives=[])).hears("material_read_buy", read=True)
    assert record(walk, 2).status == "ACCEPTED"
    return walk.ended("EndHandedOver")


def a_rating_changes_while_it_waits(house: House) -> Walk:
    """The manager rates the proposed fund R4: it is no longer among those that remain."""
    walk = sent(house)
    for code in (RISKY, BALANCED):
        assert record(walk).status == "OPEN"
        house.engine.start("rating", {"fundCode": code}, by=house.members("pm")[0])
        house.engine.run_due()
    assert record(walk).status == "WITHDRAWN"
    rated(house, "R4")
    try:
        needed(walk)
        assert BALANCED not in walk.data["suited"]["allowed"]
    finally:
        rated(house, "R3")
    explained(proposed(walk, item(STEADY), alternatives=[CASH]))
    return walk.hears("material_declined", reasonCode="OTHER").ended("EndDeclined")


def rated(house: House, level: str) -> None:
    """Give the proposed fund another risk level."""
    with house.engine.database.writing() as connection:
        connection.execute(update(fund).where(fund.c.code == BALANCED).values(risk=level))


def rating() -> dict[str, Any]:
    """A process of the product managers that tells of a new rating."""
    throw = el("intermediateThrowEvent", "throw", tiny.signal("PRODUCT_RATING_CHANGED"))
    body = tiny.begin() + throw + END + line("start", "throw", "end")
    signals = tiny.signals("PRODUCT_RATING_CHANGED", payload="{fundCode: fundCode}")
    return tiny.bundle("rating", body, signals, forms_start=tiny.form({"fundCode": {"type": "string"}}, ["fundCode"]))


def trade() -> dict[str, Any]:
    """What stands in for the trade where it is not shipped."""
    names = ("customerId", "channel", "initiative", "orderType", "fundCode", "recommendationId")
    return tiny.one_task("trade", start={name: {"type": "string"} for name in names} | {"amount": {"type": "number"}})


PATHS = {
    path.__name__: path
    for path in (
        bought,
        every_opinion_and_every_paper_is_kept,
        declined,
        reminded_and_expired,
        questions_until_the_leader_talks,
        a_fund_that_was_not_proposed,
        a_choice_outside_of_what_remained,
        the_product_manager_is_asked,
        a_doubtful_phrase_goes_back,
        a_forbidden_phrase_goes_to_compliance,
        high_risk_is_reviewed,
        an_elderly_customer_is_reviewed,
        a_large_amount_is_reviewed,
        free_text_is_reviewed,
        the_recording_failed,
        the_need_has_changed,
        the_answers_contradict_the_class,
        nothing_suits,
        not_eligible,
        not_active,
        assessed_on_the_way,
        will_not_be_assessed,
        the_profile_changes_while_it_waits,
        a_rating_changes_while_it_waits,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database; a product manager's process tells of new ratings."""
    with opened_house(tmp_path_factory.mktemp("recommendation")) as house:
        for files in (rating(), *(() if "trade" in BUNDLES else (trade(),))):
            house.engine.deploy(files, by=house.members("process_owner")[0], reason="tests")
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("REC-20261118-")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    taken = set().union(*(walk.flows for walk in walks))
    assert all_flows("recommendation") <= taken <= all_flows("recommendation") | all_flows("risk-assess")
    assert set().union(*(walk.ends for walk in walks)) == end_events("recommendation")


def test_who_chose_may_not_review(walked: Walked) -> None:
    walk = reviewed_soon(walked.house)
    assert walk.did["ChooseFunds"][0] not in {actor.name for actor in walked.house.members("co")}
    assert walk.task("ReviewProposal").groups == ("co",)


def reviewed_soon(house: House) -> Walk:
    """A proposal that lies with compliance."""
    return proposed(needed(begun(house)), message="We spoke about these on Monday.")


@pytest.mark.parametrize("ticked", [{"recorded": True}, {"recorded": True, "recordingId": "R-1", "risks": False}])
def test_every_point_of_the_script_is_ticked(walked: Walked, ticked: dict[str, Any]) -> None:
    walk = proposed(needed(begun(walked.house)))
    with pytest.raises(InvalidForm):
        walk.does("ExplainFunds", **EXPLAINED | {"needChanged": False} | ticked)


@pytest.mark.parametrize("items", [[], [item()] * 6, [item(reason="Too short")], [item(fundCode="990099")]])
def test_a_proposal_has_one_to_five_funds_with_a_reason(walked: Walked, items: list[Any]) -> None:
    walk = needed(begun(walked.house))
    with pytest.raises(InvalidForm):
        walk.does("ChooseFunds", items=items, askProductManager=False)
