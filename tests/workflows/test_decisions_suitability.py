"""DT-01: the whole grid of its inputs against the matrix of the specification, its vectors, rows and boundaries."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows

MATCH = decision("shared/suitability", "suitability")
INPUTS = ("inv", "valid", "lowest", "c", "r", "init", "goalFit", "age")
GRID = list(
    product(
        ("ORD", "PRO"),
        (True, False),
        (True, False),
        (1, 2, 3, 4, 5),
        (None, 1, 2, 3, 4, 5),
        ("STAFF", "CUSTOMER"),
        (True, False),
        (17, 64, 65, 80),
    )
)
ALLOW, CARE, BLOCK, AGAIN = "ALLOW", "ALLOW_WITH_CARE", "BLOCK", "REASSESS"
WARN, REVIEW = "WARN_CONFIRM", "WARN_CONFIRM_REVIEW"

# By class, what the customer's own wish for R1 to R5 comes to below 65: the matrix view.
MATRIX = {
    1: (ALLOW, WARN, REVIEW, REVIEW, REVIEW),
    2: (ALLOW, ALLOW, WARN, REVIEW, REVIEW),
    3: (ALLOW, ALLOW, ALLOW, WARN, REVIEW),
    4: (ALLOW, ALLOW, ALLOW, ALLOW, WARN),
    5: (ALLOW, ALLOW, ALLOW, ALLOW, CARE),
}
VECTORS = """
ORD,T,F,3,3,STAFF,T,40 ALLOW
ORD,T,F,3,4,STAFF,T,40 BLOCK
ORD,T,F,3,4,CUSTOMER,T,40 WARN_CONFIRM
ORD,T,F,3,4,CUSTOMER,T,65 WARN_CONFIRM_REVIEW
ORD,T,F,4,4,STAFF,T,64 ALLOW
ORD,T,F,4,4,STAFF,T,65 ALLOW_WITH_CARE
ORD,T,T,1,2,CUSTOMER,T,30 BLOCK
ORD,F,F,5,1,CUSTOMER,T,30 REASSESS
ORD,T,F,5,5,STAFF,F,30 BLOCK
PRO,F,F,1,5,STAFF,T,70 ALLOW
ORD,T,F,1,3,CUSTOMER,T,30 WARN_CONFIRM_REVIEW
ORD,T,F,5,5,CUSTOMER,T,30 ALLOW_WITH_CARE
ORD,T,F,1,3,CUSTOMER,T,70 WARN_CONFIRM_REVIEW
""".split("\n")[1:-1]


def match(*values: Any) -> tuple[dict[str, Any], tuple[int, ...]]:
    """What the table says, and the rows that count."""
    outcome = MATCH.evaluate(dict(zip(INPUTS, values, strict=True)))
    return outcome.value, tuple(outcome.rows)


def expected(inv: str, valid: bool, lowest: bool, c: int, r: int | None, init: str, fit: bool, age: int) -> str:
    """The decision by the matrix view, told the other way round than the table: by what the customer may have."""
    if r is None:
        return BLOCK
    if inv == "PRO":
        return ALLOW
    if not valid:
        return AGAIN
    if lowest and r > 1:
        return BLOCK
    of_matrix = MATRIX[c][r - 1]
    if of_matrix in (WARN, REVIEW):
        return BLOCK if init == "STAFF" else REVIEW if age >= 65 and r >= 4 else of_matrix
    if init == "STAFF" and not fit:
        return BLOCK
    careful = r == 5 or (age >= 65 and r == 4) or not fit
    return CARE if careful else ALLOW


def test_the_whole_grid_agrees_with_the_matrix() -> None:
    for values in GRID:
        found, hit = match(*values)
        assert (found["decision"], len(hit)) == (expected(*values), 1), values


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors(vector: str) -> None:
    given, wanted = vector.split()
    inv, valid, lowest, c, r, init, fit, age = given.split(",")
    found, _ = match(inv, valid == "T", lowest == "T", int(c), int(r), init, fit == "T", int(age))
    assert found["decision"] == wanted


ROWS = {
    1: (("PRO", True, False, 5, None, "CUSTOMER", True, 40), "REG-11"),
    2: (("PRO", False, True, 1, 5, "STAFF", False, 70), "REG-13"),
    3: (("ORD", False, True, 1, 5, "STAFF", False, 70), "REG-09"),
    4: (("ORD", True, True, 1, 2, "STAFF", False, 70), "REG-04, REG-06"),
    5: (("ORD", True, False, 1, 2, "STAFF", False, 70), "REG-06"),
    6: (("ORD", True, True, 1, 1, "STAFF", False, 70), "REG-06"),
    7: (("ORD", True, False, 3, 4, "CUSTOMER", False, 65), "REG-05, REG-10"),
    8: (("ORD", True, False, 2, 4, "CUSTOMER", False, 64), "REG-05"),
    9: (("ORD", True, False, 3, 4, "CUSTOMER", False, 64), "REG-05"),
    10: (("ORD", True, False, 5, 5, "STAFF", True, 65), "REG-10"),
    11: (("ORD", True, False, 5, 5, "STAFF", True, 64), "REG-07"),
    12: (("ORD", True, False, 5, 4, "CUSTOMER", False, 64), "REG-06"),
    13: (("ORD", True, False, 5, 4, "CUSTOMER", True, 64), "REG-03"),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_hit_and_names_its_rule(row: int) -> None:
    values, rule = ROWS[row]
    found, hit = match(*values)
    assert (hit, found["rule"]) == ((row,), rule)


def test_no_row_is_left_out() -> None:
    assert set(ROWS) == rows(MATCH)


@pytest.mark.parametrize(
    "below, above",
    [
        (("ORD", True, True, 1, 1, "CUSTOMER", True, 30), ("ORD", True, True, 1, 2, "CUSTOMER", True, 30)),
        (("ORD", True, False, 3, 3, "STAFF", True, 40), ("ORD", True, False, 3, 4, "STAFF", True, 40)),
        (("ORD", True, False, 2, 3, "CUSTOMER", True, 65), ("ORD", True, False, 3, 4, "CUSTOMER", True, 65)),
        (("ORD", True, False, 3, 4, "CUSTOMER", True, 64), ("ORD", True, False, 3, 4, "CUSTOMER", True, 65)),
        (("ORD", True, False, 3, 4, "CUSTOMER", True, 64), ("ORD", True, False, 2, 4, "CUSTOMER", True, 64)),
        (("ORD", True, False, 4, 3, "CUSTOMER", True, 65), ("ORD", True, False, 4, 4, "CUSTOMER", True, 65)),
        (("ORD", True, False, 5, 4, "CUSTOMER", True, 64), ("ORD", True, False, 5, 5, "CUSTOMER", True, 64)),
        (("ORD", True, False, 5, 4, "STAFF", True, 64), ("ORD", True, False, 5, 4, "STAFF", True, 65)),
    ],
)
def test_both_sides_of_every_number(below: tuple[Any, ...], above: tuple[Any, ...]) -> None:
    assert match(*below)[0]["decision"] != match(*above)[0]["decision"]


def test_what_has_to_be_done_goes_with_the_decision() -> None:
    for values in GRID:
        found, _ = match(*values)
        assert ("WARNING_LETTER" in found["actions"]) == found["decision"].startswith("WARN"), values
        assert found["actions"] or found["decision"] == ALLOW, values


def test_who_has_no_class_is_assessed_first() -> None:
    for level, init, fit in product((1, 5), ("STAFF", "CUSTOMER"), (True, False)):
        assert match("ORD", False, False, 0, level, init, fit, 30)[0]["decision"] == AGAIN


LOWEST = decision("risk-assess", "lowest_class")
ANSWERED = {"natural": True, "class": "C1", "capable": True, "bearsLoss": True, "restricted": False}


@pytest.mark.parametrize(
    "row, changed, lowest",
    [
        (1, {"natural": False, "capable": False, "bearsLoss": False, "restricted": True}, False),
        (2, {"class": "C2", "capable": False, "bearsLoss": False, "restricted": True}, False),
        (2, {"class": "C5"}, False),
        (3, {"capable": False, "bearsLoss": False}, True),
        (4, {"bearsLoss": False, "restricted": True}, True),
        (5, {"restricted": True}, True),
        (6, {}, False),
    ],
)
def test_the_lowest_class(row: int, changed: dict[str, Any], lowest: bool) -> None:
    outcome = LOWEST.evaluate({"result": ANSWERED | changed})
    assert (outcome.rows, outcome.value) == ((row,), lowest)


def test_every_row_of_the_lowest_class_is_hit() -> None:
    assert rows(LOWEST) == {1, 2, 3, 4, 5, 6}


CONSISTENT = decision("recommendation", "need_consistency")


@pytest.mark.parametrize(
    "row, c, loss",
    [
        (2, 1, 11),
        (6, 1, 10),
        (3, 2, 21),
        (6, 2, 20),
        (4, 3, 0),
        (4, 4, 0),
        (6, 3, 5),
        (6, 4, 5),
        (5, 5, 5),
        (6, 5, 10),
        (6, 0, 0),
        (6, 2, 0),
        (6, 3, 100),
    ],
)
def test_what_loss_contradicts_a_class(row: int, c: int, loss: int) -> None:
    asked = {"profile": {"c": c}, "need": {"maxLossPct": loss, "contradictionExplained": False}}
    outcome = CONSISTENT.evaluate(asked)
    assert (outcome.rows, outcome.value) == ((row,), row not in (1, 6))
    asked["need"]["contradictionExplained"] = True
    assert CONSISTENT.evaluate(asked).rows == (1,)
    assert rows(CONSISTENT) == {1, 2, 3, 4, 5, 6}
