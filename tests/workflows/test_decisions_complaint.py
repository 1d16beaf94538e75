"""DT-02 with its deadlines, and the ladder of approvals: every row, and both sides of every number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows

SEVERITY = decision("complaint", "complaint_severity")
DEADLINE = decision("complaint", "complaint_deadline")
LADDER = decision("complaint", "approval_ladder")

OUTPUTS = (
    "severity acknowledgeWithin contactWithin target handlers approver escalateTo escalateAt queuePriority".split()
)
CRITICAL = ("SEV1", "2 h24", "4 h24", "5 BD", "chs,co", "EXEC", "exec", 0, 1)
MONEY_LAUNDERING = ("SEV2", "4 h24", "1 BD", "10 ND", "chs,aml", "CO", "aml", 80, 1)
HIGH = ("SEV2", "4 h24", "1 BD", "7 BD", "chs", "HEAD_CO", "csl,exec", 80, 1)
MEDIUM = ("SEV3", "1 BD", "1 BD", "5 BD", "chs", "CSL", "csl", 80, 2)
LOW = ("SEV4", "1 BD", "2 BD", "3 BD", "csr,csl", "CSL", "chs", 100, 3)

GRADES: list[tuple[int, tuple[Any, ...], dict[str, Any]]] = [
    (1, CRITICAL, {"mediaRisk": True}),
    (2, CRITICAL, {"complainants": 5}),
    (15, LOW, {"complainants": 4}),
    (3, CRITICAL, {"amountClaimed": "500000"}),
    (9, HIGH, {"amountClaimed": "499999.99"}),
    *((4, CRITICAL, {"category": name}) for name in ("FRAUD", "MISAPPROPRIATION", "DATA_LEAK", "STAFF_PRIVATE_DEAL")),
    (5, CRITICAL, {"source": "COURT"}),
    (6, MONEY_LAUNDERING, {"category": "AML_MEASURE"}),
    (6, MONEY_LAUNDERING, {"category": "AML_MEASURE", "source": "CSRC_12386"}),
    *((7, HIGH, {"source": name}) for name in ("CSRC_12386", "NFRA_12378", "PBOC_12363", "AMAC", "LOCAL_BUREAU")),
    *((8, HIGH, {"category": name}) for name in ("MIS_SELLING", "UNSUITABLE", "PROMISE_RETURN", "UNAUTHORISED")),
    (9, HIGH, {"amountClaimed": "50000"}),
    (13, MEDIUM, {"amountClaimed": "49999.99"}),
    (10, HIGH, {"earlier": 2}),
    (15, LOW, {"earlier": 1}),
    (11, HIGH, {"vulnerable": True, "amountClaimed": "5000"}),
    (11, HIGH, {"is65": True, "amountClaimed": "5000"}),
    (13, MEDIUM, {"vulnerable": True, "amountClaimed": "4999.99"}),
    (13, MEDIUM, {"amountClaimed": "5000"}),
    *(
        (12, MEDIUM, {"category": name})
        for name in ("TRADE_ERROR", "FEE", "DELAYED_PAYMENT", "SYSTEM", "WRONG_INFO", "PRIVACY")
    ),
    (13, MEDIUM, {"amountClaimed": "1000"}),
    (15, LOW, {"amountClaimed": "999.99"}),
    (14, MEDIUM, {"vulnerable": True}),
    (14, MEDIUM, {"is65": True, "amountClaimed": "999.99"}),
    *((15, LOW, {"category": name}) for name in ("ATTITUDE", "WAITING", "PERFORMANCE", "OTHER")),
    (1, CRITICAL, {"mediaRisk": True, "category": "AML_MEASURE", "source": "COURT", "complainants": 5}),
]


def case(**said: Any) -> dict[str, Any]:
    """The data of a plain complaint about a long wait, with what a test changes."""
    usual = {"source": "PHONE", "category": "WAITING", "amountClaimed": "0", "complainants": 1, "earlier": 0}
    given = {**usual, "vulnerable": False, "is65": False, "mediaRisk": False, **said}
    return {
        "contact": {"source": given["source"]},
        "customer": {"complaintsIn90Days": given["earlier"], "is65": given["is65"]},
        "amountClaimed": Decimal(given["amountClaimed"]),
        **{name: given[name] for name in ("category", "complainants", "vulnerable", "mediaRisk")},
    }


@pytest.mark.parametrize("row, grade, said", GRADES)
def test_severity(row: int, grade: tuple[Any, ...], said: dict[str, Any]) -> None:
    outcome = SEVERITY.evaluate(case(**said))
    assert (outcome.rows, outcome.value) == ((row,), dict(zip(OUTPUTS, grade)))


def test_every_row_of_the_severity_decides_something() -> None:
    assert {row for row, *_ in GRADES} == rows(SEVERITY)


@pytest.mark.parametrize(
    "said, hit",
    [
        ({}, (1, 5)),
        ({"source": "CSRC_12386"}, (1, 5)),
        ({"source": "NFRA_12378"}, (1, 2, 5)),
        ({"source": "PBOC_12363"}, (1, 3, 5)),
        ({"category": "AML_MEASURE"}, (1, 4, 5)),
        ({"category": "AML_MEASURE", "source": "NFRA_12378"}, (1, 2, 4, 5)),
    ],
)
def test_the_deadlines_that_apply(said: dict[str, Any], hit: tuple[int, ...]) -> None:
    outcome = DEADLINE.evaluate(case(**said))
    assert (outcome.rows, outcome.value) == (hit, 15)


@pytest.mark.parametrize(
    "row, name, said",
    [
        (1, "CSRC_RESOLVE", {}),
        (2, "NFRA_RESOLVE", {"source": "NFRA_12378"}),
        (3, "PBOC_RESOLVE", {"source": "PBOC_12363"}),
        (4, "AML_RESOLVE", {"category": "AML_MEASURE"}),
        (5, "COMPLAINT_DEADLINE_DAYS", {}),
    ],
)
def test_the_strictest_deadline_counts_and_is_a_parameter(row: int, name: str, said: dict[str, Any]) -> None:
    stricter = decision("complaint", "complaint_deadline", **{name: 7}).evaluate(case(**said))
    assert stricter.value == 7 and row in stricter.rows
    laxer = decision("complaint", "complaint_deadline", **{name: 90}).evaluate(case(**said))
    assert laxer.value in (15, 60)


def test_no_regime_but_the_own_one_may_be_left_out() -> None:
    lax = decision("complaint", "complaint_deadline", COMPLAINT_DEADLINE_DAYS=365)
    assert lax.evaluate(case()).value == 60 and lax.evaluate(case(category="AML_MEASURE")).value == 15


APPROVALS: list[tuple[int, list[str], dict[str, Any]]] = [
    (1, ["exec"], {"proposals": 3}),
    (9, ["chs"], {"proposals": 2}),
    (2, ["exec"], {"severity": "SEV1", "approver": "EXEC"}),
    (3, ["exec"], {"compensation": "50000.01"}),
    (5, ["csl", "co"], {"compensation": "50000"}),
    (4, ["csl", "co"], {"severity": "SEV2", "approver": "HEAD_CO"}),
    (4, ["csl", "co"], {"severity": "SEV2", "approver": "HEAD_CO", "compensation": "5000.01"}),
    (3, ["exec"], {"severity": "SEV2", "approver": "HEAD_CO", "compensation": "50000.01"}),
    (5, ["csl", "co"], {"compensation": "5000.01"}),
    (7, ["csl"], {"compensation": "5000"}),
    (6, ["co"], {"severity": "SEV2", "approver": "CO"}),
    (6, ["co"], {"severity": "SEV2", "approver": "CO", "compensation": "5000"}),
    (5, ["csl", "co"], {"severity": "SEV2", "approver": "CO", "compensation": "5000.01"}),
    (7, ["csl"], {"compensation": "500.01"}),
    (9, ["chs"], {"compensation": "500"}),
    (8, ["csl"], {"severity": "SEV3"}),
    (7, ["csl"], {"severity": "SEV3", "compensation": "500.01"}),
    (9, ["chs"], {}),
]


@pytest.mark.parametrize("row, approvers, said", APPROVALS)
def test_approvers(row: int, approvers: list[str], said: dict[str, Any]) -> None:
    given = {"severity": "SEV4", "approver": "CSL", "compensation": "0", "proposals": 1, **said}
    outcome = LADDER.evaluate({**given, "compensation": Decimal(given["compensation"])})
    assert (outcome.rows, outcome.value) == ((row,), approvers)


def test_every_row_of_the_ladder_decides_something() -> None:
    assert {row for row, *_ in APPROVALS} == rows(LADDER)


def test_the_ladder_knows_every_approver_of_the_severity() -> None:
    named = {SEVERITY.evaluate(case(**said)).value["approver"] for _, _, said in GRADES}
    assert named == {"EXEC", "CO", "HEAD_CO", "CSL"}
