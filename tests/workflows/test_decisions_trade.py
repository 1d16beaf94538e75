"""DT-05 and DT-07: every row of the trade checks and of the call-back, and both sides of every number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows
from workflows.outbox.wording import REASONS

CHECKS = decision("trade", "trade_checks")
CALLBACK = decision("shared/callback_rule", "callback_rule")
ORDER = {"INFO": 0, "WARN": 1, "REQUIRE": 2, "HOLD": 3, "BLOCK": 4}
FLAGS = ("application", "approved", "assessed", "careGiven", "cooledDown", "gap", "holdLifted", "recordingId")


def order(**said: Any) -> dict[str, Any]:
    """The data of a signed purchase in which nothing is wrong, with what a test changes."""
    flags: dict[str, Any] = {"application": {}, "approved": False, "assessed": False, "careGiven": False}
    flags |= {"cooledDown": False, "gap": 0, "holdLifted": False, "recordingId": ""}
    facts: dict[str, Any] = {
        "orderType": "PUR",
        "buys": True,
        "status": "ACTIVE",
        "amlHold": False,
        "idExpiredDays": 0,
        "person": True,
        "age": 40,
        "cardBound": True,
        "cardFrozen": False,
        "ownersKnown": True,
        "restrictedFrom": 6,
        "known": True,
        "fundStatus": "open",
        "targetStatus": "open",
        "r": 3,
        "sameManager": True,
        "privateFund": False,
        "pensionShare": False,
        "payMethod": "CARD",
        "amount": Decimal(1000),
        "shares": Decimal(0),
        "places": 0,
        "held": False,
        "minFirst": Decimal(10),
        "minAdd": Decimal(10),
        "limited": False,
        "quotaLeft": Decimal(0),
        "available": Decimal(0),
        "quick": False,
        "quickShares": Decimal(0),
        "assetsPercent": Decimal(0),
        "remaining": Decimal(0),
        "holdingDays": 0,
        "feeDue": False,
        "cancelOpen": True,
        "onTime": True,
        "secondsSinceLike": None,
        "largeValue": Decimal(500000),
        "recentOrders": 1,
        "recentTotal": Decimal(1000),
        "letterSigned": False,
        "onSite": False,
    }
    match = {"decision": said.pop("match", "ALLOW"), "actions": []}
    changed = {name: said.pop(name) for name in FLAGS if name in said}
    assert said.keys() <= facts.keys(), said.keys() - facts.keys()
    return {"facts": facts | said, "match": match} | flags | changed


SOLD = {"orderType": "RED", "buys": False, "amount": Decimal(0), "shares": Decimal(50), "available": Decimal(100)}
SWITCH = {**SOLD, "orderType": "CONV", "buys": True}
ALL_SOLD = {**SOLD, "available": Decimal(50)}
CANCEL = {"orderType": "CANCEL", "buys": False, "amount": Decimal(0)}
SUBSCRIBED = {"orderType": "SUB", "fundStatus": "raising"}
HITS: list[tuple[int, str, str, dict[str, Any]]] = [
    (1, "TC01", "BLOCK", {"status": "FROZEN"}),
    (2, "TC02", "BLOCK", {"idExpiredDays": 91}),
    (3, "TC03", "HOLD", {"status": "RESTRICTED", "amlHold": True}),
    (4, "TC04", "REQUIRE", {"match": "REASSESS"}),
    (5, "TC04", "BLOCK", {"match": "REASSESS", "assessed": True}),
    (6, "TC05", "BLOCK", {"match": "BLOCK"}),
    (7, "TC06", "REQUIRE", {"match": "WARN_CONFIRM", "gap": 1}),
    (7, "TC06", "REQUIRE", {"match": "WARN_CONFIRM_REVIEW", "approved": True, "gap": 1}),
    (8, "TC06", "REQUIRE", {"match": "WARN_CONFIRM_REVIEW", "letterSigned": True, "gap": 1}),
    (9, "TC06", "REQUIRE", {"match": "WARN_CONFIRM_REVIEW", "letterSigned": True, "approved": True, "gap": 2}),
    *((10, "TC07", "BLOCK", {"orderType": name, "fundStatus": "raising"}) for name in ("PUR", "SIP")),
    (10, "TC07", "BLOCK", {**SOLD, "fundStatus": "raising"}),
    (11, "TC07", "BLOCK", {"orderType": "SUB"}),
    *((11, "TC07", "BLOCK", {"orderType": "SUB", "fundStatus": name}) for name in ("limitPUR", "suspendPUR")),
    *((12, "TC07", "BLOCK", {"orderType": name, "fundStatus": "suspendPUR"}) for name in ("PUR", "SIP")),
    (13, "TC07", "BLOCK", {**SOLD, "fundStatus": "suspendRED"}),
    *((14, "TC07", "BLOCK", {"fundStatus": name}) for name in ("closed", "liquidating")),
    (15, "TC07", "BLOCK", {**SWITCH, "targetStatus": "suspendPUR"}),
    (16, "TC08", "BLOCK", {"known": False, "fundStatus": ""}),
    (17, "TC08", "BLOCK", {"r": 0}),
    (18, "TC09", "BLOCK", {"amount": Decimal("9.99")}),
    (19, "TC09", "BLOCK", {"amount": Decimal("9.99"), "held": True}),
    (20, "TC10", "BLOCK", {"limited": True, "quotaLeft": Decimal("999.99")}),
    (21, "TC11", "BLOCK", {"amount": Decimal(0)}),
    (22, "TC11", "BLOCK", {**SOLD, "shares": Decimal(0)}),
    (23, "TC11", "BLOCK", {"places": 3}),
    (24, "TC12", "BLOCK", {**SOLD, "shares": Decimal("100.01")}),
    (25, "TC13", "WARN", {**SOLD, "remaining": Decimal("9.99")}),
    (26, "TC14", "BLOCK", {"cardBound": False}),
    (26, "TC14", "BLOCK", {"cardFrozen": True}),
    (27, "TC15", "BLOCK", {"amount": Decimal("1000000.01"), "largeValue": Decimal(2000000)}),
    (28, "TC16", "WARN", {**ALL_SOLD, "feeDue": True, "holdingDays": 6}),
    (29, "TC16", "WARN", {**ALL_SOLD, "feeDue": True, "holdingDays": 7}),
    (29, "TC16", "WARN", {**ALL_SOLD, "feeDue": True, "holdingDays": 29}),
    (30, "TC16", "WARN", {**ALL_SOLD, "feeDue": True, "holdingDays": 30}),
    (30, "TC16", "WARN", {**ALL_SOLD, "feeDue": True, "holdingDays": 179}),
    (31, "TC17", "INFO", {"onTime": False}),
    (32, "TC18", "WARN", {"secondsSinceLike": 300}),
    (33, "TC19", "WARN", {"assetsPercent": Decimal("50.01")}),
    (33, "TC19", "WARN", {"assetsPercent": Decimal("50.01"), "r": 5}),
    (34, "TC19", "WARN", {"assetsPercent": Decimal("30.01"), "r": 5}),
    (34, "TC19", "WARN", {"assetsPercent": Decimal(50), "r": 5}),
    (35, "TC20", "REQUIRE", {"age": 65, "r": 4, "cooledDown": True}),
    (36, "TC20", "REQUIRE", {"age": 65, "r": 4, "careGiven": True}),
    (37, "TC21", "BLOCK", {"age": 17}),
    (38, "TC22", "BLOCK", {**CANCEL, "cancelOpen": False}),
    (39, "TC23", "REQUIRE", {"onSite": True}),
    (40, "TC24", "REQUIRE", {"application": None}),
    (41, "TC25", "BLOCK", {**SOLD, "quick": True, "quickShares": Decimal("10000.01")}),
    (42, "TC26", "BLOCK", {"person": False, "age": 0, "ownersKnown": False}),
    (43, "TC27", "BLOCK", {**SWITCH, "sameManager": False}),
    (44, "TC28", "BLOCK", {"privateFund": True}),
    (45, "TC29", "INFO", {"amount": Decimal(500000)}),
    (46, "TC29", "INFO", {"amount": Decimal("499999.99"), "recentOrders": 3, "recentTotal": Decimal(500000)}),
    (47, "TC30", "BLOCK", {"pensionShare": True}),
    (48, "CB01", "BLOCK", {"r": 4, "restrictedFrom": 4}),
]
PASSES: list[dict[str, Any]] = [
    {},
    {"idExpiredDays": 90},
    {**SOLD, "idExpiredDays": 9999},
    {"status": "RESTRICTED", "amlHold": True, "holdLifted": True},
    {"match": "ALLOW_WITH_CARE"},
    {"match": "WARN_CONFIRM", "gap": 1, "letterSigned": True},
    {"match": "WARN_CONFIRM_REVIEW", "gap": 2, "letterSigned": True, "approved": True, "cooledDown": True},
    {"match": "WARN_CONFIRM_REVIEW", "gap": 1, "letterSigned": True, "approved": True},
    *({**SOLD, "match": name} for name in ("BLOCK", "REASSESS", "WARN_CONFIRM_REVIEW")),
    SUBSCRIBED,
    {**CANCEL, "fundStatus": "raising"},
    {**CANCEL, "fundStatus": "closed"},
    {"fundStatus": "limitPUR"},
    {"fundStatus": "suspendRED"},
    {**SOLD, "fundStatus": "suspendPUR"},
    SWITCH,
    {"amount": Decimal(10)},
    {"amount": Decimal(10), "held": True},
    {"limited": True, "quotaLeft": Decimal(1000)},
    {"places": 2},
    {**SOLD, "shares": Decimal(100)},
    {**SOLD, "remaining": Decimal(10)},
    {**SOLD, "remaining": Decimal(0)},
    {"amount": Decimal(1000000), "largeValue": Decimal(2000000)},
    {**ALL_SOLD, "feeDue": True, "holdingDays": 180},
    {**ALL_SOLD, "feeDue": False, "holdingDays": 6},
    {"secondsSinceLike": 301},
    {"assetsPercent": Decimal(50)},
    {"assetsPercent": Decimal(30), "r": 5},
    {"age": 64, "r": 4},
    {"age": 65, "r": 3},
    {"age": 65, "r": 4, "careGiven": True, "cooledDown": True},
    {"age": 18},
    {"age": 0, "person": False},
    {"onSite": True, "recordingId": "REC-1"},
    {**SOLD, "onSite": True},
    {**SOLD, "quick": True, "quickShares": Decimal(10000)},
    {"amount": Decimal("499999.99")},
    {"amount": Decimal(1000), "recentOrders": 2, "recentTotal": Decimal(500000)},
    {"amount": Decimal(1000), "recentOrders": 3, "recentTotal": Decimal("499999.99")},
    {"pensionShare": True, "payMethod": "PENSION"},
    {"r": 3, "restrictedFrom": 4},
]


@pytest.mark.parametrize("row, code, result, said", HITS)
def test_a_check_hits(row: int, code: str, result: str, said: dict[str, Any]) -> None:
    outcome = CHECKS.evaluate(order(**said))
    assert outcome.rows == (row,)
    assert [(check["code"], check["result"]) for check in outcome.value] == [(code, result)]


@pytest.mark.parametrize("said", PASSES)
def test_nothing_hits(said: dict[str, Any]) -> None:
    assert CHECKS.evaluate(order(**said)).rows == ()


def test_every_check_is_hit() -> None:
    assert {row for row, *_ in HITS} == rows(CHECKS)


def test_all_codes_of_the_register_are_there() -> None:
    assert {code for _, code, *_ in HITS} == {*(f"TC{number:02d}" for number in range(1, 31)), "CB01"}


def test_what_hits_is_collected_with_what_is_needed_for_it() -> None:
    said = {"match": "WARN_CONFIRM_REVIEW", "gap": 2, "age": 70, "r": 5, "application": None, "onTime": False}
    found = CHECKS.evaluate(order(**said)).value
    assert {check["need"] for check in found if check["result"] == "REQUIRE"} == {
        "LETTER",
        "APPROVAL",
        "COOL_DOWN",
        "CARE",
        "APPLICATION",
    }
    assert max(found, key=lambda check: ORDER[check["result"]])["result"] == "REQUIRE"


def test_what_a_customer_is_told_has_words_and_money_laundering_has_none() -> None:
    for row, code, result, said in HITS:
        (check,) = CHECKS.evaluate(order(**said)).value
        if result in ("BLOCK", "WARN"):
            assert set(REASONS[check["reason"]]) == {"en", "zh"}, row
        if code in ("TC03", "TC29"):
            assert check["reason"] == ""


def test_the_numbers_are_parameters() -> None:
    strict = decision("trade", "trade_checks", ID_GRACE_DAYS=0, PAYMENT_LIMIT=999, MIN_HOLD_SHARES=100)
    assert strict.evaluate(order(idExpiredDays=1)).rows == (2, 27)
    assert strict.evaluate(order(**SOLD, remaining=Decimal(50))).rows == (25,)


def sale(**said: Any) -> dict[str, Any]:
    """The data of a plain sale, with what a test changes."""
    usual = {"privateFund": False, "decision": "ALLOW", "age": 40, "r": 3, "inv": "ORD", "firstPurchase": False}
    return {"sale": usual | {"sample": 99, "severity": ""} | said}


CALLS: list[tuple[int, str, int, dict[str, Any]]] = [
    (1, "PRIVATE_FUND", 5, {"privateFund": True}),
    (2, "REVIEWED", 3, {"decision": "WARN_CONFIRM_REVIEW"}),
    (3, "ELDERLY_R4", 3, {"age": 65, "r": 4}),
    (4, "R5", 5, {"r": 5}),
    (5, "WARNED", 5, {"decision": "WARN_CONFIRM", "sample": 49}),
    (6, "FIRST_PURCHASE", 5, {"firstPurchase": True, "sample": 9}),
    (7, "COMPLAINT", 3, {"severity": "SEV1"}),
    (7, "COMPLAINT", 3, {"severity": "SEV2"}),
]


@pytest.mark.parametrize("row, reason, days, said", CALLS)
def test_a_call_back_is_due(row: int, reason: str, days: int, said: dict[str, Any]) -> None:
    outcome = CALLBACK.evaluate(sale(**said))
    assert outcome.rows == (row,)
    assert [(one["reason"], one["withinDays"]) for one in outcome.value] == [(reason, days)]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"age": 64, "r": 4},
        {"age": 65, "r": 3},
        {"r": 5, "inv": "PRO"},
        {"decision": "WARN_CONFIRM", "sample": 50},
        {"decision": "WARN_CONFIRM", "sample": 50, "firstPurchase": True},
        {"firstPurchase": True, "sample": 10},
        {"sample": 0},
        {"severity": "SEV3"},
    ],
)
def test_no_call_back_is_due(said: dict[str, Any]) -> None:
    assert CALLBACK.evaluate(sale(**said)).rows == ()


def test_every_call_back_is_due_once() -> None:
    assert {row for row, *_ in CALLS} == rows(CALLBACK)


def test_several_call_backs_are_collected() -> None:
    found = CALLBACK.evaluate(sale(decision="WARN_CONFIRM_REVIEW", age=70, r=5)).value
    assert [one["reason"] for one in found] == ["REVIEWED", "ELDERLY_R4", "R5"]


def test_the_shares_of_the_samples_are_parameters() -> None:
    none = decision("shared/callback_rule", "callback_rule", CALLBACK_SHARE_WARNED=0, CALLBACK_SHARE_FIRST=100)
    assert none.evaluate(sale(decision="WARN_CONFIRM", sample=0)).rows == ()
    assert none.evaluate(sale(firstPurchase=True, sample=99)).rows == (6,)
