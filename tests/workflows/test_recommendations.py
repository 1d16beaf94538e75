"""Recommendations: what of the shelf is left, what may be chosen and must be reviewed, what becomes of a proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select

from engine.operators import Call
from tests.workflows.conftest import MORNING
from workflows.funds import repository as funds
from workflows.funds.model import Fund
from workflows.materials import documents
from workflows.materials import operators as material
from workflows.materials import repository as materials
from workflows.recommendations import choice, operators, repository
from workflows.recommendations.shelf import Need, obstacle
from workflows.suitability import opinions
from workflows.suitability.opinions import Opinion
from workflows.tables import customer
from workflows.tables import fund as fund_table

WHO = "C000002"
REASON = "It fits the horizon and the loss that was named."
Maker = Callable[..., Call]


def fund(connection: Connection, code: str) -> Fund:
    """A sample fund."""
    found = funds.get(connection, code)
    assert found is not None
    return found


def need(**changed: Any) -> Need:
    """A need that every fund on sale meets."""
    return Need(**{"amount": Decimal("1000"), "horizon_months": 60, "liquidity": "OVER_1Y"} | changed)


@pytest.mark.parametrize(
    "code, changed, holding, against",
    [
        ("990009", {}, 0, None),
        ("990009", {"excluded": frozenset({"990009"})}, 0, "EXCLUDED"),
        ("990016", {}, 0, "NOT_ON_SALE"),
        ("990002", {"amount": Decimal("99.99")}, 0, "BELOW_MINIMUM"),
        ("990002", {"amount": Decimal("100")}, 0, None),
        ("990018", {"amount": Decimal("1000.01")}, 0, "ABOVE_LIMIT"),
        ("990018", {"amount": Decimal("1000")}, 0, None),
        ("990010", {"horizon_months": 36}, 1095, "HELD_TOO_LONG"),
        ("990010", {"horizon_months": 37}, 1095, None),
        ("990009", {"horizon_months": 0}, 0, None),
        ("990003", {"liquidity": "ANYTIME"}, 1, "NOT_LIQUID"),
        ("990003", {"liquidity": "ANYTIME"}, 0, None),
        ("990003", {"liquidity": "UNDER_3M"}, 90, None),
        ("990003", {"liquidity": "UNDER_3M"}, 91, "NOT_LIQUID"),
        ("990005", {"liquidity": "UNDER_1Y"}, 365, None),
        ("990005", {"liquidity": "UNDER_1Y"}, 366, "NOT_LIQUID"),
    ],
)
def test_what_stands_against_a_fund(known: Connection, code: str, changed: Any, holding: int, against: Any) -> None:
    assert obstacle(fund(known, code), need(**changed), holding) == against


def test_the_shelf_is_screened(known: Connection, call: Maker) -> None:
    asked = {"amount": Decimal("5000"), "horizonMonths": 6, "liquidity": "ANYTIME", "excluded": ["990001"]}
    found = operators.screen(call("recommendation/screen", asked, connection=known))
    left = {one["fundCode"] for one in found["candidates"]}
    assert found["removed"] == {
        "EXCLUDED": ["990001"],
        "NOT_ON_SALE": ["990016"],
        "ABOVE_LIMIT": ["990018"],
        "HELD_TOO_LONG": ["990005", "990010"],
        "NOT_LIQUID": ["990003"],
    }
    everything = set(known.execute(select(fund_table.c.code)).scalars())
    assert left == everything - {code for codes in found["removed"].values() for code in codes}


def items(connection: Connection, *codes: str, amount: str = "1000", type: str = "PUR") -> list[choice.Item]:
    return [choice.Item(fund=fund(connection, code), amount=Decimal(amount), type=type) for code in codes]


@pytest.mark.parametrize(
    "chosen, beside, problems",
    [
        (["990009"], ["990007"], []),
        (["990009", "990007"], [], []),
        (["990009"], [], ["NO_LOWER_RISK"]),
        (["990009"], ["990008"], ["NO_LOWER_RISK"]),
        (["990001"], [], []),
        (["990014"], ["990001"], ["NOT_A_CANDIDATE"]),
        (["990009"], ["990014"], ["NOT_A_CANDIDATE", "NO_LOWER_RISK"]),
        (["990009", "990009"], ["990001"], ["TWICE"]),
    ],
)
def test_problems_of_a_choice(known: Connection, chosen: list[str], beside: list[str], problems: list[str]) -> None:
    allowed = [fund(known, code) for code in ("990001", "990007", "990008", "990009")]
    assert choice.problems(items(known, *chosen), [fund(known, code) for code in beside], allowed) == problems


def test_amount_and_type_belong_to_the_fund(known: Connection) -> None:
    allowed = [fund(known, code) for code in ("990002", "990005")]
    assert choice.problems(items(known, "990002", amount="99.99"), [], allowed) == ["BELOW_MINIMUM"]
    assert choice.problems(items(known, "990002", type="SUB"), [], allowed) == ["WRONG_TYPE"]
    raising = items(known, "990005", type="SUB")
    assert choice.problems(raising, [allowed[0]], allowed) == []
    assert choice.problems(items(known, "990005"), [allowed[0]], allowed) == ["WRONG_TYPE"]


@pytest.mark.parametrize(
    "codes, amount, elderly, text, reasons",
    [
        (["990009"], "499999.99", False, False, []),
        (["990009"], "500000", False, False, ["LARGE_AMOUNT"]),
        (["990009", "990007"], "250000", False, False, ["LARGE_AMOUNT"]),
        (["990008"], "1", False, False, []),
        (["990012"], "1", False, False, ["HIGH_RISK"]),
        (["990009"], "1", True, False, ["ELDERLY"]),
        (["990009"], "1", False, True, ["FREE_TEXT"]),
    ],
)
def test_why_compliance_looks(
    known: Connection, codes: list[str], amount: str, elderly: bool, text: bool, reasons: list[str]
) -> None:
    chosen = items(known, *codes, amount=amount)
    found = choice.review_reasons(chosen, elderly=elderly, free_text=text, limit=Decimal("500000"))
    assert found == reasons


def said(code: str = "990009", amount: str = "1000.10", type: str = "PUR") -> dict[str, Any]:
    """A proposed fund as the form gives it."""
    return {"fundCode": code, "reason": REASON, "proposedAmount": Decimal(amount), "proposedType": type}


def test_a_choice_is_checked(known: Connection, call: Maker) -> None:
    asked = {
        "customerId": WHO,
        "items": [said()],
        "alternatives": ["990007"],
        "allowed": ["990007", "990009"],
        "message": "  ",
    }
    found = operators.check(call("recommendation/check", asked, connection=known))
    assert (found["fits"], found["review"], found["fundCodes"]) == (True, False, ["990009", "990007"])
    assert REASON in found["words"]
    told = operators.check(call("recommendation/check", asked | {"message": "As agreed."}, connection=known))
    assert told["reviewReasons"] == ["FREE_TEXT"] and "As agreed." in told["words"]


def issued(connection: Connection, call: Maker, *proposed: dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = {"customerId": WHO, "items": list(proposed) or [said(), said("990007", "20")]}
    return operators.issue(call("recommendation/issue", asked, connection=connection, **more))


def test_a_proposal_counts_for_thirty_days(known: Connection, call: Maker) -> None:
    found = issued(known, call)
    assert found == {"recommendationId": "INQ-20261118-000001-1", "validUntil": "2026-12-18"}
    kept = repository.get(known, found["recommendationId"])
    assert kept is not None and (kept.status, kept.valid_until) == ("OPEN", date(2026, 12, 18))
    assert [one["proposedAmount"] for one in kept.items] == ["1000.10", "20"]
    for days, fits in ((30, True), (31, False)):
        asked = call("recommendation/accept", {}, connection=known, at=MORNING + timedelta(days=days))
        with known.begin_nested() as tried:
            assert operators.accept(asked)["fits"] is fits
            tried.rollback()


@pytest.mark.parametrize("wanted, code, amount", [("", "990009", "1000.10"), ("990007", "990007", "20")])
def test_the_customer_takes_one_of_the_proposed(
    known: Connection, call: Maker, wanted: str, code: str, amount: str
) -> None:
    id = issued(known, call)["recommendationId"]
    found = operators.accept(call("recommendation/accept", {"fundCode": wanted}, connection=known))
    assert found == {
        "fits": True,
        "fundCode": code,
        "orderType": "PUR",
        "amount": Decimal(amount),
        "recommendationId": id,
    }
    kept = repository.get(known, id)
    assert kept is not None and (kept.status, kept.chosen, kept.closed_at) == ("ACCEPTED", code, MORNING)
    assert not operators.accept(call("recommendation/accept", {"fundCode": wanted}, connection=known))["fits"]


def test_what_was_not_proposed_is_not_taken(known: Connection, call: Maker) -> None:
    id = issued(known, call)["recommendationId"]
    assert not operators.accept(call("recommendation/accept", {"fundCode": "990014"}, connection=known))["fits"]
    kept = repository.get(known, id)
    assert kept is not None and kept.status == "OPEN"


def test_a_second_proposal_replaces_the_first(known: Connection, call: Maker) -> None:
    first, second = issued(known, call), issued(known, call, said("990007"))
    assert second["recommendationId"].endswith("-2")
    assert [one.status for one in repository.of_customer(known, WHO)] == ["OPEN", "REPLACED"]
    found = repository.open_of(known, "7")
    assert found is not None and found.id == second["recommendationId"] != first["recommendationId"]


def test_a_proposal_is_closed_once_and_with_a_known_end(known: Connection, call: Maker) -> None:
    issued(known, call)
    asked = {"status": "DECLINED", "reason": "FEES"}
    assert operators.close(call("recommendation/close", asked, connection=known)) == {"closed": True}
    assert operators.close(call("recommendation/close", asked, connection=known)) == {"closed": False}
    with pytest.raises(ValueError, match="no end"):
        operators.close(call("recommendation/close", {"status": "LOST"}, connection=known))


def opinion(code: str, decision: str = "ALLOW") -> Opinion:
    """What the table said of a fund for a customer in C3."""
    return Opinion(
        fund_code=code, facts={"class": "C3"}, decision=decision, actions=(), rule="REG-03", given_at=MORNING
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_material_is_written_from_the_funds_data(known: Connection, call: Maker, language: str) -> None:
    known.execute(customer.update().where(customer.c.id == WHO).values(language=language))
    opinions.add(known, [opinion("990009")], customer_id=WHO, case_id="7", case_number="REC-20261118-000001")
    asked = call("material/log", {"customerId": WHO, "fundCodes": ["990009"]}, connection=known)
    found = material.log(asked)
    kept = materials.of_case(known, "7")
    assert [one["sha256"] for one in found["documents"]] == [hash for _, hash in kept]
    assert [paper.kind for paper, _ in kept] == ["KEY_FACTS", "PROSPECTUS", "RISK_NOTICE", "MATCH_OPINION"]
    assert all(paper.sha256 == hash and paper.language == language for paper, hash in kept)
    assert all(paper.text in found["text"] for paper, _ in kept) and "R3" in found["text"]


@pytest.mark.parametrize("code, decision", [("990009", "BLOCK"), ("990007", "ALLOW"), ("990099", "ALLOW")])
def test_no_word_of_a_fund_that_may_not_be_spoken_of(known: Connection, call: Maker, code: str, decision: str) -> None:
    opinions.add(known, [opinion("990009", decision)], customer_id=WHO, case_id="7", case_number="REC-1")
    with pytest.raises(ValueError, match="lets staff speak"):
        material.log(call("material/log", {"customerId": WHO, "fundCodes": [code]}, connection=known))
    assert materials.of_case(known, "7") == []


def test_no_paper_says_what_a_fund_will_bring(known: Connection) -> None:
    banned = ("expected return", "预期收益", "target return", "guarantee")
    for language in ("en", "zh"):
        for one in funds.search(known, limit=50):
            papers = documents.documents(one, opinion(one.code, "ALLOW_WITH_CARE"), language)
            text = documents.letter(one, papers, language).lower()
            assert not [word for word in banned if word in text]
