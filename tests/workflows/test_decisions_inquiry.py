"""DT-03a, every row: who answers which topic."""

from __future__ import annotations

from typing import Any

import pytest

from engine import ExpressionError
from engine.canonical import read
from tests.workflows.seeds import bundle_files, decision, rows

ROUTING = decision("inquiry", "inquiry_routing")

# topic: queue, skill, identification needed, priority, answered by, next process, expert
TOPICS: dict[str, tuple[Any, ...]] = {
    "PRODUCT_INFO": ("csr", "fund-basic", False, 3, "FRONT", "recommendation", "pm"),
    "PRODUCT_DEEP": ("pm", "fund-expert", False, 3, "EXPERT", "inquiry", "pm"),
    "RECOMMEND": ("csr", "qualification", True, 3, "PROCESS", "recommendation", "pm"),
    "TRADE_HOWTO": ("csr", "trade", False, 2, "PROCESS", "trade", "ops"),
    "ORDER_STATUS": ("csr", "trade", True, 2, "FRONT", "NONE", "ops"),
    "TRADE_EXCEPTION": ("ops", "clearing", True, 1, "DESK", "trade", "ops"),
    "REDEEM_MONEY": ("csr", "trade", True, 2, "FRONT", "complaint", "ops"),
    "FEE": ("csr", "fund-basic", False, 3, "FRONT", "NONE", "pm"),
    "ACCOUNT_KYC": ("csr", "kyc", True, 2, "DESK", "kyc-open", "ops"),
    "RISK_TEST": ("csr", "kyc", True, 3, "PROCESS", "risk-assess", "ops"),
    "SIP": ("csr", "trade", True, 3, "PROCESS", "trade", "ops"),
    "PENSION_TAX": ("csr", "pension", False, 3, "FRONT", "NONE", "pm"),
    "PRIVACY": ("dpo", "privacy", True, 2, "DESK", "pi-request", "ops"),
    "COMPLAINT": ("chs", "complaint", False, 1, "PROCESS", "complaint", "ops"),
    "FRAUD_ALERT": ("chs", "fraud", False, 0, "PROCESS", "complaint", "ops"),
    "SUGGESTION": ("chs", "feedback", False, 4, "PROCESS", "feedback", "pm"),
    "PRIVATE_FUND": ("pm", "qualified-investor", True, 3, "DESK", "recommendation", "pm"),
    "FX": ("csr", "refusal", False, 4, "NOBODY", "NONE", "pm"),
    "PROJECT": ("gm", "reception", False, 4, "DESK", "investment-project", "pm"),
    "OTHER": ("csr", "general", False, 4, "FRONT", "inquiry", "pm"),
}
NEEDS_A_CUSTOMER = {"RECOMMEND", "TRADE_HOWTO", "RISK_TEST", "SIP"}  # else a desk takes over by hand
OUTPUTS = ("queue", "skill", "identificationNeeded", "urgencyRank", "answeredBy", "nextProcess", "expertGroup")


def route(topic: str, next_need: str = "NONE", *, found: bool = True, identified: bool = True) -> tuple[Any, set[int]]:
    """What the table says of a topic, and the rows that hit."""
    said = {"need": {"topic": topic}, "nextNeed": next_need, "customer": {"found": found}, "identified": identified}
    outcome = ROUTING.evaluate(said)
    return outcome.value, set(outcome.rows)


@pytest.mark.parametrize("topic", TOPICS)
def test_topic(topic: str) -> None:
    assert route(topic)[0] == dict(zip(OUTPUTS, TOPICS[topic]))


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(("found", "identified"), [(True, False), (False, True), (False, False)])
def test_topic_of_somebody_who_is_not_identified(topic: str, found: bool, identified: bool) -> None:
    said = dict(zip(OUTPUTS, TOPICS[topic]))
    desk = {"answeredBy": "DESK"} if topic in NEEDS_A_CUSTOMER else {}
    assert route(topic, found=found, identified=identified)[0] == said | desk


def test_every_row_is_hit_by_one_topic() -> None:
    hit = [route(topic, identified=identified)[1] for topic in TOPICS for identified in (True, False)]
    assert all(len(found) == 1 for found in hit) and set().union(*hit) == rows(ROUTING)


def test_the_form_offers_every_topic_and_no_other() -> None:
    form = read(bundle_files("inquiry")["forms/need.json"])
    assert [one["const"] for one in form["properties"]["topic"]["oneOf"]] == list(TOPICS)


def test_a_further_need_is_routed_in_the_place_of_the_first() -> None:
    assert route("FEE", "COMPLAINT")[0]["nextProcess"] == "complaint"


@pytest.mark.parametrize("form", ["wrap-up", "talk"])
def test_every_further_need_goes_to_a_desk_or_a_process(form: str) -> None:
    offered = read(bundle_files("inquiry")[f"forms/{form}.json"])["properties"]["nextNeed"]["oneOf"]
    needs = [one["const"] for one in offered if one["const"] != "NONE"]
    assert needs and {route("FEE", need)[0]["answeredBy"] for need in needs} == {"DESK", "PROCESS"}


def test_a_topic_that_does_not_exist_hits_nothing() -> None:
    assert route("WEATHER") == (None, set())


def test_a_topic_that_was_never_recorded_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="topic"):
        ROUTING.evaluate({"need": {}, "nextNeed": "NONE", "customer": {"found": False}, "identified": False})
