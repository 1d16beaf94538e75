"""DT-04, what follows a piece of feedback, and DT-08, whether a customer may be contacted: every row, every boundary."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows

FOLLOW_UP = decision("shared/feedback_follow_up", "feedback_follow_up")
PERMISSION = decision("shared/contact_permission", "contact_permission")

ITEM: dict[str, Any] = {
    "instrument": "CSAT",
    "score": 3,
    "complaintIntent": False,
    "tier": "mass",
    "textPresent": False,
    "sentiment": Decimal(0),
    "answered": True,
}
REACH: dict[str, Any] = {
    "barred": False,
    "criticalComplaint": False,
    "adsRefused": False,
    "coolingOff": False,
    "minuteOfDay": 600,
    "holiday": False,
    "attempts30": 0,
    "marketing7": 0,
    "vulnerable": False,
}


def follow(**item: Any) -> tuple[Any, set[int]]:
    """What the table says of an item, and the rows that hit."""
    outcome = FOLLOW_UP.evaluate({"item": ITEM | item})
    return outcome.value, set(outcome.rows)


def rule(**item: Any) -> str:
    """The rule that decides."""
    return str(follow(**item)[0]["rule"]).removeprefix("DT-04-")


def allowed(**reach: Any) -> tuple[str, bool, str]:
    """Permission, whether it is quiet now, and the rule."""
    value = PERMISSION.evaluate({"reach": REACH | reach}).value
    return value["permission"], value["quiet"], str(value["permissionRule"]).removeprefix("DT-08-")


# -- DT-04

ROWS: dict[str, tuple[dict[str, Any], tuple[str, str, str, str]]] = {
    "1": ({"complaintIntent": True, "score": 5}, ("COMPLAINT", "OPEN_COMPLAINT", "chs", "1 BD")),
    "2": ({"score": 2}, ("DETRACTOR", "CALL_REPAIR", "csl", "1 BD")),
    "3": ({"instrument": "NPS", "score": 6, "tier": "vip"}, ("DETRACTOR_VIP", "CALL_PLAN", "csl", "1 BD")),
    "4": ({"instrument": "NPS", "score": 6}, ("DETRACTOR", "CALL_OR_MESSAGE", "csr", "3 BD")),
    "5": ({"instrument": "CES", "score": 6}, ("EFFORT", "TAG_PROCESS", "chs", "5 BD")),
    "6a": ({"score": 3, "textPresent": True}, ("NEUTRAL", "READ_TAG", "chs", "5 BD")),
    "6b": ({"instrument": "NPS", "score": 7, "textPresent": True}, ("NEUTRAL", "READ_TAG", "chs", "5 BD")),
    "6c": ({"instrument": "CES", "score": 4, "textPresent": True}, ("NEUTRAL", "READ_TAG", "chs", "5 BD")),
    "7a": ({"score": 4, "textPresent": True, "sentiment": -1}, ("CONTRADICTION", "RECLASSIFY", "chs", "3 BD")),
    "7b": (
        {"instrument": "NPS", "score": 9, "textPresent": True, "sentiment": -1},
        ("CONTRADICTION", "RECLASSIFY", "chs", "3 BD"),
    ),
    "7c": (
        {"instrument": "CES", "score": 3, "textPresent": True, "sentiment": -1},
        ("CONTRADICTION", "RECLASSIFY", "chs", "3 BD"),
    ),
    "8a": ({"score": 4}, ("PROMOTER", "THANK_PRAISE", "", "")),
    "8b": ({"instrument": "NPS", "score": 9}, ("PROMOTER", "THANK_PRAISE", "", "")),
    "8c": ({"instrument": "CES", "score": 3}, ("PROMOTER", "THANK_PRAISE", "", "")),
    "9": ({"instrument": "", "score": None, "answered": False}, ("NO_RESPONSE", "COUNT", "", "")),
    "10": ({"instrument": "", "score": None, "textPresent": True}, ("NEUTRAL", "ANALYSE_BATCH", "", "")),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    item, said = ROWS[name]
    value, _ = follow(**item)
    assert (value["class"], value["followUp"], value["role"], value["due"]) == said
    assert value["rule"] == f"DT-04-{name}"


def test_every_row_is_hit() -> None:
    assert set().union(*(follow(**item)[1] for item, _ in ROWS.values())) == rows(FOLLOW_UP)


@pytest.mark.parametrize(
    ("instrument", "scores"),
    [
        ("CSAT", {1: "2", 2: "2", 3: "10", 4: "8a", 5: "8a"}),
        ("NPS", {0: "4", 6: "4", 7: "10", 8: "10", 9: "8b", 10: "8b"}),
        ("CES", {1: "8c", 3: "8c", 4: "10", 5: "10", 6: "5", 7: "5"}),
    ],
)
def test_both_sides_of_every_score(instrument: str, scores: dict[int, str]) -> None:
    assert {score: rule(instrument=instrument, score=score) for score in scores} == scores


@pytest.mark.parametrize(("sentiment", "said"), [("-0.31", "7a"), ("-0.3", "8a"), ("0", "8a")])
def test_bad_words_contradict_below_minus_three_tenths(sentiment: str, said: str) -> None:
    assert rule(score=5, textPresent=True, sentiment=Decimal(sentiment)) == said


def test_words_of_complaint_override_any_score() -> None:
    scores = [("CSAT", score) for score in range(1, 6)] + [("NPS", score) for score in range(11)]
    scores += [("CES", score) for score in range(1, 8)] + [("", None)]
    assert {rule(instrument=one, score=score, complaintIntent=True) for one, score in scores} == {"1"}


def test_every_combination_has_exactly_one_answer() -> None:
    scales = {"CSAT": range(1, 6), "NPS": range(11), "CES": range(1, 8)}
    scored = [(name, score) for name, scale in scales.items() for score in scale] + [("", None)]
    for (instrument, score), complaint, tier, present, mood, answered in product(
        scored, (True, False), ("mass", "vip", ""), (True, False), (Decimal(-1), Decimal(1)), (True, False)
    ):
        value, hit = follow(
            instrument=instrument,
            score=score,
            complaintIntent=complaint,
            tier=tier,
            textPresent=present,
            sentiment=mood,
            answered=answered,
        )
        assert len(hit) == 1 and value["class"] and (value["role"] == "") == (value["due"] == "")


# -- DT-08

CONTACTS: dict[str, tuple[dict[str, Any], tuple[str, bool]]] = {
    "1a": ({"barred": True}, ("NONE", True)),
    "1b": ({"criticalComplaint": True}, ("NONE", True)),
    "2a": ({"adsRefused": True, "minuteOfDay": 539}, ("SERVICE_ONLY", True)),
    "2b": ({"adsRefused": True, "holiday": True}, ("SERVICE_ONLY", True)),
    "2c": ({"adsRefused": True}, ("SERVICE_ONLY", False)),
    "3": ({"coolingOff": True}, ("NONE", True)),
    "4a": ({"minuteOfDay": 1200}, ("DEFER", True)),
    "4b": ({"holiday": True}, ("DEFER", True)),
    "5a": ({"attempts30": 3}, ("DEFER", True)),
    "5b": ({"marketing7": 1}, ("DEFER", True)),
    "6": ({"vulnerable": True}, ("HUMAN_ONLY", False)),
    "7": ({}, ("ALLOW", False)),
}


@pytest.mark.parametrize("name", CONTACTS)
def test_permission(name: str) -> None:
    reach, said = CONTACTS[name]
    assert allowed(**reach) == (*said, name)


def test_every_row_of_the_permissions_is_hit() -> None:
    hit = [set(PERMISSION.evaluate({"reach": REACH | reach}).rows) for reach, _ in CONTACTS.values()]
    assert set().union(*hit) == rows(PERMISSION)


@pytest.mark.parametrize(
    ("minute", "said"), [(0, "4a"), (539, "4a"), (540, "7"), (1199, "7"), (1200, "4a"), (1439, "4a")]
)
def test_nine_to_eight(minute: int, said: str) -> None:
    assert allowed(minuteOfDay=minute)[2] == said


@pytest.mark.parametrize(("attempts", "marketing", "said"), [(2, 0, "7"), (3, 0, "5a"), (0, 1, "5b"), (9, 9, "5a")])
def test_how_often(attempts: int, marketing: int, said: str) -> None:
    assert allowed(attempts30=attempts, marketing7=marketing)[2] == said


def test_every_combination_of_facts_has_exactly_one_answer() -> None:
    flags = ("barred", "criticalComplaint", "adsRefused", "coolingOff", "holiday", "vulnerable")
    order = list(CONTACTS)
    for values in product((True, False), repeat=len(flags)):
        for minute, attempts, marketing in product((539, 540, 1199, 1200), (2, 3), (0, 1)):
            reach = dict(zip(flags, values)) | {"minuteOfDay": minute, "attempts30": attempts, "marketing7": marketing}
            assert len(PERMISSION.evaluate({"reach": REACH | reach}).rows) == 1
            assert order.index(allowed(**reach)[2]) == min(order.index(one) for one in held(reach))


def held(reach: dict[str, Any]) -> list[str]:
    """The rules whose conditions hold, said in Python: the first of them must win."""
    night = not 540 <= reach["minuteOfDay"] < 1200
    refused = reach["adsRefused"]
    found = {
        "1a": reach["barred"],
        "1b": reach["criticalComplaint"],
        "2a": refused and night,
        "2b": refused and reach["holiday"],
        "2c": refused,
        "3": reach["coolingOff"],
        "4a": night,
        "4b": reach["holiday"],
        "5a": reach["attempts30"] >= 3,
        "5b": reach["marketing7"] >= 1,
        "6": reach["vulnerable"],
        "7": True,
    }
    return [name for name, holds in found.items() if holds]


def test_nobody_learns_from_the_rule_why_somebody_is_barred() -> None:
    assert {allowed(barred=True, holiday=holiday)[2] for holiday in (True, False)} == {"1a"}
